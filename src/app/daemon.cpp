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
#include "base/text.h"
#include "definition/configuration_loader.h"
#include "definition/secrets.h"
#include "definition/workflow_files.h"
#include "runtime/deliverability.h"
#include "runtime/dispatcher.h"
#include "runtime/last_good.h"
#include "runtime/services.h"
#include "runtime/workspace.h"
#include "store/sqlite/sqlite_store.h"
#include "web/file_store.h"
#include "web/site.h"

namespace countersign {
namespace {

constexpr const char* kDatabaseFile = "countersign.db";

Result<MailAddress> sender_of(const Configuration& configuration, const Snapshot& snapshot) {
  std::string from = configuration.mail.from;
  const auto connector = snapshot.connector(configuration.mail.connector);
  if (from.empty() && connector != nullptr && connector->mail) from = connector->mail->from;
  if (from.empty()) from = "Countersign <countersign@localhost.invalid>";
  return parse_mail_address(from);
}

Result<DispatchRoutes> routes_of(const Configuration& configuration, const Snapshot& snapshot, bool dev) {
  auto from = sender_of(configuration, snapshot);
  if (!from) return std::unexpected(std::move(from.error()).within("mail.from"));
  std::vector<std::string> allowed = configuration.allowed_networks;
  if (dev) allowed.insert(allowed.end(), {"127.0.0.0/8", "::1/128"});
  auto addresses = AddressPolicy::parse(allowed);
  if (!addresses) return std::unexpected(std::move(addresses.error()).within("outbound.allow"));
  return DispatchRoutes{configuration.mail.connector, std::move(*from), std::move(*addresses)};
}

// Keys whose values hold until the daemon is started again, of those that have changed.
std::vector<std::string> held_until_restart(const Configuration& running, const Configuration& next) {
  std::vector<std::string> keys;
  const auto look = [&](const char* key, bool is_same) {
    if (!is_same) keys.emplace_back(key);
  };
  look("listen", running.listen_host == next.listen_host && running.listen_port == next.listen_port);
  look("public_url", running.public_url == next.public_url);
  look("data", running.data == next.data);
  look("workflows", running.workflows == next.workflows);
  look("connectors", running.connectors == next.connectors);
  look("people", running.people == next.people);
  look("secrets", running.secrets == next.secrets);
  look("limits", running.limits == next.limits);
  look("stop_within", running.stop_within == next.stop_within);
  look("log", running.log_level == next.log_level);
  return keys;
}

}  // namespace

struct Daemon::Parts {
  explicit Parts(DaemonOptions chosen) : options(std::move(chosen)), secrets(options.configuration.secrets) {}

