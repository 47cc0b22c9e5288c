#include "delivery/transfer.h"

#include <deque>
#include <unordered_map>
#include <utility>

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include "base/error.h"
#include "delivery/curl_loop.h"
#include "delivery/one_transfer.h"

namespace countersign {

namespace {

using Handle = std::unique_ptr<CURL, decltype(&curl_easy_cleanup)>;
using TransferPtr = std::unique_ptr<OneTransfer>;

}  // namespace

class TransferClient::Driver {
  // One scheme, host and port. It stands in the list of ready targets (once) while it has something to start
  // and may.
  struct Target {
    std::size_t active = 0;
    std::deque<TransferPtr> waiting;
    bool is_listed = false;
  };

  struct Active {
    TransferPtr transfer;
    Handle handle;
  };

 public:
  Driver(boost::asio::io_context& io, AddressPolicy policy, TransferLimits limits)
      : io_(io),
        policy_(std::move(policy)),
        limits_(limits),
        loop_(io, [this](CURL* handle, CURLcode result) { on_finished(handle, result); }) {}

  ~Driver() {
    for (auto& [raw, active] : active_) loop_.remove(raw);
  }

  void submit(TransferPtr transfer) {
    ++*unfinished_;
    if (std::optional<std::string> fault = transfer->fault()) {
      return report(transfer->finish({TransferFailure::invalid_request, std::move(*fault)}));
    }
    const std::string name = transfer->target();
    targets_[name].waiting.push_back(std::move(transfer));
    list_if_ready(name);
    start_ready();
  }

  void cancel_all() {
    for (auto& [raw, active] : active_) {
      loop_.remove(raw);
      report_cancelled(*active.transfer);
    }
    for (auto& [name, target] : targets_) {
      for (const TransferPtr& transfer : target.waiting) report_cancelled(*transfer);
    }
    active_.clear();
    targets_.clear();
    ready_.clear();
  }

  void set_policy(AddressPolicy policy) { policy_ = std::move(policy); }
  std::size_t unfinished() const { return *unfinished_; }
  std::shared_ptr<SmtpReuse> smtp_reuse() const { return smtp_reuse_; }

 private:
  void list_if_ready(const std::string& name) {
    const auto found = targets_.find(name);
    if (found == targets_.end()) return;
    Target& target = found->second;
    if (target.waiting.empty() && target.active == 0) {
      if (!target.is_listed) targets_.erase(found);
      return;
    }
    if (target.is_listed || target.waiting.empty() || target.active >= limits_.parallel_per_target_max)
      return;
    target.is_listed = true;
    ready_.push_back(name);
  }

  void start_ready() {
    while (!ready_.empty() && active_.size() < limits_.parallel_max) {
      const std::string name = std::move(ready_.front());
      ready_.pop_front();
      Target& target = targets_.at(name);
      target.is_listed = false;
      ++target.active;
      TransferPtr transfer = std::move(target.waiting.front());
      target.waiting.pop_front();
      start(std::move(transfer), take_handle());
      list_if_ready(name);
    }
  }

  Handle take_handle() {
    if (idle_.empty()) return Handle(curl_easy_init(), curl_easy_cleanup);
    Handle handle = std::move(idle_.back());
    idle_.pop_back();
    return handle;
  }

  void start(TransferPtr transfer, Handle handle) {
    COUNTERSIGN_INVARIANT(handle != nullptr, "libcurl cannot make a handle");
    CURL* raw = handle.get();
    TransferRules(policy_, loop_).apply_to(*transfer);
    curl_easy_reset(raw);
    transfer->configure(raw);
    active_.emplace(raw, Active{std::move(transfer), std::move(handle)});
    loop_.add(raw);
  }

  void on_finished(CURL* raw, CURLcode result) {
    auto node = active_.extract(raw);
    Active& active = node.mapped();
    if (active.transfer->wants_another_try(raw, result)) {
      return start(std::move(active.transfer), std::move(active.handle));
    }
    const std::string name = active.transfer->target();
    report(active.transfer->finish(raw, result));
    active.transfer.reset();
    curl_easy_reset(raw);
    if (idle_.size() < limits_.parallel_max) idle_.push_back(std::move(active.handle));
    --targets_.at(name).active;
    list_if_ready(name);
    start_ready();
  }

  void report_cancelled(OneTransfer& transfer) {
    report(
        transfer.finish({TransferFailure::cancelled, transfer.target() + ": deliveries are being stopped"}));
  }

  // Always later, so that a callback may do anything with this client.
  void report(std::function<void()> call) {
    boost::asio::post(io_, [call = std::move(call), unfinished = unfinished_] {
      --*unfinished;
      call();
    });
  }

  boost::asio::io_context& io_;
  AddressPolicy policy_;
  const TransferLimits limits_;
  std::shared_ptr<SmtpReuse> smtp_reuse_ = make_smtp_reuse();
  std::shared_ptr<std::size_t> unfinished_ = std::make_shared<std::size_t>(0);
  CurlLoop loop_;
  std::unordered_map<CURL*, Active> active_;
  std::unordered_map<std::string, Target> targets_;
  std::deque<std::string> ready_;
  std::vector<Handle> idle_;
};

TransferClient::TransferClient(boost::asio::io_context& io, AddressPolicy policy, TransferLimits limits)
    : driver_(std::make_unique<Driver>(io, std::move(policy), limits)) {}

TransferClient::~TransferClient() = default;

void TransferClient::http(HttpRequest request, std::function<void(HttpOutcome)> done) {
  driver_->submit(make_http_transfer(std::move(request), std::move(done)));
}

void TransferClient::smtp(SmtpMessage message, std::function<void(SmtpOutcome)> done) {
  driver_->submit(make_smtp_transfer(std::move(message), std::move(done), driver_->smtp_reuse()));
}

void TransferClient::set_policy(AddressPolicy policy) {
  driver_->set_policy(std::move(policy));
}
void TransferClient::cancel_all() {
  driver_->cancel_all();
}

std::size_t TransferClient::unfinished() const {
  return driver_->unfinished();
}

}  // namespace countersign
