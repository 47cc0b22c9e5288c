#include "app/daemon.h"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <filesystem>
#include <mutex>
#include <optional>

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "app/file_watch.h"
#include "app/key_files.h"
#include "app/shifted_clock.h"
#include "definition/configuration_loader.h"
#include "definition/secrets.h"
#include "definition/workflow_files.h"
#include "runtime/dispatcher.h"
#include "runtime/services.h"
#include "runtime/workspace.h"
#include "store/sqlite/sqlite_store.h"
#include "web/file_store.h"
#include "web/site.h"

namespace countersign {
namespace {

// How often a backup copies a step; between two the writer serves.
constexpr const char* kDatabaseFile = "countersign.db";

Result<MailAddress> sender_of(const Configuration& configuration, const Snapshot& snapshot) {
  std::string from = configuration.mail.from;
  const auto connector = snapshot.connector(configuration.mail.connector);
  if (from.empty() && connector != nullptr && connector->mail) from = connector->mail->from;
  if (from.empty()) from = "Countersign <countersign@localhost.invalid>";
  return parse_mail_address(from);
}

}  // namespace

struct Daemon::Parts {
  explicit Parts(DaemonOptions chosen) : options(std::move(chosen)), secrets(options.configuration.secrets) {}

  DaemonOptions options;
  Secrets secrets;
  SystemClock system_clock;
  ShiftedClock shifted_clock;
  SystemRandom random;
  Mailbox mailbox;
  KeyRing keys;
  std::unique_ptr<SqliteStore> store;
  std::optional<Library> library;
  std::optional<Links> links;
  std::optional<Engine> engine;
  std::optional<Dispatcher> dispatcher;
  std::optional<Services> services;
  std::optional<web::Site> site;
  std::atomic<web::Site*> serving{nullptr};  // for the writer's thread, which runs before and after the site
  FileWatch watch;
  std::mutex reload_mutex;

  const Configuration& configuration() const { return options.configuration; }
  const Clock& clock() const {
    return options.dev ? static_cast<const Clock&>(shifted_clock) : static_cast<const Clock&>(system_clock);
  }