  DaemonOptions options;
  std::optional<Configuration> as_read;  // from its file, when the daemon was started
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
  Result<void> look_at_files();
  Result<void> start_watch();
  Result<void> load_files();
  Result<void> set_ledgers();
  Result<std::vector<std::string>> post_ledgers();
  std::optional<Configuration> read_configuration_file(Diagnostics* found = nullptr) const;
  std::string read_settings_again(Diagnostics& diagnostics);
  Diagnostics deliverability(const Snapshot& snapshot) const;
  void keep_copies(const Diagnostics& found);
  Result<void> load_keys();
  Result<void> start_engine();
  Result<void> start_site();
  Result<std::string> reload(bool by_person);
  Result<void> try_again();
  Result<void> backup(const std::string& path);
  template <class Answer, class Work>
  Answer between_batches(Work work);
};

Result<void> Daemon::Parts::open_store() {
  std::error_code error;
  if (std::filesystem::create_directories(configuration().data, error) && !error) {
    // Forms, comments and the keys' hashes lie in it.
    std::filesystem::permissions(configuration().data, std::filesystem::perms::owner_all, error);
  }
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
    if (auto kept = mailbox.keep_in(configuration().data + "/mailbox.jsonl"); !kept) return kept;
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

// Before they are read, so that no change in between is missed.
Result<void> Daemon::Parts::look_at_files() {
  std::vector<std::string> watched = configuration().workflows;
  for (const std::string& place : configuration().workflows) {
    watched.push_back(place + "/messages");
    watched.push_back(place + "/tables");
  }
  watched.insert(watched.end(), configuration().connectors.begin(), configuration().connectors.end());
  watched.push_back(configuration().people);
  if (!configuration().file.empty()) watched.push_back(configuration().file);
  if (Result<void> watching = watch.look_at(std::move(watched)); !watching)
    spdlog::warn("{}; 'countersign reload' reads the files again", watching.error().message);
  return {};
}

Result<void> Daemon::Parts::start_watch() {
  watch.start([this] {
    if (auto reloaded = reload(false); !reloaded) spdlog::error("reload: {}", reloaded.error().message);
  });
  return {};
}

Result<void> Daemon::Parts::load_files() {
  as_read = read_configuration_file();
  // A file that was broken since it last loaded must not keep everything down after a crash.
  std::shared_ptr<const Snapshot> last_good;
  if (const auto copies = last_good_of(configuration())) {
    auto loaded = load_workspace(*copies, nullptr);
    if (loaded) last_good = loaded->snapshot;
  }
  auto workspace = load_workspace(configuration(), last_good.get());
  if (!workspace) return std::unexpected(workspace.error());
  const bool is_broken = workspace->diagnostics.has_errors();
  if (workspace->snapshot == nullptr || (is_broken && last_good == nullptr)) {
    return fail(
        ErrorCode::invalid_input,
        fmt::format("there are {} errors in workflow, connector and people files, so nothing was started; "
                    "'countersign validate' shows the same\n{}",
                    workspace->diagnostics.error_count(), workspace->diagnostics.to_text()));
  }
  workspace->diagnostics.append(deliverability(*workspace->snapshot));
  const std::string report = workspace->diagnostics.to_text();
  if (is_broken) {
    spdlog::error(
        "{}what has an error stays as it last was without one; 'countersign validate' shows the same",
        report);
  } else if (!report.empty()) {
    spdlog::warn("{}", report);
  }
  keep_copies(workspace->diagnostics);
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

// A disk that takes no copies keeps nobody from working: the next start just has older ones.
void Daemon::Parts::keep_copies(const Diagnostics& found) {
  if (auto kept = keep_last_good(configuration(), found); !kept) spdlog::error("{}", kept.error().message);
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

// nullopt where there is none or it has errors, which are in `found` then.
std::optional<Configuration> Daemon::Parts::read_configuration_file(Diagnostics* found) const {
  const std::string& file = configuration().file;
  if (file.empty()) return std::nullopt;
  const auto text = read_file(file);
  if (!text) {
    spdlog::warn("{}; the settings stay as they are", text.error().message);
    return std::nullopt;
  }
  Diagnostics diagnostics;
  const FileReader read = [](const std::string& path) { return read_file(path); };
  auto loaded = load_configuration(file, *text, read, diagnostics);
  if (found != nullptr) found->append(diagnostics);
  return loaded;
}

// What of the configuration changes without a restart: calendars, budgets, reminders, and how things leave. A
// file with an error changes nothing. Returns what has changed and needs a restart, in words.
std::string Daemon::Parts::read_settings_again(Diagnostics& diagnostics) {
  Configuration& running = options.configuration;
  auto loaded = read_configuration_file(&diagnostics);
  if (!loaded) return {};
  const std::vector<std::string> held = held_until_restart(as_read ? *as_read : *loaded, *loaded);
  running.calendars = loaded->calendars;
  running.default_calendar = loaded->default_calendar;
  running.ledgers = loaded->ledgers;
  running.reminders = loaded->reminders;
  running.mail = loaded->mail;
  running.allowed_networks = loaded->allowed_networks;
  if (held.empty()) return {};
  return fmt::format("{}: {} changed; that takes effect when countersign is started again\n", running.file,
                     join(held, ", "));
}

Diagnostics Daemon::Parts::deliverability(const Snapshot& snapshot) const {
  if (options.dev) return {};  // what leaves goes to the built-in mailbox
  return deliverability_of(configuration(), snapshot,
                           [this](const std::string& name) { return secrets.find(name); });
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
  auto routes = routes_of(configuration(), *library->current(), options.dev);
  if (!routes) return std::unexpected(routes.error());
  DispatcherSettings settings;
  settings.routes = std::move(*routes);
  settings.secrets = [this](const std::string& name) { return secrets.find(name); };
  settings.mailbox = options.dev ? &mailbox : nullptr;
  dispatcher.emplace(*engine, *library, *links, clock(), random, std::move(settings));
  engine->on_outbox([this] { dispatcher->wake(); });
  engine->on_outbox_retried([this] { dispatcher->reconsider(); });
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
  services.emplace(Services{*engine, *library, store->reader(), keys, *links, clock(), random,
                            configuration(), options.dev ? &mailbox : nullptr,
                            [this] { return reload(true); },
                            [this](const std::string& path) { return backup(path); },
                            [this](const std::string& name) { return secrets.find(name); },
                            [this] { return store->figures(); }, [this] { return dispatcher->figures(); },
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
  Diagnostics of_settings;
  const std::string needs_restart = read_settings_again(of_settings);
  auto workspace = load_workspace(configuration(), running.get());
  if (!workspace) return std::unexpected(workspace.error());
  workspace->diagnostics.append(of_settings);
  keep_copies(workspace->diagnostics);
  if (workspace->snapshot != nullptr) workspace->diagnostics.append(deliverability(*workspace->snapshot));
  std::string report = workspace->diagnostics.to_text() + needs_restart;
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
  if (auto tried = try_again(); !tried) spdlog::error("{}", tried.error().message);
  return report;
}

// What could not leave may do so now.
Result<void> Daemon::Parts::try_again() {
  const auto hurried = between_batches<Result<void>>([&] {
    const std::vector<Job> jobs{
        [&](Transaction& transaction) { return transaction.hurry_outbox(clock().now()); }};
    return store->run(jobs).front();
  });
  auto routes = routes_of(configuration(), *library->current(), options.dev);
  if (!routes) return std::unexpected(routes.error());
  dispatcher->reconsider(std::move(*routes));
  return hurried;
}

Result<void> Daemon::Parts::backup(const std::string& path) {
  for (;;) {
    const auto step = between_batches<Result<bool>>([&] { return store->backup_step(path); });
    if (!step) return std::unexpected(step.error());
    if (*step) break;
  }
  // After the database: whatever it refers to is there by then.
  return web::copy_stored(configuration().data + "/files", path + ".files");
}

Daemon::Daemon(DaemonOptions options) : parts_(std::make_unique<Parts>(std::move(options))) {}
Daemon::~Daemon() {
  stop();
}

Result<void> Daemon::start() {
  for (const auto step : {&Parts::open_store, &Parts::look_at_files, &Parts::load_files, &Parts::set_ledgers,
                          &Parts::load_keys, &Parts::start_engine, &Parts::start_watch, &Parts::start_site}) {
    if (Result<void> done = ((*parts_).*step)(); !done) {
      stop();
      return done;
    }
  }
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
