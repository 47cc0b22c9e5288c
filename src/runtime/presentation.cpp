#include "runtime/presentation.h"

#include <algorithm>
#include <tuple>

#include <date/date.h>
#include <fmt/format.h>

#include "core/ask.h"
#include "core/evaluation.h"
#include "core/field_text.h"
#include "core/form.h"
#include "core/guest.h"
#include "core/person_calendar.h"
#include "core/stand_in.h"
#include "core/visibility.h"
#include "runtime/phrases.h"
#include "runtime/presented_acts.h"
#include "runtime/presented_input.h"
#include "runtime/void_decision.h"

namespace countersign {

namespace {

std::shared_ptr<const Calendar> calendar_for(const Snapshot& snapshot, const Definition* definition,
                                             const PersonId& reader) {
  return calendar_of(snapshot.calendars, snapshot.directory->find(reader),
                     definition == nullptr ? std::string() : definition->calendar);
}

std::string words_of(Instant at, const Calendar* calendar) {
  if (calendar == nullptr) return date::format("%Y-%m-%d %H:%M UTC", date::floor<std::chrono::minutes>(at));
  return date::format("%Y-%m-%d %H:%M", date::floor<std::chrono::minutes>(calendar->wall_time_of(at)));
}

// The end of a time, which counts up to it: midnight is the end of the day before, and people say that day.
std::string end_words(Instant at, const Calendar* calendar) {
  if (calendar == nullptr) return words_of(at, calendar);
  const auto local = calendar->wall_time_of(at);
  const auto day = date::floor<date::days>(local);
  return day == local ? date::format("%Y-%m-%d", day - date::days(1)) : words_of(at, calendar);
}

std::string locale_of(const Directory& directory, const PersonId& reader) {
  const Person* person = directory.find(reader);
  return person == nullptr || person->locale.empty() ? "en" : person->locale;
}

const Step* step_of(const Definition* definition, const WorkItemRow& item) {
  if (definition == nullptr) return nullptr;
  for (const Step& step : definition->steps) {
    if (step.name == item.step) return &step;
  }
  return nullptr;
}

// Everything that the functions below need at hand.
class Presenter {
 public:
  explicit Presenter(const Presenting& presenting)
      : given_(presenting),
        directory_(*presenting.snapshot.directory),
        locale_(locale_of(directory_, presenting.reader)),
        calendar_(calendar_for(presenting.snapshot, presenting.definition, presenting.reader)),
        words_{locale_, &directory_, calendar_.get()} {
    if (presenting.definition != nullptr) {
      context_.emplace(Context{*presenting.definition, directory_, presenting.snapshot.calendars, facts_,
                               presenting.now, &asked_});
      evaluation_.emplace(*context_, presenting.state);
      visibility_.emplace(*context_, presenting.state, presenting.reader);
    }
  }
  Presenter(const Presenter&) = delete;
  Presenter& operator=(const Presenter&) = delete;

  Presentation instance() const;
  Presentation to_reader() const;
  Presentation item(const WorkItemRow& row) const;
  std::string question(const WorkItemRow& row, std::string_view locale) const;
  std::string confirm(const WorkItemRow& row) const;
  State visible_state() const { return visibility_ ? visibility_->visible_state() : given_.state; }
  bool is_shown(const WorkItemRow& row) const;

 private:
  // Evaluates again with the budgets that were not read yet, where it failed for want of them.
  template <class Evaluate>
  auto asking(Evaluate evaluate) const {
    for (;;) {
      asked_.clear();
      auto result = evaluate();
      if (result || !read_asked()) return result;
    }
  }
  std::string text(const LocalText& text, std::string_view locale) const {
    if (!evaluation_ || text.empty()) return {};
    return asking([&] { return evaluation_->text(text, locale, Evaluation::Landing::plain); }).value_or("");
  }
  // Budgets that a text spoke of and that were not read yet. False where there is nothing new.
  bool read_asked() const;
  std::string step_words(const WorkItemRow& row) const;
  void enter(const WorkItemRow& row) const;
  bool is_shown(const Field& field) const;
  void add_fields(Presentation& shown, const std::vector<Field>& fields) const;
  std::string words_of_step(const Step& step) const;
  PresentedDecision passing_over(const PassedOver& passed) const;
  void add_history(Presentation& shown) const;
  PresentedDecision decision(const WorkItemRow& row) const;
  void add_answers(Presentation& shown, const Step& step, const WorkItemRow& row) const;
  void add_targets(Presentation& shown, const std::vector<ReturnTarget>& targets) const;
  void add_returned(Presentation& shown) const;
  void add_late(Presentation& shown, const Item& item) const;
  void add_answered_before(Presentation& shown, const WorkItemRow& row) const;
  std::string whose(const WorkItemRow& row) const;
  void add_stand_ins(Presentation& shown, const WorkItemRow& row) const;

