#pragma once
// What the HTTP side and the command line need of the running daemon, in one place. References to objects
// that the app owns and that outlive every user.

#include <functional>
#include <string>

#include "base/random.h"
#include "base/time.h"
#include "definition/configuration.h"
#include "runtime/dispatcher_figures.h"
#include "runtime/engine.h"
#include "runtime/key_ring.h"
#include "runtime/library.h"
#include "runtime/links.h"
#include "runtime/mailbox.h"

namespace countersign {

struct Services {
  Engine& engine;
  Library& library;
  const Reader& reader;
  KeyRing& keys;
  const Links& links;
  const Clock& clock;
  RandomSource& random;
  const Configuration& configuration;
  Mailbox* mailbox = nullptr;  // only with --dev
  // Loads workflows, connectors and people again; the report is the diagnostics as text. Called on a pool
  // thread.
  std::function<Result<std::string>()> reload;
  // Copies the database to a new file while serving. Called on a pool thread; returns when it is complete.
  std::function<Result<void>(const std::string& path)> backup;
  // The secret of a name, for inbound verification: not_found where there is none.
  std::function<Result<std::string>(const std::string& name)> secret;
  std::function<StoreFigures()> store_figures;
  std::function<DispatcherFigures()> dispatcher_figures;
  // Lets time pass; only with --dev.
  std::function<void(Duration)> advance_clock;
  bool dev = false;
};

}  // namespace countersign
