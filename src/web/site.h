#pragma once
// The HTTP side of the daemon: all routes on one server.

#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "web/backend.h"
#include "web/route.h"
#include "web/server.h"

namespace countersign {
struct Configuration;
}

namespace countersign::web {

struct SiteOptions {
  ServerLimits limits;
  std::size_t body_bytes_max = kJsonBytesMax;     // of inbound webhooks
  std::size_t file_bytes_max = 20 << 20;          // of one uploaded file
  Duration heartbeat = std::chrono::seconds(15);  // of a quiet stream of events
};
// From what countersign.yaml says.
SiteOptions site_options_of(const Configuration& configuration);

class Site {
 public:
  // What the backend refers to outlives the site, and has answered every request when the site is destroyed:
  // stop the site, then the engine, then destroy both.
  explicit Site(Backend backend, SiteOptions options = {});
  ~Site();
  Site(const Site&) = delete;
  Site& operator=(const Site&) = delete;

  // As HttpServer's.
  Result<void> start(const std::string& address, std::uint16_t port);
  std::uint16_t port() const;
  void stop(Duration limit);

  // Thread-safe and quick: events were committed, streams of the feed look again. What goes through the
  // site's own routes says so by itself.
  void feed_changed();

  std::span<const Route> routes() const;
  ServerFigures figures() const;

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace countersign::web