  const Presenting& given_;
  const Directory& directory_;
  std::string locale_;
  std::shared_ptr<const Calendar> calendar_;  // of `words_`
  TextContext words_;
  mutable Facts facts_;
  mutable std::vector<FactKey> asked_;
  std::optional<Context> context_;
  mutable std::optional<Evaluation> evaluation_;
  std::optional<Visibility> visibility_;
};

bool Presenter::read_asked() const {
  bool fresh = false;
  for (const FactKey& key : asked_) {
    if (given_.store == nullptr || key.kind != FactKey::Kind::ledger) continue;
    auto ledger = given_.store->ledger(key.scope, key.key);
    if (!ledger) continue;
    fresh = facts_.emplace(key, FactValue{.ledger = std::move(*ledger)}).second || fresh;
  }
  return fresh;
}

// Titles and texts of a step inside a for_each speak of its own item.
void Presenter::enter(const WorkItemRow& row) const {
  if (!evaluation_) return;
  const auto item = given_.state.items.find(row.number);
  const auto activation = item == given_.state.items.end()
                              ? given_.state.activations.end()
                              : given_.state.activations.find(item->second.activation);
  evaluation_->enter(activation == given_.state.activations.end() ? FrameId() : activation->second.frame);
}

// A guest sees their own decisions and nobody else's.
bool Presenter::is_shown(const WorkItemRow& row) const {
  if (is_guest(given_.reader)) return row.decided_by == given_.reader;
  const Step* step = step_of(given_.definition, row);
  return step == nullptr || !visibility_ || visibility_->sees(*step) || row.decided_by == given_.reader;
}

bool Presenter::is_shown(const Field& field) const {
  if (visibility_ && !visibility_->sees(field)) return false;
  if (!field.when || !evaluation_) return true;
  const auto value = asking([&] { return evaluation_->evaluate(*field.when); });
  return value && value->is(cel::Kind::bool_) && value->as_bool();
}

void Presenter::add_fields(Presentation& shown, const std::vector<Field>& fields) const {
  for (const Field& field : fields) {
    const auto value = given_.state.form.find(field.name);
    if (value == given_.state.form.end() || is_empty(&value->second) || !is_shown(field)) continue;
    shown.fields.push_back(presented_field(field, value->second, words_));
  }
}

std::string Presenter::step_words(const WorkItemRow& row) const {
  const Step* step = step_of(given_.definition, row);
  if (step == nullptr) return humanised(row.step);
  enter(row);
  return words_of_step(*step);
}

std::string Presenter::words_of_step(const Step& step) const {
  if (std::holds_alternative<Revise>(step.kind)) return is_chinese(locale_) ? "申请人" : "Requester";
  std::string title = text(step.title, locale_);
  if (!title.empty()) return title;
  // A path ("steps/3") tells a reader nothing.
  return step.id.empty() ? (is_chinese(locale_) ? "审批" : "Approval") : humanised(step.id);
}

PresentedDecision Presenter::passing_over(const PassedOver& passed) const {
  const auto* steps = given_.definition == nullptr ? nullptr : &given_.definition->steps;
  const Step* step = nullptr;
  if (steps != nullptr) {
    const auto found = std::ranges::find(*steps, passed.step, &Step::name);
    if (found != steps->end()) step = &*found;
  }
  PresentedDecision shown;
  shown.who = name_of(directory_, passed.by.person);
  shown.step = step == nullptr ? humanised(passed.step) : words_of_step(*step);
  shown.outcome = "skipped";
  shown.outcome_words = outcome_done(shown.outcome, locale_);
  shown.comment = passed.reason;
  shown.when = words_of(passed.at, words_.calendar);
  shown.round = passed.round;
  shown.is_passed_over = true;
  return shown;
}

PresentedDecision Presenter::decision(const WorkItemRow& row) const {
  PresentedDecision decision;
  decision.who = row.decided_by.empty() ? (is_chinese(locale_) ? "系统" : "The system")
                                        : name_of(directory_, row.decided_by);
  if (!row.on_behalf_of.empty()) decision.on_behalf_of = name_of(directory_, row.on_behalf_of);
  decision.step = step_words(row);
  decision.outcome = row.outcome;
  decision.outcome_words = outcome_done(row.outcome, locale_);
  if (row.status == ItemStatus::advised) {
    decision.outcome_words = fmt::format(
        "{}{}", is_chinese(locale_) ? "意见：" : "Opinion: ", outcome_button(row.outcome, locale_));
  }
  decision.comment = row.comment;
  decision.when = row.closed_at ? words_of(*row.closed_at, words_.calendar) : "";
  decision.channel = row.channel;
  decision.round = row.round;
  decision.is_void = is_void(row, step_of(given_.definition, row), given_.state);
  return decision;
}

void Presenter::add_history(Presentation& shown) const {
  struct Entry {
    std::tuple<Instant, bool, std::size_t> moment;  // what was passed over at once comes first
    PresentedDecision decision;
  };
  std::vector<Entry> entries;
  for (const WorkItemRow& row : given_.items) {
    const bool answered = row.status == ItemStatus::decided || row.status == ItemStatus::advised;
    if (answered && is_shown(row))
      entries.push_back({{row.closed_at.value_or(row.opened_at), true, row.number}, decision(row)});
  }
  for (const PassedOver& passed : given_.state.passed_over) {
    const bool is_hidden = is_guest(given_.reader) || (visibility_ && !visibility_->sees(passed));
    if (!is_hidden) entries.push_back({{passed.at, false, entries.size()}, passing_over(passed)});
  }
  std::ranges::sort(entries, {}, &Entry::moment);
  for (Entry& entry : entries) shown.history.push_back(std::move(entry.decision));
}

Presentation Presenter::instance() const {
  const State& state = given_.state;
  Presentation shown;
  shown.locale = locale_;
  if (given_.definition != nullptr) shown.workflow_title = text(given_.definition->title, locale_);
  if (shown.workflow_title.empty()) shown.workflow_title = humanised(state.workflow.value);
  shown.reference = state.reference;
  shown.requester = state.requester.empty() ? "" : name_of(directory_, state.requester);
  shown.started = words_of(state.started_at, words_.calendar);
  shown.status = status_words(state.status, locale_);
  shown.stage = state.stage;
  shown.ended = state.ended;
  shown.round = state.round;
  add_history(shown);
  return shown;
}

Presentation Presenter::to_reader() const {
  Presentation shown = instance();
  if (given_.definition != nullptr && !is_guest(given_.reader)) {
    if (evaluation_) evaluation_->enter(FrameId());
    add_fields(shown, given_.definition->form);
  }
  return shown;
}

std::string Presenter::question(const WorkItemRow& row, std::string_view locale) const {
  const Step* step = step_of(given_.definition, row);
  if (step == nullptr) return {};
  enter(row);
  const bool chinese = is_chinese(locale);
  if (std::holds_alternative<Revise>(step->kind)) {
    return chinese ? "请修改后重新提交" : "Please correct your request and send it again";
  }
  // A task's own title says what is to be done, the step's where the request stands.
  const auto* task = std::get_if<Task>(&step->kind);
  std::string title = task == nullptr ? std::string() : text(task->title, locale);
  if (title.empty()) title = text(step->title, locale);
  if (!title.empty()) return title;
  if (task != nullptr) {
    return step->id.empty() ? (chinese ? "请处理" : "There is something for you to do") : humanised(step->id);
  }
  return chinese ? "请您审批" : "Your approval is asked for";
}

std::string Presenter::confirm(const WorkItemRow& row) const {
  const Step* step = step_of(given_.definition, row);
  const auto* approve = step == nullptr ? nullptr : std::get_if<Approve>(&step->kind);
  if (approve == nullptr || approve->confirm.empty()) return {};
  enter(row);
  return text(approve->confirm, locale_);
}

// A person's name or a group's title.
std::string Presenter::whose(const WorkItemRow& row) const {
  if (!row.assignee.empty()) return name_of(directory_, row.assignee);
  const Group* group = directory_.find_group(row.group);
  return group == nullptr || group->title.empty() ? row.group : group->title;
}

Presentation Presenter::item(const WorkItemRow& row) const {
  Presentation shown = instance();
  shown.item = row.id();
  shown.item_status = row.status;
  shown.version = row.version;
  shown.question = question(row, locale_);
  shown.assignee = whose(row);
  if (row.due_at) {
    shown.due = words_of(*row.due_at, words_.calendar);
    shown.is_overdue = is_open(row.status) && *row.due_at < given_.now;
  }
  if (row.status == ItemStatus::decided || row.status == ItemStatus::advised) {
    shown.decision = decision(row);
  } else {
    shown.closed_because = closed_because(row, given_.state, locale_);
  }
  shown.is_asked_again =
      !is_open(row.status) && std::ranges::any_of(given_.items, [&](const WorkItemRow& each) {
        return each.number > row.number && each.step == row.step && is_open(each.status) &&
               each.assignee == row.assignee && each.group == row.group;
      });
  add_stand_ins(shown, row);
  const Step* step = step_of(given_.definition, row);
  if (step == nullptr) return shown;
  shown.is_revision = std::holds_alternative<Revise>(step->kind);
  shown.is_in_their_place = shown.is_revision && row.assignee != given_.state.requester;
  if (!row.added_by.empty()) shown.added_by = name_of(directory_, row.added_by);
  if (!row.transferred_by.empty()) shown.transferred_by = name_of(directory_, row.transferred_by);
  shown.is_opinion = row.added == to_string(AddedAs::opinion);
  shown.is_task = std::holds_alternative<Task>(step->kind);
  if (const auto open = given_.state.items.find(row.number); open != given_.state.items.end()) {
    shown.note = open->second.note;
    add_late(shown, open->second);
  }
  if (row.status == ItemStatus::open) add_answered_before(shown, row);
  shown.acts = presented_acts(given_, row, *step);
  shown.awaits_view = given_.definition->withdraw == WithdrawUntil::first_view && !given_.state.first_view &&
                      row.status == ItemStatus::open && !shown.is_revision;
  enter(row);
  std::vector<Field> fields = shown_fields(*given_.definition, *step);
  // A guest sees what the step shows by name, never the whole form.
  if (is_guest(given_.reader) && !names_what_it_shows(*step)) fields.clear();
  if (row.status == ItemStatus::open) {
    // An opinion changes nothing.
    const std::vector<Field> edits =
        shown.is_opinion ? std::vector<Field>{} : editable_fields(*given_.definition, *step);
    std::erase_if(fields, [&](const Field& field) {
      return std::ranges::find(edits, field.name, &Field::name) != edits.end();
    });
    shown.edits = presented_inputs(edits, given_.state.form, words_);
    add_answers(shown, *step, row);
  }
  add_fields(shown, fields);
  if (shown.is_revision) add_returned(shown);
  return shown;
}

void Presenter::add_stand_ins(Presentation& shown, const WorkItemRow& row) const {
  const auto item = given_.state.items.find(row.number);
  if (item == given_.state.items.end() || !context_) return;
  Context context = *context_;
  context.absences = given_.absences;
  for (const StandIn& each : stand_ins_of(stand_in_view(context, given_.state), item->second)) {
    shown.stand_ins.push_back({name_of(directory_, each.absent), name_of(directory_, each.stand_in),
                               end_words(each.until, words_.calendar), each.stand_in == given_.reader});
  }
}

void Presenter::add_late(Presentation& shown, const Item& item) const {
  for (const WorkItemRow& row : given_.items) {
    if (std::ranges::find(item.stands_for, row.number) == item.stands_for.end()) continue;
    std::string late = whose(row);
    if (std::ranges::find(shown.late, late) == shown.late.end()) shown.late.push_back(std::move(late));
  }
}

// What the reader has answered to the same question, and does not count any more; not that they sent it back
// themselves.
void Presenter::add_answered_before(Presentation& shown, const WorkItemRow& row) const {
  for (const WorkItemRow& other : given_.items) {
    const bool own_doing = other.outcome == "returned" || other.outcome == "resubmitted";
    if (other.decided_by != given_.reader || other.step != row.step || own_doing) continue;
    if (other.status == ItemStatus::decided &&
        is_void(other, step_of(given_.definition, other), given_.state))
      shown.answered_before = decision(other);
  }
}

void Presenter::add_returned(Presentation& shown) const {
  for (const PresentedDecision& decision : shown.history) {
    if (decision.outcome != "returned" || decision.round + 1 != given_.state.round) continue;
    shown.returned_by = decision.who;
    shown.returned_why = decision.comment;
  }
}

void Presenter::add_answers(Presentation& shown, const Step& step, const WorkItemRow& row) const {
  bool comment_on_refusal = false;
  const auto item = given_.state.items.find(row.number);
  const std::vector<std::string> entries =
      item == given_.state.items.end() ? std::vector<std::string>{} : item->second.entries;
  if (const auto* approve = std::get_if<Approve>(&step.kind)) {
    comment_on_refusal = approve->comment_on_reject;
    shown.confirm = confirm(row);
    add_targets(shown, approve->return_to);
  }
  if (const auto* task = std::get_if<Task>(&step.kind)) {
    add_targets(shown, task->return_to);
    for (const ChecklistItem& entry : task->checklist) {
      if (std::ranges::find(entries, entry.id) == entries.end()) continue;
      shown.checklist.push_back({entry.id, text(entry.text, locale_)});
    }
  }
  const std::vector<Field> asked = shown.is_opinion ? std::vector<Field>{} : asked_fields(step, entries);
  shown.asks = presented_inputs(asked, {}, words_);
  for (std::size_t i = 0; i < asked.size(); ++i) {
    const Step* listed =
        asked[i].items_of.empty() ? nullptr : given_.definition->find_step(asked[i].items_of);
    const auto* task = listed == nullptr ? nullptr : std::get_if<Task>(&listed->kind);
    if (task == nullptr) continue;
    for (const ChecklistItem& entry : task->checklist) {
      shown.asks[i].options.push_back({entry.id, text(entry.text, locale_)});
    }
  }
  for (const std::string& outcome : choices_of(*given_.definition, step, given_.state)) {
    if (shown.is_opinion && outcome == "returned") continue;
    PresentedOutcome offered;
    offered.outcome = outcome;
    offered.button = outcome_button(outcome, locale_);
    offered.refuses = outcome == "rejected";
    offered.returns = outcome == "returned";
    offered.agrees = !offered.refuses && !offered.returns;
    offered.comment_required =
        offered.returns || (offered.refuses && comment_on_refusal && !shown.is_opinion);
    shown.outcomes.push_back(std::move(offered));
  }
}

void Presenter::add_targets(Presentation& shown, const std::vector<ReturnTarget>& targets) const {
  for (const ReturnTarget& target : targets) {
    if (target.requester) {
      shown.return_targets.push_back({"requester", is_chinese(locale_) ? "申请人" : "The requester"});
      continue;
    }
    if (target.step >= given_.definition->steps.size() || !was_visited(given_.state, target.step)) continue;
    const Step& step = given_.definition->step(target.step);
    const std::string title = text(step.title, locale_);
    shown.return_targets.push_back({step.id, title.empty() ? humanised(step.id) : title});
  }
}

}  // namespace

std::string name_of(const Directory& directory, const PersonId& person) {
  const Person* known = directory.find(person);
  return known == nullptr || known->name.empty() ? person.value : known->name;
}

std::string instant_words(Instant at, const Snapshot& snapshot, const Definition* definition,
                          const PersonId& reader) {
  return words_of(at, calendar_for(snapshot, definition, reader).get());
}

Presentation present_to_reader(const Presenting& presenting) {
  return Presenter(presenting).to_reader();
}

Presentation present_instance(const Presenting& presenting) {
  const Presenter presenter(presenting);
  Presentation shown = presenter.instance();
  return shown;
}

State visible_state(const Presenting& presenting) {
  return Presenter(presenting).visible_state();
}

bool sees_decision(const Presenting& presenting, const WorkItemRow& item) {
  return Presenter(presenting).is_shown(item);
}

Presentation present_item(const Presenting& presenting, const WorkItemRow& item) {
  return Presenter(presenting).item(item);
}

std::string confirm_of(const Presenting& presenting, const WorkItemRow& item) {
  return Presenter(presenting).confirm(item);
}

std::string question_of(const Presenting& presenting, const WorkItemRow& item, std::string_view locale) {
  return Presenter(presenting).question(item, locale);
}

Result<std::vector<WorkItemRow>> all_items(const Reader& reader, const InstanceId& instance) {
  WorkItemFilter filter;
  filter.instance = instance.value;
  std::vector<WorkItemRow> rows;
  std::string cursor;
  do {
    auto page = reader.work_items(filter, 200, cursor);
    if (!page) return std::unexpected(page.error());
    rows.insert(rows.end(), page->rows.begin(), page->rows.end());
    cursor = page->next_cursor;
  } while (!cursor.empty() && rows.size() < 10'000);
  std::ranges::sort(rows, {}, &WorkItemRow::number);
  return rows;
}

}  // namespace countersign
