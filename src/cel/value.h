#pragma once
// The value of an expression, of a form's field and of an event's data. CEL's values
// (https://github.com/cel-expr/ cel-spec, "Values") and the product's own: decimal, money, date, person,
// group.
//
// A Value is immutable and cheap to copy: scalars are held in place, the rest is shared. Thread-safe as any
// immutable value is.

#include <atomic>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/json.hpp>

#include "base/decimal.h"
#include "base/error.h"
#include "base/ids.h"
#include "base/money.h"
#include "base/time.h"

namespace countersign::cel {

class Value;

enum class Kind : std::uint8_t {
  null_,
  bool_,
  int_,
  uint_,
  double_,
  string,
  bytes,
  list,
  map,
  timestamp,
  duration,
  type,
  optional,
  decimal,
  money,
  date,
  person,
  group,
};
// The name that `type(x)` gives: "int", "google.protobuf.Timestamp", "money" ...
std::string_view type_name(Kind kind);

// Seconds and nanoseconds since 1970-01-01T00:00:00Z; 0 <= nanos < 1e9. Years 1 to 9999.
struct Timestamp {
  std::int64_t seconds = 0;
  std::int32_t nanos = 0;
  auto operator<=>(const Timestamp&) const = default;
};
// Same sign in both parts; |seconds| <= 315,576,000,000 (the protobuf range).
struct Span {
  std::int64_t seconds = 0;
  std::int32_t nanos = 0;
  auto operator<=>(const Span&) const = default;
};
// A calendar day without a zone, as days since 1970-01-01.
struct Date {
  std::int32_t days = 0;
  auto operator<=>(const Date&) const = default;
};

using List = std::vector<Value>;

// Keys are bool, int, uint or string; equal keys are one (1 and 1u are equal). Iteration is in order of
// insertion.
class Map {
 public:
  using Entry = std::pair<Value, Value>;
  // nullptr where there is no such key.
  const Value* find(const Value& key) const;
  const Value* find(std::string_view key) const;
  // As find(key), looking first at the place where another map of the same shape had it; `place` is updated.
  const Value* find_near(std::string_view key, std::size_t& place) const;
  // Replaces the value of an equal key.
  void set(Value key, Value value);
  void set(std::string_view key, Value value);
  bool erase(std::string_view key);
  std::size_t size() const;
  bool empty() const { return size() == 0; }
  std::vector<Entry>::const_iterator begin() const;
  std::vector<Entry>::const_iterator end() const;

 private:
  std::size_t place_of(const Value& key) const;
  std::size_t place_of(std::string_view key) const;
  void append(Value key, Value value);
  void rebuild_index();

  std::vector<Entry> entries_;
  // Open addressing over places in entries_ (plus one; 0 is free), built once there are many entries.
  std::vector<std::uint32_t> index_;
};

class Value {
 public:
  Value() = default;  // null
  Value(const Value& other)
      : kind_(other.kind_), shared_(other.shared_), nanos_(other.nanos_), word_(other.word_) {
    retain();
  }
  Value(Value&& other) noexcept
      : kind_(other.kind_), shared_(other.shared_), nanos_(other.nanos_), word_(other.word_) {
    other.kind_ = Kind::null_;
    other.shared_ = false;
  }
  Value& operator=(const Value& other) {
    Value copy(other);
    swap(copy);
    return *this;
  }
  Value& operator=(Value&& other) noexcept {
    Value moved(std::move(other));
    swap(moved);
    return *this;
  }
  ~Value() { release(); }
  void swap(Value& other) noexcept {
    std::swap(kind_, other.kind_);
    std::swap(shared_, other.shared_);
    std::swap(nanos_, other.nanos_);
    std::swap(word_, other.word_);
  }

  static Value boolean(bool value);
  static Value integer(std::int64_t value);
  static Value unsigned_integer(std::uint64_t value);
  static Value number(double value);
  static Value string(std::string_view value);
  static Value bytes(std::string_view value);
  static Value list(List items);
  static Value map(Map entries);
  static Value timestamp(Timestamp at);
  static Value timestamp(Instant at);
  static Value duration(Span span);
  static Value duration(Duration span);
  static Value type(std::string_view name);
  static Value optional_of(Value value);
  static Value optional_none();
  static Value decimal(Decimal value);
  static Value money(Money value);
  static Value date(Date value);
  static Value person(const PersonId& id);
  static Value group(std::string_view id);

