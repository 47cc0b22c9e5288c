#include "web/access.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"
#include "core/guest.h"

namespace countersign::web {

std::string_view to_string(Scope scope) {
  switch (scope) {
    case Scope::everyone:
      return "";
    case Scope::start:
      return "start";
    case Scope::read:
      return "read";
    case Scope::decide:
      return "decide";
    case Scope::admin:
      return "admin";
    case Scope::start_or_admin:
      return "start or admin";
  }
  return "";
}

bool is_key_scope(std::string_view name) {
  return name == "start" || name == "read" || name == "decide" || name == "admin" || name == "act-as";
}

bool Principal::has(std::string_view scope) const {
  return std::find(key.scopes.begin(), key.scopes.end(), scope) != key.scopes.end();
}

Result<Principal> authenticate(const Headers& headers, Scope needed, const KeyRing& keys,
                               const Directory& directory, Instant now) {
  const auto authorization = only_header(headers, "Authorization");
  if (!authorization) {
    return fail(ErrorCode::unauthenticated, "an API key is needed: Authorization: Bearer csk_...");
  }
  if (authorization->size() < 7 || lower_ascii(authorization->substr(0, 7)) != "bearer ") {
    return fail(ErrorCode::unauthenticated, "only API keys are accepted: Authorization: Bearer csk_...");
  }
  auto row = keys.find(trimmed(authorization->substr(7)), now);
  if (!row) return fail(ErrorCode::unauthenticated, "the API key is unknown, revoked or expired");

  Principal principal;
  principal.key = std::move(*row);
  principal.actor.kind = principal.key.person.empty() ? Actor::Kind::system : Actor::Kind::person;
  principal.actor.person = principal.key.person;
  principal.actor.channel = "api";
  principal.actor.authenticated = "key " + principal.key.id;
  if (!principal.key.person.empty()) {
    const Person* person = directory.find(principal.key.person);
    if (person == nullptr || !person->active || is_guest(person->id)) {
      return fail(
          ErrorCode::unauthenticated,
          fmt::format("the API key belongs to '{}', who is not active any more", principal.key.person.value));
    }
  }
  const bool allowed = needed == Scope::everyone ||
                       (needed == Scope::start_or_admin ? principal.has("start") || principal.has("admin")
                                                        : principal.has(to_string(needed)));
  if (!allowed) {
    return fail(ErrorCode::forbidden,
                fmt::format("the API key {} lacks the scope '{}'", principal.key.id, to_string(needed)));
  }
  if (first_header(headers, "Countersign-Actor")) {
    const auto named = only_header(headers, "Countersign-Actor");
    if (!named) return fail(ErrorCode::forbidden, "Countersign-Actor is given more than once");
    if (!principal.has("act-as")) {
      return fail(ErrorCode::forbidden,
                  fmt::format("the API key {} lacks the scope 'act-as', so it cannot act for '{}'",
                              principal.key.id, *named));
    }
    const Person* person = directory.find(PersonId(std::string(*named)));
    if (person == nullptr || !person->active || is_guest(person->id)) {
      return fail(
          ErrorCode::forbidden,
          fmt::format("'{}' (Countersign-Actor) is nobody in the directory, or not active any more", *named));
    }
    principal.actor.kind = Actor::Kind::person;
    principal.actor.person = person->id;
  }
  return principal;
}

Result<Actor> person_of(const Principal& principal) {
  if (principal.actor.person.empty()) {
    return fail(
        ErrorCode::forbidden,
        fmt::format("the API key {} belongs to nobody: name the person in Countersign-Actor (scope act-as)",
                    principal.key.id));
  }
  return principal.actor;
}

}  // namespace countersign::web
