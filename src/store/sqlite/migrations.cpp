#include "store/sqlite/migrations.h"

#include <array>

#include <fmt/format.h>

namespace countersign::sqlite {
namespace {

// Times are milliseconds since 1970; hashes and salts 32 and 16 bytes. `n` stands for the instance inside the
// file: short and ascending, so that neighbours in time are neighbours on disk.
constexpr const char* kFirst = R"sql(
CREATE TABLE meta(
  name TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE instance(
  n INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  workflow TEXT NOT NULL,
  version TEXT NOT NULL,
  reference TEXT NOT NULL,
  key TEXT NOT NULL,
  status TEXT NOT NULL,
  ended INTEGER NOT NULL,
  requester TEXT NOT NULL,
  stage TEXT NOT NULL,
  round INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  started_at INTEGER NOT NULL,
  changed_at INTEGER NOT NULL,
  ended_at INTEGER,
  incident TEXT NOT NULL
) STRICT;
CREATE INDEX instance_reference ON instance(reference) WHERE reference <> '';
CREATE INDEX instance_requester ON instance(requester);
CREATE INDEX instance_workflow ON instance(workflow);
CREATE INDEX instance_open ON instance(workflow, version) WHERE ended = 0;
CREATE INDEX instance_incident ON instance(n) WHERE incident <> '';

CREATE TABLE snapshot(
  instance INTEGER PRIMARY KEY,
  codec INTEGER NOT NULL,
  head BLOB NOT NULL,
  state TEXT NOT NULL
) STRICT;

CREATE TABLE event(
  position INTEGER PRIMARY KEY,
  instance INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  at INTEGER NOT NULL,
  type TEXT NOT NULL,
  version INTEGER NOT NULL,
  actor TEXT NOT NULL,
  payload_hash BLOB NOT NULL,
  previous_hash BLOB NOT NULL,
  hash BLOB NOT NULL
) STRICT;
CREATE UNIQUE INDEX event_of_instance ON event(instance, seq);
CREATE TABLE event_payload(
  position INTEGER PRIMARY KEY,
  salt BLOB NOT NULL,
  payload TEXT NOT NULL
) STRICT;
CREATE TABLE block(
  stream TEXT NOT NULL,
  n INTEGER NOT NULL,
  first_position INTEGER NOT NULL,
  events INTEGER NOT NULL,
  previous_hash BLOB NOT NULL,
  hash BLOB NOT NULL,
  PRIMARY KEY(stream, n)
) STRICT, WITHOUT ROWID;

CREATE TABLE work_item(
  instance INTEGER NOT NULL,
  number INTEGER NOT NULL,
  activation INTEGER NOT NULL,
  step TEXT NOT NULL,
  assignee TEXT NOT NULL,
  candidates TEXT NOT NULL,
  status INTEGER NOT NULL,
  version INTEGER NOT NULL,
  round INTEGER NOT NULL,
  opened_at INTEGER NOT NULL,
  due INTEGER NOT NULL,
  closed_at INTEGER,
  outcome TEXT NOT NULL,
  decided_by TEXT NOT NULL,
  channel TEXT NOT NULL,
  comment TEXT NOT NULL,
  PRIMARY KEY(instance, number)
) STRICT, WITHOUT ROWID;
CREATE INDEX work_item_inbox ON work_item(assignee, due, instance, number) WHERE status = 1 AND assignee <> '';
CREATE INDEX work_item_group ON work_item(candidates, due, instance, number) WHERE status = 1 AND candidates <> '';

CREATE TABLE timer(
  due INTEGER NOT NULL,
  instance INTEGER NOT NULL,
  activation INTEGER NOT NULL,
  item INTEGER NOT NULL,
  kind INTEGER NOT NULL,
  rule INTEGER NOT NULL,
  PRIMARY KEY(due, instance, activation, item, kind, rule)
) STRICT, WITHOUT ROWID;

CREATE TABLE claim(
  scope TEXT NOT NULL,
  key TEXT NOT NULL,
  holder TEXT NOT NULL,
  PRIMARY KEY(scope, key)
) STRICT, WITHOUT ROWID;
CREATE TABLE counter(
  scope TEXT PRIMARY KEY,
  value INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE outbox(
  id INTEGER PRIMARY KEY,
  target TEXT NOT NULL,
  order_key TEXT NOT NULL,
  idempotency_key TEXT NOT NULL,
  instance TEXT NOT NULL,
  item INTEGER NOT NULL,
  kind TEXT NOT NULL,
  recipient TEXT NOT NULL,
  payload TEXT NOT NULL,
  nonce BLOB NOT NULL,
  status INTEGER NOT NULL,
  blocked INTEGER NOT NULL,
  attempts INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  next_at INTEGER NOT NULL,
  last_error TEXT NOT NULL
) STRICT;
CREATE INDEX outbox_due ON outbox(target, next_at, id) WHERE status = 0 AND blocked = 0;
CREATE INDEX outbox_order ON outbox(order_key, id) WHERE status = 0 AND order_key <> '';
CREATE INDEX outbox_item ON outbox(instance, item) WHERE status = 0 AND item <> 0;
CREATE INDEX outbox_stuck ON outbox(status, id) WHERE status IN (2, 3);
CREATE TABLE target(
  name TEXT PRIMARY KEY,
  next_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE link(
  token_hash BLOB PRIMARY KEY,
  instance TEXT NOT NULL,
  item INTEGER NOT NULL,
  round INTEGER NOT NULL,
  person TEXT NOT NULL,
  sent_to TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  revoked INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX link_of_item ON link(instance, item) WHERE revoked = 0;

CREATE TABLE idempotency(
  n INTEGER PRIMARY KEY,
  actor TEXT NOT NULL,
  route TEXT NOT NULL,
  key TEXT NOT NULL,
  request_hash BLOB NOT NULL,
  status INTEGER NOT NULL,
  answer TEXT NOT NULL,
  created_at INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX idempotency_key ON idempotency(actor, route, key);

CREATE TABLE inbound(
  id INTEGER PRIMARY KEY,
  source TEXT NOT NULL,
  delivery_id TEXT NOT NULL,
  body_hash BLOB NOT NULL,
  headers TEXT NOT NULL,
  body BLOB NOT NULL,
  received_at INTEGER NOT NULL,
  status TEXT NOT NULL,
  error TEXT NOT NULL,
  answer TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX inbound_delivery ON inbound(source, delivery_id);
CREATE INDEX inbound_status ON inbound(status) WHERE status <> 'applied';
CREATE TABLE inbound_order(
  source TEXT NOT NULL,
  key TEXT NOT NULL,
  at TEXT NOT NULL,
  PRIMARY KEY(source, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE definition(
  workflow TEXT NOT NULL,
  version TEXT NOT NULL,
  source TEXT NOT NULL,
  messages TEXT NOT NULL,
  first_used_at INTEGER NOT NULL,
  PRIMARY KEY(workflow, version)
) STRICT;
CREATE TABLE file(
  id TEXT PRIMARY KEY,
  sha256 TEXT NOT NULL,
  name TEXT NOT NULL,
  type TEXT NOT NULL,
  size INTEGER NOT NULL,
  uploaded_by TEXT NOT NULL,
  created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE api_key(
  id TEXT PRIMARY KEY,
  hash BLOB NOT NULL UNIQUE,
  name TEXT NOT NULL,
  person TEXT NOT NULL,
  scopes TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  expires_at INTEGER,
  last_used_at INTEGER,
  revoked INTEGER NOT NULL
) STRICT;
)sql";

// Schedules of workflows: how far each has come, and the starts that were refused.
constexpr const char* kSchedules = R"sql(
CREATE TABLE schedule(
  workflow TEXT NOT NULL,
  name TEXT NOT NULL,
  rule TEXT NOT NULL,
  until INTEGER NOT NULL,
  period TEXT NOT NULL,
  PRIMARY KEY(workflow, name)
) STRICT, WITHOUT ROWID;
CREATE TABLE owed_start(
  workflow TEXT NOT NULL,
  name TEXT NOT NULL,
  person TEXT NOT NULL,
  period TEXT NOT NULL,
  due INTEGER NOT NULL,
  error TEXT NOT NULL,
  failed_at INTEGER NOT NULL,
  PRIMARY KEY(workflow, name, person)
) STRICT, WITHOUT ROWID;
)sql";

// Budgets, in whole minor units of their currency; and the tables that versions of workflows read.
constexpr const char* kLedgers = R"sql(
CREATE TABLE ledger(
  n INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  year INTEGER NOT NULL,
  currency TEXT NOT NULL,
  strict INTEGER NOT NULL,
  current INTEGER NOT NULL,
  spending TEXT NOT NULL,
  listed INTEGER NOT NULL,
  amount INTEGER NOT NULL,
  reserved INTEGER NOT NULL,
  spent INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX ledger_name ON ledger(name, year);
CREATE UNIQUE INDEX ledger_current ON ledger(name) WHERE current = 1;
CREATE TABLE reservation(
  instance TEXT NOT NULL,
  step TEXT NOT NULL,
  items TEXT NOT NULL,
  ledger INTEGER NOT NULL,
  amount INTEGER NOT NULL,
  since INTEGER NOT NULL,
  PRIMARY KEY(instance, step, items)
) STRICT, WITHOUT ROWID;
CREATE INDEX reservation_ledger ON reservation(ledger, since);
CREATE TABLE posting(
  n INTEGER PRIMARY KEY,
  ledger INTEGER NOT NULL,
  at INTEGER NOT NULL,
  act TEXT NOT NULL,
  amount INTEGER NOT NULL,
  available INTEGER NOT NULL,
  instance TEXT NOT NULL,
  step TEXT NOT NULL,
  by TEXT NOT NULL,
  reason TEXT NOT NULL
) STRICT;
CREATE INDEX posting_ledger ON posting(ledger, n);
ALTER TABLE definition ADD COLUMN tables TEXT NOT NULL DEFAULT '{}';
)sql";

// use: 0 uploaded and named by nobody yet, 1 named by an instance, 2 given up. Files of before may be named.
constexpr const char* kFileUse = R"sql(
ALTER TABLE file ADD COLUMN use INTEGER NOT NULL DEFAULT 1;
CREATE INDEX file_unused ON file(created_at) WHERE use <> 1;
CREATE INDEX file_content ON file(sha256);
)sql";

// By whom somebody was asked, where it was another of the step's people.
constexpr const char* kAskedBy = R"sql(
ALTER TABLE work_item ADD COLUMN added TEXT NOT NULL DEFAULT '';
ALTER TABLE work_item ADD COLUMN added_by TEXT NOT NULL DEFAULT '';
ALTER TABLE work_item ADD COLUMN transferred_by TEXT NOT NULL DEFAULT '';
)sql";

// Reminders that several of a person's mails become one of, and what the figures are counted from.
constexpr const char* kChasing = R"sql(
ALTER TABLE outbox ADD COLUMN digest INTEGER NOT NULL DEFAULT 0;
CREATE INDEX outbox_held ON outbox(recipient, id) WHERE status = 0 AND target = 'chase' AND digest = 0;
CREATE INDEX outbox_digest ON outbox(digest, id) WHERE digest <> 0;
CREATE TABLE chased(
  person TEXT PRIMARY KEY,
  day INTEGER NOT NULL,
  messages INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX work_item_open ON work_item(due, instance, number) WHERE status = 1;
CREATE INDEX work_item_decided ON work_item(closed_at, instance, number) WHERE status = 2;
)sql";

// Who is away; for whom a decision was made; and how the open work, the links and the keys of one person are
// found.
constexpr const char* kAbsences = R"sql(
CREATE TABLE absence(
  id INTEGER PRIMARY KEY,
  person TEXT NOT NULL,
  begins INTEGER NOT NULL,
  ends INTEGER NOT NULL,
  stand_in TEXT NOT NULL,
  workflows TEXT NOT NULL,
  up_to TEXT NOT NULL,
  reason TEXT NOT NULL,
  set_by TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  begun INTEGER NOT NULL
) STRICT;
CREATE INDEX absence_ends ON absence(ends);
CREATE INDEX absence_person ON absence(person, ends);
ALTER TABLE work_item ADD COLUMN on_behalf_of TEXT NOT NULL DEFAULT '';
CREATE INDEX work_item_waiting ON work_item(assignee, instance) WHERE status = 0 AND assignee <> '';
CREATE INDEX work_item_group_waiting ON work_item(candidates, instance) WHERE status = 0 AND candidates <> '';
CREATE INDEX link_person ON link(person) WHERE revoked = 0;
)sql";

// Who has claimed what from which group; absences whose end is still to be told of (begun: 1 the stand-in was
// told, 2 and told that it is over); which events name which file, found in the log for files of before.
constexpr const char* kWhoSees = R"sql(
CREATE INDEX work_item_claimed ON work_item(assignee, candidates, instance)
  WHERE status < 2 AND assignee <> '' AND candidates <> '';
UPDATE absence SET begun = 2 WHERE begun = 1 AND ends < unixepoch() * 1000;
CREATE INDEX absence_begun ON absence(id) WHERE begun = 1;
CREATE TABLE file_use(
  file TEXT NOT NULL,
  instance INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  PRIMARY KEY(file, instance, seq)
) STRICT, WITHOUT ROWID;
INSERT OR IGNORE INTO file_use(file, instance, seq)
  SELECT t.value ->> '$.id', e.instance, e.seq
  FROM event e JOIN event_payload p ON p.position = e.position,
    json_tree(CASE WHEN instr(p.payload, '"f_') > 0 AND json_valid(p.payload) THEN p.payload ELSE '{}' END) t
  WHERE e.type IN ('started', 'form_changed', 'item_changed', 'outcome_reached', 'vars_set')
    AND t.type = 'object' AND t.value ->> '$.id' GLOB 'f_*' AND t.value ->> '$.sha256' IS NOT NULL;
)sql";

// From which event of which calendar an absence came ('' where somebody set it), and when that said it is.
constexpr const char* kAbsenceOrigins = R"sql(
ALTER TABLE absence ADD COLUMN source TEXT NOT NULL DEFAULT '';
ALTER TABLE absence ADD COLUMN uid TEXT NOT NULL DEFAULT '';
ALTER TABLE absence ADD COLUMN said_begins INTEGER NOT NULL DEFAULT 0;
ALTER TABLE absence ADD COLUMN said_ends INTEGER NOT NULL DEFAULT 0;
CREATE INDEX absence_source ON absence(person, source, said_ends) WHERE source <> '';
)sql";

constexpr std::array kMigrations{kFirst,   kSchedules, kLedgers, kFileUse,       kAskedBy,
                                 kChasing, kAbsences,  kWhoSees, kAbsenceOrigins};

}  // namespace

std::span<const char* const> migrations() {
  return kMigrations;
}

Result<std::int64_t> read_pragma(Connection& connection, Sql pragma) {
  Rows rows = connection.query(pragma);
  if (rows.next()) return rows.integer(0);
  if (auto done = rows.done(); !done) return std::unexpected(std::move(done.error()));
  return 0;
}

Result<void> migrate(Connection& connection, std::span<const char* const> steps) {
  const Result<std::int64_t> version = read_pragma(connection, "PRAGMA user_version");
  if (!version) return std::unexpected(version.error());
  const auto known = static_cast<std::int64_t>(steps.size());
  if (*version > known) {
    return fail(
        ErrorCode::conflict,
        fmt::format("database {}: its schema is version {}, this program knows versions up to {}; run the "
                    "newer countersign that wrote it",
                    connection.path(), *version, known));
  }
  for (std::int64_t next = *version; next < known; ++next) {
    const std::string script = fmt::format("BEGIN IMMEDIATE;\n{}\nPRAGMA user_version = {};\nCOMMIT;",
                                           steps[static_cast<std::size_t>(next)], next + 1);
    if (auto done = connection.execute(script); !done) {
      if (connection.in_transaction()) (void)connection.execute("ROLLBACK");
      return std::unexpected(std::move(done.error()).within(fmt::format("migration to schema {}", next + 1)));
    }
  }
  return {};
}

}  // namespace countersign::sqlite
