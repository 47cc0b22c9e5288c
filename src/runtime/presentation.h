#pragma once
// What one person is shown of an instance or of a work item, in their language: the page of a link and the
// message that carries it are made of the same. Texts are plain: whoever places them escapes for where they
// land. Hidden fields are not in it. Pure values; the functions are thread-safe.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/decide.h"
#include "core/definition.h"
#include "core/directory.h"
#include "core/state.h"
#include "runtime/library.h"
#include "store/store.h"

namespace countersign {

struct PresentedFile {
  std::string id;
  std::string name;
  std::string size;  // "120 KB"
};
struct PresentedField {
  std::string name;
  std::string label;
  std::string text;      // "" of files and tables
  bool is_long = false;  // several lines
  std::vector<PresentedFile> files;
  std::vector<std::string> columns;  // of a table: labels
  std::vector<std::vector<std::string>> rows;
};
struct PresentedChoice {
  std::string value;
  std::string label;
};
// Something to fill in: of an ask, or of the form where it may be edited.
struct PresentedInput {
  std::string name;
  std::string label;
  std::string help;
  FieldType type = FieldType::text;
  bool required = false;
  std::vector<std::string> required_on;  // outcomes
  std::string currency;
  std::vector<std::string> accept;  // of files: endings, empty for any
  std::vector<PresentedChoice> options;
  std::vector<std::string> values;   // as it stands, in the spelling that read_fields accepts; one for each
  std::vector<PresentedFile> files;  // as they stand
  std::vector<PresentedInput> columns;  // of a table
  std::vector<std::vector<std::string>> rows;
};
struct PresentedDecision {
  std::string who;            // a name
  std::string on_behalf_of;   // a name, where they decided in somebody's place
  std::string step;           // its title or id in words
  std::string outcome;        // as stored
  std::string outcome_words;  // "Approved"
  std::string comment;
  std::string when;  // "2026-03-02 10:14", in the reader's zone
  std::string channel;
  std::uint32_t round = 1;
  bool is_void = false;         // it counts no more: of an earlier round, taken back, or asked for again
  bool is_passed_over = false;  // nobody decided: an administrator passed the step over
};
// Somebody who may act on the item in an absent person's place.
struct PresentedStandIn {
  std::string absent;  // names
  std::string stand_in;
  std::string until;  // when
  bool is_reader = false;
};
struct PresentedOutcome {
  std::string outcome;
  std::string button;
  bool agrees = false;   // approved, done, resubmitted: what the page offers first
  bool refuses = false;  // rejected
  bool returns = false;
  bool comment_required = false;
};
struct PresentedTarget {
  std::string id;  // as Decide::return_to takes it
  std::string label;
};
struct PresentedEntry {
  std::string id;
  std::string text;
};

// Somebody whom this person has added and may take off again, or whose opinion they asked for.
struct PresentedAdded {
  std::uint32_t item = 0;
  std::uint32_t version = 1;
  std::string who;
  AddedAs how = AddedAs::beside;
};
// What may be done with an item and its request beside deciding it.
struct PresentedActs {
  bool transfer = false, delegate = false, add = false, claim = false, release = false;
  bool take_back = false;                                // of a decision of theirs
  bool nudge = false, withdraw = false, cancel = false;  // of a request of theirs
  bool comment = false;
  std::string claimed_by;  // another of the group, who has it: nothing may be done
  std::vector<PresentedAdded> added;
};

struct Presentation {
  std::string locale;
  std::string workflow_title;
  std::string reference;
  std::string requester;  // a name; "" where nobody in particular asks
  std::string started;    // when
  std::string status;     // of the instance, in words
  std::string stage;
  bool ended = false;
  std::uint32_t round = 1;
  std::vector<PresentedField> fields;
  std::vector<PresentedDecision> history;  // oldest first, all rounds

  // Of a work item; all empty where an instance is presented.
  ItemId item;
  ItemStatus item_status = ItemStatus::open;
  std::uint32_t version = 0;
  std::string question;                   // what is asked: the task's title, else the step's
  std::string assignee;                   // a name or a group's title
  std::string returned_by, returned_why;  // of a revision: who sent it back, and their comment
  std::string due;                        // when; "" for no limit
  bool is_overdue = false;
  bool is_revision = false;                // the requester's turn
  bool is_in_their_place = false;          // a revision that fell to somebody else: the requester has left
  bool is_task = false;                    // something to do, not to approve
  std::vector<PresentedOutcome> outcomes;  // only while it is open, as the next four
  std::vector<PresentedInput> asks;
  std::vector<PresentedInput> edits;
  std::vector<PresentedTarget> return_targets;  // the first is the default
  std::vector<PresentedEntry> checklist;
  std::string confirm;  // what has to be confirmed with an approval; "": nothing
  // Whoever asked this person beside or instead of themselves: names, "" where the step itself asks.
  std::string added_by, transferred_by;
  bool is_opinion = false;                           // asked for by `added_by`: it decides nothing
  std::string note;                                  // what either of them wrote
  std::vector<std::string> late;                     // of an escalation: in whose place; names
  std::optional<PresentedDecision> answered_before;  // by this reader, void now
  PresentedActs acts;
  std::vector<PresentedStandIn> stand_ins;    // while it is open or waiting
  std::optional<PresentedDecision> decision;  // once it is decided
  std::string closed_because;                 // once it is closed otherwise
  bool is_asked_again = false;                // another item asks the same of the same since
  bool awaits_view = false;  // the requester may withdraw it until somebody who is asked has looked at it
};

struct Presenting {
  const Snapshot& snapshot;      // directory and calendars
  const Definition* definition;  // of the instance's own version; nullptr: labels and questions are left out
  const State& state;
  std::span<const WorkItemRow> items;  // all of the instance, closed ones too, by number
  PersonId reader;  // whose language and zone; unknown or empty: English, the workflow's zone
  Instant now;
  const Reader* store = nullptr;       // where budgets are read that texts speak of; nullptr: they stay out
  const Absences* absences = nullptr;  // who is away beside what the directory says
};

// The state without what `visible_to` and `visible_from` keep from the reader.
State visible_state(const Presenting& presenting);
// Whether the reader sees how the item was decided, by whom and with which comment.
bool sees_decision(const Presenting& presenting, const WorkItemRow& item);

Presentation present_instance(const Presenting& presenting);
// The same with the fields of the form that the reader sees: for those who are asked nothing.
Presentation present_to_reader(const Presenting& presenting);
// `item`: one of presenting.items.
Presentation present_item(const Presenting& presenting, const WorkItemRow& item);

// What is asked, alone: for lists of work items. "" where it is not known.
std::string question_of(const Presenting& presenting, const WorkItemRow& item, std::string_view locale);

// What has to be confirmed with an approval, in the reader's language; "" where nothing has.
std::string confirm_of(const Presenting& presenting, const WorkItemRow& item);

// "2026-03-02 10:14": how an instant reads to this person, in the zone of their calendar, else the
// workflow's, else the default one.
std::string instant_words(Instant at, const Snapshot& snapshot, const Definition* definition,
                          const PersonId& reader);
// "320 B", "12 KB", "1.5 MB".
std::string size_words(std::uint64_t bytes);
// A person's name, else their id.
std::string name_of(const Directory& directory, const PersonId& person);

// All work items of an instance by number, closed ones too.
Result<std::vector<WorkItemRow>> all_items(const Reader& reader, const InstanceId& instance);

}  // namespace countersign
