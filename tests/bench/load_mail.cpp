// Mail: the daemon's requests to a mail server of this program, beside a bare libcurl loop that sends the
// same messages to it over one connection.

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <numeric>
#include <string>
#include <string_view>
#include <vector>

#include <curl/curl.h>

#include "tests/bench/load_steps.h"
#include "tests/bench/sink_server.h"

namespace countersign::bench {
namespace {

constexpr std::size_t kParts = 10;

struct Unsent {
  std::string_view bytes;
};

std::size_t read_message(char* to, std::size_t size, std::size_t count, void* from) {
  auto& unsent = static_cast<Unsent*>(from)->bytes;
  const std::size_t length = std::min(size * count, unsent.size());
  std::memcpy(to, unsent.data(), length);
  unsent.remove_prefix(length);
  return length;
}

// Seconds for each tenth of the messages; none where one failed.
std::vector<double> measure_bare_mail(std::uint16_t port, const std::vector<std::string>& messages) {
  CURL* handle = curl_easy_init();
  curl_slist* recipients = curl_slist_append(nullptr, "boss@example.com");
  curl_easy_setopt(handle, CURLOPT_URL, ("smtp://127.0.0.1:" + std::to_string(port)).c_str());
  curl_easy_setopt(handle, CURLOPT_MAIL_FROM, "approvals@example.com");
  curl_easy_setopt(handle, CURLOPT_MAIL_RCPT, recipients);
  curl_easy_setopt(handle, CURLOPT_UPLOAD, 1L);
  curl_easy_setopt(handle, CURLOPT_READFUNCTION, read_message);
  std::vector<double> seconds;
  bool good = true;
  auto begin = std::chrono::steady_clock::now();
  for (std::size_t i = 0; i < messages.size() && good; ++i) {
    Unsent unsent{messages[i]};
    curl_easy_setopt(handle, CURLOPT_READDATA, &unsent);
    curl_easy_setopt(handle, CURLOPT_INFILESIZE_LARGE, static_cast<curl_off_t>(messages[i].size()));
    good = curl_easy_perform(handle) == CURLE_OK;
    if ((i + 1) % (messages.size() / kParts) != 0) continue;
    const auto now = std::chrono::steady_clock::now();
    seconds.push_back(std::chrono::duration<double>(now - begin).count());
    begin = now;
  }
  curl_slist_free_all(recipients);
  curl_easy_cleanup(handle);
  return good ? seconds : std::vector<double>();
}

LoadSetting mailing_setting(std::uint16_t port) {
  LoadSetting setting = approval_setting();
  setting.connectors = {
      {"email", "connector: email\nkind: email\nhost: 127.0.0.1\nport: " + std::to_string(port) +
                    "\ntls: none\nfrom: Approvals <approvals@example.com>\n"}};
  setting.configuration = "outbound: {allow: [127.0.0.0/8]}\n";
  return setting;
}

}  // namespace

bool run_mail(const LoadOptions& options) {
  const std::size_t count = options.count_or(10'000, 500);
  {
    // Without a mail server the requests gather in the outbox.
    LoadDaemon daemon(options.binary, options.folder);
    std::vector<std::string> ids;
    if (start_many(daemon, 64, count, ids).result.failures > 0) return false;
  }
  SinkServer sink(make_smtp_session, count);
  LoadDaemon daemon(options.binary, options.folder, mailing_setting(sink.port()));
  // The one by which the first daemon found out that there is no mail server is tried again after its pause:
  // no figure of how fast the others leave.
  const std::size_t counted = count - 1;
  if (!sink.wait_for(counted, std::chrono::seconds(30))) {
    std::printf("FAILED: %zu of %zu mails arrived\n", sink.count(), counted);
    return false;
  }
  const ProcessFigures figures = daemon.figures();
  const double seconds = std::chrono::duration<double>(sink.last_at() - sink.first_at()).count();
  const double rate = static_cast<double>(counted) / seconds;
  daemon.stop();
  const std::vector<std::string> messages = sink.kept();
  const std::vector<double> parts = measure_bare_mail(sink.port(), messages);
  if (parts.empty()) {
    std::printf("FAILED: the bare loop could not send\n");
    return false;
  }
  const double part = static_cast<double>(messages.size() / kParts);
  const double bare =
      part * static_cast<double>(parts.size()) / std::accumulate(parts.begin(), parts.end(), 0.0);
  std::printf("mails by the daemon                %8.0f /s   %5.0f us CPU each, of %.1f KB\n", rate,
              figures.cpu_seconds * 1e6 / static_cast<double>(count),
              static_cast<double>(messages.front().size()) / 1000);
  // Client and server take turns: a tenth is several times as quick where both run on one core.
  const auto [quickest, slowest] = std::ranges::minmax(parts);
  std::printf("mails by a bare libcurl loop       %8.0f /s, its tenths from %.0f to %.0f\n", bare,
              part / slowest, part / quickest);
  std::printf("daemon : bare loop                 %8.2f\n", rate / bare);
  return true;
}

}  // namespace countersign::bench
