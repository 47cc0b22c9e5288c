#include "tests/bench/filled_database.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <unordered_map>

#include <sqlite3.h>

#include "base/random.h"
#include "definition/configuration.h"
#include "runtime/engine.h"
#include "runtime/outbox_rows.h"
#include "runtime/workspace.h"
#include "store/sqlite/sqlite_store.h"
#include "tests/bench/load_steps.h"

namespace countersign::bench {
namespace {

constexpr std::size_t kChunk = 1000;
constexpr std::size_t kOneOpenOf = 5;
constexpr std::uint32_t kItem = 3;

[[noreturn]] void give_up(const std::string& why) {
  std::fprintf(stderr, "cannot fill the database: %s\n", why.c_str());
  std::exit(1);
}

std::shared_ptr<const Snapshot> load_files(const std::string& folder) {
  Configuration configuration = default_configuration();
  configuration.file = folder + "/countersign.yaml";
  configuration.workflows = {folder + "/workflows"};
  configuration.connectors = {};
  configuration.people = folder + "/people.yaml";
  const auto workspace = load_workspace(configuration, nullptr);
  if (!workspace) give_up(workspace.error().message);
  if (workspace->snapshot == nullptr || workspace->diagnostics.has_errors()) {
    give_up(workspace->diagnostics.to_text());
  }
  return workspace->snapshot;
}

std::string read_bytes(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

class Filler {
 public:
  Filler(const std::string& folder, std::size_t managers)
      : managers_(managers),
        library_(load_files(folder)),
        links_(read_bytes(folder + "/data/link.key"), "http://127.0.0.1:8080"),
        store_(open(folder)),
        engine_(*store_, library_, clock_, random_, links_,
                {.batch_commands_max = kChunk, .queue_commands_max = 8 * kChunk}) {}

  void add(std::size_t instances) {
    started_.clear();
    for (std::size_t i = 0; i < instances; ++i, ++number_) {
      // Of five instances that one person starts in a row the first stays open.
      const std::string number = std::to_string(number_ / kOneOpenOf % managers_);
      StartRequest start{WorkflowId("load"), PersonId("rep" + number),
                         json::object{{"amount", "1280.50"}, {"note", "load"}}};
      engine_.submit(std::move(start), by("rep" + number), [this, number](const Answer& answer) {
        if (!answer) give_up(answer.error().error.message);
        started_.emplace_back(InstanceId(text_member(answer->body, "id")), "boss" + number);
      });
    }
    engine_.drain();
    take_mail_as_sent();
    for (std::size_t i = 0; i < started_.size(); ++i) {
      if (i % kOneOpenOf == 0) continue;
      DecisionRequest decision;
      decision.instance = started_[i].first;
      decision.item = kItem;
      decision.version = 1;
      decision.outcome = "approved";
      engine_.submit(std::move(decision), by(started_[i].second), [](const Answer& answer) {
        if (!answer) give_up(answer.error().error.message);
      });
    }
    engine_.drain();
    take_mail_as_sent();
  }

 private:
  static std::unique_ptr<SqliteStore> open(const std::string& folder) {
    SqliteOptions options;
    options.path = folder + "/data/countersign.db";
    options.cache_entries_max = 2 * kChunk;
    auto opened = SqliteStore::open(std::move(options));
    if (!opened) give_up(opened.error().message);
    return std::move(*opened);
  }

  static Caller by(const std::string& person) {
    Caller caller;
    caller.actor = {.kind = Actor::Kind::person,
                    .person = PersonId(person),
                    .channel = "api",
                    .authenticated = "key csk_ab12cd34"};
    return caller;
  }

  void take_mail_as_sent() {
    const auto rows = store_->reader().due_outbox(kMailTarget, Instant::max(), 4 * kChunk);
    if (!rows) give_up(rows.error().message);
    for (const OutboxRow& row : *rows) {
      engine_.submit_internal(
          [id = row.id](Transaction& transaction) {
            return transaction.finish_outbox(id, OutboxStatus::sent, "250 2.0.0 taken");
          },
          [](const Result<void>& stored) {
            if (!stored) give_up(stored.error().message);
          });
    }
    engine_.drain();
  }

  const std::size_t managers_;
  SystemClock clock_;
  SystemRandom random_;
  Library library_;
  Links links_;
  std::unique_ptr<SqliteStore> store_;
  Engine engine_;
  std::size_t number_ = 0;
  std::vector<std::pair<InstanceId, std::string>> started_;
};

// Calls `row` for each row that the query gives.
template <class Row>
void each_row(sqlite3* database, const char* sql, const Row& row) {
  sqlite3_stmt* rows = nullptr;
  if (sqlite3_prepare_v2(database, sql, -1, &rows, nullptr) != SQLITE_OK) give_up(sqlite3_errmsg(database));
  while (sqlite3_step(rows) == SQLITE_ROW) row(rows);
  sqlite3_finalize(rows);
}

}  // namespace

LoadSetting company_setting(std::size_t managers) {
  LoadSetting setting = approval_setting();
  setting.people = "people:\n";
  for (std::size_t i = 0; i < managers; ++i) {
    const std::string n = std::to_string(i);
    setting.people += "  - {id: boss" + n + ", name: Boss " + n + ", mail: boss" + n + "@example.com}\n";
    setting.people += "  - {id: rep" + n + ", name: Rep " + n + ", mail: rep" + n +
                      "@example.com, manager: boss" + n + "}\n";
  }
  return setting;
}

void fill_database(const std::string& folder, std::size_t instances, std::size_t managers) {
  const auto begin = std::chrono::steady_clock::now();
  Filler filler(folder, managers);
  for (std::size_t done = 0; done < instances; done += kChunk) {
    filler.add(std::min(kChunk, instances - done));
    if (done % 100'000 != 0 || done == 0) continue;
    std::printf("%zu instances after %.0f s\n", done,
                std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count());
    std::fflush(stdout);
  }
}

std::vector<OpenInstance> read_open_instances(const std::string& path) {
  sqlite3* database = nullptr;
  if (sqlite3_open_v2(path.c_str(), &database, SQLITE_OPEN_READONLY, nullptr) != SQLITE_OK) {
    give_up(sqlite3_errmsg(database));
  }
  std::vector<OpenInstance> open;
  each_row(database,
           "SELECT i.id, w.assignee, i.n, i.seq FROM work_item w JOIN instance i ON i.n = w.instance "
           "WHERE w.status = 1 AND w.assignee <> '' AND w.number = 3",
           [&](sqlite3_stmt* row) {
             open.push_back({reinterpret_cast<const char*>(sqlite3_column_text(row, 0)),
                             reinterpret_cast<const char*>(sqlite3_column_text(row, 1)),
                             sqlite3_column_int64(row, 2), sqlite3_column_int64(row, 3), 0});
           });
  std::unordered_map<std::int64_t, std::int64_t> due;
  each_row(database, "SELECT instance, due FROM timer ORDER BY due", [&](sqlite3_stmt* row) {
    due.emplace(sqlite3_column_int64(row, 0), sqlite3_column_int64(row, 1));
  });
  sqlite3_close(database);
  for (OpenInstance& instance : open) instance.due = due[instance.n];
  std::ranges::sort(open, {}, &OpenInstance::n);
  std::ranges::shuffle(open, std::mt19937_64(1));
  return open;
}

}  // namespace countersign::bench
