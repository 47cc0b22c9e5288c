#pragma once
// A workflow as loaded from one file: what the loader (module definition) produces and what decide() reads.
// Immutable once built and shared by std::shared_ptr<const Definition>; thread-safe.
//
// Steps and lists stand in flat tables and name each other by index. A list is a sequence of steps: the root
// list, a branch, the steps of an outcome or of an event. `{go: X}`, `{end: S}` and `[]` written where a list
// may stand are lists of one `Go` or `End` step, and the empty list.
//
// Expressions see these variables:
//   form       record of the form's fields             requester  person (absent where nobody in particular
//   asks) vars       map(string, dyn)                        instance   record: id, reference, workflow,
//   stage, round, url now        timestamp                               today      date in the workflow's
//   calendar's zone STEP       record of a step's last result that is not voided: outcome, by (person), at,
//   comment, and its fields event      the event's data (in an on_event handler, a trigger, and `where` of a
//   wait) year, number   text and int, only in `reference`
// and call these functions beside CEL's: person, group, managers, managers_up_to, business_days,
// business_hours, add_business, days, months (docs/workflow-reference.md).

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "base/decimal.h"
#include "base/ids.h"
#include "cel/program.h"
#include "core/time_words.h"

namespace countersign {

// 1-based; {0, 0} where nothing stands in the file.
struct SourcePosition {
  std::uint32_t line = 0;
  std::uint32_t column = 0;
};

struct Expression {
  cel::Program program;
  SourcePosition at;
};

// Text in which ${ expression } is replaced when used. Without an expression: one part.
struct Prose {
  struct Part {
    std::string text;                      // where there is no expression
    std::optional<Expression> expression;  // else this
  };
  std::vector<Part> parts;
  bool empty() const { return parts.empty(); }
};

// The same text in several languages; the key is a locale ("en", "zh-CN"), "" where one text serves all.
struct LocalText {
  std::map<std::string, Prose> by_locale;
  bool empty() const { return by_locale.empty(); }
  // The best for `locale`: itself, its language, "", "en", else the first. nullptr where there is none.
  const Prose* in(std::string_view locale) const;
};

// A duration in words, or an expression that gives a timestamp, date or duration.
using TimeRule = std::variant<TimeSpan, Expression>;

enum class FieldType {
  text,
  long_text,
  integer,
  number,
  money,
  boolean,
  choice,
  choices,
  date,
  datetime,
  person,
  people,
  mail,
  url,
  file,
  files,
  table,
  items_of,
};
std::string_view to_string(FieldType type);

enum class Unique { no, workflow, everywhere };

struct ChoiceOption {
  std::string value;
  LocalText label;
};

// A field of the form, of an `ask`, or a column of a table.
struct Field {
  std::string name;
  FieldType type = FieldType::text;
  LocalText label;  // empty: the name serves
  LocalText help;
  bool required = false;
  std::vector<std::string> required_on;  // in an ask: the outcomes with which it must be filled in
  std::string currency;                  // of money
  std::vector<ChoiceOption> options;     // of choice and choices
  std::optional<Decimal> min;  // of integer, number, money; for texts the least number of characters
  std::optional<Decimal> max;
  std::optional<std::string> date_min;  // of date, "2026-03-02"
  std::optional<std::string> date_max;
  std::string pattern;       // RE2, matches the whole text
  std::size_t at_least = 0;  // of files, people, choices, table: how many
  std::size_t at_most = 1000;
  std::vector<std::string> accept;  // of file, files: endings in lower case, empty for any allowed kind
  Unique unique = Unique::no;
  std::vector<Field> columns;      // of table
  std::string items_of;            // of items_of: the step whose checklist it names
  std::optional<Expression> when;  // shown and kept only while true
  std::optional<Expression> default_value;
  std::optional<Expression> computed;
  SourcePosition at;
  std::vector<Expression> visible_to;  // who sees it; empty with visible_from unset: all who see the instance
  std::string visible_from;            // id of the step: before it first opens only visible_to see it
};

using StepIndex = std::uint32_t;
using ListIndex = std::uint32_t;
inline constexpr StepIndex kNoStep = 0xffffffff;
inline constexpr ListIndex kNoList = 0xffffffff;

// nullptr where there is none.
const Field* field_named(const std::vector<Field>& fields, std::string_view name);

enum class QuorumKind { one, count, all, percent };
struct Quorum {
  QuorumKind kind = QuorumKind::one;
  std::uint32_t number = 1;  // of count and percent
};
enum class Order { together, one_by_one };

enum class SelfRule { refuse, skip, to_manager };
enum class SamePersonRule { ask_again, skip_if_consecutive, skip_if_approved };
enum class ResumeRule { replay, direct };
enum class NobodyRule { admin, fail, to, manager_up, skip, reject };

// Where an item may be sent back to. `requester` stands for a revision of the form by the requester.
struct ReturnTarget {
  bool requester = true;
  StepIndex step = kNoStep;
};

struct ChecklistItem {
  std::string id;
  LocalText text;
  std::vector<Expression> owner;  // who does it; empty: the task's people
  bool file = false;              // a file must be attached
  bool note = false;              // a note must be written
};

// One of several groups of an approval, with a count of its own.
struct SeatGroup {
  std::string name;
  std::vector<Expression> by;
  Quorum need;
};

// What the people of a step may do with an item other than decide it.
struct May {
  bool transfer = true;
  bool delegate = true;
  bool add = true;  // of an approval only
};

struct Approve {
  std::vector<Expression> by;  // each gives a person, a group or a list of persons
  Quorum need;
  std::vector<SeatGroup> seats;  // instead of `by` and `need`: each group has its own count
  Order order = Order::together;
  bool veto = false;  // the first rejection decides; default true for `all`
  std::vector<Field> ask;
  std::vector<std::string> show;  // fields seen; empty: all
  std::vector<std::string> edit;  // fields that may be changed with the decision
  std::vector<ReturnTarget> return_to;
  SelfRule self = SelfRule::refuse;
  NobodyRule if_nobody = NobodyRule::admin;
  std::vector<Expression> if_nobody_to;
  bool comment_on_reject = true;                           // a rejection or a return says why
  SamePersonRule same_person = SamePersonRule::ask_again;  // the workflow's, where the step says nothing
  bool always_ask = false;                                 // same_person never passes it
  std::vector<std::string> guards;         // fields of the form whose change voids its approvals
  ResumeRule resume = ResumeRule::replay;  // where it goes on after it was sent back from here
  LocalText confirm;                       // what has to be confirmed with an approval; empty: nothing
  May may;
};

struct Task {
  std::vector<Expression> owner;  // YAML key `for`; any one of them completes it
  LocalText title;
  std::vector<std::string> show;
  std::vector<std::string> edit;
  std::vector<Field> ask;
  std::vector<ChecklistItem> checklist;
  std::vector<std::string> outcomes;  // ["done"] where the file names none
  std::vector<ReturnTarget> return_to;
  NobodyRule if_nobody = NobodyRule::admin;
  std::vector<Expression> if_nobody_to;
  May may;
};

struct Notify {
  std::vector<Expression> to;
  std::string via;      // a connector that posts to a room, "" for the person's own channel
  std::string message;  // a template's name, "" where subject and text stand
  LocalText subject;
  LocalText text;
};

struct Argument {
  std::string name;
  Expression value;
};

struct Call {
  std::string connector;
  std::string action;
  std::vector<Argument> with;
};

struct WaitEvent {
  std::string connector;  // "" for an event declared under `events:`
  std::string name;
  std::optional<Expression> where;
  bool since_start = false;
};
struct Wait {
  std::optional<TimeRule> span;     // YAML key `for`
  std::optional<Expression> until;  // an instant or a date
  std::optional<WaitEvent> event;
};

struct Choose {
  struct Option {
    std::optional<Expression> when;  // nullopt: else
    ListIndex list = kNoList;
  };
  std::vector<Option> options;
};

struct Parallel {
  struct Branch {
    std::string name;
    ListIndex list = kNoList;
  };
  std::vector<Branch> branches;
  Quorum need{QuorumKind::all, 0};
};

// The same steps for every item of a list.
struct ForEach {
  Expression in;
  std::string as;  // the variable that is the item inside
  ListIndex list = kNoList;
  bool one_by_one = false;
  std::uint32_t at_once = 0;  // at most so many items at a time; 0: all
  Quorum need{QuorumKind::all, 0};
};
inline constexpr std::size_t kItemsMax =
    200;  // each runs several steps, and a command runs at most kStepsMax

// Ordered levels whose work goes on at once and which open in order.
struct Gates {
  struct Level {
    std::string stage;
    ListIndex list = kNoList;
    std::optional<Expression> when;
    std::vector<Expression> only;  // persons and groups: nobody else completes the level's work
  };
  std::vector<Level> levels;
};

struct Run {
  WorkflowId workflow;
  std::vector<Argument> with;
  bool wait = true;
  std::optional<Expression> requester;
  std::vector<std::string>
      statuses;  // how the child may end, as its file declares it when this one is loaded
};

struct Assign {
  struct Target {
    bool form = false;  // else vars
    std::string name;
    Expression value;
  };
  std::vector<Target> targets;
};

// Moves budget between ledgers and what is held for this instance.
struct Budget {
  enum class Act { reserve, commit, supplement, transfer } act = Act::reserve;
  std::optional<Expression> amount;  // of all but commit
  std::optional<Expression> from;    // a ledger's name: of reserve and transfer
  std::optional<Expression> to;      // of supplement and transfer
  StepIndex commit = kNoStep;        // the step whose reservation is spent
};

struct Go {
  StepIndex step = kNoStep;
};
struct End {
  std::string status;
};

// The requester's turn after a send back: stands in no list; every definition has exactly one.
struct Revise {};

struct RemindRule {
  enum class From { opened, before_due, after_due } from = From::opened;
  TimeSpan first;                 // counted from (or before) that
  std::optional<TimeSpan> every;  // and again
  std::uint32_t at_most = 5;
};
struct EscalateRule {
  TimeSpan after;
  std::vector<Expression> to;
  enum class Mode { add, replace } mode = Mode::add;
};

using StepKind = std::variant<Approve, Task, Notify, Call, Wait, Choose, Parallel, Run, Assign, Go, End,
                              Revise, ForEach, Gates, Budget>;

struct Step {
  StepIndex index = kNoStep;
  std::string id;  // as written, else ""
  std::string
      name;  // id, else the path: stable for messages and migration ("steps/3", "hold/on/insufficient/0")
  LocalText title;
  ListIndex list = kNoList;  // the list in which it stands
  std::uint32_t position = 0;
  std::optional<Expression> when;  // false: skipped
  std::string stage;
  std::optional<TimeRule> due;
  std::optional<TimeRule> deadline;
  std::vector<RemindRule> remind;
  std::vector<EscalateRule> escalate;
  std::map<std::string, ListIndex> on;  // outcome -> what happens
  StepKind kind;
  SourcePosition at;
  std::vector<Expression> visible_to;  // who sees its decision; empty with visible_from unset: all
  StepIndex visible_from = kNoStep;    // before that step first opens only visible_to see it
};

struct StepList {
  std::vector<StepIndex> steps;
  StepIndex owner = kNoStep;  // the step whose outcome, branch or option it is; kNoStep for root and events
  std::string role;  // "root", "on:rejected", "branch:legal", "option:2", "each", "gate:0", "event:.."
};

struct Schedule;  // core/schedule.h

struct Inbound;  // core/connector.h

struct Trigger {
  enum class Kind { form, event, schedule } kind = Kind::form;
  std::vector<Expression> by;  // of form: who may start; empty: everybody in the directory
  std::string connector;       // of event
  std::string event;
  std::optional<Expression> requester;  // required for event
  std::vector<Argument> form;           // fields from the event
  std::optional<Expression> when;       // of event: only then
  std::string name;                     // of schedule: what it is known by over all versions of the file
  std::shared_ptr<const Schedule> schedule;
  std::vector<Expression> each;  // of schedule: an instance for each of these people; empty: one alone
  // Of a webhook without a connector file: its sender's proof and mapping. It is the trigger of an event of a
  // source of its own (webhook_source), which reaches this workflow alone.
  std::shared_ptr<const Inbound> webhook;
};

struct EventHandler {
  std::string connector;
  std::string name;
  std::optional<Expression> where;
  ListIndex list = kNoList;  // a target is a list with one Go or End
};

// An event without a connector, sent by the API.
struct EventDeclaration {
  std::vector<Field> fields;
};

struct RefuseRule {
  Expression when;
  LocalText say;
};

// Values that together may be handed in only once, such as an invoice's number and code. Fields of the form,
// or columns of one of its tables, where each row counts by itself. The first of them is needed: where it is
// empty nothing is claimed; others may be empty.
struct UniqueRule {
  std::string id;  // requests of other workflows with a rule of this id are meant too, where `among` says so
  std::string table;                // "" for fields of the form itself
  std::vector<std::string> fields;  // a file or files stand alone and are known by their content
  Unique among = Unique::everywhere;
  std::vector<std::string> spent_on;  // ends that keep them for good, others free them; empty: see claims.h
  SourcePosition at;
};

// How often the requester may ask to hurry: each item not again before `every` has passed.
struct NudgeRule {
  bool allowed = true;
  TimeSpan every{TimeSpan::Unit::seconds, 4 * 3600};
  std::uint32_t at_most = 3;
};

enum class WithdrawUntil { first_view, first_decision, any_time, never };

// Who is told that what they were asked needs no answer any more: nobody; those from whom it was withdrawn,
// sent back, cancelled or taken; also those for whom others decided or the deadline passed.
enum class TellSettled { never, unless_decided, always };

// workflows/messages/NAME.LANG.md: the first line is the subject, the rest Markdown.
struct MessageTemplate {
  std::map<std::string, std::pair<Prose, Prose>> by_locale;  // locale -> subject, text
};

// tables/NAME.csv: typed rows that expressions read with table("NAME").
struct DataTable {
  std::vector<Field> columns;
  cel::Value rows;  // a list of maps; an empty cell of a column that allows it is absent
};

struct Definition {
  WorkflowId id;
  std::string version;          // SHA-256 of the file (and of its messages) in hex
  std::string source;           // the file's text, stored with the version
  std::string message_sources;  // JSON: "NAME.LANG" -> text of its messages, stored with the version too
  LocalText title;
  std::vector<Expression> owner;
  Prose reference;       // default: the id in capitals, "-", year, "-", number
  std::string calendar;  // name; "" for the default calendar
  std::vector<std::string> statuses;
  std::vector<std::string> stages;
  std::vector<Trigger> triggers;
  std::optional<Expression> key;
  std::vector<Field> form;
  // Positions in `form`, so that `when`, `default` and `computed` of a field come behind those of the fields
  // that they read; empty: as they stand.
  std::vector<std::size_t> form_order;
  std::vector<RefuseRule> refuse_when;
  std::vector<UniqueRule> unique;
  std::vector<Step> steps;
  std::vector<StepList> lists;
  ListIndex root = kNoList;
  StepIndex revise = kNoStep;
  std::vector<EventHandler> on_event;
  std::map<std::string, EventDeclaration> events;
  WithdrawUntil withdraw = WithdrawUntil::first_decision;
  SamePersonRule same_person = SamePersonRule::ask_again;  // of steps that say nothing themselves
  NudgeRule nudge;
  TellSettled tell_settled = TellSettled::unless_decided;
  std::map<std::string, MessageTemplate> messages;
  std::map<std::string, DataTable, std::less<>> tables;
  std::string table_sources;  // JSON: NAME -> text of its tables, stored with the version too
  // What person("...") and group("...") name: they were in the directory when the file was taken into force.
  std::set<std::string, std::less<>> named_people, named_groups;

