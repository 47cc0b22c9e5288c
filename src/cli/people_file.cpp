#include "cli/people_file.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "base/json.h"
#include "base/text.h"

namespace countersign::cli {
namespace {

// Words that some reader of YAML takes for something else than text.
constexpr std::array<std::string_view, 10> kWords = {"true", "false", "null", "yes", "no",
                                                     "on",   "off",   "y",    "n",   "~"};

bool is_plain(std::string_view text) {
  const auto letter = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || static_cast<unsigned char>(c) >= 0x80;
  };
  if (text.empty() || !letter(text.front()) || text.ends_with(' ')) return false;
  if (std::ranges::find(kWords, lower_ascii(text)) != kWords.end()) return false;
  return std::ranges::all_of(text, [&](char c) {
    return letter(c) || (c >= '0' && c <= '9') || std::string_view("._-@ ").find(c) != std::string_view::npos;
  });
}

// A scalar as it is where that is safe, else in quotes (a JSON string is a double-quoted one of YAML).
std::string scalar(std::string_view text) {
  return is_plain(text) ? std::string(text) : write_json(json::value(text));
}

std::string pairs(const std::map<std::string, std::string>& values) {
  std::vector<std::string> parts;
  // Values may look like numbers to a reader: always quoted.
  for (const auto& [name, value] : values)
    parts.push_back(scalar(name) + ": " + write_json(json::value(value)));
  return "{" + join(parts, ", ") + "}";
}

std::string person_line(const Person& person) {
  std::vector<std::string> parts{"id: " + scalar(person.id.value), "name: " + scalar(person.name)};
  if (!person.mail.empty()) parts.push_back("mail: " + scalar(person.mail));
  if (person.manager) parts.push_back("manager: " + scalar(person.manager->value));
  if (person.locale != "en") parts.push_back("locale: " + scalar(person.locale));
  if (!person.calendar.empty()) parts.push_back("calendar: " + scalar(person.calendar));
  if (!person.zone.empty()) parts.push_back("zone: " + write_json(json::value(person.zone)));
  if (person.quiet_hours)
    parts.push_back("quiet_hours: " + write_json(json::value(to_text(*person.quiet_hours))));
  if (person.approval_limit) parts.push_back("approval_limit: " + person.approval_limit->to_text());
  if (!person.department.empty()) parts.push_back("department: " + scalar(person.department));
  if (!person.active) parts.emplace_back("active: false");
  if (!person.channels.empty()) parts.push_back("channels: " + pairs(person.channels));
  if (!person.attributes.empty()) parts.push_back("attributes: " + pairs(person.attributes));
  return "  - {" + join(parts, ", ") + "}\n";
}

std::string group_line(const Group& group) {
  std::vector<std::string> members;
  for (const PersonId& id : group.members) members.push_back(scalar(id.value));
  const std::string list = "[" + join(members, ", ") + "]";
  if (group.title.empty()) return fmt::format("  {}: {}\n", scalar(group.id), list);
  return fmt::format("  {}: {{title: {}, members: {}}}\n", scalar(group.id), scalar(group.title), list);
}

}  // namespace

std::string people_yaml(const Directory& directory) {
  std::string text = directory.people().empty() ? "people: []\n" : "people:\n";
  for (const Person& person : directory.people()) text += person_line(person);
  if (directory.groups().empty()) return text;
  text += "groups:\n";
  for (const Group& group : directory.groups()) text += group_line(group);
  return text;
}

}  // namespace countersign::cli
