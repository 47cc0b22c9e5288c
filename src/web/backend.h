#pragma once
// What the routes need of the daemon behind them: Services (runtime/services.h) with the engine as functions,
// so that tests put something small in its place. References outlive every user.

#include <functional>
#include <string>

#include "base/random.h"
#include "base/time.h"
#include "runtime/dispatcher_figures.h"
#include "runtime/engine.h"
#include "runtime/key_ring.h"
#include "runtime/library.h"
#include "runtime/links.h"
#include "runtime/mailbox.h"
#include "runtime/requests.h"
#include "store/store.h"
#include "web/disk_space.h"

namespace countersign {
struct Services;
}

namespace countersign::web {

struct Backend {
  // As Engine::submit: returns at once, `done` is called exactly once from any thread.
  std::function<void(Request, Caller, Completion)> submit;
  std::function<EngineFigures()> engine_figures;
  std::function<StoreFigures()> store_figures;
  std::function<DispatcherFigures()> dispatcher_figures;
  std::function<void()> try_to_write;             // as Engine::try_to_write
  std::function<Result<DiskSpace>()> disk_space;  // of the folder of the database; unset: not looked at
  Library& library;
  const Reader& reader;
  KeyRing& keys;
  const Links& links;
  const Clock& clock;
  RandomSource& random;
  std::string files_path;      // the folder of uploaded files; made when first needed
  Mailbox* mailbox = nullptr;  // only with --dev
  std::function<Result<std::string>()> reload;
  std::function<Result<void>(const std::string& path)> backup;
  std::function<Result<std::string>(const std::string& name)> secret;
  std::function<void(Duration)> advance_clock;  // only with --dev
  bool dev = false;
};

Backend backend_of(Services& services);

}  // namespace countersign::web
