#pragma once
// The stored names of what the state is made of; events hold several of these too.

#include "core/codec/members.h"
#include "core/state.h"

namespace countersign::codec {

template <>
struct Enumerators<Actor::Kind> {
  static constexpr std::array kAll{Actor::Kind::person, Actor::Kind::system, Actor::Kind::policy,
                                   Actor::Kind::admin};
};
template <>
struct Enumerators<Seat::Vote> {
  static constexpr std::array kAll{Seat::Vote::none, Seat::Vote::approved, Seat::Vote::rejected};
};
template <>
struct Enumerators<TimerKind> {
  static constexpr std::array kAll{TimerKind::due, TimerKind::deadline, TimerKind::remind,
                                   TimerKind::escalate, TimerKind::wait};
};
template <>
struct Enumerators<ItemStatus> {
  static constexpr std::array kAll{ItemStatus::waiting,    ItemStatus::open,      ItemStatus::decided,
                                   ItemStatus::superseded, ItemStatus::cancelled, ItemStatus::expired,
                                   ItemStatus::reassigned, ItemStatus::advised};
};
template <>
struct Enumerators<ItemAct> {
  static constexpr std::array kAll{ItemAct::call_up, ItemAct::decide,   ItemAct::supersede, ItemAct::cancel,
                                   ItemAct::expire,  ItemAct::reassign, ItemAct::claim,     ItemAct::release,
                                   ItemAct::involve, ItemAct::wait,     ItemAct::advise,    ItemAct::remove};
};
template <>
struct Enumerators<AddedAs> {
  static constexpr std::array kAll{AddedAs::before, AddedAs::after, AddedAs::beside, AddedAs::opinion};
};

template <>
struct Members<Actor> {
  static constexpr auto kList = std::tuple(
      required("kind", &Actor::kind), member("person", &Actor::person), member("channel", &Actor::channel),
      member("authenticated", &Actor::authenticated), member("on_behalf_of", &Actor::on_behalf_of));
};

template <>
struct Members<Seat> {
  static constexpr auto kList = std::tuple(
      member("person", &Seat::person), member("group", &Seat::group), member("reason", &Seat::reason),
      member("item", &Seat::item), member("vote", &Seat::vote), member("of_group", &Seat::of_group),
      member("by", &Seat::by), member("decided", &Seat::decided), member("relies_on", &Seat::relies_on),
      member("through", &Seat::through), member("added", &Seat::added), member("added_by", &Seat::added_by),
      member("of", &Seat::of), member("named_by", &Seat::named_by), member("named", &Seat::named));
};

template <>
struct Members<Roster> {
  static constexpr auto kList = std::tuple(
      member("seats", &Roster::seats), member("needed", &Roster::needed), member("veto", &Roster::veto),
      member("one_by_one", &Roster::one_by_one), member("directory_revision", &Roster::directory_revision),
      member("needed_of", &Roster::needed_of), member("at_least", &Roster::at_least),
      member("on_chains", &Roster::on_chains));
};

template <>
struct Members<Item> {
  static constexpr auto kId = &Item::number;
  static constexpr auto kList = std::tuple(
      required("number", &Item::number), required("activation", &Item::activation),
      required("status", &Item::status), member("assignee", &Item::assignee), member("group", &Item::group),
      member("version", &Item::version), member("round", &Item::round),
      required("opened_at", &Item::opened_at), member("due_at", &Item::due_at),
      member("stands_for", &Item::stands_for), member("entries", &Item::entries),
      member("added", &Item::added), member("added_by", &Item::added_by), member("of", &Item::of),
      member("transferred_by", &Item::transferred_by), member("note", &Item::note),
      member("nudges", &Item::nudges), member("nudged_at", &Item::nudged_at),
      member("stand_ins", &Item::stand_ins));
};

template <>
struct Members<TimerKey> {
  static constexpr auto kList =
      std::tuple(required("activation", &TimerKey::activation), member("item", &TimerKey::item),
                 required("kind", &TimerKey::kind), member("rule", &TimerKey::rule));
};

template <>
struct Members<Timer> {
  static constexpr auto kList = std::tuple(required("due", &Timer::due), member("fired", &Timer::fired));
};

template <>
struct Members<Resume> {
  static constexpr auto kList = std::tuple(required("step", &Resume::step), member("since", &Resume::since));
};

template <>
struct Members<Activation> {
  static constexpr auto kId = &Activation::id;
  static constexpr auto kList =
      std::tuple(required("id", &Activation::id), required("frame", &Activation::frame),
                 required("step", &Activation::step), member("visit", &Activation::visit),
                 member("round", &Activation::round), required("opened_at", &Activation::opened_at),
                 member("due_at", &Activation::due_at), member("deadline", &Activation::deadline),
                 member("roster", &Activation::roster), member("items", &Activation::items),
                 member("effect", &Activation::effect), member("outcome", &Activation::outcome),
                 member("incident", &Activation::incident), member("answers", &Activation::answers),
                 member("listed", &Activation::listed), member("begun", &Activation::begun),
                 member("finished", &Activation::finished), member("levels", &Activation::levels),
                 member("entries", &Activation::entries), member("resume", &Activation::resume),
                 member("held", &Activation::held));
};

template <>
struct Members<Returns> {
  static constexpr auto kList = std::tuple(
      required("since", &Returns::since), member("times", &Returns::times), member("heard", &Returns::heard));
};

template <>
struct Members<Frame> {
  static constexpr auto kId = &Frame::id;
  static constexpr auto kList = std::tuple(
      required("id", &Frame::id), member("parent", &Frame::parent), required("list", &Frame::list),
      member("key", &Frame::key), member("next", &Frame::next), member("current", &Frame::current),
      member("event", &Frame::event), member("item", &Frame::item), member("returns", &Frame::returns));
};

template <>
struct Members<StepTimes> {
  static constexpr auto kList =
      std::tuple(required("opened_at", &StepTimes::opened_at), member("due_at", &StepTimes::due_at),
                 member("deadline", &StepTimes::deadline));
};

template <>
struct Members<StepResult> {
  static constexpr auto kList =
      std::tuple(required("activation", &StepResult::activation), member("visit", &StepResult::visit),
                 member("round", &StepResult::round), member("outcome", &StepResult::outcome),
                 member("by", &StepResult::by), required("at", &StepResult::at),
                 member("comment", &StepResult::comment), member("fields", &StepResult::fields),
                 member("voided", &StepResult::voided), member("roster", &StepResult::roster),
                 member("seq", &StepResult::seq), member("times", &StepResult::times));
};

template <>
struct Enumerators<LedgerAct> {
  static constexpr std::array kAll{
      LedgerAct::opened,       LedgerAct::changed,         LedgerAct::adjusted,
      LedgerAct::reserved,     LedgerAct::released,        LedgerAct::spent,
      LedgerAct::supplemented, LedgerAct::transferred_out, LedgerAct::transferred_in};
};

template <>
struct Members<ReservationKey> {
  static constexpr auto kList =
      std::tuple(required("step", &ReservationKey::step), member("items", &ReservationKey::items));
};

template <>
struct Members<Reservation> {
  static constexpr auto kList =
      std::tuple(required("ledger", &Reservation::ledger), member("year", &Reservation::year),
                 required("amount", &Reservation::amount));
};

template <>
struct Members<PassedOver> {
  static constexpr auto kList =
      std::tuple(required("step", &PassedOver::step), required("by", &PassedOver::by),
                 member("reason", &PassedOver::reason), member("at", &PassedOver::at),
                 member("round", &PassedOver::round));
};

template <>
struct Members<State> {
  static constexpr auto kList = std::tuple(
      required("id", &State::id), required("seq", &State::seq), member("workflow", &State::workflow),
      member("version", &State::version), member("reference", &State::reference), member("key", &State::key),
      member("status", &State::status), member("ended", &State::ended),
      member("requester", &State::requester), member("started_at", &State::started_at),
      member("ended_at", &State::ended_at), member("round", &State::round), member("stage", &State::stage),
      member("parent", &State::parent), member("parent_activation", &State::parent_activation),
      member("form", &State::form), member("form_revision", &State::form_revision),
      member("vars", &State::vars), member("frames", &State::frames),
      member("activations", &State::activations), member("items", &State::items),
      member("results", &State::results), member("visits", &State::visits), member("timers", &State::timers),
      member("received", &State::received), member("claims", &State::claims),
      member("reservations", &State::reservations), member("first_decision", &State::first_decision),
      member("next_id", &State::next_id), member("item_results", &State::item_results),
      member("reopened", &State::reopened), member("resumes", &State::resumes),
      member("returned_seq", &State::returned_seq), member("first_view", &State::first_view),
      member("involved", &State::involved), member("copies", &State::copies), member("heard", &State::heard),
      member("handled", &State::handled), member("submitted_by", &State::submitted_by),
      member("involved_groups", &State::involved_groups), member("passed_over", &State::passed_over));
};

}  // namespace countersign::codec
