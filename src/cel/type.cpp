#include "cel/type.h"

#include <array>

namespace countersign::cel {

struct Type::Node {
  Tag tag = Tag::dyn;
  std::string name;
  std::vector<Type> arguments;
  std::map<std::string, RecordField> fields;
};

namespace {

const std::string kNoName;
const std::vector<Type> kNoArguments;
const std::map<std::string, RecordField> kNoFields;

}  // namespace

Type Type::scalar(Tag tag) {
  constexpr std::size_t kTags = static_cast<std::size_t>(Tag::record) + 1;
  static const std::array<Type, kTags> kScalars = [] {
    std::array<Type, kTags> scalars;
    for (std::size_t i = 1; i < kTags; ++i)
      scalars[i].node_ = std::make_shared<Node>(Node{static_cast<Tag>(i), {}, {}, {}});
    return scalars;
  }();
  return kScalars[static_cast<std::size_t>(tag)];
}

Type Type::list(Type element) {
  Type type;
  type.node_ = std::make_shared<Node>(Node{Tag::list, {}, {std::move(element)}, {}});
  return type;
}
Type Type::map(Type key, Type value) {
  Type type;
  type.node_ = std::make_shared<Node>(Node{Tag::map, {}, {std::move(key), std::move(value)}, {}});
  return type;
}
Type Type::optional(Type of) {
  Type type;
  type.node_ = std::make_shared<Node>(Node{Tag::optional, {}, {std::move(of)}, {}});
  return type;
}
Type Type::type_of(Type of) {
  Type type;
  type.node_ = std::make_shared<Node>(Node{Tag::type, {}, {std::move(of)}, {}});
  return type;
}
Type Type::parameter(std::string name) {
  Type type;
  type.node_ = std::make_shared<Node>(Node{Tag::parameter, std::move(name), {}, {}});
  return type;
}
Type Type::opaque(std::string name, std::vector<Type> arguments) {
  Type type;
  type.node_ = std::make_shared<Node>(Node{Tag::opaque, std::move(name), std::move(arguments), {}});
  return type;
}
Type Type::money(std::string currency) {
  Type type;
  type.node_ = std::make_shared<Node>(Node{Tag::money, std::move(currency), {}, {}});
  return type;
}
Type Type::record(std::string name, std::map<std::string, RecordField> fields) {
  Type type;
  type.node_ = std::make_shared<Node>(Node{Tag::record, std::move(name), {}, std::move(fields)});
  return type;
}

Type::Tag Type::tag() const {
  return node_ ? node_->tag : Tag::dyn;
}
const std::string& Type::name() const {
  return node_ ? node_->name : kNoName;
}
const std::vector<Type>& Type::arguments() const {
  return node_ ? node_->arguments : kNoArguments;
}
const std::map<std::string, RecordField>& Type::fields() const {
  return node_ ? node_->fields : kNoFields;
}

bool Type::operator==(const Type& other) const {
  if (node_ == other.node_) return true;
  if (tag() != other.tag() || name() != other.name() || arguments() != other.arguments()) return false;
  if (fields().size() != other.fields().size()) return false;
  auto theirs = other.fields().begin();
  for (const auto& [field, mine] : fields()) {
    const RecordField& other_field = theirs->second;
    if (field != theirs->first || mine.maybe != other_field.maybe || mine.unfilled != other_field.unfilled ||
        mine.words != other_field.words || !(mine.type == other_field.type)) {
      return false;
    }
    ++theirs;
  }
  return true;
}

}  // namespace countersign::cel
