#include "runtime/dispatcher.h"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <set>
#include <thread>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "delivery/transfer.h"
#include "runtime/breakers.h"
#include "runtime/chasing.h"
#include "runtime/outbox_rows.h"
#include "runtime/outgoing_mail.h"
#include "runtime/signed_request.h"

namespace countersign {

class Dispatcher::Pump {
 public:
  Pump(Engine& engine, const Library& library, const Links& links, const Clock& clock, RandomSource& random,
       DispatcherSettings settings)
      : engine_(engine),
        library_(library),
        clock_(clock),
        random_(random),
        settings_(std::move(settings)),
        composer_(library, engine.reader(), links, {settings_.routes.from}),
        work_(io_.get_executor()),
        timer_(io_) {}

  ~Pump() { stop(Duration(0)); }

  void start() {
    thread_ = std::thread([this] {
      transfers_.emplace(io_, settings_.routes.addresses);
      io_.run();
      transfers_.reset();
    });
    wake();
  }

  void wake() {
    if (!woken_.exchange(true)) boost::asio::post(io_, [this] { pump(); });
  }

  void reconsider(std::optional<DispatchRoutes> routes) {
    boost::asio::post(io_, [this, routes = std::move(routes)]() mutable {
      breakers_.close_all();
      if (routes) {
        settings_.routes = std::move(*routes);
        composer_.set_from(settings_.routes.from);
        if (transfers_) transfers_->set_policy(settings_.routes.addresses);
      }
      pump();
    });
  }

  void stop(Duration limit) {
    if (stopping_.exchange(true)) return;
    if (!thread_.joinable()) return;
    {
      std::unique_lock lock(idle_mutex_);
      idle_.wait_for(lock, limit, [this] { return in_flight_ == 0; });
    }
    work_.reset();
    io_.stop();
    thread_.join();
  }

  DispatcherFigures figures() const { return {sent_, retried_, dead_, in_flight_}; }

 private:
  static constexpr std::size_t kWindow = 64;  // rows of one target under way at once
  // Rows that are read at once, so that those under way are not read again for each one that follows them.
  static constexpr std::size_t kReadAhead = 4 * kWindow;
  static constexpr std::chrono::milliseconds kReadAheadHolds{100};
  static constexpr std::chrono::seconds kNoteAgainAfter{5};

  void pump() {
    woken_ = false;
    if (stopping_) return;
    const Instant now = clock_.now();
    const auto targets = engine_.reader().due_targets();
    if (!targets) {
      spdlog::error("cannot read the outbox: {}", targets.error().message);
      return sleep_for(std::chrono::seconds(5));
    }
    std::optional<Instant> next;
    for (const Reader::TargetDue& target : *targets) {
      if (is_inside(target.target)) continue;
      const Instant at = std::max(target.next_at, breakers_.until(target.target).value_or(target.next_at));
      if (at > now) {
        next = next ? std::min(*next, at) : at;
        continue;
      }
      send_due(target.target, now);
    }
    if (next) sleep_for(*next - now);
  }

  void sleep_for(Duration span) {
    timer_.expires_after(std::min<Duration>(span, std::chrono::hours(1)) + Duration(1));
    timer_.async_wait([this](const boost::system::error_code& error) {
      if (!error) pump();
    });
  }

  // A target's rows: those under way, and those that were read to follow them.
  struct Queue {
    std::set<std::int64_t> under_way;
    std::deque<OutboxRow> ahead;
    std::chrono::steady_clock::time_point read_at;
  };

  void send_due(const std::string& target, Instant now) {
    Queue& queue = queues_[target];
    if (queue.under_way.size() >= kWindow) return;
    // What was read a while ago may have been dropped meanwhile.
    if (std::chrono::steady_clock::now() - queue.read_at > kReadAheadHolds) queue.ahead.clear();
    send_ahead(queue, target, now);
    if (queue.under_way.size() >= kWindow || !queue.ahead.empty()) return;
    auto rows = engine_.reader().due_outbox(target, now, queue.under_way.size() + kReadAhead);
    if (!rows) {
      spdlog::error("cannot read the queue of {}: {}", target, rows.error().message);
      return sleep_for(std::chrono::seconds(5));
    }
    queue.read_at = std::chrono::steady_clock::now();
    for (OutboxRow& row : *rows) {
      if (!queue.under_way.contains(row.id)) queue.ahead.push_back(std::move(row));
    }
    send_ahead(queue, target, now);
  }

