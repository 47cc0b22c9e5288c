#include "cel/value.h"

namespace countersign::cel {

struct Value::Text : Value::Node {
  explicit Text(std::string_view value) : text(value) {}
  std::string text;
};
struct Value::Items : Value::Node {
  explicit Items(List value) : items(std::move(value)) {}
  List items;
};
struct Value::Entries : Value::Node {
  explicit Entries(Map value) : map(std::move(value)) {}
  Map map;
};
struct Value::Inner : Value::Node {
  explicit Inner(Value inner) : value(std::move(inner)) {}
  Value value;
};
struct Value::Exact : Value::Node {
  explicit Exact(Decimal number) : value(number) {}
  Decimal value;
};
struct Value::Amount : Value::Node {
  explicit Amount(Money amount) : value(std::move(amount)) {}
  Money value;
};

std::string_view type_name(Kind kind) {
  switch (kind) {
    case Kind::null_:
      return "null_type";
    case Kind::bool_:
      return "bool";
    case Kind::int_:
      return "int";
    case Kind::uint_:
      return "uint";
    case Kind::double_:
      return "double";
    case Kind::string:
      return "string";
    case Kind::bytes:
      return "bytes";
    case Kind::list:
      return "list";
    case Kind::map:
      return "map";
    case Kind::timestamp:
      return "google.protobuf.Timestamp";
    case Kind::duration:
      return "google.protobuf.Duration";
    case Kind::type:
      return "type";
    case Kind::optional:
      return "optional_type";
    case Kind::decimal:
      return "decimal";
    case Kind::money:
      return "money";
    case Kind::date:
      return "date";
    case Kind::person:
      return "person";
    case Kind::group:
      return "group";
  }
  return "unknown";
}

void Value::destroy() {
  switch (kind_) {
    case Kind::string:
    case Kind::bytes:
    case Kind::type:
    case Kind::person:
    case Kind::group:
      delete static_cast<const Text*>(word_.node);
      break;
    case Kind::list:
      delete static_cast<const Items*>(word_.node);
      break;
    case Kind::map:
      delete static_cast<const Entries*>(word_.node);
      break;
    case Kind::optional:
      delete static_cast<const Inner*>(word_.node);
      break;
    case Kind::decimal:
      delete static_cast<const Exact*>(word_.node);
      break;
    case Kind::money:
      delete static_cast<const Amount*>(word_.node);
      break;
    default:
      COUNTERSIGN_INVARIANT(false, "only text, lists, maps, optionals and exact numbers are shared");
  }
}

Value Value::boolean(bool value) {
  Value result;
  result.kind_ = Kind::bool_;
  result.word_.number = value ? 1 : 0;
  return result;
}
Value Value::integer(std::int64_t value) {
  Value result;
  result.kind_ = Kind::int_;
  result.word_.number = value;
  return result;
}
Value Value::unsigned_integer(std::uint64_t value) {
  Value result;
  result.kind_ = Kind::uint_;
  result.word_.unsigned_number = value;
  return result;
}
Value Value::number(double value) {
  Value result;
  result.kind_ = Kind::double_;
  result.word_.real = value;
  return result;
}
Value Value::string(std::string_view value) {
  return Value(Kind::string, new Text(value));
}
Value Value::bytes(std::string_view value) {
  return Value(Kind::bytes, new Text(value));
}
Value Value::list(List items) {
  return Value(Kind::list, new Items(std::move(items)));
}
Value Value::map(Map entries) {
  return Value(Kind::map, new Entries(std::move(entries)));
}
Value Value::timestamp(Timestamp at) {
  Value result;
  result.kind_ = Kind::timestamp;
  result.word_.number = at.seconds;
  result.nanos_ = at.nanos;
  return result;
}
Value Value::timestamp(Instant at) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(at);
  const auto rest = std::chrono::duration_cast<std::chrono::nanoseconds>(at - seconds);
  return timestamp(Timestamp{seconds.time_since_epoch().count(), static_cast<std::int32_t>(rest.count())});
}
Value Value::duration(Span span) {
  Value result;
  result.kind_ = Kind::duration;
  result.word_.number = span.seconds;
  result.nanos_ = span.nanos;
  return result;
}
Value Value::duration(Duration span) {
  return duration(Span{span.count() / 1000, static_cast<std::int32_t>(span.count() % 1000) * 1'000'000});
}
Value Value::type(std::string_view name) {
  return Value(Kind::type, new Text(name));
}
Value Value::optional_of(Value value) {
  return Value(Kind::optional, new Inner(std::move(value)));
}
Value Value::optional_none() {
  Value result;
  result.kind_ = Kind::optional;
  return result;
}
Value Value::decimal(Decimal value) {
  return Value(Kind::decimal, new Exact(value));
}
Value Value::money(Money value) {
  return Value(Kind::money, new Amount(std::move(value)));
}
Value Value::date(Date value) {
  Value result;
  result.kind_ = Kind::date;
  result.word_.number = value.days;
  return result;
}
Value Value::person(const PersonId& id) {
  return Value(Kind::person, new Text(id.value));
}
Value Value::group(std::string_view id) {
  return Value(Kind::group, new Text(id));
}

void Value::require(Kind kind_asked) const {
  COUNTERSIGN_INVARIANT(kind_ == kind_asked, "an accessor of another kind of value was called");
}

bool Value::as_bool() const {
  require(Kind::bool_);
  return word_.number != 0;
}
std::int64_t Value::as_int() const {
  require(Kind::int_);
  return word_.number;
}
std::uint64_t Value::as_uint() const {
  require(Kind::uint_);
  return word_.unsigned_number;
}
double Value::as_double() const {
  require(Kind::double_);
  return word_.real;
}
std::string_view Value::as_string() const {
  COUNTERSIGN_INVARIANT(
      kind_ == Kind::string || kind_ == Kind::type || kind_ == Kind::person || kind_ == Kind::group,
      "text was asked of a value that is none");
  return static_cast<const Text*>(word_.node)->text;
}
std::string_view Value::as_bytes() const {
  require(Kind::bytes);
  return static_cast<const Text*>(word_.node)->text;
}
const List& Value::as_list() const {
  require(Kind::list);
  return static_cast<const Items*>(word_.node)->items;
}
const Map& Value::as_map() const {
  require(Kind::map);
  return static_cast<const Entries*>(word_.node)->map;
}
Timestamp Value::as_timestamp() const {
  require(Kind::timestamp);
  return {word_.number, nanos_};
}
Instant Value::as_instant() const {
  const Timestamp at = as_timestamp();
  return from_unix_ms(at.seconds * 1000 + at.nanos / 1'000'000);
}
Span Value::as_duration() const {
  require(Kind::duration);
  return {word_.number, nanos_};
}
Duration Value::as_milliseconds() const {
  const Span span = as_duration();
  return Duration(span.seconds * 1000 + span.nanos / 1'000'000);
}
const Decimal& Value::as_decimal() const {
  require(Kind::decimal);
  return static_cast<const Exact*>(word_.node)->value;
}
const Money& Value::as_money() const {
  require(Kind::money);
  return static_cast<const Amount*>(word_.node)->value;
}
Date Value::as_date() const {
  require(Kind::date);
  return {static_cast<std::int32_t>(word_.number)};
}
PersonId Value::as_person() const {
  require(Kind::person);
  return PersonId(static_cast<const Text*>(word_.node)->text);
}
const Value* Value::as_optional() const {
  require(Kind::optional);
  return shared_ ? &static_cast<const Inner*>(word_.node)->value : nullptr;
}

}  // namespace countersign::cel
