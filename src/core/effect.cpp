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
  }
  return "notify";
}

}  // namespace countersign
