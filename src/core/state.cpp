#include "core/state.h"

namespace countersign {

std::string_view to_string(Actor::Kind kind) {
  switch (kind) {
    case Actor::Kind::person:
      return "person";
    case Actor::Kind::system:
      return "system";
    case Actor::Kind::policy:
      return "policy";
    case Actor::Kind::admin:
      return "admin";
  }
  return "system";
}

std::string_view to_string(Seat::Vote vote) {
  switch (vote) {
    case Seat::Vote::none:
      return "none";
    case Seat::Vote::approved:
      return "approved";
    case Seat::Vote::rejected:
      return "rejected";
  }
  return "none";
}

std::string_view to_string(TimerKind kind) {
  switch (kind) {
    case TimerKind::due:
      return "due";
    case TimerKind::deadline:
      return "deadline";
    case TimerKind::remind:
      return "remind";
    case TimerKind::escalate:
      return "escalate";
    case TimerKind::wait:
      return "wait";
  }
  return "wait";
}

}  // namespace countersign