  void send_ahead(Queue& queue, const std::string& target, Instant now) {
    while (!queue.ahead.empty() && queue.under_way.size() < kWindow) {
      if (const auto until = breakers_.until(target); until && *until > now) return;
      auto row = std::make_shared<OutboxRow>(std::move(queue.ahead.front()));
      queue.ahead.pop_front();
      queue.under_way.insert(row->id);
      ++in_flight_;
      if (target == kMailTarget) {
        send_mail(row, now);
      } else {
        send_call(row, now);
      }
    }
  }

  using Row = std::shared_ptr<OutboxRow>;

  // What the installation lacks, and not the message: the whole queue waits, as for a target that is out of
  // reach.
  void hold(const Row& row, const std::string& why, Instant now, Duration limit, EffectId effect) {
    breakers_.trip(row->target, now);
    spdlog::warn("the queue of {} waits: {}", row->target, why);
    retry(row, why, {}, now, limit, effect, true);
  }

  // A reminder that has come late (the mail server was down) waits for a time at which it may leave; a digest
  // is settled first.
  bool is_put_off(const Row& row, Instant now) {
    if (!is_chasing(row->kind)) return false;
    const Instant from = may_leave_from(*library_.current(), row->recipient, now);
    if (from > now) {
      report(row, {.kind = DeliveryReport::Kind::retry,
                   .detail = "waits for working time outside of quiet hours",
                   .next_at = from,
                   .delivered_nothing = true});
      return true;
    }
    if (row->kind != kDigestKind) return false;
    const auto fixed = read_digest(*row);
    if (!fixed || *fixed) return false;
    report(row, {.kind = DeliveryReport::Kind::fix});
    return true;
  }

  void send_mail(const Row& row, Instant now) {
    if (is_put_off(row, now)) return;
    Result<std::optional<Mail>> mail = composer_.compose(*row, now);
    if (!mail) return dead(row, mail.error().message, {});
    if (!*mail) return report(row, {.kind = DeliveryReport::Kind::sent, .detail = "not needed any more"});
    Result<std::string> bytes = compose_mail(**mail);
    if (!bytes) return dead(row, bytes.error().message, {});
    if (settings_.mailbox != nullptr) {
      settings_.mailbox->put({.at = now,
                              .channel = "mail",
                              .to = (*mail)->to.address,
                              .subject = (*mail)->subject,
                              .text = (*mail)->text,
                              .html = (*mail)->html,
                              .raw = *bytes});
      return report(row, {.kind = DeliveryReport::Kind::sent, .detail = "in the built-in mailbox"});
    }
    const auto connector = library_.current()->connector(settings_.routes.mail_connector);
    if (connector == nullptr || !connector->mail) {
      return hold(row, fmt::format("there is no mail connector '{}'", settings_.routes.mail_connector), now,
                  settings_.give_up_after, {});
    }
    Result<SmtpMessage> message =
        outgoing_mail(*connector->mail, **mail, std::move(*bytes), settings_.secrets);
    if (!message) return hold(row, message.error().message, now, settings_.give_up_after, {});
    transfers_->smtp(std::move(*message),
                     [this, row](const SmtpOutcome& outcome) { mail_done(row, outcome); });
  }

  void mail_done(const Row& row, const SmtpOutcome& outcome) {
    const SmtpRecipientOutcome verdict =
        outcome.recipients.empty() ? SmtpRecipientOutcome{} : outcome.recipients.front();
    const std::string detail = outcome.failure
                                   ? fmt::format("{}: {}", to_string(*outcome.failure), outcome.message)
                                   : fmt::format("{} {}", verdict.code, verdict.text);
    if (is_targets_fault(outcome.failure)) {
      breakers_.trip(row->target, clock_.now());
    } else {
      breakers_.close(row->target);
    }
    switch (verdict.verdict) {
      case SmtpVerdict::accepted:
        return report(row, {.kind = DeliveryReport::Kind::sent, .detail = detail});
      case SmtpVerdict::permanent:
        return dead(row, detail, {});
      case SmtpVerdict::temporary:
        break;
      case SmtpVerdict::failed:
        if (outcome.failure == TransferFailure::invalid_request) return dead(row, detail, {});
        break;
    }
    const bool refused = verdict.verdict == SmtpVerdict::temporary || is_targets_fault(outcome.failure);
    retry(row, detail, {}, clock_.now(), settings_.give_up_after, {}, refused);
  }

  // A connector's call on its way.
  struct Under {
    Row row;
    CallPayload call;
    std::shared_ptr<const Connector> connector;
    const Action* action = nullptr;
  };

