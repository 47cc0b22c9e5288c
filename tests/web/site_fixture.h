#pragma once
// The whole HTTP side over the real engine and a real database in a temporary folder, with workflows written
// here.

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "runtime/engine.h"
#include "store/sqlite/sqlite_store.h"
#include "tests/store/temporary_folder.h"
#include "tests/web/http_client.h"
#include "web/site.h"

namespace countersign::web {

inline constexpr const char* kMonday = "2026-03-02T09:00:00Z";

class SiteFixture {
 public:
  explicit SiteFixture(const std::string& public_url = "https://approve.example.com/flow",
                       SiteOptions options = {});
  ~SiteFixture();
  SiteFixture(const SiteFixture&) = delete;
  SiteFixture& operator=(const SiteFixture&) = delete;

  std::uint16_t port() const { return site_->port(); }
  Site& site() { return *site_; }
  const Reader& reader() const { return store_->reader(); }
  ManualClock& clock() { return clock_; }
  Library& library() { return *library_; }
  KeyRing& keys() { return keys_; }
  Mailbox& mailbox() { return mailbox_; }
  Engine& engine() { return *engine_; }
  // What the daemon is told of its disk.
  void set_disk(DiskSpace disk) {
    const std::lock_guard lock(disk_mutex_);
    disk_ = disk;
  }
  // As the daemon does it when it reads its configuration.
  void set_ledgers(const std::vector<LedgerSettings>& ledgers);
  const std::string& folder() const { return folder_.path(); }

  // Before the first request that needs it.
  void set_secret(const std::string& name, const std::string& value) { secrets_[name] = value; }
  // A key with these scopes, in force at once: "csk_...".
  std::string key(const std::vector<std::string>& scopes, const std::string& person = {});

  ClientReply get(const std::string& target, const std::string& key = {});
  ClientReply post(const std::string& target, const std::string& body, const std::string& key = {},
                   std::vector<std::pair<std::string, std::string>> more = {});
  // The same under an Idempotency-Key of its own.
  ClientReply post_once(const std::string& target, const std::string& body, const std::string& key) {
    return post(target, body, key, {{"Idempotency-Key", "once-" + std::to_string(++posts_)}});
  }
  // Starts an expense of li.na's and returns the instance's id.
  std::string start_expense(const std::string& form = R"({"purpose":"Train to Beijing","amount":"1280.50"})");
  // The id of the open work item of that instance; "" for none.
  std::string open_item(const std::string& instance);
  // Makes a link to the open item for that person, as the composer of a message does; returns its token.
  std::string link_to(const std::string& item, const std::string& person);

 private:
  TemporaryFolder folder_;
  ManualClock clock_;
  SeededRandom random_{7};
  KeyRing keys_;
  Links links_;
  Mailbox mailbox_;
  std::mutex disk_mutex_;
  DiskSpace disk_{.free_bytes = 1ULL << 40};
  std::unique_ptr<Library> library_;
  std::unique_ptr<SqliteStore> store_;
  std::unique_ptr<Engine> engine_;
  std::unique_ptr<Site> site_;
  std::map<std::string, std::string> secrets_;
  int nonces_ = 0;
  int posts_ = 0;
};

// The JSON of a reply; null (and a failed test) where it is none.
json::value json_of(const ClientReply& reply);
// The value of the hidden input of that name on a page.
std::string hidden_value(const std::string& page, const std::string& name);
// name=value pairs as a browser posts them.
std::string form_body(const std::vector<std::pair<std::string, std::string>>& pairs);

}  // namespace countersign::web
