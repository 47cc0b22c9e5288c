#include "core/effect.h"

namespace countersign {

std::string_view to_string(SendKind kind) {
  switch (kind) {
    case SendKind::request:
      return "request";
    case SendKind::reminder:
      return "reminder";
    case SendKind::escalation:
      return "escalation";
    case SendKind::closed:
      return "closed";
    case SendKind::outcome:
      return "outcome";
    case SendKind::returned:
      return "returned";
    case SendKind::notify:
      return "notify";
    case SendKind::incident:
      return "incident";
    case SendKind::nudge:
      return "nudge";
    case SendKind::advice:
      return "advice";
    case SendKind::copy:
      return "copy";
    case SendKind::mention:
      return "mention";
    case SendKind::relieved:
      return "relieved";
  }
  return "notify";
}

}  // namespace countersign
