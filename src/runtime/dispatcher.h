#pragma once
// Sends what committed outbox rows hold: mail over SMTP and connectors' calls over HTTP, a queue a target, at
// least once and always under the row's own key. One thread of its own; it sleeps until a commit wakes it or
// a row's time has come. Thread-safe.

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "core/connector.h"
#include "core/outbound_call.h"
#include "delivery/address_policy.h"
#include "runtime/composer.h"
#include "runtime/dispatcher_figures.h"
#include "runtime/engine.h"
#include "runtime/mailbox.h"

namespace countersign {

// What the configuration says of how things leave.
struct DispatchRoutes {
  std::string mail_connector = "email";
  MailAddress from;
  AddressPolicy addresses;
};

struct DispatcherSettings {
  DispatchRoutes routes;
  SecretLookup secrets;
  Mailbox* mailbox = nullptr;                       // --dev: mail and posts to rooms go here instead
  Duration give_up_after = std::chrono::hours(24);  // of mail; a call's action says its own
};

class Dispatcher {
 public:
  Dispatcher(Engine& engine, const Library& library, const Links& links, const Clock& clock,
             RandomSource& random, DispatcherSettings settings);
  ~Dispatcher();
  Dispatcher(const Dispatcher&) = delete;
  Dispatcher& operator=(const Dispatcher&) = delete;

  void start();
  // Something may be due: after a commit, or when the clock was moved.
  void wake();
  // The cause of failures may be mended: targets that were left alone are tried again. `routes`: other ones
  // from now on.
  void reconsider(std::optional<DispatchRoutes> routes = std::nullopt);
  // Begins nothing new, waits at most `limit` for what is under way. What is not finished is sent again
  // later.
  void stop(Duration limit);
  DispatcherFigures figures() const;

 private:
  class Pump;
  std::unique_ptr<Pump> pump_;
};

}  // namespace countersign
