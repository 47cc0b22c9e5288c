// CEL's equality of values.

#include "cel/numbers.h"
#include "cel/value.h"

namespace countersign::cel {
namespace {

bool equal_lists(const List& a, const List& b) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (!(a[i] == b[i])) return false;
  }
  return true;
}

bool equal_maps(const Map& a, const Map& b) {
  if (a.size() != b.size()) return false;
  for (const auto& [key, value] : a) {
    const Value* other = b.find(key);
    if (other == nullptr || !(value == *other)) return false;
  }
  return true;
}

bool equal_optionals(const Value* a, const Value* b) {
  if (a == nullptr || b == nullptr) return a == b;
  return *a == *b;
}

}  // namespace

bool operator==(const Value& a, const Value& b) {
  if (a.kind_ != b.kind_) {
    return is_number(a.kind_) && is_number(b.kind_) &&
           compare_numbers(a, b) == std::partial_ordering::equivalent;
  }
  switch (a.kind_) {
    case Kind::null_:
      return true;
    case Kind::bool_:
    case Kind::int_:
    case Kind::uint_:
    case Kind::date:
      return a.word_.number == b.word_.number;
    case Kind::double_:
      return a.word_.real == b.word_.real;
    case Kind::timestamp:
    case Kind::duration:
      return a.word_.number == b.word_.number && a.nanos_ == b.nanos_;
    case Kind::string:
    case Kind::type:
    case Kind::person:
    case Kind::group:
      return a.as_string() == b.as_string();
    case Kind::bytes:
      return a.as_bytes() == b.as_bytes();
    case Kind::list:
      return equal_lists(a.as_list(), b.as_list());
    case Kind::map:
      return equal_maps(a.as_map(), b.as_map());
    case Kind::optional:
      return equal_optionals(a.as_optional(), b.as_optional());
    case Kind::decimal:
      return a.as_decimal() == b.as_decimal();
    case Kind::money:
      return a.as_money() == b.as_money();
  }
  return false;
}

}  // namespace countersign::cel
