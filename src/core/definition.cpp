#include "core/definition.h"

#include <algorithm>
#include <array>

namespace countersign {
namespace {

template <class... Visitors>
struct Overloaded : Visitors... {
  using Visitors::operator()...;
};

constexpr std::array<std::string_view, 18> kFieldTypes = {
    "text",     "long_text", "integer", "number", "money", "boolean", "choice", "choices", "date",
    "datetime", "person",    "people",  "mail",   "url",   "file",    "files",  "table",   "items_of",
};

cel::Type file_type() {
  const cel::Type text = cel::Type::scalar(cel::Type::Tag::string);
  return cel::Type::record("file", {{"id", {text}},
                                    {"name", {text}},
                                    {"size", {cel::Type::scalar(cel::Type::Tag::int_)}},
                                    {"type", {text}},
                                    {"sha256", {text}}});
}

}  // namespace

std::string_view to_string(FieldType type) {
  return kFieldTypes.at(static_cast<std::size_t>(type));
}

const Prose* LocalText::in(std::string_view locale) const {
  const auto at = [&](std::string_view key) -> const Prose* {
    const auto found = by_locale.find(std::string(key));
    return found == by_locale.end() ? nullptr : &found->second;
  };
  if (const Prose* exact = at(locale)) return exact;
  const std::string_view language = locale.substr(0, locale.find('-'));
  if (const Prose* found = at(language)) return found;
  // Another region's text in the same language serves better than another language: zh for somebody in zh-TW.
  if (!language.empty()) {
    for (const auto& [key, prose] : by_locale) {
      if (key.starts_with(std::string(language) + "-")) return &prose;
    }
  }
  if (const Prose* any = at("")) return any;
  if (const Prose* english = at("en")) return english;
  return by_locale.empty() ? nullptr : &by_locale.begin()->second;
}

const Step* Definition::find_step(std::string_view step_id) const {
  if (step_id.empty()) return nullptr;
  const auto found =
      std::find_if(steps.begin(), steps.end(), [&](const Step& step) { return step.id == step_id; });
  return found == steps.end() ? nullptr : &*found;
}

const Field* field_named(const std::vector<Field>& fields, std::string_view name) {
  const auto found = std::ranges::find(fields, name, &Field::name);
  return found != fields.end() ? &*found : nullptr;
}

const Field* Definition::find_field(std::string_view name) const {
  return field_named(form, name);
}

std::vector<std::string> outcomes_of(const Definition& /*definition*/, const Step& step) {
  std::vector<std::string> outcomes =
      std::visit(Overloaded{
                     [](const Approve& approve) {
                       std::vector<std::string> of{"approved", "rejected"};
                       if (!approve.return_to.empty()) of.emplace_back("returned");
                       return of;
                     },
                     [](const Task& task) {
                       std::vector<std::string> of = task.outcomes;
                       if (!task.return_to.empty() && std::ranges::find(of, "returned") == of.end())
                         of.emplace_back("returned");
                       return of;
                     },
                     [](const Call&) { return std::vector<std::string>{"succeeded", "failed"}; },
                     [](const Wait& wait) {
                       std::vector<std::string> of;
                       if (wait.span || wait.until) of.emplace_back("elapsed");
                       if (wait.event) of.emplace_back("received");
                       return of;
                     },
                     [](const Parallel& parallel) {
                       if (parallel.need.kind == QuorumKind::all) return std::vector<std::string>{"all"};
                       std::vector<std::string> of;
                       for (const Parallel::Branch& branch : parallel.branches) of.push_back(branch.name);
                       return of;
                     },
                     [](const ForEach& each) {
                       if (each.need.kind == QuorumKind::all) return std::vector<std::string>{"all"};
                       return std::vector<std::string>{"enough", "all"};
                     },
                     [](const Gates&) { return std::vector<std::string>{"all"}; },
                     [](const Run& run) { return run.wait ? run.statuses : std::vector<std::string>{}; },
                     [](const Budget& budget) {
                       switch (budget.act) {
                         case Budget::Act::reserve:
                           return std::vector<std::string>{"reserved", "insufficient"};
                         case Budget::Act::commit:
                           return std::vector<std::string>{"committed"};
                         case Budget::Act::supplement:
                           return std::vector<std::string>{"supplemented"};
                         case Budget::Act::transfer:
                           break;
                       }
                       return std::vector<std::string>{"transferred", "insufficient"};
                     },
                     [](const auto&) { return std::vector<std::string>{}; },
                 },
                 step.kind);
  const bool asks = std::holds_alternative<Approve>(step.kind) || std::holds_alternative<Task>(step.kind);
  if (asks && step.deadline) outcomes.emplace_back("timeout");
  return outcomes;
}

std::vector<StepIndex> for_each_around(const Definition& definition, ListIndex list) {
  std::vector<StepIndex> around;
  for (ListIndex at = list; at != kNoList;) {
    const StepList& of = definition.list(at);
    if (of.owner == kNoStep) break;
    if (of.role == "each") around.insert(around.begin(), of.owner);
    at = definition.step(of.owner).list;
  }
  return around;
}

bool encloses(const Definition& definition, ListIndex list, ListIndex inner) {
  while (inner != list) {
    const StepIndex owner = definition.list(inner).owner;
    if (owner != kNoStep) {
      inner = definition.step(owner).list;
    } else if (definition.root != kNoList && inner != definition.root) {
      inner = definition.root;
    } else {
      return false;
    }
  }
  return true;
}

cel::Type type_of(const Field& field) {
  using Tag = cel::Type::Tag;
  switch (field.type) {
    case FieldType::text:
    case FieldType::long_text:
    case FieldType::choice:
    case FieldType::mail:
    case FieldType::url:
      return cel::Type::scalar(Tag::string);
    case FieldType::integer:
      return cel::Type::scalar(Tag::int_);
    case FieldType::number:
      return cel::Type::scalar(Tag::decimal);
    case FieldType::money:
      return cel::Type::money(field.currency);
    case FieldType::boolean:
      return cel::Type::scalar(Tag::bool_);
    case FieldType::choices:
    case FieldType::items_of:
      return cel::Type::list(cel::Type::scalar(Tag::string));
    case FieldType::date:
      return cel::Type::scalar(Tag::date);
    case FieldType::datetime:
      return cel::Type::scalar(Tag::timestamp);
    case FieldType::person:
      return cel::Type::scalar(Tag::person);
    case FieldType::people:
      return cel::Type::list(cel::Type::scalar(Tag::person));
    case FieldType::file:
      return file_type();
    case FieldType::files:
      return cel::Type::list(file_type());
    case FieldType::table:
      return cel::Type::list(record_of("row of " + field.name, field.columns));
  }
  return {};
}

cel::RecordField record_field(const Field& field) {
  cel::RecordField of{type_of(field)};
  if (field.type == FieldType::choice || field.type == FieldType::choices) {
    for (const ChoiceOption& option : field.options) of.words.push_back(option.value);
  }
  switch (field.type) {
    case FieldType::text:
    case FieldType::long_text:
    case FieldType::boolean:
    case FieldType::choices:
    case FieldType::people:
    case FieldType::files:
    case FieldType::table:
    case FieldType::items_of:
      return of;
    default:
      of.unfilled = !field.required && !field.default_value && !field.computed;
      return of;
  }
}

cel::Type record_of(std::string name, const std::vector<Field>& fields) {
  std::map<std::string, cel::RecordField> of;
  for (const Field& field : fields) of.emplace(field.name, record_field(field));
  return cel::Type::record(std::move(name), std::move(of));
}

cel::Type result_type(const Step& step, bool maybe, const std::vector<Field>& reply) {
  std::map<std::string, cel::RecordField> of;
  for (const Field& field : result_fields(step, reply))
    of.insert_or_assign(field.name, cel::RecordField{type_of(field), maybe});
  return cel::Type::record("the result of " + step.name, std::move(of));
}

std::vector<Field> result_fields(const Step& step, const std::vector<Field>& reply) {
  const auto plain = [](std::string name, FieldType type) {
    Field field;
    field.name = std::move(name);
    field.type = type;
    return field;
  };
  std::vector<Field> fields{plain("outcome", FieldType::text), plain("by", FieldType::person),
                            plain("at", FieldType::datetime), plain("comment", FieldType::text)};
  const std::vector<Field>* own = &reply;
  if (const auto* approve = std::get_if<Approve>(&step.kind)) own = &approve->ask;
  if (const auto* task = std::get_if<Task>(&step.kind)) own = &task->ask;
  fields.insert(fields.end(), own->begin(), own->end());
  if (const auto* task = std::get_if<Task>(&step.kind)) {
    for (const ChecklistItem& entry : task->checklist) {
      if (entry.note) fields.push_back(plain(entry.id, FieldType::long_text));
      if (entry.file) fields.push_back(plain(entry.id + "_file", FieldType::file));
    }
  }
  return fields;
}

}  // namespace countersign
