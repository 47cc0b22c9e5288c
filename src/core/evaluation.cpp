#include "core/evaluation.h"

#include <date/date.h>
#include <fmt/format.h>

#include "core/budget.h"
#include "core/exchange.h"
#include "core/field_text.h"
#include "core/guest.h"
#include "core/time_words.h"

namespace countersign {
namespace {

constexpr int kLevelsMax = 1000;  // of managers, of whom there are no circles

cel::Value instance_value(const State& state) {
  cel::Map map;
  map.set("id", cel::Value::string(state.id.value));
  map.set("reference", cel::Value::string(state.reference));
  map.set("workflow", cel::Value::string(state.workflow.value));
  map.set("stage", cel::Value::string(state.stage));
  map.set("status", cel::Value::string(state.status));
  map.set("round", cel::Value::integer(state.round));
  return cel::Value::map(std::move(map));
}

// "2026-03-02 10:14" by the wall clock of the calendar's zone.
std::string wall_clock_text(const Calendar& calendar, Instant at) {
  return date::format("%F %H:%M", date::floor<std::chrono::minutes>(calendar.wall_time_of(at)));
}

Error unknown_function(std::string_view function) {
  return Error{ErrorCode::internal, fmt::format("no function '{}' is known here", function), {}};
}

cel::Value list_of(const std::vector<PersonId>& people) {
  cel::List list;
  for (const PersonId& person : people) list.push_back(cel::Value::person(person));
  return cel::Value::list(std::move(list));
}

Result<cel::Value> business_time(std::string_view unit, const cel::Value& count) {
  if (count.as_int() < 0) {
    return fail(ErrorCode::invalid_input, fmt::format("{} {} lie in the past", count.as_int(), unit));
  }
  return cel::Value::string(fmt::format("{} {}", count.as_int(), unit));
}

Result<cel::Value> add_business(const Calendar& calendar, const cel::Value& from, std::string_view words) {
  const Result<TimeSpan> span = parse_time_span(words);
  if (!span) return std::unexpected(span.error());
  if (from.is(cel::Kind::timestamp)) {
    const Result<Instant> at = add_time(calendar, from.as_instant(), *span);
    if (!at) return std::unexpected(at.error());
    return cel::Value::timestamp(*at);
  }
  const Day day{date::days(from.as_date().days)};
  const auto& hours = calendar.hours_on(day);
  const Instant opening =
      calendar.instant_of(day, hours.empty() ? std::chrono::minutes(0) : hours.front().opens);
  const Result<Instant> at = add_time(calendar, opening, *span);
  if (!at) return std::unexpected(at.error());
  const auto days = calendar.day_of(*at).time_since_epoch().count();
  return cel::Value::date(cel::Date{static_cast<std::int32_t>(days)});
}

}  // namespace

cel::Value form_value(const Fields& form) {
  cel::Map map;
  for (const auto& [name, value] : form) map.set(name, value);
  return cel::Value::map(std::move(map));
}

namespace {

// A variable that was set to something absent is absent.
cel::Value variables_value(const Fields& variables) {
  cel::Map map;
  for (const auto& [name, value] : variables) {
    if (!value.is(cel::Kind::null_)) map.set(name, value);
  }
  return cel::Value::map(std::move(map));
}

}  // namespace

cel::Value result_value(const StepResult* result) {
  cel::Map map;
  if (result != nullptr && !result->voided) {
    map.set("outcome", cel::Value::string(result->outcome));
    if (!result->by.person.empty()) map.set("by", cel::Value::person(result->by.person));
    map.set("at", cel::Value::timestamp(result->at));
    map.set("comment", cel::Value::string(result->comment));
    for (const auto& [name, value] : result->fields) map.set(name, value);
  }
  return cel::Value::map(std::move(map));
}

const Calendar& Context::calendar(const std::string& name) const {
  auto found = calendars.find(name);
  if (found == calendars.end()) found = calendars.find("");
  COUNTERSIGN_INVARIANT(found != calendars.end(), "there is no default calendar");
  return *found->second;
}

const Absences& Context::known_absences() const {
  static const Absences kNobody;
  return absences == nullptr ? kNobody : *absences;
}

Evaluation::Evaluation(const Context& context, const State& state) : context_(context), state_(state) {}

void Evaluation::enter(FrameId frame) {
  std::optional<cel::Value> event;
  std::vector<StepIndex> around;
  ItemPath path;
  items_.clear();
  for (FrameId at = frame; at;) {
    const auto found = state_.frames.find(at);
    if (found == state_.frames.end()) break;
    if (!event && found->second.event) event = found->second.event;
    const auto parent = state_.activations.find(found->second.parent);
    if (parent == state_.activations.end()) break;
    if (const auto item = found->second.item) {
      const Step& step = context_.definition.step(parent->second.step);
      const auto* each = std::get_if<ForEach>(&step.kind);
      if (each != nullptr) items_.emplace(each->as, parent->second.listed.at(*item));
      around.insert(around.begin(), step.index);
      path.insert(path.begin(), *item);
    }
    at = parent->second.frame;
  }
  if (path != path_ || around != around_) {
    forget();
    path_ = std::move(path);
    around_ = std::move(around);
  }
  set_event(std::move(event));
}

void Evaluation::set_event(std::optional<cel::Value> event) {
  event_ = std::move(event);
}

void Evaluation::set_local(std::string name, cel::Value value) {
  locals_.insert_or_assign(std::move(name), std::move(value));
}

Result<cel::Value> Evaluation::evaluate(const Expression& expression) const {
  return expression.program.evaluate(*this, *this, cost_);
}

std::optional<cel::Value> Evaluation::find(std::string_view name) const {
  if (name == "event") return event_;
  if (const auto local = locals_.find(name); local != locals_.end()) return local->second;
  if (const auto item = items_.find(name); item != items_.end()) return item->second;
  if (const auto known = bound_.find(name); known != bound_.end()) return known->second;
  return bound_.emplace(std::string(name), bind(name)).first->second;
}

std::optional<cel::Value> Evaluation::bind(std::string_view name) const {
  if (name == "form") return form_value(state_.form);
  if (name == "requester") {
    if (state_.requester.empty()) return std::nullopt;
    return cel::Value::person(state_.requester);
  }
  if (name == "vars") return variables_value(state_.vars);
  if (name == "instance") return instance_value(state_);
  if (name == "now") return cel::Value::timestamp(context_.now);
  if (name == "today") {
    const Calendar& calendar = context_.calendar(context_.definition.calendar);
    const Day day = calendar.day_of(context_.now);
    return cel::Value::date(cel::Date{static_cast<std::int32_t>(day.time_since_epoch().count())});
  }
  if (const Step* step = context_.definition.find_step(name)) return result_of(*step);
  return std::nullopt;
}

cel::Value Evaluation::result_of(const Step& step) const {
  const std::vector<StepIndex> around = for_each_around(context_.definition, step.list);
  const auto apart = std::ranges::mismatch(around, around_);
  const auto shared = static_cast<std::size_t>(apart.in1 - around.begin());
  const ItemPath path(path_.begin(), path_.begin() + static_cast<long>(shared));
  if (shared == around.size()) return result_value(find_result(state_, step.index, path));
  return results_below(step.index, around, path);
}

// For every item of around[path.size()]: whatever is further inside.
cel::Value Evaluation::results_below(StepIndex step, const std::vector<StepIndex>& around,
                                     const ItemPath& path) const {
  cel::List list;
  const std::size_t count = item_count(around[path.size()], path);
  for (std::uint32_t item = 0; item < count; ++item) {
    ItemPath inner = path;
    inner.push_back(item);
    if (inner.size() < around.size()) {
      list.push_back(results_below(step, around, inner));
      continue;
    }
    const StepResult* result = find_result(state_, step, inner);
    list.push_back(result == nullptr || result->voided ? cel::Value::optional_none()
                                                       : cel::Value::optional_of(result_value(result)));
  }
  return cel::Value::list(std::move(list));
}

std::size_t Evaluation::item_count(StepIndex for_each, const ItemPath& path) const {
  for (const auto& [id, activation] : state_.activations) {
    if (activation.step == for_each && item_path(state_, activation.frame) == path)
      return activation.listed.size();
  }
  const StepResult* result = find_result(state_, for_each, path);
  if (result == nullptr) return 0;
  const auto items = result->fields.find("items");
  return items == result->fields.end() ? 0 : items->second.as_list().size();
}

Result<std::optional<cel::Value>> Evaluation::person_field(const PersonId& id, std::string_view field) const {
  // Whoever has been taken out of the file is still spoken of: their id is all that is known of them.
  const Person gone{.id = id, .name = id.value};
  const Person* known = context_.directory.find(id);
  const Person* person = known == nullptr ? &gone : known;
  const auto text = [](const std::string& value) { return std::optional(cel::Value::string(value)); };
  if (field == "id") return text(person->id.value);
  if (field == "name") return text(person->name);
  if (field == "mail") return text(person->mail);
  if (field == "locale") return text(person->locale);
  if (field == "department") return text(person->department);
  if (field == "manager") {
    if (!person->manager) return std::optional<cel::Value>();
    return std::optional(cel::Value::person(*person->manager));
  }
  if (field == "approval_limit") {
    if (!person->approval_limit) return std::optional<cel::Value>();
    return std::optional(cel::Value::decimal(*person->approval_limit));
  }
  const auto attribute = person->attributes.find(std::string(field));
  if (attribute == person->attributes.end()) return std::optional<cel::Value>();
  return text(attribute->second);
}

Result<std::vector<PersonId>> Evaluation::members(std::string_view group) const {
  const auto known = context_.directory.members(group);
  if (known) return std::vector<PersonId>(known->begin(), known->end());
  if (context_.definition.named_groups.contains(group)) return std::vector<PersonId>();
  return std::unexpected(known.error());
}

Result<cel::Value> Evaluation::call(std::string_view function, std::span<const cel::Value> arguments) const {
  const Directory& directory = context_.directory;
  if (function == "person") {
    const std::string name(arguments[0].as_string());
    const Result<const Person*> person = directory.person(name);
    if (person) return cel::Value::person((*person)->id);
    // Was there when the workflow came into force, and so has left; anything else is a mistake.
    if (context_.definition.named_people.contains(name)) return cel::Value::person(PersonId(name));
    return fail(ErrorCode::invalid_input, person.error().message);
  }
  if (function == "guest") {
    Result<PersonId> guest = guest_id(directory, arguments[0].as_string(), arguments[1].as_string());
    if (!guest) return std::unexpected(std::move(guest.error()));
    return cel::Value::person(*guest);
  }
  if (function == "group") {
    const auto known = members(arguments[0].as_string());  // a group that is gone has nobody
    if (!known) return fail(ErrorCode::invalid_input, known.error().message);
    return cel::Value::group(arguments[0].as_string());
  }
  if (function == "managers") {
    return list_of(directory.managers(arguments[0].as_person(), static_cast<int>(arguments[1].as_int())));
  }
  if (function == "managers_up_to") {
    const cel::Value& amount = arguments[1];
    const auto chain = directory.managers_up_to(arguments[0].as_person(), amount.is(cel::Kind::money)
                                                                              ? amount.as_money().amount
                                                                              : amount.as_decimal());
    if (!chain && names_parts_) {
      std::vector<PersonId> part = directory.managers(arguments[0].as_person(), kLevelsMax);
      std::erase_if(part, [&](const PersonId& id) { return !directory.find(id)->active; });
      if (!part.empty()) chains_.push_back(part);
      return list_of(part);
    }
    if (!chain) return fail(kNobodySuffices, chain.error().message);
    if (!chain->empty()) chains_.push_back(*chain);
    return list_of(*chain);
  }
  if (function == "business_days") return business_time("business days", arguments[0]);
  if (function == "business_hours") return business_time("business hours", arguments[0]);
  if (function == "add_business") {
    return add_business(context_.calendar(context_.definition.calendar), arguments[0],
                        arguments[1].as_string());
  }
  if (function == "table") {
    const auto table = context_.definition.tables.find(arguments[0].as_string());
    if (table != context_.definition.tables.end()) return table->second.rows;
    return fail(ErrorCode::invalid_input, fmt::format("there is no table '{}'", arguments[0].as_string()));
  }
  if (function == "convert") {
    auto converted = exchange::convert(context_.definition, arguments[0].as_money(),
                                       std::string(arguments[1].as_string()));
    if (!converted) return std::unexpected(std::move(converted.error()));
    return cel::Value::money(std::move(*converted));
  }
  if (function == "budget") return budget_of(std::string(arguments[0].as_string()));
  return std::unexpected(unknown_function(function));
}

Result<cel::Value> Evaluation::budget_of(const std::string& name) const {
  const FactKey key{FactKey::Kind::ledger, name, {}};
  const auto known = context_.facts.find(key);
  if (known == context_.facts.end()) {
    if (context_.asked != nullptr) context_.asked->push_back(key);
    return fail(ErrorCode::unavailable, fmt::format("the ledger '{}' has not been read", name));
  }
  if (known->second.ledger) return budget::ledger_value(*known->second.ledger);
  return fail(ErrorCode::invalid_input,
              fmt::format("there is no ledger '{}'; countersign.yaml lists them under 'ledgers'", name));
}

std::string Evaluation::display(const cel::Value& value) const {
  switch (value.kind()) {
    case cel::Kind::person:
      return context_.directory.name_of(value.as_person());
    case cel::Kind::money:
      return money_to_text(value.as_money());
    case cel::Kind::optional: {
      const cel::Value* inner = value.as_optional();
      return inner == nullptr ? std::string() : display(*inner);
    }
    case cel::Kind::list: {
      std::string joined;
      for (const cel::Value& item : value.as_list()) {
        if (!joined.empty()) joined += ", ";
        joined += display(item);
      }
      return joined;
    }
    case cel::Kind::timestamp: {
      const Calendar& calendar = context_.calendar(context_.definition.calendar);
      return wall_clock_text(calendar, value.as_instant());
    }
    default:
      return cel::to_display(value);
  }
}

Result<std::string> Evaluation::prose(const Prose& prose, Landing landing) const {
  std::string text;
  for (const Prose::Part& part : prose.parts) {
    if (!part.expression) {
      text += part.text;
      continue;
    }
    const Result<cel::Value> value = evaluate(*part.expression);
    if (!value) {
      if (value.error().code == ErrorCode::not_found) continue;
      return std::unexpected(value.error());
    }
    const std::string shown = display(*value);
    text += landing == Landing::markdown ? escape_markdown(shown) : shown;
  }
  return text;
}

Result<std::string> Evaluation::text(const LocalText& text, std::string_view locale, Landing landing) const {
  const Prose* best = text.in(locale);
  if (best == nullptr) return std::string();
  return prose(*best, landing);
}

std::string escape_markdown(std::string_view text) {
  static constexpr std::string_view kSpecial = "\\`*_{}[]<>()#+-.!|~&";
  std::string escaped;
  escaped.reserve(text.size());
  for (const char c : text) {
    if (kSpecial.find(c) != std::string_view::npos) escaped += '\\';
    escaped += c;
  }
  return escaped;
}

}  // namespace countersign
