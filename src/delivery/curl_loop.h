#pragma once
// Drives one libcurl multi handle by one io_context: libcurl says which sockets and which time it waits for,
// Asio waits, libcurl goes on. Nothing blocks and nothing polls. Used on the io_context's thread only.

#include <functional>
#include <memory>
#include <optional>
#include <unordered_map>
#include <unordered_set>

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <curl/curl.h>

namespace countersign {

class CurlLoop {
 public:
  // `finished` is called, outside of libcurl's callbacks, with a handle that has already been removed.
  using Finished = std::function<void(CURL*, CURLcode)>;
  CurlLoop(boost::asio::io_context& io, Finished finished);
  ~CurlLoop();
  CurlLoop(const CurlLoop&) = delete;
  CurlLoop& operator=(const CurlLoop&) = delete;

  // Every handle needs set_up() before it is added. `finished` never runs inside add() or remove().
  void set_up(CURL* handle);
  void add(CURL* handle);
  // Ends a transfer early; `finished` is not called for it.
  void remove(CURL* handle);

  // For CURLOPT_OPENSOCKETFUNCTION, after the address has been found good.
  curl_socket_t open(const curl_sockaddr& address);

 private:
  // A socket that libcurl wants to hear about. The descriptor is libcurl's: it is released, never closed,
  // here.
  struct Watch {
    explicit Watch(boost::asio::io_context& io) : descriptor(io) {}
    ~Watch() { descriptor.release(); }
    boost::asio::posix::stream_descriptor descriptor;
    int wanted = 0;  // CURL_CSELECT_IN | CURL_CSELECT_OUT
    int waiting = 0;
  };

  static int on_socket(CURL* handle, curl_socket_t socket, int what, void* self, void*);
  static int on_timer(CURLM*, long timeout_ms, void* self);
  static int on_close(void* self, curl_socket_t socket);
  void watch(curl_socket_t socket, int what);
  void wait(curl_socket_t socket, const std::shared_ptr<Watch>& watch, int direction);
  void act(curl_socket_t socket, int events);
  void keep_deadline();

  boost::asio::io_context& io_;
  Finished finished_;
  // Each transfer moves libcurl's deadline several times, mostly to a later one: the timer is left where it
  // is then, and looks again when it fires.
  using Moment = boost::asio::steady_timer::time_point;
  boost::asio::steady_timer timer_;
  std::optional<Moment> deadline_;
  std::optional<Moment> timer_fires_at_;
  bool is_posted_ = false;
  CURLM* multi_;
  std::unordered_map<curl_socket_t, std::shared_ptr<Watch>> watches_;
  std::unordered_set<curl_socket_t> open_sockets_;
  std::shared_ptr<int> alive_ =
      std::make_shared<int>(0);  // expires with this object, for handlers still queued
};

}  // namespace countersign
