#include "web/site.h"

#include <iterator>

#include "definition/configuration.h"
#include "runtime/services.h"
#include "web/action_page.h"
#include "web/by_reference.h"
#include "web/feed.h"
#include "web/openapi.h"
#include "web/probes.h"
#include "web/router.h"
#include "web/routes.h"
#include "web/uri_text.h"

namespace countersign::web {

namespace {

void append(std::vector<Route>& all, std::vector<Route> some) {
  std::move(some.begin(), some.end(), std::back_inserter(all));
}

}  // namespace

// In the order in which they are made; they end the other way round: the server first, then what still runs
// on the pool, then what that may use.
struct Site::Parts {
  Backend backend;
  FeedSignal signal;
  BlockingPool pool;
  Surroundings around;
  std::string description;  // of the API
  std::unique_ptr<Router> router;
  std::unique_ptr<HttpServer> server;

  Parts(Backend behind, const SiteOptions& options)
      : backend(std::move(behind)),
        signal(options.heartbeat),
        around{backend, pool, [this] { signal.notify(); }} {
    std::vector<Route> routes = all_routes(options);
    description = write_json(openapi(routes, backend.links.public_url()));
    router = std::make_unique<Router>(std::move(routes), path_of_url(backend.links.public_url()),
                                      backend.keys, backend.library, backend.clock);
    server = std::make_unique<HttpServer>([this](const HttpRequest& head) { return router->intake(head); },
                                          pool, options.limits);
  }

  std::vector<Route> all_routes(const SiteOptions& options) {
    std::vector<Route> routes;
    append(routes, instance_routes(around));
    append(routes, work_item_routes(around));
    append(routes, item_act_routes(around));
    accept_references(around, routes);
    append(routes, workflow_routes(around));
    append(routes, event_routes(around));
    append(routes, file_routes(around, options.file_bytes_max));
    append(routes, feed_routes(around, signal));
    append(routes, admin_routes(around));
    append(routes, ledger_routes(around));
    append(routes, report_routes(around));
    append(routes, absence_routes(around));
    append(routes, hook_routes(around, options.body_bytes_max));
    append(routes, probe_routes(around, [this] { return server->figures(); }));
    append(routes, page_routes(around, options.file_bytes_max));
    append(routes, dev_routes(around));
    routes.push_back({"GET",
                      "/openapi.json",
                      Scope::everyone,
                      "This description",
                      0,
                      {},
                      "",
                      "Done",
                      {},
                      [this](const Call& call) {
                        HttpReply reply;
                        reply.headers = {{"X-Content-Type-Options", "nosniff"}};
                        reply.body = description;
                        call.respond(std::move(reply));
                      }});
    return routes;
  }
};

Site::Site(Backend backend, SiteOptions options)
    : parts_(std::make_unique<Parts>(std::move(backend), options)) {}

Site::~Site() {
  stop(Duration(0));
}

Result<void> Site::start(const std::string& address, std::uint16_t port) {
  return parts_->server->start(address, port);
}

std::uint16_t Site::port() const {
  return parts_->server->port();
}

void Site::stop(Duration limit) {
  parts_->server->stop(limit);
  parts_->signal.stop();  // its thread hands work to the pool
  parts_->pool.stop();
}

void Site::feed_changed() {
  parts_->signal.notify();
}

std::span<const Route> Site::routes() const {
  return parts_->router->routes();
}

ServerFigures Site::figures() const {
  return parts_->server->figures();
}

SiteOptions site_options_of(const Configuration& configuration) {
  SiteOptions options;
  const RequestLimits& limits = configuration.limits;
  options.limits.connections_max = limits.connections_max;
  options.limits.header_bytes_max = limits.header_bytes_max;
  options.limits.header_timeout = limits.header_timeout;
  options.limits.body_timeout = limits.body_timeout;
  options.limits.idle_timeout = limits.idle_timeout;
  options.body_bytes_max = limits.body_bytes_max;
  options.file_bytes_max = limits.file_bytes_max;
  return options;
}

Backend backend_of(Services& services) {
  Backend backend{
      .submit =
          [&engine = services.engine](Request request, Caller caller, Completion done) {
            engine.submit(std::move(request), std::move(caller), std::move(done));
          },
      .engine_figures = [&engine = services.engine] { return engine.figures(); },
      .store_figures = services.store_figures,
      .dispatcher_figures = services.dispatcher_figures,
      .try_to_write = [&engine = services.engine] { engine.try_to_write(); },
      .disk_space = [path = services.configuration.data] { return disk_space(path); },
      .library = services.library,
      .reader = services.reader,
      .keys = services.keys,
      .links = services.links,
      .clock = services.clock,
      .random = services.random,
      .files_path = services.configuration.data + "/files",
      .mailbox = services.mailbox,
      .reload = services.reload,
      .backup = services.backup,
      .secret = services.secret,
      .advance_clock = services.advance_clock,
      .dev = services.dev,
  };
  return backend;
}

}  // namespace countersign::web
