#include "scenario/route_words.h"

#include <algorithm>

#include <fmt/format.h>

#include "core/evaluation.h"

namespace countersign::scenario {
namespace {

std::string reminds(const RemindRule& rule) {
  std::string text = "reminds ";
  switch (rule.from) {
    case RemindRule::From::opened:
      text += fmt::format("after {}", to_words(rule.first));
      break;
    case RemindRule::From::before_due:
      text += fmt::format("{} before it is due", to_words(rule.first));
      break;
    case RemindRule::From::after_due:
      text +=
          rule.first.is_zero() ? "when it is due" : fmt::format("{} after it is due", to_words(rule.first));
      break;
  }
  if (!rule.every) return text;
  return text + fmt::format(", then every {}, up to {} times", to_words(*rule.every), rule.at_most);
}

std::string escalates(const EscalateRule& rule) {
  std::string to;
  for (const Expression& each : rule.to) to += (to.empty() ? "" : ", ") + each.program.source();
  return fmt::format("escalates after {} to {}{}", to_words(rule.after), to,
                     rule.mode == EscalateRule::Mode::replace ? " instead" : "");
}

// managers(...) or managers_up_to(...) with nothing behind it: its people are asked from below to above.
bool is_chain(std::string_view reason) {
  return (reason.starts_with("managers(") || reason.starts_with("managers_up_to(")) &&
         reason.find(").") == std::string_view::npos && reason.find(")[") == std::string_view::npos;
}

}  // namespace

std::string title_in(const Context& context, const State& state, FrameId frame, const Step& step) {
  const auto* task = std::get_if<Task>(&step.kind);
  const Prose* prose = task == nullptr ? nullptr : task->title.in("en");
  if (prose == nullptr) prose = step.title.in("en");
  if (prose == nullptr) return {};
  Evaluation evaluation(context, state);
  evaluation.enter(frame);
  std::string title;
  for (const Prose::Part& part : prose->parts) {
    if (part.expression && !evaluation.evaluate(*part.expression)) {
      title += "${" + part.expression->program.source() + "}";
      continue;
    }
    Prose alone;
    alone.parts = {part};
    title += evaluation.prose(alone, Evaluation::Landing::plain).value_or("");
  }
  return title;
}

std::vector<std::string> chases_of(const Step& step) {
  std::vector<std::string> lines;
  for (const RemindRule& rule : step.remind) lines.push_back(reminds(rule));
  for (const EscalateRule& rule : step.escalate) lines.push_back(escalates(rule));
  return lines;
}

std::vector<std::string> managers_not_asked(const Directory& directory, const RouteStep& step) {
  const auto last = std::ranges::find_if(step.people.rbegin(), step.people.rend(),
                                         [](const AskedPerson& person) { return is_chain(person.reason); });
  if (last == step.people.rend()) return {};
  const Person* top = directory.find(PersonId(last->who));
  const Person* next = top;
  do {
    next = next != nullptr && next->manager ? directory.find(*next->manager) : nullptr;
  } while (next != nullptr && !next->active);
  if (next == nullptr) return {};
  std::string why = fmt::format("{} ends with {}", last->reason, last->who);
  if (step.outcome != "approved") {
    why = fmt::format("{} before it came to them", step.outcome);
  } else if (last->reason.starts_with("managers_up_to(") && top->approval_limit) {
    why = fmt::format("{} may approve up to {}", last->who, top->approval_limit->to_text());
  }
  return {fmt::format("does not ask {}: {}", next->id.value, why)};
}

}  // namespace countersign::scenario
