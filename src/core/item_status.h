#pragma once
// The life of a work item. The one table below says everything; docs/state_machine.md is printed from it and
// a test keeps the two equal. Enumerators are spelt as in the database and the API and are never renumbered.

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace countersign {

enum class ItemStatus : std::uint8_t {
  waiting = 0,     // not yet their turn: one by one, or somebody who was added comes first
  open = 1,        // somebody is asked
  decided = 2,     // they answered; the outcome says what
  superseded = 3,  // no longer needed: the step is decided without it
  cancelled = 4,   // the step or the instance was left: send back, cancel, withdraw
  expired = 5,     // the deadline passed
  reassigned = 6,  // somebody else is asked instead
  advised = 7,     // they gave an opinion; whoever asked for it decides
};

enum class ItemAct : std::uint8_t {
  call_up,
  decide,
  supersede,
  cancel,
  expire,
  reassign,
  claim,    // one of the group takes it
  release,  // and gives it back to the group
  involve,  // its person asked somebody else too, or they answered: only the version rises
  wait,     // whoever its person added before decides first
  advise,   // the answer to somebody who asked for an opinion
  remove,   // whoever was added, or asked for an opinion, is not needed after all
};

struct ItemTransition {
  ItemStatus from;
  ItemAct act;
  ItemStatus to;
};

inline constexpr std::array kItemTransitions{
    ItemTransition{ItemStatus::waiting, ItemAct::call_up, ItemStatus::open},
    ItemTransition{ItemStatus::waiting, ItemAct::supersede, ItemStatus::superseded},
    ItemTransition{ItemStatus::waiting, ItemAct::cancel, ItemStatus::cancelled},
    ItemTransition{ItemStatus::waiting, ItemAct::expire, ItemStatus::expired},
    ItemTransition{ItemStatus::waiting, ItemAct::reassign, ItemStatus::reassigned},
    ItemTransition{ItemStatus::open, ItemAct::decide, ItemStatus::decided},
    ItemTransition{ItemStatus::open, ItemAct::supersede, ItemStatus::superseded},
    ItemTransition{ItemStatus::open, ItemAct::cancel, ItemStatus::cancelled},
    ItemTransition{ItemStatus::open, ItemAct::expire, ItemStatus::expired},
    ItemTransition{ItemStatus::open, ItemAct::reassign, ItemStatus::reassigned},
    ItemTransition{ItemStatus::open, ItemAct::claim, ItemStatus::open},
    ItemTransition{ItemStatus::open, ItemAct::release, ItemStatus::open},
    ItemTransition{ItemStatus::open, ItemAct::involve, ItemStatus::open},
    ItemTransition{ItemStatus::open, ItemAct::wait, ItemStatus::waiting},
    ItemTransition{ItemStatus::open, ItemAct::advise, ItemStatus::advised},
    ItemTransition{ItemStatus::open, ItemAct::remove, ItemStatus::superseded},
    ItemTransition{ItemStatus::waiting, ItemAct::remove, ItemStatus::superseded},
    ItemTransition{ItemStatus::waiting, ItemAct::release, ItemStatus::waiting},
};

// nullopt: the act is refused in that state.
constexpr std::optional<ItemStatus> next_status(ItemStatus from, ItemAct act) {
  for (const ItemTransition& transition : kItemTransitions) {
    if (transition.from == from && transition.act == act) return transition.to;
  }
  return std::nullopt;
}

// Closed: no act leads out of it.
constexpr bool is_open(ItemStatus status) {
  return status == ItemStatus::waiting || status == ItemStatus::open;
}

std::string_view to_string(ItemStatus status);
std::string_view to_string(ItemAct act);
std::optional<ItemStatus> item_status_from(std::string_view text);

}  // namespace countersign
