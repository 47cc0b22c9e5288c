#pragma once
// Who asks: an API key and what it may do. The one place that reads Authorization and Countersign-Actor.

#include <optional>
#include <string_view>

#include "base/error.h"
#include "core/directory.h"
#include "core/state.h"
#include "delivery/headers.h"
#include "runtime/key_ring.h"

namespace countersign::web {

// What a route asks of the key. `everyone` is for routes that are open, or check a link or a signature
// themselves.
enum class Scope { everyone, start, read, decide, admin, start_or_admin };
std::string_view to_string(Scope scope);
// The scopes that a key can have: start, read, decide, admin, act-as.
bool is_key_scope(std::string_view name);

struct Principal {
  KeyRow key;
  Actor actor;  // the key's person, or with act-as the one that Countersign-Actor names; may be nobody
  bool has(std::string_view scope) const;
};

// unauthenticated: no key, an unknown one, or its person has left. forbidden: the key lacks the scope, or
// act-as for the named person, or that person is unknown or has left.
Result<Principal> authenticate(const Headers& headers, Scope needed, const KeyRing& keys,
                               const Directory& directory, Instant now);

// The actor, where what is asked takes a person: forbidden where the key acts for nobody.
Result<Actor> person_of(const Principal& principal);

}  // namespace countersign::web
