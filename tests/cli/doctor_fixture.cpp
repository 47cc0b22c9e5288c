#include "tests/cli/doctor_fixture.h"

#include <cstdio>
#include <filesystem>
#include <fstream>

#include "definition/configuration_loader.h"
#include "runtime/workspace.h"

namespace countersign::cli::test {
namespace {

constexpr const char* kDoctorFlow = R"(workflow: two
start:
  - form:
form:
  note: {type: text}
statuses: [approved, rejected]
steps:
  - id: manager
    approve:
      by: requester.manager
    remind:
      - {after: 1 business day}
  - id: finance
    approve:
      by: group("finance")
      need: 1
  - end: approved
)";

}  // namespace

std::vector<PrintedRemedy> remedies_of(const json::value& finding) {
  std::vector<PrintedRemedy> remedies;
  const json::value* ways = find(finding, "mend");
  if (ways == nullptr || !ways->is_array()) return remedies;
  for (const json::value& way : ways->as_array()) {
    PrintedRemedy remedy{string_at(way, "words"), {}, string_at(way, "rest")};
    for (const json::value& command : find(way, "commands")->as_array())
      remedy.commands.emplace_back(command.as_string());
    remedies.push_back(std::move(remedy));
  }
  return remedies;
}

std::vector<std::string> words_in_shell(const std::string& line) {
  const TemporaryFolder folder;
  const std::string script = folder.file("line.sh");
  const std::string seen = folder.file("words");
  std::ofstream(script) << "countersign() { printf '%s\\0' \"$@\" > " << seen << "; }\n" << line << '\n';
  EXPECT_EQ(std::system(("sh " + script).c_str()), 0) << line;
  std::vector<std::string> words;
  std::ifstream in(seen);
  for (std::string word; std::getline(in, word, '\0');) words.push_back(word);
  return words;
}

DoctorOverData::DoctorOverData() {
  write("countersign.yaml",
        "data: data\nworkflows: [flows]\nconnectors: [connectors]\npeople: people.yaml\n");
  write("connectors/email.yaml",
        "connector: email\nkind: email\nhost: mail.example.com\nfrom: approvals@example.com\n");
  write("people.yaml", kDoctorPeople);
  write("flows/two.yaml", kDoctorFlow);
  open_store();
  start();
  const std::string second = start();
  decide(second, "boss");
}

DoctorOverData::~DoctorOverData() {
  if (site_) site_->stop(Duration(0));
}

void DoctorOverData::write(const std::string& name, const std::string& text) {
  const std::string path = folder_.file(name);
  std::filesystem::create_directories(std::filesystem::path(path).parent_path());
  std::ofstream(path) << text;
}

void DoctorOverData::write_people(const std::string& was, const std::string& is) {
  std::string people = kDoctorPeople;
  const std::size_t at = people.find(was);
  ASSERT_NE(at, std::string::npos) << was;
  write("people.yaml", people.replace(at, was.size(), is));
}

Configuration DoctorOverData::configuration() const {
  Configuration configuration = default_configuration();
  configuration.people = folder_.file("people.yaml");
  configuration.workflows = {folder_.file("flows")};
  configuration.connectors = {};
  return configuration;
}

void DoctorOverData::open_store() {
  std::filesystem::create_directories(folder_.file("data"));
  SqliteOptions options;
  options.path = database();
  auto opened = SqliteStore::open(options);
  ASSERT_TRUE(opened) << opened.error().message;
  store_ = std::move(*opened);
  auto workspace = load_workspace(configuration(), nullptr);
  ASSERT_TRUE(workspace && workspace->snapshot) << "the installation does not load";
  ASSERT_FALSE(workspace->diagnostics.has_errors()) << workspace->diagnostics.to_text();
  library_ = std::make_unique<Library>(workspace->snapshot);
  load_versions_from(store_->reader(), *library_);
  engine_ = std::make_unique<Engine>(*store_, *library_, clock_, random_, links_);
}

void DoctorOverData::close_store() {
  engine_.reset();
  library_.reset();
  store_.reset();
}

std::string DoctorOverData::ask(Request request, const std::string& person) {
  Caller caller;
  caller.actor = Actor{.kind = Actor::Kind::person, .person = PersonId(person), .channel = "api"};
  std::string id;
  engine_->submit(std::move(request), std::move(caller), [&](const Answer& answer) {
    if (answer) id = string_at(*parse_json(answer->body), "id");
  });
  engine_->drain();
  return id;
}