  Result<void> open_store();
  Result<void> load_files();
  Result<void> set_ledgers();
  Result<std::vector<std::string>> post_ledgers();
  void read_settings_again(Diagnostics& diagnostics);
  Result<void> load_keys();
  Result<void> start_engine();
  Result<void> start_site();
  Result<std::string> reload(bool by_person);
  Result<void> backup(const std::string& path);
  template <class Answer, class Work>
  Answer between_batches(Work work);
};

Result<void> Daemon::Parts::open_store() {
  std::error_code error;
  std::filesystem::create_directories(configuration().data, error);
  if (error) {
    return fail(ErrorCode::storage,
                fmt::format("cannot make the data folder {}: {}", configuration().data, error.message()));
  }
  SqliteOptions sqlite;
  sqlite.path = configuration().data + "/" + kDatabaseFile;
  const std::string files = configuration().data + "/files";
  sqlite.remove_upload = [files](const std::string& sha256, Instant older_than) {
    return web::remove_stored(files, sha256, older_than);
  };
  auto opened = SqliteStore::open(std::move(sqlite));
  if (!opened) return std::unexpected(opened.error());
  store = std::move(*opened);
  web::clear_incoming(files);
  if (options.dev) {
    // Time that was let pass before a restart stays passed, or everything would wait until it has come again.
    const auto newest = store->reader().newest_event_at();
    if (!newest) return std::unexpected(newest.error());
    if (*newest) shifted_clock.advance(std::max(Duration(0), **newest - shifted_clock.now()));
  }
  auto key = link_key(configuration().data, random);
  if (!key) return std::unexpected(key.error());
  links.emplace(std::move(*key), configuration().public_url);
  return {};
}

Result<void> Daemon::Parts::load_files() {
  auto workspace = load_workspace(configuration(), nullptr);
  if (!workspace) return std::unexpected(workspace.error());
  const std::string report = workspace->diagnostics.to_text();
  if (workspace->snapshot == nullptr || workspace->diagnostics.has_errors()) {
    return fail(
        ErrorCode::invalid_input,
        fmt::format("{} of the workflow, connector and people files are wrong, so nothing was started; "
                    "'countersign validate' shows the same\n{}",
                    workspace->diagnostics.error_count(), report));
  }
  if (!report.empty()) spdlog::warn("{}", report);  // warnings
  library.emplace(workspace->snapshot);
  load_versions_from(store->reader(), *library);
  const auto stored = store->reader().definitions_in_use();
  if (!stored) return std::unexpected(stored.error());
  // Now, so that what no longer loads is seen at the start and not when somebody decides.
  for (const DefinitionRow& row : *stored) library->version(row.workflow, row.version);
  return {};
}

// What the configuration says of budgets, before anybody can reserve from them.
Result<void> Daemon::Parts::set_ledgers() {
  const auto problems = post_ledgers();
  if (!problems) return std::unexpected(problems.error());
  for (const std::string& problem : *problems) spdlog::warn("{}", problem);
  return {};
}

// On the writer's thread, or before it runs.
Result<std::vector<std::string>> Daemon::Parts::post_ledgers() {
  std::vector<std::string> problems;
  const std::vector<Job> jobs{[&](Transaction& transaction) -> Result<void> {
    auto set = transaction.set_ledgers(configuration().ledgers, clock().now());
    if (!set) return std::unexpected(set.error());
    problems = std::move(*set);
    return {};
  }};
  const auto stored = store->run(jobs);
  if (!stored.front()) return std::unexpected(stored.front().error());
  return problems;
}

// The only parts of the configuration that change without a restart: budgets, and how people are reminded. A
// file with an error changes nothing.
void Daemon::Parts::read_settings_again(Diagnostics& diagnostics) {
  if (configuration().file.empty()) return;
  const FileReader read = [](const std::string& file) { return read_file(file); };
  const Result<std::string> text = read_file(configuration().file);
  if (!text) return spdlog::warn("{}; the budgets stay as they are", text.error().message);
  auto loaded = load_configuration(configuration().file, *text, read, diagnostics);
  if (!loaded) return;
  options.configuration.ledgers = std::move(loaded->ledgers);
  options.configuration.reminders = loaded->reminders;
}

Result<void> Daemon::Parts::load_keys() {
  auto rows = store->reader().keys();
  if (!rows) return std::unexpected(rows.error());
  const bool first_start = rows->empty();
  keys.load(std::move(*rows));
  if (!first_start) return {};
  // The file first: were the daemon killed in between, the next start would take the same key.
  const auto key = first_admin_key(configuration().data, random);
  if (!key) return std::unexpected(key.error());
  KeyRow row;
  row.id = key->substr(0, 12);
  row.hash = KeyRing::hash(*key);
  row.name = "first administrator";
  row.scopes = {"start", "read", "decide", "admin", "act-as"};
  row.created_at = clock().now();
  const std::vector<Job> jobs{[&](Transaction& transaction) { return transaction.add_key(row); }};
  const auto stored = store->run(jobs);
  if (!stored.front()) return std::unexpected(stored.front().error());
  keys.add(std::move(row));
  spdlog::info("made the first administrator's API key: {}/{}", configuration().data, kAdminKeyFile);
  return {};
}

Result<void> Daemon::Parts::start_engine() {
  engine.emplace(*store, *library, clock(), random, *links);
  const auto snapshot = library->current();
  auto from = sender_of(configuration(), *snapshot);
  if (!from) return std::unexpected(std::move(from.error()).within("mail.from"));
  std::vector<std::string> allowed = configuration().allowed_networks;
  if (options.dev) allowed.insert(allowed.end(), {"127.0.0.0/8", "::1/128"});
  auto addresses = AddressPolicy::parse(allowed);
  if (!addresses) return std::unexpected(std::move(addresses.error()).within("outbound.allow"));
  DispatcherSettings settings;
  settings.mail_connector = configuration().mail.connector;
  settings.from = std::move(*from);
  settings.secrets = [this](const std::string& name) { return secrets.find(name); };
  settings.addresses = std::move(*addresses);
  settings.mailbox = options.dev ? &mailbox : nullptr;
  dispatcher.emplace(*engine, *library, *links, clock(), random, std::move(settings));
  engine->on_outbox([this] { dispatcher->wake(); });
  engine->on_commit([this] {
    if (web::Site* open = serving.load()) open->feed_changed();
  });
  engine->on_keys_revoked([this](const std::vector<std::string>& ids, Instant at) {
    for (const std::string& id : ids) keys.revoke(id, at);
  });
  dispatcher->start();
  engine->start();
  return {};
}

Result<void> Daemon::Parts::start_site() {
  services.emplace(Services{
      *engine, *library, store->reader(), keys, *links, clock(), random, configuration(),
      options.dev ? &mailbox : nullptr, [this] { return reload(true); },
      [this](const std::string& path) { return backup(path); },
      [this](const std::string& name) { return secrets.find(name); }, [this] { return store->figures(); },
      [this](Duration by) {
        shifted_clock.advance(by);
        engine->look_at_clock();
        dispatcher->wake();
      },
      options.dev});
  site.emplace(web::backend_of(*services), web::site_options_of(configuration()));
  Result<void> started = site->start(configuration().listen_host, configuration().listen_port);
  if (started) serving = &*site;
  return started;
}

// Runs on the writer's thread what only that may do, and waits for its answer.
template <class Answer, class Work>
Answer Daemon::Parts::between_batches(Work work) {
  std::mutex mutex;
  std::condition_variable changed;
  std::optional<Answer> answer;
  engine->between_batches([&] {
    Answer done = work();
    const std::lock_guard lock(mutex);
    answer = std::move(done);
    changed.notify_one();
  });
  std::unique_lock lock(mutex);
  changed.wait(lock, [&] { return answer.has_value(); });
  return std::move(*answer);
}

Result<std::string> Daemon::Parts::reload(bool by_person) {
  const std::lock_guard lock(reload_mutex);
  const auto running = library->current();
  Diagnostics of_ledgers;
  read_settings_again(of_ledgers);
  auto workspace = load_workspace(configuration(), running.get());
  if (!workspace) return std::unexpected(workspace.error());
  workspace->diagnostics.append(of_ledgers);
  std::string report = workspace->diagnostics.to_text();
  const auto problems = between_batches<Result<std::vector<std::string>>>([&] { return post_ledgers(); });
  if (!problems) return std::unexpected(problems.error());
  for (const std::string& problem : *problems) report += problem + "\n";
  if (!report.empty()) spdlog::warn("reload:\n{}", report);
  if (workspace->snapshot != nullptr) library->replace(workspace->snapshot);
  spdlog::info("reloaded: {} workflows, {} connectors, {} people{}", library->current()->workflows.size(),
               library->current()->connectors.size(), library->current()->directory->people().size(),
               workspace->diagnostics.has_errors() ? "; files with errors keep their last good version" : "");
  if (by_person) engine->accept_clock();  // a file that changed says nothing about the clock
  engine->look_at_clock();                // there may be other schedules now
  dispatcher->wake();
  return report;
}

Result<void> Daemon::Parts::backup(const std::string& path) {
  for (;;) {
    const auto step = between_batches<Result<bool>>([&] { return store->backup_step(path); });
    if (!step) return std::unexpected(step.error());
    if (*step) return {};
  }
}

Daemon::Daemon(DaemonOptions options) : parts_(std::make_unique<Parts>(std::move(options))) {}
Daemon::~Daemon() {
  stop();
}

Result<void> Daemon::start() {
  for (const auto step : {&Parts::open_store, &Parts::load_files, &Parts::set_ledgers, &Parts::load_keys,
                          &Parts::start_engine, &Parts::start_site}) {
    if (Result<void> done = ((*parts_).*step)(); !done) {
      stop();
      return done;
    }
  }
  const Configuration& configuration = parts_->configuration();
  std::vector<std::string> watched = configuration.workflows;
  for (const std::string& place : configuration.workflows) {
    watched.push_back(place + "/messages");
    watched.push_back(place + "/tables");
  }
  watched.insert(watched.end(), configuration.connectors.begin(), configuration.connectors.end());
  watched.push_back(configuration.people);
  if (!configuration.file.empty()) watched.push_back(configuration.file);
  Result<void> watching = parts_->watch.start(watched, [this] {
    if (auto reloaded = parts_->reload(false); !reloaded)
      spdlog::error("reload: {}", reloaded.error().message);
  });
  if (!watching) spdlog::warn("{}; 'countersign reload' reads the files again", watching.error().message);
  return {};
}

std::uint16_t Daemon::port() const {
  return parts_->site->port();
}
Result<std::string> Daemon::reload() {
  return parts_->reload(true);
}

void Daemon::stop() {
  const Duration limit = parts_->configuration().stop_within;
  parts_->watch.stop();
  if (parts_->site) parts_->site->stop(limit);
  if (parts_->dispatcher) parts_->dispatcher->stop(limit);
  if (parts_->engine) parts_->engine->stop(limit);
  parts_->site.reset();
  parts_->dispatcher.reset();
  parts_->engine.reset();
  parts_->store.reset();
}

}  // namespace countersign
