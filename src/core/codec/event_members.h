#pragma once
// The stored type, version and member names of every event. An event without an entry here does not compile.

#include "core/codec/state_members.h"
#include "core/event.h"

namespace countersign::codec {

// `kType` never changes. `kVersion` rises when a change of the members is more than a new one with a default;
// the decoder of the version before then stays (event_decode.cpp), with its sample under tests/golden/events.
template <>
struct Members<Started> {
  static constexpr std::string_view kType = "started";
  static constexpr std::uint32_t kVersion = 1;
  static constexpr auto kList = std::tuple(
      required("workflow", &Started::workflow), required("version", &Started::version),
      member("reference", &Started::reference), member("key", &Started::key),
      member("requester", &Started::requester), member("by", &Started::by),
      member("trigger", &Started::trigger), member("form", &Started::form),
      member("parent", &Started::parent), member("parent_activation", &Started::parent_activation));
};

template <>
struct Members<FormChanged> {
  static constexpr std::string_view kType = "form_changed";
  static constexpr std::uint32_t kVersion = 1;
  static constexpr auto kList =
      std::tuple(member("values", &FormChanged::values), member("removed", &FormChanged::removed),
                 required("by", &FormChanged::by));
};

template <>
struct Members<FrameOpened> {
  static constexpr std::string_view kType = "frame_opened";
  static constexpr std::uint32_t kVersion = 1;
  static constexpr auto kList =
      std::tuple(required("frame", &FrameOpened::frame), member("parent", &FrameOpened::parent),
                 required("list", &FrameOpened::list), member("key", &FrameOpened::key),
                 member("event", &FrameOpened::event), member("item", &FrameOpened::item));
};

template <>
struct Members<FrameClosed> {
  static constexpr std::string_view kType = "frame_closed";
  static constexpr std::uint32_t kVersion = 1;
  static constexpr auto kList =
      std::tuple(required("frame", &FrameClosed::frame), member("reason", &FrameClosed::reason));
};

template <>
struct Members<ActivationOpened> {
  static constexpr std::string_view kType = "activation_opened";
  static constexpr std::uint32_t kVersion = 1;
  static constexpr auto kList = std::tuple(
      required("activation", &ActivationOpened::activation), required("frame", &ActivationOpened::frame),
      required("step", &ActivationOpened::step), member("name", &ActivationOpened::name),
      member("position", &ActivationOpened::position), member("visit", &ActivationOpened::visit),
      member("round", &ActivationOpened::round), member("due_at", &ActivationOpened::due_at),
      member("opened_at", &ActivationOpened::opened_at));
};

template <>
struct Members<OutcomeReached> {
  static constexpr std::string_view kType = "outcome_reached";
  static constexpr std::uint32_t kVersion = 1;
  static constexpr auto kList =
      std::tuple(required("activation", &OutcomeReached::activation),
                 required("outcome", &OutcomeReached::outcome), required("by", &OutcomeReached::by),
                 member("comment", &OutcomeReached::comment), member("fields", &OutcomeReached::fields));
};

template <>
struct Members<ActivationClosed> {
  static constexpr std::string_view kType = "activation_closed";
  static constexpr std::uint32_t kVersion = 1;
  static constexpr auto kList = std::tuple(required("activation", &ActivationClosed::activation),
                                           required("how", &ActivationClosed::how));
};

template <>
struct Members<RosterSet> {
  static constexpr std::string_view kType = "roster_set";
  static constexpr std::uint32_t kVersion = 1;
  static constexpr auto kList =
      std::tuple(required("activation", &RosterSet::activation), required("roster", &RosterSet::roster));
};

template <>
struct Members<ItemOpened> {
  static constexpr std::string_view kType = "item_opened";
  static constexpr std::uint32_t kVersion = 1;
  static constexpr auto kList =
      std::tuple(required("item", &ItemOpened::item), member("reason", &ItemOpened::reason));
};

template <>
struct Members<ItemChanged> {
  static constexpr std::string_view kType = "item_changed";
  static constexpr std::uint32_t kVersion = 1;
  static constexpr auto kList =
      std::tuple(required("item", &ItemChanged::item), required("act", &ItemChanged::act),
                 required("status", &ItemChanged::status), member("outcome", &ItemChanged::outcome),
                 required("by", &ItemChanged::by), member("comment", &ItemChanged::comment),
                 member("fields", &ItemChanged::fields), member("checklist", &ItemChanged::checklist),
                 member("confirmed", &ItemChanged::confirmed));
};

template <>
struct Members<VarsSet> {
  static constexpr std::string_view kType = "vars_set";
  static constexpr std::uint32_t kVersion = 1;
  static constexpr auto kList = std::tuple(required("values", &VarsSet::values));
};

template <>
struct Members<TimerSet> {
  static constexpr std::string_view kType = "timer_set";
  static constexpr std::uint32_t kVersion = 1;
  static constexpr auto kList =
      std::tuple(required("timer", &TimerSet::timer), required("due", &TimerSet::due),
                 member("fired", &TimerSet::fired));
};

template <>
struct Members<TimerCleared> {
  static constexpr std::string_view kType = "timer_cleared";
  static constexpr std::uint32_t kVersion = 1;
  static constexpr auto kList = std::tuple(required("timer", &TimerCleared::timer));
};

template <>
struct Members<EffectRequested> {
  static constexpr std::string_view kType = "effect_requested";
  static constexpr std::uint32_t kVersion = 1;
  static constexpr auto kList =
      std::tuple(required("effect", &EffectRequested::effect),
                 member("activation", &EffectRequested::activation), member("what", &EffectRequested::what));
};

template <>
struct Members<EffectFinished> {
  static constexpr std::string_view kType = "effect_finished";
  static constexpr std::uint32_t kVersion = 1;
  static constexpr auto kList = std::tuple(
      required("effect", &EffectFinished::effect), member("activation", &EffectFinished::activation),
      required("succeeded", &EffectFinished::succeeded), member("detail", &EffectFinished::detail));
};

template <>
struct Members<ClaimTaken> {
  static constexpr std::string_view kType = "claim_taken";
  static constexpr std::uint32_t kVersion = 1;
  static constexpr auto kList =
      std::tuple(required("scope", &ClaimTaken::scope), required("key", &ClaimTaken::key));
};

template <>
struct Members<ClaimFreed> {
  static constexpr std::string_view kType = "claim_freed";
  static constexpr std::uint32_t kVersion = 1;
  static constexpr auto kList =
      std::tuple(required("scope", &ClaimFreed::scope), required("key", &ClaimFreed::key));
};

template <>
struct Members<CounterTaken> {
  static constexpr std::string_view kType = "counter_taken";
  static constexpr std::uint32_t kVersion = 1;
  static constexpr auto kList =
      std::tuple(required("scope", &CounterTaken::scope), required("value", &CounterTaken::value));
};

template <>
struct Members<RoundOpened> {
  static constexpr std::string_view kType = "round_opened";
  static constexpr std::uint32_t kVersion = 1;
  static constexpr auto kList =
      std::tuple(required("round", &RoundOpened::round), member("reason", &RoundOpened::reason));
};

template <>
struct Members<ResultsVoided> {
  static constexpr std::string_view kType = "results_voided";
  static constexpr std::uint32_t kVersion = 1;
  static constexpr auto kList =
      std::tuple(required("steps", &ResultsVoided::steps), member("items", &ResultsVoided::items));
};

template <>
struct Members<EventReceived> {
  static constexpr std::string_view kType = "event_received";
  static constexpr std::uint32_t kVersion = 1;
  static constexpr auto kList =
      std::tuple(member("connector", &EventReceived::connector), required("name", &EventReceived::name),
                 member("delivery_id", &EventReceived::delivery_id), member("data", &EventReceived::data),
                 member("ignored", &EventReceived::ignored));
};

template <>
struct Members<StageEntered> {
  static constexpr std::string_view kType = "stage_entered";
  static constexpr std::uint32_t kVersion = 1;
  static constexpr auto kList = std::tuple(required("stage", &StageEntered::stage));
};

template <>
struct Members<StatusChanged> {
  static constexpr std::string_view kType = "status_changed";
  static constexpr std::uint32_t kVersion = 1;
  static constexpr auto kList = std::tuple(required("status", &StatusChanged::status),
                                           member("submitted_by", &StatusChanged::submitted_by));
};

template <>
struct Members<Commented> {
  static constexpr std::string_view kType = "commented";
  static constexpr std::uint32_t kVersion = 1;
  static constexpr auto kList = std::tuple(required("by", &Commented::by), required("text", &Commented::text),
                                           member("mentions", &Commented::mentions));
};

template <>
struct Members<IncidentRaised> {
  static constexpr std::string_view kType = "incident_raised";
  static constexpr std::uint32_t kVersion = 1;
  static constexpr auto kList =
      std::tuple(member("activation", &IncidentRaised::activation),
                 required("message", &IncidentRaised::message), member("held", &IncidentRaised::held));
};

template <>
struct Members<IncidentCleared> {
  static constexpr std::string_view kType = "incident_cleared";
  static constexpr std::uint32_t kVersion = 1;
  static constexpr auto kList =
      std::tuple(member("activation", &IncidentCleared::activation), required("by", &IncidentCleared::by),
                 member("reason", &IncidentCleared::reason));
};

template <>
struct Members<Chased> {
  static constexpr std::string_view kType = "chased";
  static constexpr std::uint32_t kVersion = 1;
  static constexpr auto kList = std::tuple(member("item", &Chased::item), required("kind", &Chased::kind),
                                           member("count", &Chased::count));
};

template <>
struct Members<SeatPassed> {
  static constexpr std::string_view kType = "seat_passed";
  static constexpr std::uint32_t kVersion = 1;
  static constexpr auto kList =
      std::tuple(required("by", &SeatPassed::by), required("activation", &SeatPassed::activation),
                 required("seat", &SeatPassed::seat), required("decided", &SeatPassed::decided),
                 required("item", &SeatPassed::item), required("seq", &SeatPassed::seq),
                 member("step", &SeatPassed::step));
};

template <>
struct Members<ResumePlanned> {
  static constexpr std::string_view kType = "resume_planned";
  static constexpr std::uint32_t kVersion = 1;
  static constexpr auto kList =
      std::tuple(required("step", &ResumePlanned::step), required("to", &ResumePlanned::to));
};

template <>
struct Members<DecisionTakenBack> {
  static constexpr std::string_view kType = "decision_taken_back";
  static constexpr std::uint32_t kVersion = 1;
  static constexpr auto kList = std::tuple(
      required("item", &DecisionTakenBack::item), required("activation", &DecisionTakenBack::activation),
      required("by", &DecisionTakenBack::by), member("reason", &DecisionTakenBack::reason),
      member("answers", &DecisionTakenBack::answers));
};

template <>
struct Members<StepSkipped> {
  static constexpr std::string_view kType = "step_skipped";
  static constexpr std::uint32_t kVersion = 1;
  static constexpr auto kList =
      std::tuple(required("activation", &StepSkipped::activation), required("step", &StepSkipped::step),
                 required("by", &StepSkipped::by), member("reason", &StepSkipped::reason));
};

template <>
struct Members<Jumped> {
  static constexpr std::string_view kType = "jumped";
  static constexpr std::uint32_t kVersion = 1;
  static constexpr auto kList = std::tuple(member("from", &Jumped::from), required("to", &Jumped::to),
                                           member("skipped", &Jumped::skipped), required("by", &Jumped::by),
                                           member("reason", &Jumped::reason));
};

template <>
struct Members<ItemViewed> {
  static constexpr std::string_view kType = "item_viewed";
  static constexpr std::uint32_t kVersion = 1;
  static constexpr auto kList =
      std::tuple(required("item", &ItemViewed::item), required("by", &ItemViewed::by));
};

template <>
struct Members<Nudged> {
  static constexpr std::string_view kType = "nudged";
  static constexpr std::uint32_t kVersion = 1;
  static constexpr auto kList = std::tuple(required("items", &Nudged::items), required("by", &Nudged::by));
};

template <>
struct Members<CopiesSent> {
  static constexpr std::string_view kType = "copies_sent";
  static constexpr std::uint32_t kVersion = 1;
  static constexpr auto kList = std::tuple(required("to", &CopiesSent::to), required("by", &CopiesSent::by),
                                           member("comment", &CopiesSent::comment));
};

template <>
struct Members<Ended> {
  static constexpr std::string_view kType = "ended";
  static constexpr std::uint32_t kVersion = 1;
  static constexpr auto kList = std::tuple(required("status", &Ended::status), required("by", &Ended::by),
                                           member("reason", &Ended::reason));
};

template <>
struct Members<ItemsListed> {
  static constexpr std::string_view kType = "items_listed";
  static constexpr std::uint32_t kVersion = 1;
  static constexpr auto kList =
      std::tuple(required("activation", &ItemsListed::activation), member("items", &ItemsListed::items),
                 member("steps", &ItemsListed::steps));
};

template <>
struct Members<LevelOpened> {
  static constexpr std::string_view kType = "level_opened";
  static constexpr std::uint32_t kVersion = 1;
  static constexpr auto kList =
      std::tuple(required("activation", &LevelOpened::activation), member("level", &LevelOpened::level),
                 member("stage", &LevelOpened::stage));
};

template <>
struct Members<StandInAsked> {
  static constexpr std::string_view kType = "stand_in_asked";
  static constexpr std::uint32_t kVersion = 1;
  static constexpr auto kList =
      std::tuple(required("item", &StandInAsked::item), required("absent", &StandInAsked::absent),
                 required("stand_in", &StandInAsked::stand_in), member("until", &StandInAsked::until));
};

template <>
struct Members<StandInRelieved> {
  static constexpr std::string_view kType = "stand_in_relieved";
  static constexpr std::uint32_t kVersion = 1;
  static constexpr auto kList =
      std::tuple(required("item", &StandInRelieved::item), required("stand_in", &StandInRelieved::stand_in));
};

template <>
struct Members<ChecklistReopened> {
  static constexpr std::string_view kType = "checklist_reopened";
  static constexpr std::uint32_t kVersion = 1;
  static constexpr auto kList = std::tuple(required("step", &ChecklistReopened::step),
                                           required("entries", &ChecklistReopened::entries));
};

template <>
struct Members<Migrated> {
  static constexpr std::string_view kType = "migrated";
  static constexpr std::uint32_t kVersion = 1;
  static constexpr auto kList =
      std::tuple(required("version", &Migrated::version), member("steps", &Migrated::steps),
                 member("lists", &Migrated::lists), member("positions", &Migrated::positions),
                 required("by", &Migrated::by), member("reason", &Migrated::reason));
};

template <>
struct Members<LedgerPosted> {
  static constexpr std::string_view kType = "ledger_posted";
  static constexpr std::uint32_t kVersion = 1;
  static constexpr auto kList =
      std::tuple(required("ledger", &LedgerPosted::ledger), member("year", &LedgerPosted::year),
                 required("act", &LedgerPosted::act), required("amount", &LedgerPosted::amount),
                 required("reservation", &LedgerPosted::reservation));
};

}  // namespace countersign::codec
