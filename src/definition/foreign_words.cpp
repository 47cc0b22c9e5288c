#include "definition/foreign_words.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace countersign {
namespace {

struct Foreign {
  std::string_view word;
  std::string_view ours;  // separated by '|', the likelier one first; the first that may stand there counts
};

// Only what is near certain: a wrong suggestion costs more than none.
constexpr std::array kForeign = {
    // keys of steps
    Foreign{"if", "when"},
    Foreign{"condition", "when"},
    Foreign{"only_if", "when"},
    Foreign{"then", "steps"},
    Foreign{"do", "steps"},
    Foreign{"otherwise", "else"},
    Foreign{"timeout", "deadline"},
    Foreign{"expires", "deadline"},
    Foreign{"due_date", "due"},
    Foreign{"due_in", "due"},
    Foreign{"reminder", "remind"},
    Foreign{"reminders", "remind"},
    Foreign{"escalation", "escalate"},
    Foreign{"escalations", "escalate"},
    Foreign{"transitions", "on"},
    Foreign{"approver", "by"},
    Foreign{"approvers", "by"},
    Foreign{"reviewer", "by"},
    Foreign{"reviewers", "by"},
    Foreign{"assignee", "for|by"},
    Foreign{"assignees", "for|by"},
    Foreign{"assigned_to", "for|by"},
    Foreign{"owner", "for"},
    Foreign{"quorum", "need"},
    Foreign{"required_approvals", "need"},
    Foreign{"min_approvals", "need"},
    Foreign{"recipient", "to"},
    Foreign{"recipients", "to"},
    Foreign{"body", "text"},
    Foreign{"template", "message"},
    Foreign{"input", "with"},
    Foreign{"inputs", "with|form"},
    Foreign{"params", "with"},
    Foreign{"parameters", "with"},
    Foreign{"arguments", "with"},
    Foreign{"args", "with"},
    // kinds of steps
    Foreign{"goto", "go"},
    Foreign{"go_to", "go"},
    Foreign{"jump", "go"},
    Foreign{"next", "go"},
    Foreign{"finish", "end"},
    Foreign{"stop", "end"},
    Foreign{"terminate", "end"},
    Foreign{"exit", "end"},
    Foreign{"status", "end"},
    Foreign{"approval", "approve"},
    Foreign{"approvals", "approve"},
    Foreign{"review", "approve"},
    Foreign{"user_task", "task"},
    Foreign{"human_task", "task"},
    Foreign{"manual", "task"},
    Foreign{"todo", "task"},
    Foreign{"email", "notify|mail"},
    Foreign{"mail", "notify"},
    Foreign{"http", "call"},
    Foreign{"request", "call"},
    Foreign{"delay", "wait"},
    Foreign{"sleep", "wait"},
    Foreign{"pause", "wait"},
    Foreign{"timer", "wait"},
    Foreign{"switch", "choose"},
    Foreign{"case", "choose"},
    Foreign{"decision", "choose"},
    Foreign{"fork", "parallel"},
    Foreign{"concurrent", "parallel"},
    Foreign{"foreach", "for_each"},
    Foreign{"loop", "for_each"},
    Foreign{"subprocess", "run"},
    Foreign{"subworkflow", "run"},
    Foreign{"assign", "set"},
    // outcomes
    Foreign{"accepted", "approved"},
    Foreign{"approve", "approved"},
    Foreign{"declined", "rejected"},
    Foreign{"denied", "rejected"},
    Foreign{"refused", "rejected"},
    Foreign{"reject", "rejected"},
    Foreign{"sent_back", "returned"},
    Foreign{"expired", "timeout"},
    Foreign{"error", "failed"},
    Foreign{"failure", "failed"},
    Foreign{"completed", "done"},
    Foreign{"complete", "done"},
    // keys of the workflow and of its fields
    Foreign{"fields", "form"},
    Foreign{"trigger", "start"},
    Foreign{"triggers", "start"},
    Foreign{"title", "label"},
    Foreign{"caption", "title|label"},
    Foreign{"label", "title"},
    Foreign{"hint", "help"},
    Foreign{"description", "help"},
    Foreign{"mandatory", "required"},
    Foreign{"values", "options"},
    Foreign{"choices", "options"},
    Foreign{"enum", "options|choice"},
    Foreign{"regex", "pattern"},
    Foreign{"formula", "computed"},
    Foreign{"minimum", "min"},
    Foreign{"min_length", "min"},
    Foreign{"maximum", "max"},
    Foreign{"max_length", "max"},
    // types of fields
    Foreign{"string", "text"},
    Foreign{"str", "text"},
    Foreign{"textarea", "long_text"},
    Foreign{"multiline", "long_text"},
    Foreign{"int", "integer"},
    Foreign{"float", "number"},
    Foreign{"double", "number"},
    Foreign{"decimal", "number"},
    Foreign{"numeric", "number"},
    Foreign{"currency", "money"},
    Foreign{"amount", "money"},
    Foreign{"bool", "boolean"},
    Foreign{"checkbox", "boolean"},
    Foreign{"select", "choice"},
    Foreign{"dropdown", "choice"},
    Foreign{"radio", "choice"},
    Foreign{"multiselect", "choices"},
    Foreign{"checkboxes", "choices"},
    Foreign{"timestamp", "datetime"},
    Foreign{"user", "person"},
    Foreign{"employee", "person"},
    Foreign{"users", "people"},
    Foreign{"employees", "people"},
    Foreign{"link", "url"},
    Foreign{"uri", "url"},
    Foreign{"attachment", "file"},
    Foreign{"upload", "file"},
    Foreign{"attachments", "files"},
};

}  // namespace

std::string translation_of(std::string_view word, const std::vector<std::string>& known) {
  std::string plain = lower_ascii(word);
  std::ranges::replace(plain, '-', '_');
  for (const Foreign& each : kForeign) {
    if (each.word != plain) continue;
    for (const std::string& ours : split(each.ours, '|')) {
      if (std::ranges::find(known, ours) != known.end()) return ours;
    }
  }
  return {};
}

std::string meant_among(std::string_view word, const std::vector<std::string>& known) {
  std::string meant = translation_of(word, known);
  return meant.empty() ? nearest(word, known).value_or("") : meant;
}

}  // namespace countersign
