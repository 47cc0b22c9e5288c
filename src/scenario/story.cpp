// What happened in a scenario, in words: for whoever looks for the reason of a failure.
#include <algorithm>

#include "scenario/guests.h"
#include "scenario/player.h"
#include "scenario/reading.h"
#include <date/date.h>
#include <fmt/format.h>

#include "base/text.h"

namespace countersign::scenario {
namespace {

std::string who(const Actor& actor) {
  return actor.person.empty() ? std::string(to_string(actor.kind)) : written(actor.person);
}

// Acts beside deciding; "" for what follows from them and from decisions.
std::string_view words_of(ItemAct act) {
  switch (act) {
    case ItemAct::reassign:
      return "handed on";
    case ItemAct::claim:
      return "claimed";
    case ItemAct::release:
      return "released";
    case ItemAct::advise:
      return "opinion";
    case ItemAct::remove:
      return "taken off";
    default:
      return {};
  }
}

// How somebody came to be asked whom the step itself does not ask.
std::string because(const Item& item) {
  if (item.added == AddedAs::opinion) return fmt::format(" (opinion for {})", item.added_by.value);
  if (item.added) return fmt::format(" (added {} {})", to_string(*item.added), item.added_by.value);
  if (!item.transferred_by.empty()) return fmt::format(" (from {})", item.transferred_by.value);
  return {};
}

class Teller {
 public:
  Teller(const Trial& trial, const Definition& tested)
      : trial_(trial), calendar_(calendar_of(trial.snapshot(), tested)) {}

  std::vector<std::string> tell() {
    std::size_t mail = 0;
    std::size_t call = 0;
    for (std::size_t i = 0; i < trial_.history().size(); ++i) {
      const Happened& happened = trial_.history()[i];
      mail_before(i, mail);
      calls_before(i, call);
      const std::string line = words(happened);
      if (!line.empty()) add(happened.at, line);
    }
    mail_before(trial_.history().size(), mail);
    calls_before(trial_.history().size(), call);
    return std::move(lines_);
  }

 private:
  void add(Instant at, const std::string& line) {
    lines_.push_back(fmt::format(
        "{}  {}", date::format("%m-%d %H:%M", date::floor<std::chrono::minutes>(calendar_.wall_time_of(at))),
        line));
  }
  void mail_before(std::size_t event, std::size_t& next) {
    for (; next < trial_.mail().size() && trial_.mail()[next].after <= event; ++next) {
      const SentMail& sent = trial_.mail()[next];
      add(sent.at, fmt::format("  {} to {}: {}", to_string(sent.kind), written(sent.to), sent.subject));
    }
  }
  void calls_before(std::size_t event, std::size_t& next) {
    for (; next < trial_.calls().size() && trial_.calls()[next].after <= event; ++next) {
      add(trial_.calls()[next].at, fmt::format("  calls {}", trial_.calls()[next].call));
    }
  }

  std::string step_of(const Happened& happened, ActivationId activation) const {
    const auto found = steps_.find({happened.instance, activation});
    return found == steps_.end() ? std::string() : found->second;
  }

  std::string words(const Happened& happened) {
    const EventBody& body = happened.body;
    if (const auto* started = std::get_if<Started>(&body)) {
      references_[happened.instance] = started->reference;
      return fmt::format("{} starts{}", started->reference,
                         started->requester.empty() ? "" : " for " + started->requester.value);
    }
    const std::string& reference = references_[happened.instance];
    if (const auto* opened = std::get_if<ActivationOpened>(&body)) {
      steps_[{happened.instance, opened->activation}] = opened->name;
    } else if (const auto* item = std::get_if<ItemOpened>(&body)) {
      const std::string step = step_of(happened, item->item.activation);
      items_[{happened.instance, item->item.number}] = step;
      return fmt::format(
          "{} {} {}: {}{}", reference, item->item.status == ItemStatus::waiting ? "is going to ask" : "asks",
          item->item.group.empty() ? written(item->item.assignee) : "group " + item->item.group, step,
          because(item->item));
    } else if (const auto* changed = std::get_if<ItemChanged>(&body)) {
      if (const std::string_view act = words_of(changed->act); !act.empty()) {
        return fmt::format("{} {}: {} by {}", reference, items_[{happened.instance, changed->item}], act,
                           who(changed->by));
      }
      if (changed->act != ItemAct::decide) return {};
      return fmt::format("{} {}: {} by {}{}", reference, items_[{happened.instance, changed->item}],
                         changed->outcome, who(changed->by),
                         changed->comment.empty() ? "" : fmt::format(" ('{}')", changed->comment));
    } else if (const auto* closed = std::get_if<ActivationClosed>(&body)) {
      if (closed->how == "skipped")
        return fmt::format("{} skips {}", reference, step_of(happened, closed->activation));
    } else if (const auto* received = std::get_if<EventReceived>(&body)) {
      return fmt::format("{} hears {}", reference, event_key(received->connector, received->name));
    } else if (const auto* back = std::get_if<DecisionTakenBack>(&body)) {
      return fmt::format("{} {}: taken back by {}", reference, items_[{happened.instance, back->item}],
                         who(back->by));
    } else if (const auto* skipped = std::get_if<StepSkipped>(&body)) {
      return fmt::format("{} {}: skipped by {}", reference, skipped->step, who(skipped->by));
    } else if (const auto* jumped = std::get_if<Jumped>(&body)) {
      return fmt::format("{} {}: left for {} by {}", reference, jumped->from, jumped->to, who(jumped->by));
    } else if (const auto* incident = std::get_if<IncidentRaised>(&body)) {
      return fmt::format("{} stands still: {}", reference, incident->message);
    } else if (const auto* ended = std::get_if<Ended>(&body)) {
      return fmt::format("{} ends: {}", reference, ended->status);
    }
    return {};
  }

  const Trial& trial_;
  const Calendar& calendar_;
  std::map<InstanceId, std::string> references_;
  std::map<std::pair<InstanceId, ActivationId>, std::string> steps_;
  std::map<std::pair<InstanceId, std::uint32_t>, std::string> items_;
  std::vector<std::string> lines_;
};

}  // namespace

std::vector<std::string> story_of(const Trial& trial, const Definition& tested) {
  return Teller(trial, tested).tell();
}

}  // namespace countersign::scenario
