#include "tests/web/site_fixture.h"

#include <future>

#include <fmt/format.h>

#include "definition/connector_loader.h"
#include "definition/workflow_loader.h"
#include "web/file_store.h"
#include "web/uri_text.h"

namespace countersign::web {

namespace {

constexpr std::string_view kExpense = R"yaml(workflow: expense
title: {en: Expense approval, zh-CN: 费用报销}
reference: EXP-${year}-${number}
statuses: [approved, rejected]

start:
  - form: {}
  - event: crm.claim_filed
    requester: person(event.employee)
    form:
      purpose: event.title
      amount: event.total

form:
  purpose: {type: text, label: {en: Purpose, zh-CN: 用途}, required: true, max: 200}
  amount: {type: money, currency: CNY, required: true, label: {en: Amount, zh-CN: 金额}}
  invoice: {type: file, label: {en: Invoice, zh-CN: 发票}}
  secret_note: {type: text}
  lines:
    type: table
    label: {en: Lines, zh-CN: 明细}
    columns: {item: {type: text}, cost: {type: money, currency: CNY}}

steps:
  - id: manager
    title: {en: "May ${requester.name} spend ${form.amount}?", zh-CN: "${requester.name} 申请 ${form.amount}"}
    approve:
      by: requester.manager
      show: [purpose, amount, invoice, lines]
      return_to: [requester]
    due: 2 days
    remind: [{after: 60 days, every: 2 days, at_most: 7}]
  - id: finance
    approve:
      by: group("finance")
      need: 1
      ask:
        cost_center: {type: text, label: {en: Cost centre}, required_on: [approved]}
  - id: pay
    task:
      for: group("finance")
      title: Pay it
      outcomes: [paid]
      checklist:
        - {id: receipt, text: The receipt is filed}
  - end: approved
)yaml";

constexpr std::string_view kCrm = R"yaml(connector: crm
inbound:
  verify: {scheme: bearer, secret: crm-token}
  events:
    claim_filed:
      data:
        employee: {type: text, value: body.employee}
        title: {type: text, required: true, value: body.title}
        total: {type: money, currency: CNY, required: true, value: body.total}
)yaml";

std::shared_ptr<const Directory> people() {
  const auto person = [](const char* id, const char* name, const char* manager, const char* locale) {
    Person p;
    p.id = PersonId(id);
    p.name = name;
    p.mail = std::string(id) + "@example.com";
    p.locale = locale;
    if (*manager != '\0') p.manager = PersonId(manager);
    return p;
  };
  std::vector<Person> all{person("li.na", "Li Na", "zhang.wei", "en"),
                          person("zhang.wei", "Zhang Wei", "", "en"),
                          person("wang.fang", "王芳", "zhang.wei", "zh-CN"), person("adm", "Admin", "", "en"),
                          person("gone", "Gone", "", "en")};
  all.back().active = false;
  auto built = Directory::build(std::move(all), {{"finance", "Finance", {PersonId("wang.fang")}},
                                                 {"admins", "Administrators", {PersonId("adm")}}});
  EXPECT_TRUE(built.has_value());
  return *built;
}

std::shared_ptr<const Snapshot> snapshot() {
  auto made = std::make_shared<Snapshot>();
  made->directory = people();
  Diagnostics diagnostics;
  const auto crm = load_connector("connectors/crm.yaml", kCrm, diagnostics);
  EXPECT_NE(crm, nullptr) << diagnostics.to_text();
  made->connectors["crm"] = crm;
  Catalogue catalogue;
  catalogue.directory = made->directory;
  if (crm) catalogue.connectors["crm"] = outline_of(*crm);
  const LoadedWorkflow expense = load_workflow("workflows/expense.yaml", kExpense, {}, catalogue);
  EXPECT_NE(expense.definition, nullptr) << expense.diagnostics.to_text();
  if (expense.definition) made->workflows[expense.definition->id] = expense.definition;
  CalendarSettings settings;
  settings.name = "office";
  settings.zone = "Asia/Shanghai";
  for (auto& hours : settings.hours) hours = {*parse_working_hours("09:00-18:00")};
  auto calendar = Calendar::make(settings);
  EXPECT_TRUE(calendar);
  made->calendars[""] = std::make_shared<const Calendar>(std::move(*calendar));
  return made;
}

std::unique_ptr<SqliteStore> open_store(const std::string& path, const std::string& files) {
  SqliteOptions options;
  options.path = path;
  options.remove_upload = [files](const std::string& sha256, Instant older_than) {
    return remove_stored(files, sha256, older_than);
  };
  auto store = SqliteStore::open(options);
  EXPECT_TRUE(store) << (store ? "" : store.error().message);
  return store ? std::move(*store) : nullptr;
}

}  // namespace