  const Step& step(StepIndex index) const { return steps[index]; }
  const StepList& list(ListIndex index) const { return lists[index]; }
  // nullptr where there is none.
  const Step* find_step(std::string_view id) const;
  const Field* find_field(std::string_view name) const;
};

// The outcomes a step can have, in the order of the reference ("approved", "rejected", "returned",
// "timeout").
std::vector<std::string> outcomes_of(const Definition& definition, const Step& step);

// The for_each steps that the list stands in, the outermost first.
std::vector<StepIndex> for_each_around(const Definition& definition, ListIndex list);

// Whether `list` is `inner` or a list around it; the root list is around an event's.
bool encloses(const Definition& definition, ListIndex list, ListIndex inner);

// The static type of a field's value, and of a record of fields (`name` is what messages call it).
cel::Type type_of(const Field& field);
// The type and the words of a field, and whether it may be left empty by whoever fills it in: not where it is
// required or has a default, nor where its type has an empty value (empty_value() in form.h).
cel::RecordField record_field(const Field& field);
cel::Type record_of(std::string name, const std::vector<Field>& fields);
// What expressions read of STEP: outcome, by, at, comment, and the fields of its ask; of a call or a wait
// `reply`, what the connector declares.
std::vector<Field> result_fields(const Step& step, const std::vector<Field>& reply = {});
// The type of STEP in expressions, with all of result_fields(). `maybe`: the step may not have run where the
// expression stands. The loader decides that field by field (definition/flow.h).
cel::Type result_type(const Step& step, bool maybe, const std::vector<Field>& reply = {});

}  // namespace countersign