  // A message to a person over one of their channels: what a mail would say, as plain text.
  Result<std::optional<CallPayload>> told_by_channel(const OutboxRow& row, Instant now) const {
    const std::string channel = row.target.substr(kConnectorTarget.size());
    const auto snapshot = library_.current();
    const Person* person = snapshot->directory->find(row.recipient);
    if (person == nullptr || !person->channels.contains(channel)) return std::optional<CallPayload>();
    Result<std::optional<Mail>> mail = composer_.compose(row, now);
    if (!mail) return std::unexpected(mail.error());
    if (!*mail) return std::optional<CallPayload>();
    return CallPayload{EffectId(), channel, std::string(kTellAction),
                       Fields{{"to", cel::Value::string(person->channels.at(channel))},
                              {"subject", cel::Value::string((*mail)->subject)},
                              {"text", cel::Value::string((*mail)->text)}}};
  }

  void send_call(const Row& row, Instant now) {
    Result<CallPayload> call = CallPayload{};
    if (row->recipient.empty()) {
      call = read_call(*row);
    } else {
      if (is_put_off(row, now)) return;
      Result<std::optional<CallPayload>> told = told_by_channel(*row, now);
      if (!told) return dead(row, told.error().message, {});
      if (!*told) return report(row, {.kind = DeliveryReport::Kind::sent, .detail = "not needed any more"});
      call = std::move(**told);
    }
    if (!call) return dead(row, call.error().message, {});
    auto under = std::make_shared<Under>(Under{row, std::move(*call), {}, nullptr});
    under->connector = library_.current()->connector(under->call.connector);
    if (under->connector == nullptr || !under->connector->outbound) {
      return hold(row, fmt::format("there is no connector '{}' to call", under->call.connector), now,
                  settings_.give_up_after, effect_of(*under));
    }
    under->action = under->connector->outbound->find_action(under->call.action);
    const auto snapshot = library_.current();
    std::optional<std::string> lacking;  // a secret
    const SecretLookup secrets = [&](const std::string& name) {
      auto secret = settings_.secrets(name);
      if (!secret) lacking = secret.error().message;
      return secret;
    };
    Result<HttpCall> http = build_request(*under->connector->outbound, under->call.action, under->call.input,
                                          secrets, *snapshot->directory);
    if (settings_.mailbox != nullptr && !under->call.effect) return to_mailbox(*under, http, now);
    if (!http && lacking) return hold(row, *lacking, now, limit_of(*under), effect_of(*under));
    if (!http) return dead(row, http.error().message, effect_of(*under));
    Result<HttpRequest> request = signed_request(std::move(*http), row->idempotency_key, now);
    // Its secret is none of that scheme's.
    if (!request) return hold(row, request.error().message, now, limit_of(*under), effect_of(*under));
    transfers_->http(std::move(*request),
                     [this, under](const HttpOutcome& outcome) { call_done(*under, outcome); });
  }

  void to_mailbox(const Under& under, const Result<HttpCall>& http, Instant now) {
    const auto text = [&](const char* name) {
      const auto value = under.call.input.find(name);
      return value == under.call.input.end() ? std::string() : cel::to_display(value->second);
    };
    settings_.mailbox->put(
        {.at = now,
         .channel = under.row->target,
         .to = under.row->recipient.empty() ? under.call.connector + "." + under.call.action : text("to"),
         .subject = text("subject"),
         .text = text("text"),
         .raw = http ? http->body : http.error().message});
    report(under.row, {.kind = DeliveryReport::Kind::sent, .detail = "in the built-in mailbox"});
  }

  void call_done(const Under& under, const HttpOutcome& outcome) {
    const Instant now = clock_.now();
    const Duration limit = limit_of(under);
    if (is_targets_fault(outcome.failure)) {
      breakers_.trip(under.row->target, now);
    } else {
      breakers_.close(under.row->target);
    }
    if (outcome.failure) {
      const std::string detail = fmt::format("{}: {}", to_string(*outcome.failure), outcome.message);
      if (*outcome.failure == TransferFailure::invalid_request)
        return dead(under.row, detail, effect_of(under));
      return retry(under.row, detail, outcome.retry_after, now, limit, effect_of(under));
    }
    HttpReply reply{outcome.status, {}, outcome.body};
    for (const auto& [name, value] : outcome.headers) reply.headers[lower(name)] = value;
    const auto snapshot = library_.current();
    Result<Fields> fields = read_reply(*under.action, under.call.input, reply, *snapshot->directory);
    if (fields) {
      DeliveryReport done{.kind = DeliveryReport::Kind::sent, .detail = fmt::format("{}", outcome.status)};
      if (under.call.effect) done.answer = EffectDone{under.call.effect, true, std::move(*fields), {}};
      return report(under.row, std::move(done));
    }
    if (fields.error().code == ErrorCode::unavailable) {
      return retry(under.row, fields.error().message, outcome.retry_after, now, limit, effect_of(under));
    }
    dead(under.row, fields.error().message, effect_of(under));
  }

