// Single expectations against how things are.
#include <algorithm>

#include "scenario/guests.h"
#include "scenario/ledgers.h"
#include "scenario/player.h"
#include "scenario/reading.h"
#include <date/date.h>
#include <fmt/format.h>

#include "base/text.h"
#include "core/evaluation.h"
#include "core/form.h"

namespace countersign::scenario {
namespace {

using Kind = Expectation::Kind;

std::optional<Failure> differs(const Expectation& expectation, std::string what, std::string expected,
                               std::string found) {
  return Failure{Code::not_as_expected, expectation.at, std::move(what), std::move(expected),
                 std::move(found)};
}

std::optional<Failure> compare(const Expectation& expectation, const std::string& what,
                               const std::string& found) {
  const std::string expected = expectation.absent ? "" : expectation.value;
  if (expected == found) return std::nullopt;
  return differs(expectation, what + " is not as expected", expected.empty() ? "none" : expected,
                 found.empty() ? "none" : found);
}

std::string in_words(std::vector<std::string> parts) {
  if (parts.empty()) return "nobody";
  std::ranges::sort(parts);
  return join(parts, ", ");
}

std::string name_of_asked(const WorkItemRow& item) {
  return item.assignee.empty() ? "group " + item.group : written(item.assignee);
}

std::optional<Failure> check_asked(const Expectation& expectation, const Scene& scene) {
  std::vector<std::string> found;
  for (const WorkItemRow& item : scene.items) {
    if (item.status != ItemStatus::open) continue;
    if (!expectation.name.empty() && item.step != expectation.name) continue;
    const std::string who = name_of_asked(item);
    if (std::ranges::find(found, who) == found.end()) found.push_back(who);
  }
  std::vector<std::string> expected;
  for (const Placed& text : expectation.texts) expected.push_back(text.text);
  std::ranges::sort(expected);
  std::ranges::sort(found);
  if (expected == found) return std::nullopt;
  return differs(expectation,
                 expectation.name.empty() ? std::string("others are asked than expected")
                                          : fmt::format("{} asks others than expected", expectation.name),
                 in_words(expected), expectation.name.empty() ? asked_in_words(scene) : in_words(found));
}

const Step* step_named(const Scene& scene, const std::string& name) {
  if (scene.definition == nullptr) return nullptr;
  const auto found = std::ranges::find(scene.definition->steps, name, &Step::name);
  return found == scene.definition->steps.end() ? nullptr : &*found;
}

std::optional<Failure> check_open(const Expectation& expectation, const Scene& scene) {
  std::vector<std::string> found;
  for (const auto& [id, activation] : scene.state->activations) {
    const Step& step = scene.definition->step(activation.step);
    // A step whose parts are open waits only for them.
    const bool has_parts = std::ranges::any_of(
        scene.state->frames, [&](const auto& frame) { return frame.second.parent == activation.id; });
    if (!has_parts && std::ranges::find(found, step.name) == found.end()) found.push_back(step.name);
  }
  std::vector<std::string> expected;
  for (const Placed& text : expectation.texts) expected.push_back(text.text);
  std::ranges::sort(expected);
  std::ranges::sort(found);
  if (expected == found) return std::nullopt;
  const auto words = [](const std::vector<std::string>& names) {
    return names.empty() ? std::string("none") : join(names, ", ");
  };
  return differs(expectation, "other steps wait than expected", words(expected), words(found));
}

const StepResult* result_of(const Expectation& expectation, const Scene& scene) {
  const Step* step = step_named(scene, expectation.name);
  if (step == nullptr) return nullptr;
  const auto result = scene.state->results.find(step->index);
  return result == scene.state->results.end() || result->second.voided ? nullptr : &result->second;
}

std::string expected_in_words(const Expectation& expectation) {
  return expectation.json.is_string() ? expectation.value : write_json(expectation.json);
}

// As the field's own type understands what is written, else as text.
std::optional<Failure> compare_value(const Expectation& expectation, const Scene& scene,
                                     const std::string& what, const Field* field, const cel::Value* value) {
  if (is_empty(value)) {
    if (expectation.absent || expectation.value.empty()) {
      const bool is_list = expectation.json.is_array() && !expectation.json.as_array().empty();
      if (!is_list) return std::nullopt;
    }
    return differs(expectation, what + " is not as expected", expected_in_words(expectation), "none");
  }
  const std::string found = cel::to_display(*value);
  if (expectation.absent) return differs(expectation, what + " is not as expected", "none", found);
  if (field != nullptr) {
    const FormContext context{.directory = *scene.trial.snapshot().directory,
                              .find_file = [&](std::string_view id) -> std::optional<cel::Map> {
                                cel::Map file;
                                file.set("id", cel::Value::string(id));
                                return file;
                              },
                              .calendar = scene.definition == nullptr
                                              ? nullptr
                                              : &calendar_of(scene.trial.snapshot(), *scene.definition)};
    Field plain = *field;  // only its type matters here
    plain.computed.reset();
    const FormReading reading =
        read_fields({plain}, json::object{{plain.name, expectation.json}}, context, Extent::named);
    const auto read = reading.values.find(plain.name);
    if (reading.ok() && read != reading.values.end() && read->second == *value) return std::nullopt;
  }
  const json::value plain = cel::to_plain_json(*value);
  const bool same_text = expectation.value == found ||
                         (plain.is_string() && std::string_view(plain.as_string()) == expectation.value) ||
                         write_json(plain) == expectation.value;
  if (same_text && expectation.json.is_string()) return std::nullopt;
  if (!expectation.json.is_string() && canonical_json(plain) == canonical_json(expectation.json))
    return std::nullopt;
  return differs(expectation, what + " is not as expected", expected_in_words(expectation), found);
}

const Field* asked_field(const Step& step, const std::string& name) {
  const auto in = [&](const std::vector<Field>& fields) -> const Field* {
    const auto found = std::ranges::find(fields, name, &Field::name);
    return found == fields.end() ? nullptr : &*found;
  };
  if (const auto* approve = std::get_if<Approve>(&step.kind)) return in(approve->ask);
  if (const auto* task = std::get_if<Task>(&step.kind)) return in(task->ask);
  return nullptr;
}

std::optional<Failure> check_result(const Expectation& expectation, const Scene& scene) {
  const StepResult* result = result_of(expectation, scene);
  const std::string what = expectation.name + "." + expectation.member;
  if (result == nullptr) {
    return differs(expectation, what + " is not as expected", expectation.value,
                   fmt::format("{} has no result", expectation.name));
  }
  if (expectation.member == "by") return compare(expectation, what, written(result->by.person));
  if (expectation.member == "comment") return compare(expectation, what, result->comment);
  if (expectation.member == "at") return compare(expectation, what, time_in_words(scene, result->at));
  const auto value = result->fields.find(expectation.member);
  const Step* step = step_named(scene, expectation.name);
  return compare_value(expectation, scene, what, asked_field(*step, expectation.member),
                       value == result->fields.end() ? nullptr : &value->second);
}

std::optional<Failure> check_field(const Expectation& expectation, const Scene& scene, const Fields& fields) {
  const auto value = fields.find(expectation.name);
  const bool form = expectation.kind == Kind::form;
  return compare_value(expectation, scene, (form ? "form." : "vars.") + expectation.name,
                       form ? scene.definition->find_field(expectation.name) : nullptr,
                       value == fields.end() ? nullptr : &value->second);
}

std::optional<Failure> check_due(const Expectation& expectation, const Scene& scene) {
  const Step* step = step_named(scene, expectation.name);
  for (const auto& [id, activation] : scene.state->activations) {
    if (step == nullptr || activation.step != step->index) continue;
    const std::string found = activation.due_at ? time_in_words(scene, *activation.due_at) : "";
    if (expectation.absent) return found.empty() ? std::nullopt : compare(expectation, "due date", found);
    const auto expected = parse_rfc3339(expectation.value);
    if (activation.due_at && expected && *expected == *activation.due_at) return std::nullopt;
    return differs(expectation, fmt::format("the due date of {} is not as expected", expectation.name),
                   expected ? time_in_words(scene, *expected) : expectation.value,
                   found.empty() ? "none" : found);
  }
  return differs(expectation, fmt::format("{} is not open", expectation.name), expectation.value,
                 asked_in_words(scene));
}

std::optional<Failure> check_time(const Expectation& expectation, const Scene& scene) {
  const auto expected = parse_rfc3339(expectation.value);
  if (expected && *expected == scene.trial.now()) return std::nullopt;
  return differs(expectation, "it is another time than expected",
                 expected ? time_in_words(scene, *expected) : expectation.value,
                 time_in_words(scene, scene.trial.now()));
}

std::optional<Failure> check_incident(const Expectation& expectation, const Scene& scene) {
  std::string found;
  for (const auto& [id, activation] : scene.state->activations) {
    if (!activation.incident.empty()) found += (found.empty() ? "" : "; ") + activation.incident;
  }
  if (expectation.absent ? found.empty() : found.find(expectation.value) != std::string::npos)
    return std::nullopt;
  return differs(expectation, "the incident is not as expected",
                 expectation.absent ? "none" : fmt::format("... {} ...", expectation.value),
                 found.empty() ? "none" : found);
}

bool contains(const std::string& text, const Placed& part) {
  return part.empty() || text.find(part.text) != std::string::npos;
}

bool is_like(const SentMail& sent, const MailExpected& expected) {
  return (expected.to.empty() || expected.to.text == written(sent.to)) &&
         (expected.kind.empty() || expected.kind.text == to_string(sent.kind)) &&
         (expected.message.empty() || expected.message.text == sent.message) &&
         contains(sent.subject, expected.subject) &&
         std::ranges::all_of(expected.text, [&](const Placed& part) { return contains(sent.text, part); });
}

std::string mail_in_words(const SentMail& sent) {
  return fmt::format("{} to {}: {}", to_string(sent.kind), written(sent.to), sent.subject);
}

std::string in_words(const MailExpected& expected) {
  std::vector<std::string> parts;
  parts.push_back(expected.kind.empty() ? "a message" : expected.kind.text);
  if (!expected.to.empty()) parts.push_back("to " + expected.to.text);
  if (!expected.message.empty()) parts.push_back("of " + expected.message.text);
  if (!expected.subject.empty()) parts.push_back(fmt::format("subject '{}'", expected.subject.text));
  for (const Placed& part : expected.text) parts.push_back(fmt::format("text '{}'", part.text));
  return join(parts, ", ");
}

std::optional<Failure> check_mail(const Expectation& expectation, const Scene& scene) {
  std::vector<std::string> sent;
  std::size_t alike = 0;
  const SentMail* near = nullptr;  // to the right person, but not quite it
  for (std::size_t i = scene.since.mail; i < scene.trial.mail().size(); ++i) {
    const SentMail& mail = scene.trial.mail()[i];
    sent.push_back(mail_in_words(mail));
    if (is_like(mail, expectation.mail)) {
      ++alike;
    } else if (expectation.mail.to.text == written(mail.to)) {
      near = &mail;
    }
  }
  const std::string found = sent.empty() ? "no message" : join(sent, "; ");
  if (expectation.kind == Kind::no_mail) {
    if (sent.empty()) return std::nullopt;
    return differs(expectation, "messages were sent", "no message", found);
  }
  const auto& times = expectation.mail.times;
  if (times ? alike == *times : alike > 0) return std::nullopt;
  if (times) {
    return differs(expectation,
                   alike == 1 ? std::string("1 such message was sent")
                              : fmt::format("{} such messages were sent", alike),
                   fmt::format("{} of {}", *times, in_words(expectation.mail)), found);
  }
  const bool about_text =
      near != nullptr && !expectation.mail.text.empty() && contains(near->subject, expectation.mail.subject);
  return differs(expectation, "no such message was sent", in_words(expectation.mail),
                 about_text ? fmt::format("{}\n{}", mail_in_words(*near), trimmed(near->text)) : found);
}

std::string in_words(const MadeCall& call) {
  std::vector<std::string> parts;
  for (const auto& [name, value] : call.input)
    parts.push_back(fmt::format("{}: {}", name, cel::to_display(value)));
  return call.call + (parts.empty() ? "" : fmt::format(" ({})", join(parts, ", ")));
}

std::optional<Failure> check_call(const Expectation& expectation, const Scene& scene) {
  std::vector<std::string> made;
  bool found = false;
  for (std::size_t i = scene.since.calls; i < scene.trial.calls().size(); ++i) {
    const MadeCall& call = scene.trial.calls()[i];
    made.push_back(in_words(call));
    found |= call.call == expectation.call.call.text &&
             std::ranges::all_of(expectation.call.with, [&](const auto& input) {
               const auto value = call.input.find(input.first);
               return value != call.input.end() && contains(cel::to_display(value->second), input.second);
             });
  }
  if (expectation.kind == Kind::no_call ? made.empty() : found) return std::nullopt;
  std::string expected = expectation.kind == Kind::no_call ? "no call" : expectation.call.call.text;
  for (const auto& [name, value] : expectation.call.with)
    expected += fmt::format(", {}: {}", name, value.text);
  return differs(expectation, "the calls are not as expected", expected,
                 made.empty() ? "no call" : join(made, "; "));
}

std::optional<Failure> check_started(const Expectation& expectation, const Scene& scene) {
  std::vector<std::string> found;
  for (std::size_t i = scene.since.history; i < scene.trial.history().size(); ++i) {
    const auto* started = std::get_if<Started>(&scene.trial.history()[i].body);
    if (started != nullptr) found.push_back(started->workflow.value);
  }
  std::vector<std::string> expected;
  for (const Placed& text : expectation.texts) expected.push_back(text.text);
  std::ranges::sort(expected);
  std::ranges::sort(found);
  if (expected == found) return std::nullopt;
  const auto words = [](const std::vector<std::string>& names) {
    return names.empty() ? std::string("nothing") : join(names, ", ");
  };
  return differs(expectation, "other workflows were started than expected", words(expected), words(found));
}

std::optional<Failure> check_budget(const Expectation& expectation, const Scene& scene) {
  const auto figure = ledger_figure(scene.trial.reader(), expectation.name, expectation.member);
  const std::string what = fmt::format("'{}' of the budget {}", expectation.member, expectation.name);
  if (!figure) return differs(expectation, what + " is not known", expectation.value, figure.error().message);
  const auto expected = Decimal::parse(expectation.value);
  const auto found = Decimal::parse(*figure);
  if (expected && found && *expected == *found) return std::nullopt;
  return differs(expectation, what + " is not as expected", expectation.value, *figure);
}

// How the instance stands, where the status alone would not help.
std::string status_in_words(const Scene& scene) {
  const std::string asked = asked_in_words(scene);
  return scene.state->ended ? scene.state->status : fmt::format("{}; asked: {}", scene.state->status, asked);
}

}  // namespace

std::string asked_in_words(const Scene& scene) {
  std::vector<std::string> parts;
  for (const WorkItemRow& item : scene.items) {
    if (item.status == ItemStatus::open)
      parts.push_back(fmt::format("{} ({})", name_of_asked(item), item.step));
  }
  return in_words(parts);
}

std::string time_in_words(const Scene& scene, Instant at) {
  if (scene.definition == nullptr) return format_rfc3339(at);
  const Calendar& calendar = calendar_of(scene.trial.snapshot(), *scene.definition);
  return date::format("%Y-%m-%dT%H:%M", date::floor<std::chrono::minutes>(calendar.wall_time_of(at)));
}

std::optional<Failure> check(const Expectation& expectation, const Scene& scene) {
  switch (expectation.kind) {
    case Kind::mail:
    case Kind::no_mail:
      return check_mail(expectation, scene);
    case Kind::call:
    case Kind::no_call:
      return check_call(expectation, scene);
    case Kind::started:
      return check_started(expectation, scene);
    case Kind::time:
      return check_time(expectation, scene);
    case Kind::budget:
      return check_budget(expectation, scene);
    default:
      break;
  }
  if (scene.state == nullptr || scene.definition == nullptr) {
    return differs(expectation, "no instance was started", expectation.value, "nothing to look at");
  }
  const State& state = *scene.state;
  switch (expectation.kind) {
    case Kind::asked:
      return check_asked(expectation, scene);
    case Kind::open:
      return check_open(expectation, scene);
    case Kind::status:
      if (state.status == expectation.value) return std::nullopt;
      return differs(expectation, "the status is not as expected", expectation.value, status_in_words(scene));
    case Kind::stage:
      return compare(expectation, "the stage", state.stage);
    case Kind::round:
      return compare(expectation, "the round", std::to_string(state.round));
    case Kind::reference:
      return compare(expectation, "the reference", state.reference);
    case Kind::key:
      return compare(expectation, "the key", state.key);
    case Kind::incident:
      return check_incident(expectation, scene);
    case Kind::outcome: {
      const StepResult* result = result_of(expectation, scene);
      return compare(expectation, "the outcome of " + expectation.name,
                     result == nullptr ? "" : result->outcome);
    }
    case Kind::result:
      return check_result(expectation, scene);
    case Kind::form:
      return check_field(expectation, scene, state.form);
    case Kind::var:
      return check_field(expectation, scene, state.vars);
    case Kind::due:
      return check_due(expectation, scene);
    default:
      return std::nullopt;
  }
}

}  // namespace countersign::scenario