  Kind kind() const { return kind_; }
  bool is(Kind kind_asked) const { return kind_ == kind_asked; }

  // Each accessor requires the kind it names (a broken invariant otherwise).
  bool as_bool() const;
  std::int64_t as_int() const;
  std::uint64_t as_uint() const;
  double as_double() const;
  std::string_view as_string() const;  // also of a type's name, a person's and a group's id
  std::string_view as_bytes() const;
  const List& as_list() const;
  const Map& as_map() const;
  Timestamp as_timestamp() const;
  Instant as_instant() const;  // a timestamp, cut to milliseconds
  Span as_duration() const;
  Duration as_milliseconds() const;  // a duration, cut to milliseconds
  const Decimal& as_decimal() const;
  const Money& as_money() const;
  Date as_date() const;
  PersonId as_person() const;
  // The value inside an optional, nullptr for none.
  const Value* as_optional() const;

  // CEL's equality: numbers across int, uint, double and decimal by value (a double counts as its shortest
  // text beside a decimal), NaN unequal to itself, lists and maps deeply; other different kinds are unequal,
  // never an error. Money is equal if currency and amount are.
  friend bool operator==(const Value& a, const Value& b);

 private:
  // What does not fit in place: text, lists, maps, optionals, decimals, money. Counted by hand so that a
  // Value is 16 bytes and copying a scalar touches nothing else.
  struct Node {
    mutable std::atomic<std::uint32_t> owners{1};
  };
  struct Text;
  struct Items;
  struct Entries;
  struct Inner;
  struct Exact;
  struct Amount;

  Value(Kind kind, const Node* node) : kind_(kind), shared_(true) { word_.node = node; }
  void retain() const {
    if (shared_) word_.node->owners.fetch_add(1, std::memory_order_relaxed);
  }
  void release() {
    if (shared_ && word_.node->owners.fetch_sub(1, std::memory_order_acq_rel) == 1) destroy();
  }
  void destroy();
  void require(Kind kind_asked) const;

  Kind kind_ = Kind::null_;
  bool shared_ = false;     // word_.node is owned
  std::int32_t nanos_ = 0;  // of a timestamp or duration
  union Word {
    std::int64_t number = 0;  // bool, int, date, seconds
    std::uint64_t unsigned_number;
    double real;
    const Node* node;
  } word_;
};

inline std::size_t Map::size() const {
  return entries_.size();
}
inline std::vector<Map::Entry>::const_iterator Map::begin() const {
  return entries_.begin();
}
inline std::vector<Map::Entry>::const_iterator Map::end() const {
  return entries_.end();
}

// Lossless JSON for the event log and snapshots. Null, bool, int (a JSON integer), string, list and maps with
// text keys are themselves; all else is an object of one member: {"$decimal":"12.50"},
// {"$money":["12.50","CNY"]},
// {"$date":"2026-03-02"}, {"$time":"…Z"}, {"$span":"1.5s"}, {"$person":"li.na"}, {"$group":"finance"},
// {"$double":"0.1"}, {"$uint":"1"}, {"$bytes":"…base64"}, {"$type":"int"}, {"$optional":[…]},
// {"$map":[[k,v]…]} (the last also for a text-keyed map that has a key starting with "$").
boost::json::value encode(const Value& value);
Result<Value> decode(const boost::json::value& encoded);

// As people and other systems expect it in an API: decimals and money as text ("12.50"; a money's currency is
// in the form's schema), dates and times as RFC 3339 text, persons and groups as their id, an absent optional
// as null.
boost::json::value to_plain_json(const Value& value);
// JSON as parse_json gives it. Integers are int, other numbers decimal (exactly as written), objects maps.
Value from_plain_json(const boost::json::value& plain);

// What prose shows for ${ value }: text as it is, 1280.50 EUR, 2026-03-02, true, ids for persons and groups,
// lists joined by ", ", an absent optional as "". Times are shown in UTC; the caller formats times that need
// a zone.
std::string to_display(const Value& value);

std::string format_date(Date date);
Result<Date> parse_date(std::string_view text);  // "2026-03-02"

}  // namespace countersign::cel
