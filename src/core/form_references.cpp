// The values that refer to something outside the form (persons, files, checklists), and lists of values.
#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"
#include "core/address_syntax.h"
#include "core/form_value.h"

namespace countersign {
namespace {

std::optional<std::string> text_in(const json::value& input) {
  const auto* text = input.if_string();
  if (text == nullptr) return std::nullopt;
  return std::string(trimmed({text->data(), text->size()}));
}

// What a file's name ends in, in lower case; spellings of one format are one.
std::string ending_of(std::string_view name) {
  const std::size_t point = name.rfind('.');
  auto ending = lower_ascii(point == std::string_view::npos ? std::string_view() : name.substr(point + 1));
  if (ending == "jpeg") return "jpg";
  if (ending == "tiff") return "tif";
  if (ending == "htm") return "html";
  return ending;
}

// What a file of that ending holds, as uploads are known by (web/file_store.h); "" for any other ending.
std::string_view type_of_ending(std::string_view ending) {
  static constexpr std::pair<std::string_view, std::string_view> kTypes[] = {
      {"pdf", "application/pdf"},
      {"png", "image/png"},
      {"jpg", "image/jpeg"},
      {"docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"},
      {"xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
      {"pptx", "application/vnd.openxmlformats-officedocument.presentationml.presentation"},
      {"odt", "application/vnd.oasis.opendocument.text"},
      {"ods", "application/vnd.oasis.opendocument.spreadsheet"},
      {"odp", "application/vnd.oasis.opendocument.presentation"},
      {"txt", "text/plain"},
      {"csv", "text/plain"},
      {"md", "text/plain"},
      {"log", "text/plain"},
  };
  for (const auto& [known, type] : kTypes) {
    if (known == ending) return type;
  }
  return {};
}

// Who may be meant: somebody of just that name, else a similar id or mail.
std::string person_meant(const Directory& directory, const std::string& text) {
  std::vector<std::string> known;
  for (const auto& person : directory.people()) {
    if (person.name == text) return fmt::format(" (did you mean '{}'?)", person.id.value);
    known.push_back(person.id.value);
    if (text.find('@') != std::string::npos && !person.mail.empty()) known.push_back(person.mail);
  }
  return did_you_mean(text, known);
}

// A scalar field of the type that a list field's elements have.
Field element_of(const Field& list) {
  Field element = list;
  element.type = list.type == FieldType::choices  ? FieldType::choice
                 : list.type == FieldType::people ? FieldType::person
                 : list.type == FieldType::files  ? FieldType::file
                                                  : list.type;
  return element;
}

}  // namespace

std::optional<cel::Value> ValueReader::read_person(const json::value& input, const std::string& pointer) {
  const auto text = text_in(input);
  if (!text)
    return refuse(pointer, fmt::format("a person's id or mail is expected, not {}", described(input)));
  const auto* person = context_.directory.find_by_id_or_mail(*text);
  if (person == nullptr) {
    return refuse(
        pointer,
        fmt::format("there is no person '{}'{}", excerpt(*text), person_meant(context_.directory, *text)),
        FormFault::unknown_person, {excerpt(*text)});
  }
  if (!person->active)
    return refuse(pointer, fmt::format("{} ({}) is no longer active", person->name, *text),
                  FormFault::inactive_person, {person->name});
  return cel::Value::person(person->id);
}

bool ValueReader::is_accepted(const Field& field, std::string_view file_name, const std::string& pointer) {
  if (field.accept.empty()) return true;
  const auto ending = ending_of(file_name);
  const bool accepted = std::ranges::any_of(
      field.accept, [&](const std::string& allowed) { return ending_of("." + allowed) == ending; });
  if (accepted) return true;
  refuse(pointer,
         fmt::format("the file '{}' is not accepted: allowed are {}", excerpt(file_name),
                     join(field.accept, ", ")),
         FormFault::file_kind, {excerpt(file_name), join(field.accept, ", ")});
  return false;
}

std::string_view type_of_file_name(std::string_view name) {
  return type_of_ending(ending_of(name));
}

// The name is the sender's word; the type is what the content was seen to be.
bool ValueReader::holds_what_it_says(std::string_view file_name, std::string_view type,
                                     const std::string& pointer) {
  const std::string_view expected = type_of_file_name(file_name);
  if (expected.empty() || expected == type) return true;
  refuse(pointer,
         fmt::format("the file '{}' is not what its name says: it holds {}", excerpt(file_name), type),
         FormFault::file_content, {excerpt(file_name), std::string(type)});
  return false;
}

std::optional<cel::Value> ValueReader::read_file(const Field& field, const json::value& input,
                                                 const std::string& pointer) {
  const auto* by_object = find(input, "id");
  const auto id = text_in(by_object != nullptr ? *by_object : input);
  if (!id)
    return refuse(pointer, fmt::format("the id of an uploaded file is expected, not {}", described(input)));
  auto file = context_.find_file ? context_.find_file(*id) : std::nullopt;
  if (!file) {
    return refuse(pointer,
                  fmt::format("there is no file '{}': upload it first, then give its id", excerpt(*id)),
                  FormFault::unknown_file, {excerpt(*id)});
  }
  const auto* name = file->find("name");
  if (name != nullptr && !is_accepted(field, name->as_string(), pointer)) return std::nullopt;
  const auto* type = file->find("type");
  if (name != nullptr && type != nullptr &&
      !holds_what_it_says(name->as_string(), type->as_string(), pointer))
    return std::nullopt;
  return cel::Value::map(std::move(*file));
}

std::optional<cel::Value> ValueReader::read_checklist_id(const Field& field, const json::value& input,
                                                         const std::string& pointer) {
  const auto id = text_in(input);
  if (!id)
    return refuse(pointer,
                  fmt::format("an item of {} is expected, not {}", field.items_of, described(input)));
  if (context_.checklist_of) {
    const auto ids = context_.checklist_of(field.items_of);
    if (std::ranges::find(ids, *id) == ids.end()) {
      return refuse(pointer, fmt::format("'{}' is no item of the checklist of {}{}", excerpt(*id),
                                         field.items_of, did_you_mean(*id, ids)));
    }
  }
  return cel::Value::string(*id);
}

std::optional<cel::Value> ValueReader::read_list(const Field& field, const json::value& input,
                                                 const std::string& pointer) {
  const auto* array = input.if_array();
  const json::array one = array == nullptr ? json::array{input} : json::array();
  const json::array& sent = array != nullptr ? *array : one;
  if (sent.size() > field.at_most) {
    return refuse(pointer,
                  fmt::format("{} entries are too many: at most {} are allowed", sent.size(), field.at_most),
                  FormFault::too_many, {std::to_string(sent.size()), std::to_string(field.at_most)});
  }
  const auto element = element_of(field);
  const std::size_t problems_before = problems_.size();
  cel::List values;
  for (std::size_t i = 0; i < sent.size(); ++i) {
    const auto at = array != nullptr ? pointer_below(pointer, std::to_string(i)) : pointer;
    auto value = field.type == FieldType::items_of ? read_checklist_id(field, sent[i], at)
                                                   : read(element, sent[i], at);
    if (!value) continue;
    if (std::ranges::find(values, *value) != values.end()) {
      refuse(at, fmt::format("{} stands twice in the list", described(sent[i])), FormFault::twice,
             {excerpt(text_in(sent[i]).value_or(""))});
      continue;
    }
    values.push_back(std::move(*value));
  }
  if (problems_.size() > problems_before) return std::nullopt;
  return cel::Value::list(std::move(values));
}

std::optional<cel::Value> ValueReader::read_table(const Field& field, const json::value& input,
                                                  const std::string& pointer) {
  const auto* rows = input.if_array();
  if (rows == nullptr)
    return refuse(pointer, fmt::format("a list of rows is expected, not {}", described(input)));
  if (rows->size() > field.at_most) {
    return refuse(pointer,
                  fmt::format("{} rows are too many: at most {} are allowed", rows->size(), field.at_most),
                  FormFault::too_many, {std::to_string(rows->size()), std::to_string(field.at_most)});
  }
  const std::size_t problems_before = problems_.size();
  cel::List values;
  for (std::size_t i = 0; i < rows->size(); ++i) {
    FormContext row_context = context_;
    row_context.pointer = pointer_below(pointer, std::to_string(i));
    auto row = read_fields(field.columns, (*rows)[i], row_context);
    problems_.insert(problems_.end(), row.problems.begin(), row.problems.end());
    cel::Map cells;
    // In the order of the columns, so that equal rows are written alike.
    for (const auto& column : field.columns) {
      const auto cell = row.values.find(column.name);
      if (cell != row.values.end()) cells.set(column.name, cell->second);
    }
    values.push_back(cel::Value::map(std::move(cells)));
  }
  if (problems_.size() > problems_before) return std::nullopt;
  return cel::Value::list(std::move(values));
}

}  // namespace countersign
