// The feed over all instances: page by page, or as a stream that a client resumes where it stopped.

#include <algorithm>

#include "web/feed.h"
#include "web/json_views.h"
#include "web/routes.h"
#include "web/seen_events.h"

namespace countersign::web {

namespace {

constexpr std::size_t kPageMax = 1000;
constexpr std::size_t kStreamPage = 200;

bool wants_stream(const Call& call) {
  const auto accept = first_header(call.request.headers, "Accept");
  return accept && accept->find("text/event-stream") != std::string_view::npos;
}

HttpReply page_reply(const Surroundings& around, const Call& call) {
  const auto limit = query_number(call, "limit", 100, kPageMax);
  if (!limit) return problem(400, limit.error().message, call.request.path);
  const auto page = around.backend.reader.feed(query_text(call, "after"), *limit);
  if (!page) return problem_of(page.error(), call.request.path);
  json::array rows =
      events_seen_by(around.backend, *call.principal, page->rows, query_text(call, "proof") == "true");
  const auto unseen = std::ranges::remove_if(rows, [](const json::value& event) { return event.is_null(); });
  rows.erase(unseen.begin(), unseen.end());
  return json_reply(200, json::object{{"events", std::move(rows)}, {"cursor", page->next_cursor}});
}

class FeedStream final : public BodySource, public std::enable_shared_from_this<FeedStream> {
 public:
  FeedStream(const Surroundings& around, FeedSignal& signal, Principal reader, std::string cursor)
      : around_(around), signal_(signal), reader_(std::move(reader)), cursor_(std::move(cursor)) {}
  ~FeedStream() override { signal_.closed(); }
  FeedStream(const FeedStream&) = delete;
  FeedStream& operator=(const FeedStream&) = delete;

  void next(Deliver deliver) override { look(std::move(deliver), false); }

 private:
  void look(const Deliver& deliver, bool late) {
    // A stream whose connection has closed is held by nobody else any more: it ends here.
    const bool taken = around_.pool.run([weak = weak_from_this(), deliver, late] {
      if (const auto self = weak.lock()) self->read(deliver, late);
    });
    if (!taken) deliver(std::nullopt);
  }

  void read(const Deliver& deliver, bool late) {
    const std::uint64_t seen = signal_.seen();
    const auto page = around_.backend.reader.feed(cursor_, kStreamPage);
    if (!page) return deliver(std::nullopt);  // the client comes again with the last id it has seen
    if (page->rows.empty()) {
      if (!greeted_ || late) {
        greeted_ = true;
        return deliver(": nothing new\n\n");
      }
      signal_.wait(seen, [weak = weak_from_this(), deliver](bool after_heartbeat) {
        if (const auto self = weak.lock()) self->look(deliver, after_heartbeat);
      });
      return;
    }
    greeted_ = true;
    const json::array events = events_seen_by(around_.backend, reader_, page->rows, false);
    std::string text;
    for (std::size_t i = 0; i < page->rows.size(); ++i) {
      const EventRow& row = page->rows[i];
      // The cursor stands behind the page, so only the page's last event carries it.
      if (i + 1 == page->rows.size()) text += "id: " + page->next_cursor + "\n";
      // What this key may not read moves the cursor on and is no event.
      if (events[i].is_null()) {
        text += i + 1 == page->rows.size() ? "\n" : "";
        continue;
      }
      text += "event: " + row.type + "\ndata: " + write_json(events[i]) + "\n\n";
    }
    cursor_ = page->next_cursor;
    deliver(std::move(text));
  }

  const Surroundings& around_;
  FeedSignal& signal_;
  Principal reader_;
  std::string cursor_;
  bool greeted_ = false;
};

void stream(const Surroundings& around, FeedSignal& signal, Call call) {
  const auto resumed = first_header(call.request.headers, "Last-Event-ID");
  const std::string cursor = resumed ? std::string(*resumed) : query_text(call, "after");
  if (call.request.method == "HEAD" || !signal.open()) {
    return call.respond(problem(503, "too many clients listen to the feed already", call.request.path));
  }
  HttpReply reply;
  reply.content_type = "text/event-stream; charset=utf-8";
  reply.headers = {
      {"Cache-Control", "no-store"}, {"X-Content-Type-Options", "nosniff"}, {"X-Accel-Buffering", "no"}};
  reply.source = std::make_shared<FeedStream>(around, signal, *call.principal, cursor);
  call.respond(std::move(reply));
}

}  // namespace

std::vector<Route> feed_routes(const Surroundings& around, FeedSignal& signal) {
  RouteAction paged = on_pool(around, [&around](const Call& call) { return page_reply(around, call); });
  std::vector<Route> routes;
  routes.push_back({"GET",
                    "/api/v1/events",
                    Scope::read,
                    "The feed over all instances, also as text/event-stream (resumed by Last-Event-ID)",
                    0,
                    {},
                    "",
                    "Feed",
                    {"after", "limit", "proof"},
                    [&around, &signal, paged = std::move(paged)](Call call) {
                      if (wants_stream(call)) {
                        stream(around, signal, std::move(call));
                      } else {
                        paged(std::move(call));
                      }
                    }});
  return routes;
}

}  // namespace countersign::web
