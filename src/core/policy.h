#pragma once
// The one gate: whether this person may act on this work item now, and whom they may ask beside or instead of
// themselves. Every channel and every act goes through it. Internal to the core.

#include <optional>

#include "core/transition.h"

namespace countersign {

// Whether the item is before that person: their own, or their group's as long as no other of its members has
// claimed it.
bool is_before(const Directory& directory, const Item& item, const PersonId& person);
// Whether one of its group has claimed the item. Membership is a fact when somebody acts: a claim ends with
// it.
bool is_claimed(const Directory& directory, const Item& item);

// nullopt where they may. `expected_version`: the version that the caller has seen.
std::optional<Error> refusal_to_act(Transition& transition, const Item& item, const Actor& by,
                                    std::optional<std::uint32_t> expected_version);

// Acts on an item other than deciding it. nullopt where `by` may, the step admits it (`may`), and the item is
// none that is asked for an opinion or was added by somebody.
enum class StepAct { transfer, delegate, add };
std::optional<Error> refusal_to(Transition& transition, const Item& item, StepAct act, const Actor& by,
                                std::optional<std::uint32_t> expected_version);

// nullopt where `to` may be asked in the item's step, instead of or beside whoever is: an active person of
// the directory and no guest, not the requester of an approval, whom `only` admits and who is not on the step
// yet.
std::optional<Rejection> refusal_to_ask(Transition& transition, const Item& item, const PersonId& to,
                                        const std::string& pointer);

// nullopt but for an administrator who gives no reason; blanks are none.
std::optional<Rejection> refusal_without_reason(const Actor& by, const std::string& reason);

// Whether that person may read the instance: who asks, was ever asked, decided, got a copy, belongs to a
// group that is asked, or looks after the workflow.
bool sees_instance(Transition& transition, const PersonId& person);
// In whose place they would act: somebody away, for whom they stand in. Empty where the item is theirs.
PersonId acting_for(Transition& transition, const Item& item, const Actor& by);
// Why that person could not answer the item, whoever it is before and whoever's turn it is: they are not
// active, it is their own request, `only` does not name them, or they count in the step already. nullopt:
// they could.
std::optional<Error> obstacle_to_answer(Transition& transition, const Item& item, const PersonId& person);
// The same person, and in whose place they act.
Actor in_place_of(Transition& transition, const Item& item, const Actor& by);
// Whose act it is: of whoever they stand in for, else their own.
const PersonId& owner_of(const Actor& by);

}  // namespace countersign
