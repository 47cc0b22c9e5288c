#pragma once
// Static types of expressions: CEL's and the product's (decimal, money of one currency, date, person, group,
// and records: the form, a step's result, an event's data). Immutable, cheap to copy, thread-safe.

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace countersign::cel {

struct RecordField;

class Type {
 public:
  enum class Tag {
    dyn,
    null_,
    bool_,
    int_,
    uint_,
    double_,
    string,
    bytes,
    timestamp,
    duration,
    list,
    map,
    optional,
    type,
    parameter,  // a type variable of a function's signature
    opaque,     // a name with arguments that only signatures know: tuple(T, U)
    decimal,
    money,
    date,
    person,
    group,
    record,
  };

  Type() = default;             // dyn
  static Type scalar(Tag tag);  // every tag without arguments
  static Type list(Type element);
  static Type map(Type key, Type value);
  static Type optional(Type of);
  static Type type_of(Type of);
  static Type parameter(std::string name);
  static Type opaque(std::string name, std::vector<Type> arguments);
  // "" is money whose currency is only known when evaluated.
  static Type money(std::string currency);
  // `name` is what messages call it: "form", "the result of manager".
  static Type record(std::string name, std::map<std::string, RecordField> fields);

  Tag tag() const;
  bool is(Tag asked) const { return tag() == asked; }
  const std::string& name() const;             // of a parameter, opaque or record; a money's currency
  const std::vector<Type>& arguments() const;  // element; key and value; …
  const std::map<std::string, RecordField>& fields() const;

  bool operator==(const Type& other) const;
  // As cel/README's notation writes it: "list(int)", "map(string, dyn)", "money(CNY)", "record form".
  std::string to_text() const;
  static Result<Type> parse(std::string_view text, const std::vector<std::string>& parameters = {});

 private:
  struct Node;
  std::shared_ptr<const Node> node_;
};

struct RecordField {
  Type type;
  // May be missing where the expression stands, because the step that sets it may not have run: plain access
  // is an error of the checker unless has() of the same field guards it; record.?field is always allowed.
  bool maybe = false;
  // Whoever fills it in may leave it empty: plain access is an error where Environment::filled says that
  // nothing may be empty. Beside `maybe` it says why it may be missing.
  bool unfilled = false;
  // The only texts that it (or, of a list, an element) can be; empty: any.
  std::vector<std::string> words = {};
};

}  // namespace countersign::cel
