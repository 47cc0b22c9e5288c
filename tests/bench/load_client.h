#pragma once
// A client for load: keep-alive connections on one thread, each sending its next request when the answer has
// come.

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace countersign::bench {

struct LoadReply {
  int status = 0;
  std::string body;
};

// Makes the text of the next request of a connection, "" when there is none left.
using NextRequest = std::function<std::string(std::size_t connection)>;
using OnReply = std::function<void(std::size_t connection, const LoadReply& reply)>;

struct LoadResult {
  std::size_t requests = 0;
  std::size_t failures = 0;  // connections lost, and answers that are not 2xx
  double seconds = 0;
  std::vector<double> latencies_ms;  // sorted
  double rate() const { return static_cast<double>(requests) / seconds; }
  double percentile_ms(double p) const;
};

// Ends when every connection has run out of requests.
LoadResult run_load(std::uint16_t port, std::size_t connections, const NextRequest& next,
                    const OnReply& on_reply);

// A socket to a port of this machine; ends the program where nobody listens.
int connect_to(std::uint16_t port);
bool send_all(int socket, const std::string& bytes);

std::string get(const std::string& path, const std::string& key);
// The text of a POST of JSON with an API key; `actor` may be empty.
std::string post(const std::string& path, const std::string& key, const std::string& actor,
                 const std::string& body);

}  // namespace countersign::bench