SiteFixture::SiteFixture(const std::string& public_url, SiteOptions options)
    : clock_(*parse_rfc3339(kMonday)),
      links_(std::string(32, 'k'), public_url),
      library_(std::make_unique<Library>(snapshot())),
      store_(open_store(folder_.file("countersign.db"), folder_.file("files"))),
      engine_(std::make_unique<Engine>(*store_, *library_, clock_, random_, links_)) {
  engine_->start();
  Backend backend{.submit =
                      [this](Request request, Caller caller, Completion done) {
                        engine_->submit(std::move(request), std::move(caller), std::move(done));
                      },
                  .engine_figures = [this] { return engine_->figures(); },
                  .store_figures = [this] { return store_->figures(); },
                  .try_to_write = [this] { engine_->try_to_write(); },
                  .disk_space = [this]() -> Result<DiskSpace> {
                    const std::lock_guard lock(disk_mutex_);
                    return disk_;
                  },
                  .library = *library_,
                  .reader = store_->reader(),
                  .keys = keys_,
                  .links = links_,
                  .clock = clock_,
                  .random = random_,
                  .files_path = folder_.file("files"),
                  .mailbox = &mailbox_,
                  .reload = [] { return Result<std::string>("nothing changed"); },
                  .backup = [](const std::string&) { return Result<void>(); },
                  .secret = [this](const std::string& name) -> Result<std::string> {
                    if (const auto set = secrets_.find(name); set != secrets_.end()) return set->second;
                    if (name == "crm-token") return std::string("a-long-token-of-the-crm");
                    if (name == "robot-secret") return std::string("the-secret-of-the-robot");
                    if (name == "path-secret") return std::string("0123456789abcdef-path");
                    return fail(ErrorCode::not_found, "there is no secret '" + name + "'");
                  },
                  .advance_clock =
                      [this](Duration by) {
                        clock_.advance(by);
                        engine_->look_at_clock();
                      },
                  .dev = true};
  site_ = std::make_unique<Site>(std::move(backend), options);
  const auto started = site_->start("127.0.0.1", 0);
  EXPECT_TRUE(started) << (started ? "" : started.error().message);
}

SiteFixture::~SiteFixture() {
  site_->stop(Duration(0));
  engine_->stop(Duration(5000));
}

void SiteFixture::set_ledgers(const std::vector<LedgerSettings>& ledgers) {
  std::promise<bool> set;
  engine_->between_batches([&] {
    const std::vector<Job> jobs{[&](Transaction& transaction) -> Result<void> {
      auto done = transaction.set_ledgers(ledgers, clock_.now());
      return done ? Result<void>() : std::unexpected(done.error());
    }};
    set.set_value(store_->run(jobs).front().has_value());
  });
  EXPECT_TRUE(set.get_future().get());
}

std::string SiteFixture::key(const std::vector<std::string>& scopes, const std::string& person) {
  const std::string text = KeyRing::new_key(random_);
  KeyRow row;
  row.id = text.substr(0, 12);
  row.hash = KeyRing::hash(text);
  row.name = "test";
  row.person = PersonId(person);
  row.scopes = scopes;
  row.created_at = clock_.now();
  keys_.add(row);
  return text;
}

ClientReply SiteFixture::get(const std::string& target, const std::string& key) {
  ClientRequest request{"GET", target, {}, {}};
  if (!key.empty()) request.headers.emplace_back("Authorization", "Bearer " + key);
  return ask(port(), request);
}

ClientReply SiteFixture::post(const std::string& target, const std::string& body, const std::string& key,
                              std::vector<std::pair<std::string, std::string>> more) {
  ClientRequest request{"POST", target, std::move(more), body};
  if (!key.empty()) request.headers.emplace_back("Authorization", "Bearer " + key);
  bool typed = body.empty();
  for (const auto& [name, _] : request.headers) typed = typed || name == "Content-Type";
  if (!typed) request.headers.emplace_back("Content-Type", "application/json");
  return ask(port(), request);
}

std::string SiteFixture::start_expense(const std::string& form) {
  const ClientReply reply = post("/api/v1/workflows/expense/instances",
                                 R"({"requester":"li.na","form":)" + form + "}", key({"start"}));
  EXPECT_EQ(reply.status, 201) << reply.body;
  return string_at(json_of(reply), "id");
}

std::string SiteFixture::open_item(const std::string& instance) {
  const auto page = reader().work_items({.instance = instance}, 100, "");
  EXPECT_TRUE(page) << (page ? "" : page.error().message);
  for (const WorkItemRow& row : page->rows) {
    if (row.status == ItemStatus::open) return row.id().value;
  }
  return {};
}

std::string SiteFixture::link_to(const std::string& item, const std::string& person) {
  const std::size_t point = item.rfind('.');
  LinkRow row;
  row.instance = InstanceId(item.substr(0, point));
  row.item = static_cast<std::uint32_t>(std::stoul(item.substr(point + 1)));
  row.person = PersonId(person);
  row.sent_to = person + "@example.com";
  row.created_at = clock_.now();
  const auto shown = reader().work_item(row.instance, row.item);
  if (shown && shown->has_value()) row.round = (*shown)->round;
  const std::string token =
      links_.token(row.instance, row.item, row.round, row.person, "nonce" + std::to_string(++nonces_));
  row.token_hash = Links::hash(token);
  std::promise<Result<void>> done;
  engine_->submit_internal([row](Transaction& transaction) { return transaction.add_link(row); },
                           [&done](Result<void> stored) { done.set_value(std::move(stored)); });
  const auto stored = done.get_future().get();
  EXPECT_TRUE(stored) << (stored ? "" : stored.error().message);
  return token;
}

json::value json_of(const ClientReply& reply) {
  boost::system::error_code error;
  json::value value = json::parse(reply.body, error);
  EXPECT_FALSE(error) << reply.status << " " << reply.body;
  return value;
}

std::string hidden_value(const std::string& page, const std::string& name) {
  const std::string start = fmt::format("name=\"{}\" value=\"", name);
  const std::size_t at = page.find(start);
  if (at == std::string::npos) return {};
  return page.substr(at + start.size(), page.find('"', at + start.size()) - at - start.size());
}

std::string form_body(const std::vector<std::pair<std::string, std::string>>& pairs) {
  std::string body;
  for (const auto& [name, value] : pairs) {
    body += (body.empty() ? "" : "&") + escape_segment(name) + "=" + escape_segment(value);
  }
  return body;
}

}  // namespace countersign::web
