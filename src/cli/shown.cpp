#include "cli/shown.h"

namespace countersign::cli {

std::string shown(const json::value& value) {
  if (value.is_null()) return "";
  if (value.is_string()) return std::string(value.as_string());
  if (value.is_array()) {
    std::string text;
    for (const json::value& each : value.as_array()) text += (text.empty() ? "" : ", ") + shown(each);
    return text;
  }
  // What a field of type file holds.
  if (find(value, "sha256") != nullptr && find(value, "name") != nullptr) return string_at(value, "name");
  return write_json(value);
}

std::string shown_at(const json::value& object, std::string_view key) {
  const json::value* member = find(object, key);
  return member == nullptr ? "" : shown(*member);
}

std::string instant_at(const json::value& object, std::string_view key) {
  std::string text = string_at(object, key);
  if (text.size() < 16 || text[10] != 'T') return text;
  text[10] = ' ';
  return text.substr(0, 16);
}

const json::array& list_at(const json::value& object, std::string_view key) {
  static const json::array kNone;
  const json::value* member = find(object, key);
  return member != nullptr && member->is_array() ? member->as_array() : kNone;
}

std::string whose_at(const json::value& item) {
  const std::string person = shown_at(item, "assignee");
  const std::string group = shown_at(item, "group");
  if (group.empty()) return person;
  return person.empty() ? "group " + group : person + " (group " + group + ")";
}

bool flag_at(const json::value& object, std::string_view key) {
  const json::value* member = find(object, key);
  return member != nullptr && member->is_bool() && member->as_bool();
}

}  // namespace countersign::cli
