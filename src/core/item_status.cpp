#include "core/item_status.h"

namespace countersign {

std::string_view to_string(ItemStatus status) {
  switch (status) {
    case ItemStatus::waiting:
      return "waiting";
    case ItemStatus::open:
      return "open";
    case ItemStatus::decided:
      return "decided";
    case ItemStatus::superseded:
      return "superseded";
    case ItemStatus::cancelled:
      return "cancelled";
    case ItemStatus::expired:
      return "expired";
    case ItemStatus::reassigned:
      return "reassigned";
    case ItemStatus::advised:
      return "advised";
  }
  return "cancelled";
}

std::string_view to_string(ItemAct act) {
  switch (act) {
    case ItemAct::call_up:
      return "call_up";
    case ItemAct::decide:
      return "decide";
    case ItemAct::supersede:
      return "supersede";
    case ItemAct::cancel:
      return "cancel";
    case ItemAct::expire:
      return "expire";
    case ItemAct::reassign:
      return "reassign";
    case ItemAct::claim:
      return "claim";
    case ItemAct::release:
      return "release";
    case ItemAct::involve:
      return "involve";
    case ItemAct::wait:
      return "wait";
    case ItemAct::advise:
      return "advise";
    case ItemAct::remove:
      return "remove";
  }
  return "cancel";
}

std::optional<ItemStatus> item_status_from(std::string_view text) {
  for (const auto status :
       {ItemStatus::waiting, ItemStatus::open, ItemStatus::decided, ItemStatus::superseded,
        ItemStatus::cancelled, ItemStatus::expired, ItemStatus::reassigned, ItemStatus::advised}) {
    if (to_string(status) == text) return status;
  }
  return std::nullopt;
}

}  // namespace countersign