std::string DoctorOverData::start(const std::string& workflow) {
  return ask(StartRequest{WorkflowId(workflow), PersonId("rep"), json::object()}, "rep");
}

void DoctorOverData::decide(const std::string& id, const std::string& person) {
  const auto items = store_->reader().open_items({}, 100);
  for (const OpenItemRow& item : *items) {
    if (item.instance.value != id) continue;
    ask(DecisionRequest{item.instance, item.number, 1, "approved", {}, {}, {}, {}, {}}, person);
  }
}

void DoctorOverData::sql(const std::string& script) {
  auto db = sqlite::Connection::open(database(), sqlite::Connection::Access::read_write, {});
  ASSERT_TRUE(db);
  const auto done = (*db)->execute("PRAGMA busy_timeout = 2000;" + script);
  ASSERT_TRUE(done) << done.error().message;
}

std::string DoctorOverData::reload() {
  const auto workspace = load_workspace(configuration(), library_->current().get());
  EXPECT_TRUE(workspace && workspace->snapshot) << "nothing is in force";
  if (!workspace || !workspace->snapshot) return "not loaded";
  library_->replace(workspace->snapshot);
  return workspace->diagnostics.to_text();
}

void DoctorOverData::serve() {
  web::Backend backend{
      .submit =
          [this](Request request, Caller caller, Completion done) {
            engine_->submit(std::move(request), std::move(caller), std::move(done));
            engine_->drain();
          },
      .engine_figures = [this] { return engine_->figures(); },
      .store_figures = [this] { return store_->figures(); },
      .try_to_write = [] {},
      .disk_space = []() -> Result<web::DiskSpace> { return web::DiskSpace{.free_bytes = 1ULL << 40}; },
      .library = *library_,
      .reader = store_->reader(),
      .keys = keys_,
      .links = links_,
      .clock = clock_,
      .random = random_,
      .files_path = folder_.file("data/files"),
      .reload = [this]() -> Result<std::string> { return reload(); },
      .backup = [](const std::string&) { return Result<void>(); },
      .secret = [](const std::string& name) -> Result<std::string> {
        return fail(ErrorCode::not_found, "there is no secret '" + name + "'");
      },
      .advance_clock = [](Duration) {}};
  site_ = std::make_unique<web::Site>(std::move(backend));
  const auto started = site_->start("127.0.0.1", 0);
  ASSERT_TRUE(started) << started.error().message;
  url_ = "http://127.0.0.1:" + std::to_string(site_->port());
  const std::string key = KeyRing::new_key(random_);
  KeyRow row;
  row.id = key.substr(0, 12);
  row.hash = KeyRing::hash(key);
  row.name = "test";
  row.scopes = {"admin", "read", "start"};
  row.created_at = clock_.now();
  keys_.add(row);
  environment_ = {{"COUNTERSIGN_KEY", key}};
}

Ran DoctorOverData::run_line(const std::string& line) {
  return run(words_in_shell(line), environment_);
}

Ran DoctorOverData::run_commands(const PrintedRemedy& remedy) {
  Ran last;
  EXPECT_FALSE(remedy.commands.empty()) << remedy.words;
  for (const std::string& line : remedy.commands) {
    last = run_line(line);
    EXPECT_EQ(last.code, 0) << line << '\n' << last.out << last.err;
  }
  return last;
}

Ran DoctorOverData::doctor(std::vector<std::string> more) const {
  std::vector<std::string> arguments{"doctor", "--config", folder_.file("countersign.yaml"), "--url", url_};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return run(arguments, environment_);
}

std::vector<json::object> DoctorOverData::findings(const std::string& check) const {
  const Ran ran = doctor({"--json"});
  std::vector<json::object> found;
  const auto report = parse_json(ran.out);
  EXPECT_TRUE(report) << ran.out << ran.err;
  if (!report) return found;
  for (const json::value& finding : find(*report, "findings")->as_array()) {
    if (string_at(finding, "check") == check && string_at(finding, "grade") != "ok")
      found.push_back(finding.as_object());
  }
  return found;
}

json::value DoctorOverData::problem(const std::string& check) const {
  const auto found = findings(check);
  EXPECT_EQ(found.size(), 1U) << check << ": " << doctor().out;
  if (found.empty()) return json::object();
  EXPECT_EQ(string_at(found.front(), "grade"), "problem");
  EXPECT_FALSE(string_at(found.front(), "on").empty());
  EXPECT_FALSE(string_at(found.front(), "why").empty());
  EXPECT_EQ(doctor().code, 1);
  return found.front();
}

}  // namespace countersign::cli::test
