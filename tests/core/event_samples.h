#pragma once
// One value of every stored struct with every member set to something else than its default, so that a round
// trip which loses a member is seen. An event without a sample does not compile.

#include <utility>
#include <variant>
#include <vector>

#include "core/event.h"
#include "core/state.h"

namespace countersign::test {

Actor full_actor();
Fields full_fields();
Roster full_roster();
Item full_item();
State full_state();

// The argument only chooses the overload.
Started full(const Started*);
FormChanged full(const FormChanged*);
FrameOpened full(const FrameOpened*);
FrameClosed full(const FrameClosed*);
ActivationOpened full(const ActivationOpened*);
OutcomeReached full(const OutcomeReached*);
ActivationClosed full(const ActivationClosed*);
RosterSet full(const RosterSet*);
ItemOpened full(const ItemOpened*);
ItemChanged full(const ItemChanged*);
VarsSet full(const VarsSet*);
TimerSet full(const TimerSet*);
TimerCleared full(const TimerCleared*);
EffectRequested full(const EffectRequested*);
EffectFinished full(const EffectFinished*);
ClaimTaken full(const ClaimTaken*);
ClaimFreed full(const ClaimFreed*);
CounterTaken full(const CounterTaken*);
RoundOpened full(const RoundOpened*);
ResultsVoided full(const ResultsVoided*);
EventReceived full(const EventReceived*);
StageEntered full(const StageEntered*);
StatusChanged full(const StatusChanged*);
Commented full(const Commented*);
IncidentRaised full(const IncidentRaised*);
IncidentCleared full(const IncidentCleared*);
Chased full(const Chased*);
Nudged full(const Nudged*);
CopiesSent full(const CopiesSent*);
Ended full(const Ended*);
ItemsListed full(const ItemsListed*);
StandInAsked full(const StandInAsked*);
StandInRelieved full(const StandInRelieved*);
LevelOpened full(const LevelOpened*);
ChecklistReopened full(const ChecklistReopened*);
SeatPassed full(const SeatPassed*);
ResumePlanned full(const ResumePlanned*);
DecisionTakenBack full(const DecisionTakenBack*);
StepSkipped full(const StepSkipped*);
Jumped full(const Jumped*);
ItemViewed full(const ItemViewed*);
Migrated full(const Migrated*);
LedgerPosted full(const LedgerPosted*);

// Calls `visit` with the sample of every event.
template <class Visit>
void for_each_full_event(Visit visit) {
  [&]<std::size_t... I>(std::index_sequence<I...>) {
    (visit(full(static_cast<const std::variant_alternative_t<I, EventBody>*>(nullptr))), ...);
  }(std::make_index_sequence<std::variant_size_v<EventBody>>());
}

}  // namespace countersign::test