  static std::string lower(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return text;
  }

  // How long it is tried.
  Duration limit_of(const Under& under) const {
    return under.action == nullptr ? settings_.give_up_after : under.action->retry_for;
  }
  static EffectId effect_of(const Under& under) { return under.call.effect; }

  void retry(const Row& row, const std::string& why, std::optional<Duration> after, Instant now,
             Duration limit, EffectId effect, bool delivered_nothing = false) {
    if (now - could_leave_at(*library_.current(), *row) >= limit) {
      return dead(row, fmt::format("given up after {} attempts: {}", row->attempts + 1, why), effect);
    }
    unsigned char byte[2];
    random_.fill(byte);
    const double spread = (byte[0] * 256 + byte[1]) / 65536.0;
    const Duration delay = std::max(after.value_or(Duration(0)), retry_delay(row->attempts, spread));
    ++retried_;
    report(row, {.kind = DeliveryReport::Kind::retry,
                 .detail = why,
                 .next_at = now + delay,
                 .delivered_nothing = delivered_nothing});
  }

  void dead(const Row& row, const std::string& why, EffectId effect) {
    ++dead_;
    spdlog::warn("outbox {} ({} to {}) is dead: {}", row->id, row->kind, row->target, why);
    DeliveryReport done{.kind = DeliveryReport::Kind::dead, .detail = why};
    if (effect) done.answer = EffectDone{effect, false, {}, why};
    report(row, std::move(done));
  }

  void report(const Row& row, DeliveryReport done) {
    done.row = row->id;
    done.instance = row->instance;
    if (done.kind == DeliveryReport::Kind::sent) ++sent_;
    note(row, std::make_shared<const DeliveryReport>(std::move(done)));
  }

  // Only when it is stored the row leaves what is under way: else what was sent would be sent again, at once
  // and for ever.
  void note(const Row& row, const std::shared_ptr<const DeliveryReport>& done) {
    engine_.report_delivery(*done, [this, row, done](const Result<void>& stored) {
      if (stored) return boost::asio::post(io_, [this, row] { finished(*row); });
      spdlog::error("cannot note the delivery of outbox {}, will try again: {}", row->id,
                    stored.error().message);
      boost::asio::post(io_, [this, row, done] { note_later(row, done); });
    });
  }

  void note_later(const Row& row, std::shared_ptr<const DeliveryReport> done) {
    if (stopping_) return finished(*row);  // it is sent again after the next start
    auto timer = std::make_shared<boost::asio::steady_timer>(io_, kNoteAgainAfter);
    timer->async_wait([this, row, done = std::move(done), timer](const boost::system::error_code& error) {
      if (!error) note(row, done);
    });
  }

  void finished(const OutboxRow& row) {
    queues_[row.target].under_way.erase(row.id);
    if (--in_flight_ == 0) {
      const std::lock_guard lock(idle_mutex_);
      idle_.notify_all();
    }
    if (!stopping_ && !woken_.exchange(true)) boost::asio::post(io_, [this] { pump(); });
  }

  Engine& engine_;
  const Library& library_;
  const Clock& clock_;
  RandomSource& random_;
  DispatcherSettings settings_;
  Composer composer_;
  boost::asio::io_context io_{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_;
  boost::asio::steady_timer timer_;
  std::optional<TransferClient> transfers_;
  std::map<std::string, Queue> queues_;
  Breakers breakers_;
  std::thread thread_;
  std::mutex idle_mutex_;
  std::condition_variable idle_;
  std::atomic<bool> woken_{false};
  std::atomic<bool> stopping_{false};
  std::atomic<std::uint64_t> sent_{0}, retried_{0}, dead_{0}, in_flight_{0};
};

Dispatcher::Dispatcher(Engine& engine, const Library& library, const Links& links, const Clock& clock,
                       RandomSource& random, DispatcherSettings settings)
    : pump_(std::make_unique<Pump>(engine, library, links, clock, random, std::move(settings))) {}
Dispatcher::~Dispatcher() = default;

void Dispatcher::start() {
  pump_->start();
}
void Dispatcher::wake() {
  pump_->wake();
}
void Dispatcher::reconsider(std::optional<DispatchRoutes> routes) {
  pump_->reconsider(std::move(routes));
}
void Dispatcher::stop(Duration limit) {
  pump_->stop(limit);
}
DispatcherFigures Dispatcher::figures() const {
  return pump_->figures();
}

}  // namespace countersign
