#include "delivery/curl_loop.h"

#include <utility>

#include <boost/asio/post.hpp>
#include <sys/socket.h>
#include <unistd.h>

#include "base/error.h"
#include "delivery/one_transfer.h"

namespace countersign {

namespace {

constexpr long kIdleConnectionsMax = 256;

void initialise_libcurl_once() {
  static const CURLcode code = curl_global_init(CURL_GLOBAL_DEFAULT);
  COUNTERSIGN_INVARIANT(code == CURLE_OK, "libcurl cannot be initialised");
}

}  // namespace

CurlLoop::CurlLoop(boost::asio::io_context& io, Finished finished)
    : io_(io), finished_(std::move(finished)), timer_(io), multi_(nullptr) {
  initialise_libcurl_once();
  multi_ = curl_multi_init();
  COUNTERSIGN_INVARIANT(multi_ != nullptr, "libcurl cannot make a multi handle");
  curl_multi_setopt(multi_, CURLMOPT_SOCKETFUNCTION, &CurlLoop::on_socket);
  curl_multi_setopt(multi_, CURLMOPT_SOCKETDATA, this);
  curl_multi_setopt(multi_, CURLMOPT_TIMERFUNCTION, &CurlLoop::on_timer);
  curl_multi_setopt(multi_, CURLMOPT_TIMERDATA, this);
  curl_multi_setopt(multi_, CURLMOPT_MAXCONNECTS, kIdleConnectionsMax);
}

CurlLoop::~CurlLoop() {
  // libcurl says QUIT to idle mail servers and waits for their answers, up to minutes for one that hangs. A
  // connection that is shut down answers at once.
  for (const curl_socket_t socket : open_sockets_) ::shutdown(socket, SHUT_RDWR);
  curl_multi_cleanup(multi_);
}

void CurlLoop::set_up(CURL* handle) {
  curl_easy_setopt(handle, CURLOPT_CLOSESOCKETFUNCTION, &CurlLoop::on_close);
  curl_easy_setopt(handle, CURLOPT_CLOSESOCKETDATA, this);
}

void CurlLoop::add(CURL* handle) {
  const CURLMcode code = curl_multi_add_handle(multi_, handle);
  COUNTERSIGN_INVARIANT(code == CURLM_OK, "libcurl refuses a new transfer");
}

void CurlLoop::remove(CURL* handle) {
  curl_multi_remove_handle(multi_, handle);
}

curl_socket_t CurlLoop::open(const curl_sockaddr& address) {
  const int socket = ::socket(address.family, address.socktype | SOCK_CLOEXEC, address.protocol);
  if (socket < 0) return CURL_SOCKET_BAD;
  open_sockets_.insert(socket);
  return socket;
}

int CurlLoop::on_close(void* self, curl_socket_t socket) {
  auto& loop = *static_cast<CurlLoop*>(self);
  loop.watches_.erase(socket);
  loop.open_sockets_.erase(socket);
  return ::close(socket);
}

int CurlLoop::on_socket(CURL* handle, curl_socket_t socket, int what, void* self, void*) {
  void* transfer = nullptr;
  if (curl_easy_getinfo(handle, CURLINFO_PRIVATE, &transfer) == CURLE_OK && transfer != nullptr) {
    static_cast<OneTransfer*>(transfer)->set_socket(socket, what != CURL_POLL_REMOVE);
  }
  static_cast<CurlLoop*>(self)->watch(socket, what);
  return 0;
}

void CurlLoop::watch(curl_socket_t socket, int what) {
  if (what == CURL_POLL_REMOVE) {
    watches_.erase(socket);
    return;
  }
  std::shared_ptr<Watch>& watch = watches_[socket];
  if (!watch) {
    watch = std::make_shared<Watch>(io_);
    boost::system::error_code error;
    watch->descriptor.assign(socket, error);
    if (error) {  // out of memory for epoll: the transfer's own time limit ends it
      watches_.erase(socket);
      return;
    }
  }
  watch->wanted = ((what & CURL_POLL_IN) != 0 ? CURL_CSELECT_IN : 0) |
                  ((what & CURL_POLL_OUT) != 0 ? CURL_CSELECT_OUT : 0);
  wait(socket, watch, CURL_CSELECT_IN);
  wait(socket, watch, CURL_CSELECT_OUT);
}

void CurlLoop::wait(curl_socket_t socket, const std::shared_ptr<Watch>& watch, int direction) {
  using boost::asio::posix::descriptor_base;
  if ((watch->wanted & direction) == 0 || (watch->waiting & direction) != 0) return;
  watch->waiting |= direction;
  const auto kind = direction == CURL_CSELECT_IN ? descriptor_base::wait_read : descriptor_base::wait_write;
  watch->descriptor.async_wait(
      kind, [this, socket, direction, weak = std::weak_ptr<Watch>(watch)](boost::system::error_code error) {
        const std::shared_ptr<Watch> ready = weak.lock();
        if (!ready) return;  // libcurl has forgotten the socket meanwhile, or this loop is gone
        ready->waiting &= ~direction;
        if (error == boost::asio::error::operation_aborted || (ready->wanted & direction) == 0) return;
        act(socket, error ? CURL_CSELECT_ERR : direction);
        const auto still = watches_.find(socket);
        if (still != watches_.end() && still->second == ready) wait(socket, ready, direction);
      });
}

int CurlLoop::on_timer(CURLM*, long timeout_ms, void* self) {
  auto& loop = *static_cast<CurlLoop*>(self);
  loop.deadline_.reset();
  if (timeout_ms < 0) return 0;
  loop.deadline_ = boost::asio::steady_timer::clock_type::now() + std::chrono::milliseconds(timeout_ms);
  if (timeout_ms > 0) {
    loop.keep_deadline();
  } else if (!std::exchange(loop.is_posted_, true)) {
    // libcurl must not be entered from its own callback.
    boost::asio::post(loop.io_, [&loop, alive = std::weak_ptr<int>(loop.alive_)] {
      if (alive.expired()) return;
      loop.is_posted_ = false;
      loop.keep_deadline();
    });
  }
  return 0;
}

// Acts where the deadline has come, else sees to it that somebody looks again by then.
void CurlLoop::keep_deadline() {
  if (!deadline_) return;
  if (*deadline_ <= boost::asio::steady_timer::clock_type::now()) {
    deadline_.reset();
    return act(CURL_SOCKET_TIMEOUT, 0);
  }
  if (timer_fires_at_ && *timer_fires_at_ <= *deadline_) return;
  timer_fires_at_ = deadline_;
  timer_.expires_at(*deadline_);
  timer_.async_wait([this, alive = std::weak_ptr<int>(alive_)](boost::system::error_code error) {
    if (error || alive.expired()) return;
    timer_fires_at_.reset();
    keep_deadline();
  });
}

void CurlLoop::act(curl_socket_t socket, int events) {
  int running = 0;
  curl_multi_socket_action(multi_, socket, events, &running);
  int left = 0;
  while (CURLMsg* message = curl_multi_info_read(multi_, &left)) {
    if (message->msg != CURLMSG_DONE) continue;
    CURL* handle = message->easy_handle;
    const CURLcode result = message->data.result;
    curl_multi_remove_handle(multi_, handle);
    finished_(handle, result);
  }
}

}  // namespace countersign
