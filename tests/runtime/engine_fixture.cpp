#include "tests/runtime/engine_fixture.h"

#include <algorithm>
#include <condition_variable>
#include <mutex>

namespace countersign::testing {
namespace {

std::shared_ptr<const Directory> people() {
  const auto person = [](const char* id, const char* manager) {
    Person p;
    p.id = PersonId(id);
    p.name = id;
    p.mail = std::string(id) + "@example.com";
    if (*manager != '\0') p.manager = PersonId(manager);
    return p;
  };
  auto built =
      Directory::build({person("boss", ""), person("rep", "boss"), person("fin", "")},
                       {{"finance", "Finance", {PersonId("fin")}}, {"admins", "Admins", {PersonId("boss")}}});
  EXPECT_TRUE(built.has_value());
  return *built;
}

Calendars office() {
  CalendarSettings settings;
  settings.zone = "UTC";
  for (std::size_t day = 0; day < 5; ++day) settings.hours[day] = {*parse_working_hours("09:00-18:00")};
  return {{"", std::make_shared<const Calendar>(*Calendar::make(settings))}};
}

}  // namespace

int count_kind(const std::vector<OutboxRow>& rows, const std::string& kind) {
  return static_cast<int>(std::ranges::count(rows, kind, &OutboxRow::kind));
}

EngineFixture::EngineFixture(EngineOptions options) : options_(options) {
  auto snapshot = std::make_shared<Snapshot>();
  snapshot->directory = people();
  snapshot->calendars = office();
  library = std::make_unique<Library>(snapshot);
  open();
}

void EngineFixture::open() {
  SqliteOptions options;
  options.path = folder_.path() + "/countersign.db";
  auto opened = SqliteStore::open(options);
  ASSERT_TRUE(opened) << opened.error().message;
  store = std::move(*opened);
  load_versions_from(store->reader(), *library);
  engine = std::make_unique<Engine>(*store, *library, clock, random, links, options_);
}

void EngineFixture::restart() {
  engine.reset();
  store.reset();
  open();
  engine->drain();
}

void EngineFixture::restart_without_old_versions() {
  engine.reset();
  store.reset();
  library = std::make_unique<Library>(library->current());
  open();
  engine->drain();
}

Catalogue EngineFixture::catalogue() const {
  Catalogue known;
  const auto snapshot = library->current();
  for (const auto& [name, connector] : snapshot->connectors) known.connectors[name] = outline_of(*connector);
  for (const auto& [id, definition] : snapshot->workflows) {
    known.workflows[id.value] = WorkflowOutline{definition->form, definition->statuses};
  }
  known.directory = snapshot->directory;
  return known;
}

void EngineFixture::load(const std::string& yaml) {
  const std::size_t at = yaml.find("workflow: ") + 10;
  const std::string id = yaml.substr(at, yaml.find('\n', at) - at);
  const LoadedWorkflow loaded = load_workflow("workflows/" + id + ".yaml", yaml, {}, catalogue());
  ASSERT_NE(loaded.definition, nullptr) << loaded.diagnostics.to_text();
  auto next = std::make_shared<Snapshot>(*library->current());
  next->workflows[WorkflowId(id)] = loaded.definition;
  library->replace(next);
}

void EngineFixture::load_connector(const std::string& name, const std::string& yaml) {
  Diagnostics diagnostics;
  auto connector = countersign::load_connector("connectors/" + name + ".yaml", yaml, diagnostics);
  ASSERT_NE(connector, nullptr) << diagnostics.to_text();
  auto next = std::make_shared<Snapshot>(*library->current());
  next->connectors[name] = connector;
  library->replace(next);
}

EngineFixture::Got EngineFixture::ask(Request request, Caller caller) {
  Got got;
  int calls = 0;
  engine->submit(std::move(request), std::move(caller), [&](Answer answer) {
    ++calls;
    if (answer) {
      got.status = answer->status;
      got.body = *parse_json(answer->body);
    } else {
      got.refusal = answer.error();
    }
  });
  engine->drain();
  EXPECT_EQ(calls, 1) << "a completion is called exactly once";
  return got;
}

Caller EngineFixture::by(const std::string& person, const std::string& key) const {
  Caller caller;
  caller.actor = Actor{.kind = Actor::Kind::person,
                       .person = PersonId(person),
                       .channel = "api",
                       .authenticated = "key csk_test"};
  caller.idempotency_key = key;
  caller.route = "POST";
  caller.request_hash = "hash of " + key;
  return caller;
}

std::string EngineFixture::start(const std::string& workflow, const std::string& form) {
  const Got got = ask(StartRequest{WorkflowId(workflow), PersonId("rep"), *parse_json(form)}, by("rep"));
  EXPECT_EQ(got.status, 201) << got.refusal.error.message;
  return got.status == 0 ? "" : string_at(got.body, "id");
}

EngineFixture::Got EngineFixture::decide(const std::string& instance, const std::string& person,
                                         const std::string& outcome, const std::string& comment) {
  for (const WorkItemRow& item : items(instance)) {
    const bool theirs = item.assignee.value == person || (item.group == "finance" && person == "fin");
    if (!is_open(item.status) || !theirs) continue;
    DecisionRequest request{
        InstanceId(instance), item.number, item.version, outcome, comment, {}, {}, {}, {}};
    return ask(std::move(request), by(person));
  }
  ADD_FAILURE() << person << " has no open item";
  return {};
}

std::string EngineFixture::status_of(const std::string& instance) const {
  const auto state = store->reader().instance(InstanceId(instance));
  return state && *state ? (*state)->status : "(none)";
}

std::vector<OutboxRow> EngineFixture::outbox() const {
  const auto page = store->reader().outbox("", "", 1000, "");
  EXPECT_TRUE(page);
  return page ? page->rows : std::vector<OutboxRow>();
}

std::vector<WorkItemRow> EngineFixture::items(const std::string& instance) const {
  WorkItemFilter filter;
  filter.instance = instance;
  const auto page = store->reader().work_items(filter, 1000, "");
  EXPECT_TRUE(page);
  return page ? page->rows : std::vector<WorkItemRow>();
}

DispatcherFigures EngineFixture::dispatch(DispatcherSettings settings) {
  settings.routes.from = {"Approvals", "approvals@example.com"};
  if (!settings.secrets) {
    settings.secrets = [](const std::string&) -> Result<std::string> {
      return fail(ErrorCode::not_found, "there are no secrets here");
    };
  }
  Dispatcher dispatcher(*engine, *library, links, clock, random, std::move(settings));
  std::mutex mutex;
  std::condition_variable committed;
  engine->on_outbox([&] { dispatcher.wake(); });
  engine->on_commit([&] {
    const std::lock_guard lock(mutex);
    committed.notify_one();
  });
  engine->start();
  dispatcher.start();
  {
    std::unique_lock lock(mutex);
    committed.wait(lock, [&] { return store->reader().outbox("pending", "", 1, "")->rows.empty(); });
  }
  dispatcher.stop(std::chrono::seconds(10));
  engine->stop(std::chrono::seconds(10));
  return dispatcher.figures();
}

void EngineFixture::advance(Duration by) {
  clock.advance(by);
  engine->drain();
}

}  // namespace countersign::testing
