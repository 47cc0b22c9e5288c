#include "web/action_page_data.h"

#include <algorithm>

#include <fmt/format.h>

#include "web/form_inputs.h"
#include "web/page_phrases.h"
#include "web/uri_text.h"

namespace countersign::web {

namespace {

std::string_view tone_of(std::string_view outcome) {
  if (outcome == "rejected") return "refuses";
  if (outcome == "returned") return "returns";
  if (outcome == "skipped") return "passed";
  return "agrees";
}

json::array fields_json(const std::vector<PresentedField>& fields, const std::string& address) {
  json::array list;
  for (const PresentedField& field : fields) {
    json::array files, columns, rows;
    for (const PresentedFile& file : field.files) {
      files.push_back({{"url", address + "/files/" + escape_segment(file.id)},
                       {"name", file.name.empty() ? file.id : file.name},
                       {"size", file.size}});
    }
    for (const std::string& column : field.columns) columns.emplace_back(column);
    for (const auto& row : field.rows) {
      json::array cells;
      for (const std::string& cell : row) cells.emplace_back(cell);
      rows.push_back(json::object{{"cells", std::move(cells)}});
    }
    const bool wide = field.is_long || !field.rows.empty();
    list.push_back({{"label", field.label},
                    {"text", field.text},
                    {"wide", wide},
                    {"has_files", !field.files.empty()},
                    {"files", std::move(files)},
                    {"has_rows", !field.rows.empty()},
                    {"columns", std::move(columns)},
                    {"rows", std::move(rows)}});
  }
  return list;
}

// "" where they decided for themselves.
std::string for_whom_words(const PresentedDecision& decision, std::string_view locale) {
  if (decision.on_behalf_of.empty()) return {};
  return filled_in(page_phrase("for_whom", locale), {decision.on_behalf_of});
}

json::array stand_ins_json(const Presentation& shown) {
  json::array list;
  for (const PresentedStandIn& each : shown.stand_ins) {
    list.push_back(json::object{
        {"words",
         each.is_reader
             ? filled_in(page_phrase("you_stand_in", shown.locale), {each.absent, each.until})
             : filled_in(page_phrase("stands_in", shown.locale), {each.stand_in, each.absent, each.until})}});
  }
  return list;
}

json::array history_json(const std::vector<PresentedDecision>& history, std::string_view locale) {
  json::array list;
  for (const PresentedDecision& decision : history) {
    list.push_back({{"tone", tone_of(decision.outcome)},
                    {"words", decision.outcome_words},
                    {"who", decision.who},
                    {"for_whom", for_whom_words(decision, locale)},
                    {"step", decision.step},
                    {"when", decision.when},
                    {"comment", decision.comment},
                    {"void", decision.is_void}});
  }
  return list;
}

// What agrees comes first and is the one primary action; what refuses stands at the far end.
json::array outcomes_json(const std::vector<PresentedOutcome>& outcomes) {
  std::vector<const PresentedOutcome*> order;
  for (const PresentedOutcome& outcome : outcomes) order.push_back(&outcome);
  std::sort(order.begin(), order.end(), [](const PresentedOutcome* a, const PresentedOutcome* b) {
    const auto rank = [](const PresentedOutcome* each) { return each->refuses ? 2 : each->returns ? 1 : 0; };
    // All stand in one vector: addresses are the order of the workflow.
    return rank(a) != rank(b) ? rank(a) < rank(b) : a < b;
  });
  json::array list;
  for (const PresentedOutcome* outcome : order) {
    std::string tone = outcome->refuses ? "refuses last" : outcome->returns ? "returns" : "agrees";
    if (list.empty() && outcome->agrees) tone += " primary";
    list.push_back({{"outcome", outcome->outcome}, {"button", outcome->button}, {"tone", tone}});
  }
  return list;
}

std::string detail_at(const std::vector<Problem>& problems, std::string_view pointer) {
  std::string details;
  for (const Problem& problem : problems) {
    if (problem.pointer == pointer) details += (details.empty() ? "" : " ") + problem.detail;
  }
  return details;
}

void add_answers(json::object& data, const ActionPage& page) {
  const Presentation& shown = page.shown;
  const Typed* typed = page.typed;
  const std::vector<Problem>& problems = page.problems.fields;
  const std::string files_base = page.address + "/files";
  data["has_edits"] = !shown.edits.empty();
  data["edits"] =
      inputs_html(shown.edits, {"f.", "/form", typed == nullptr ? nullptr : &typed->form, problems,
                                shown.locale, files_base, &page.uploads, page.file_size_max});
  data["asks"] =
      inputs_html(shown.asks, {"a.", "/answers", typed == nullptr ? nullptr : &typed->answers, problems,
                               shown.locale, files_base, &page.uploads, page.file_size_max});
  data["with_files"] = takes_files(shown.edits) || takes_files(shown.asks);
  json::array checklist, targets;
  for (const PresentedEntry& entry : shown.checklist) {
    const bool checked =
        typed != nullptr && std::ranges::find(typed->checklist, entry.id) != typed->checklist.end();
    checklist.push_back({{"id", entry.id}, {"text", entry.text}, {"checked", checked}});
  }
  for (const PresentedTarget& target : shown.return_targets) {
    const bool chosen = typed != nullptr && typed->return_to == target.id;
    targets.push_back({{"id", target.id}, {"label", target.label}, {"chosen", chosen}});
  }
  data["has_checklist"] = !checklist.empty();
  data["checklist"] = std::move(checklist);
  // Said once, however many entries are not ticked off.
  const bool ticks_missing = !detail_at(problems, "/checklist").empty();
  data["checklist_wrong"] = ticks_missing ? page_phrase("ticks_missing", shown.locale) : "";
  data["confirm"] = shown.confirm;
  data["confirm_checked"] = typed != nullptr && typed->confirmed;
  data["confirm_wrong"] = detail_at(problems, "/confirmed");
  data["has_targets"] = targets.size() > 1;
  data["targets"] = std::move(targets);
  data["target_wrong"] = detail_at(problems, "/return_to");
  data["comment"] = typed == nullptr ? "" : typed->comment;
  data["comment_wrong"] = detail_at(problems, "/comment");
  data["comment_hint"] = std::ranges::any_of(shown.outcomes, &PresentedOutcome::comment_required);
  data["outcomes"] = outcomes_json(shown.outcomes);
}

// What request_part() of page_templates.cpp shows.
json::object request_json(const Presentation& shown, const std::string& address, std::string_view heading) {
  json::object data;
  data["workflow"] = shown.workflow_title;
  data["reference"] = shown.reference;
  data["question"] = heading;
  data["requester"] = shown.requester;
  data["started"] = shown.started;
  data["due"] = shown.due;
  data["overdue"] = shown.is_overdue;
  data["stage"] = shown.stage;
  data["later_round"] = shown.round > 1 ? json::value(std::to_string(shown.round)) : json::value();
  data["has_fields"] = !shown.fields.empty();
  data["fields"] = fields_json(shown.fields, address);
  data["has_history"] = !shown.history.empty();
  data["history"] = history_json(shown.history, shown.locale);
  data["stand_ins"] = stand_ins_json(shown);
  return data;
}

}  // namespace

json::object readers_page_json(const Presentation& shown, const std::string& address,
                               const std::string& sent_to, std::string comments, bool done) {
  json::object data = request_json(shown, address, page_phrase("readers_title", shown.locale));
  data["status"] = shown.status;
  data["done"] = done ? json::value(page_phrase("act_done", shown.locale)) : json::value();
  data["more"] = std::move(comments);
  data["sent_to"] = sent_to;
  return data;
}

json::object action_page_json(const ActionPage& page) {
  const Presentation& shown = page.shown;
  json::object data = request_json(shown, page.address, shown.question);
  data["revision"] = shown.is_revision;
  data["returned_by"] = shown.returned_by;
  data["returned_why"] = shown.returned_why;
  // What belongs to no field of the page is said on top.
  std::string message = page.problems.message;
  for (const char* pointer : {"/form", "/answers", "/outcome", ""}) {
    const std::string detail = detail_at(page.problems.fields, pointer);
    if (!detail.empty() && detail != message) message += (message.empty() ? "" : " ") + detail;
  }
  data["message"] = message;
  data["action"] = page.address;
  data["away"] = page.with_absences ? json::value(page.address + "/absence") : json::value();
  data["view"] = page.with_view ? json::value(page.address + "/view") : json::value();
  data["script"] = page.script;
  data["csrf"] = page.csrf;
  data["version"] = std::to_string(shown.version);
  data["sent_to"] = page.sent_to;
  data["more"] = page.acts;
  data["done"] = page.just_now ? json::value(page_phrase("act_done", shown.locale)) : json::value();
  const auto because = [&](std::string_view phrase, const std::string& who) {
    data["asked_because"] = filled_in(page_phrase(phrase, shown.locale), {who});
  };
  data["asked_because"] = nullptr;
  if (!shown.added_by.empty()) {
    because(shown.is_opinion ? "opinion_for" : "added_by", shown.added_by);
  } else if (!shown.transferred_by.empty()) {
    because("transferred_by", shown.transferred_by);
  }
  data["note"] = shown.note;
  add_answers(data, page);
  return data;
}

json::object outcome_json(const Presentation& shown, bool just_now, const std::string& acts, bool acted) {
  json::object data;
  data["done"] = acted ? json::value(page_phrase("act_done", shown.locale)) : json::value();
  data["more"] = acts;
  data["workflow"] = shown.workflow_title;
  data["reference"] = shown.reference;
  data["status"] = shown.status;
  if (shown.is_asked_again) {
    data["heading"] = page_phrase("again_title", shown.locale);
    data["text"] = page_phrase("again_text", shown.locale);
    data["mark"] = "↻";
  } else if (shown.decision) {
    const std::string_view tone = tone_of(shown.decision->outcome);
    data["tone"] = tone;
    data["mark"] = tone == "refuses" ? "✕" : tone == "returns" ? "↩" : "✓";
    data["heading"] = shown.decision->outcome_words;
    data["text"] = page_phrase(just_now ? "thanks" : "already", shown.locale);
    data["decided"] = true;
    data["who"] = shown.decision->who;
    data["for_whom"] = for_whom_words(*shown.decision, shown.locale);
    data["when"] = shown.decision->when;
    data["comment"] = shown.decision->comment;
  } else if (shown.item_status == ItemStatus::waiting) {
    data["heading"] = page_phrase("waiting_title", shown.locale);
    data["text"] = page_phrase("waiting_text", shown.locale);
    data["mark"] = "…";
  } else if (!shown.acts.claimed_by.empty()) {
    data["heading"] = filled_in(page_phrase("claimed_title", shown.locale), {shown.acts.claimed_by});
    data["text"] = page_phrase("nothing_to_do", shown.locale);
    data["mark"] = "–";
  } else {
    data["heading"] = shown.closed_because;
    data["text"] = page_phrase("nothing_to_do", shown.locale);
    data["mark"] = "–";
  }
  return data;
}

json::object message_json(std::string_view heading, std::string_view text) {
  return {{"heading", heading}, {"text", text}, {"mark", nullptr}, {"reference", nullptr}, {"more", ""}};
}

}  // namespace countersign::web
