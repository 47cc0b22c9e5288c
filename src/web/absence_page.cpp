#include "web/absence_page.h"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "base/digest.h"
#include "base/text.h"
#include "core/guest.h"
#include "runtime/presentation.h"
#include "web/action_link.h"
#include "web/page_phrases.h"
#include "web/page_templates.h"
#include "web/plain_title.h"
#include "web/uri_text.h"

namespace countersign::web {

namespace {

constexpr std::size_t kAbsenceFormBytesMax = 16 << 10;

struct AbsenceForm {
  NamedTexts pairs;
  std::vector<Problem> problems;
  std::string message, done;

  std::string value(std::string_view name) const {
    for (const auto& [each, text] : pairs) {
      if (each == name) return text;
    }
    return {};
  }
  std::vector<std::string> values(std::string_view name) const {
    std::vector<std::string> found;
    for (const auto& [each, text] : pairs) {
      if (each == name && !text.empty()) found.push_back(text);
    }
    return found;
  }
  std::string problem(std::string_view name) const {
    const std::string pointer = "/" + std::string(name);
    for (const Problem& problem : problems) {
      if (problem.pointer == pointer) return problem.detail;
    }
    return {};
  }
};

// As scope_words(), with titles for a reader.
std::string scope_for_reader(const OpenedLink& opened, const Absence& absence) {
  std::vector<std::string> parts;
  for (const WorkflowId& id : absence.workflows) {
    const Definition* definition = opened.reading.snapshot->workflow(id).get();
    parts.push_back(definition == nullptr ? id.value : workflow_title(*definition, opened.locale));
  }
  if (absence.up_to) parts.push_back("≤ " + absence.up_to->to_text());
  return join(parts, " · ");
}

// Every workflow in force by its title; ticked as they were sent.
json::array workflow_boxes(const OpenedLink& opened, const AbsenceForm& form) {
  const std::vector<std::string> ticked = form.values("workflow");
  std::vector<std::pair<std::string, std::string>> titles;
  for (const auto& [id, definition] : opened.reading.snapshot->workflows)
    titles.emplace_back(workflow_title(*definition, opened.locale), id.value);
  std::ranges::sort(titles);
  json::array boxes;
  for (const auto& [title, id] : titles) {
    boxes.push_back(json::object{
        {"id", id}, {"title", title}, {"checked", std::ranges::find(ticked, id) != ticked.end()}});
  }
  return boxes;
}

json::object absence_entry(const OpenedLink& opened, std::int64_t id, const Absence& absence) {
  const InstanceReading& reading = opened.reading;
  const auto words = [&](Instant at) {
    return instant_words(at, *reading.snapshot, reading.definition.get(), opened.link.person);
  };
  return {{"id", id == 0 ? json::value() : json::value(std::to_string(id))},
          {"from", words(absence.from)},
          {"until", words(absence.until)},
          {"stand_in", absence.stand_in ? name_of(*reading.snapshot->directory, *absence.stand_in) : ""},
          {"scope", scope_for_reader(opened, absence)},
          {"reason", absence.reason}};
}

json::array absence_fields(const OpenedLink& opened, const AbsenceForm& form) {
  struct Input {
    std::string_view name, type;
    bool optional;
  };
  static constexpr Input kInputs[] = {{"from", "date", false},
                                      {"until", "date", false},
                                      {"stand_in", "text", true},
                                      {"up_to", "text", true},
                                      {"reason", "text", true}};
  json::array fields;
  for (const Input& input : kInputs) {
    const std::string phrase = "away_" + std::string(input.name);
    const bool wrong = !form.problem(input.name).empty();
    fields.push_back(
        {{"name", input.name},
         {"type", input.type},
         {"label", page_phrase(phrase, opened.locale)},
         {"optional", input.optional},
         {"value", form.value(input.name)},
         {"hint", input.name == "stand_in" ? page_phrase("person_hint", opened.locale) : std::string_view()},
         {"wrong", wrong ? page_phrase(phrase + "_wrong", opened.locale) : std::string_view()}});
  }
  return fields;
}

HttpReply absence_reply(const Surroundings& around, const OpenedLink& opened, int status,
                        const AbsenceForm& form) {
  const Instant now = around.backend.clock.now();
  const Directory& directory = *opened.reading.snapshot->directory;
  json::array absences;
  // As it is now, not when the link was opened: a form may have changed it since.
  const auto known = around.backend.library.absences();
  for (const RecordedAbsence& each : known->of(opened.link.person)) {
    if (each.absence.until > now) absences.push_back(absence_entry(opened, each.id, each.absence));
  }
  if (const Person* person = directory.find(opened.link.person)) {
    for (const Absence& each : person->away) {
      if (each.until > now) absences.push_back(absence_entry(opened, 0, each));
    }
  }
  const std::string_view title = page_phrase("away_title", opened.locale);
  json::object data{{"person", name_of(directory, opened.link.person)},
                    {"action", opened.address() + "/absence"},
                    {"back", opened.address()},
                    {"csrf", csrf_token(around, opened.link, opened.token)},
                    {"message", form.message},
                    {"done", form.done},
                    {"has_absences", !absences.empty()},
                    {"absences", std::move(absences)},
                    {"fields", absence_fields(opened, form)},
                    {"narrowed", !form.values("workflow").empty()},
                    {"has_workflows", !opened.reading.snapshot->workflows.empty()},
                    {"workflows", workflow_boxes(opened, form)}};
  return page(status, opened.frame(title), absence_template(), std::move(data));
}

HttpReply no_guests(const OpenedLink& opened) {
  return message_page(404, opened.base, opened.locale, "unknown_title", "unknown_text");
}

HttpReply show_absences(const Surroundings& around, const Call& call) {
  const auto opened = open_link(around, call);
  if (!opened) return opened.error();
  if (is_guest(opened->link.person)) return no_guests(*opened);
  return absence_reply(around, *opened, 200, {});
}

void answer_absence(const Surroundings& around, const Call& call, const OpenedLink& opened, AbsenceForm form,
                    const Answer& answer, std::string_view done) {
  if (answer) {
    AbsenceForm fresh;
    fresh.done = page_phrase(done, opened.locale);
    boost::system::error_code ignored;
    if (find(json::parse(answer->body, ignored), "note") != nullptr)
      fresh.done += " " + std::string(page_phrase("away_overlaps", opened.locale));
    return call.respond(absence_reply(around, opened, 200, fresh));
  }
  const Refusal& refusal = answer.error();
  form.problems = refusal.problems;
  form.message = refusal.problems.empty()
                     ? filled_in(page_phrase("not_fitting", opened.locale), {refusal.error.message})
                     : std::string(page_phrase("not_accepted", opened.locale));
  call.respond(absence_reply(around, opened, status_of(refusal.error.code), form));
}

void post_absence(const Surroundings& around, const Call& call) {
  const auto opened = open_link(around, call);
  if (!opened) return call.respond(opened.error());
  if (is_guest(opened->link.person)) return call.respond(no_guests(*opened));
  const auto pairs = parse_named_texts(call.request.body);
  AbsenceForm form;
  if (pairs) form.pairs = *pairs;
  const bool trusted =
      pairs && !comes_from_elsewhere(around, call.request) &&
      equal_in_constant_time(form.value("csrf"), csrf_token(around, opened->link, opened->token));
  if (!trusted) {
    return call.respond(message_page(403, opened->base, opened->locale, "refused_title", "expired_form"));
  }
  const std::string ends = form.value("end");
  Request request;
  if (!ends.empty()) {
    EndAbsence end{opened->link.person, 0};
    std::from_chars(ends.data(), ends.data() + ends.size(), end.id);
    request = end;
  } else {
    request = SetAbsence{.person = opened->link.person,
                         .from = form.value("from"),
                         .until = form.value("until"),
                         .stand_in = PersonId(form.value("stand_in")),
                         .workflows = form.values("workflow"),
                         .up_to = form.value("up_to"),
                         .reason = form.value("reason")};
  }
  submit(around, caller_of_link(opened->link, "POST /a/{token}/absence"), std::move(request),
         [&around, call, opened = *opened, form,
          done = ends.empty() ? "away_is_set" : "away_is_over"](const Answer& answer) {
           const bool taken =
               around.pool.run([=, &around] { answer_absence(around, call, opened, form, answer, done); });
           if (!taken) {
             call.respond(message_page(503, opened.base, opened.locale, "refused_title", "busy"));
           }
         });
}

}  // namespace

std::vector<Route> absence_page_routes(const Surroundings& around) {
  std::vector<Route> routes;
  routes.push_back({"GET",
                    "/a/{token}/absence",
                    Scope::everyone,
                    "The absences of the person whom the link names; changes nothing",
                    0,
                    {},
                    "",
                    "Page",
                    {},
                    on_pool(around, [&around](const Call& call) { return show_absences(around, call); })});
  routes.push_back({"POST",
                    "/a/{token}/absence",
                    Scope::everyone,
                    "Sets an absence of that person, or ends one, with what the page's form sends",
                    kAbsenceFormBytesMax,
                    {"application/x-www-form-urlencoded"},
                    "PageForm",
                    "Page",
                    {},
                    [&around](Call call) {
                      const Respond respond = call.respond;
                      const std::string path = call.request.path;
                      const bool taken =
                          around.pool.run([&around, held = std::move(call)] { post_absence(around, held); });
                      if (!taken) {
                        respond(problem(503, "too much comes in at once; try again in a moment", path));
                      }
                    }});
  return routes;
}

}  // namespace countersign::web
