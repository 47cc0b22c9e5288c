#include "web/readers_page.h"

#include "base/digest.h"
#include "web/action_page_data.h"
#include "web/page_phrases.h"
#include "web/page_templates.h"

namespace countersign::web {

namespace {

HttpReply refused_form(const OpenedLink& opened, int status, std::string_view text) {
  return message_page(status, opened.base, opened.locale, "refused_title", text);
}

std::string form_text(const NamedTexts& pairs, std::string_view name) {
  std::string found;
  for (const auto& [each, value] : pairs) {
    if (each == name) found = value;
  }
  return found;
}

void show_comment(const Surroundings& around, OpenedLink opened, const Answer& answer, TypedAct typed,
                  const Respond& respond) {
  if (auto fresh = read_instance(around.backend, opened.link.instance)) opened.reading = std::move(*fresh);
  if (answer) return respond(show_readers_page(around, opened, 200, {}, true));
  const Error& error = answer.error().error;
  typed.why_not = filled_in(page_phrase("act_refused", opened.locale), {error.message});
  respond(show_readers_page(around, opened, status_of(error.code), typed, false));
}

}  // namespace

Presentation readers_presentation_of(const Surroundings& around, const OpenedLink& opened) {
  Presentation shown =
      present_to_reader(opened.reading.presenting(opened.link.person, around.backend.clock.now()));
  shown.acts.comment = !shown.ended;
  return shown;
}

HttpReply show_readers_page(const Surroundings& around, const OpenedLink& opened, int status,
                            const TypedAct& typed, bool done) {
  const Presentation shown = readers_presentation_of(around, opened);
  return page(status, opened.frame(shown.reference + " · " + shown.workflow_title), readers_template(),
              readers_page_json(shown, opened.address(), opened.link.sent_to,
                                acts_html(around, opened, shown, typed), done));
}

void post_readers_page(const Surroundings& around, const Call& call, OpenedLink opened) {
  if (comes_from_elsewhere(around, call.request))
    return call.respond(refused_form(opened, 403, "expired_form"));
  // Its form sends no files: what came in parts is not its form.
  const auto pairs = call.sink == nullptr ? parse_named_texts(call.request.body) : std::nullopt;
  if (!pairs) return call.respond(refused_form(opened, 400, "expired_form"));
  if (!equal_in_constant_time(form_text(*pairs, "csrf"), csrf_token(around, opened.link, opened.token)))
    return call.respond(refused_form(opened, 403, "expired_form"));
  std::optional<PageAct> act = read_act(opened, *pairs, 0);
  if (!act || act->typed.act != "comment") return call.respond(refused_form(opened, 403, "expired_form"));
  Caller by = caller_of_link(opened.link, "POST /a/{token}");
  by.idempotency_key = act->once;
  by.request_hash = act->once;
  auto held = std::make_shared<OpenedLink>(std::move(opened));
  submit(around, std::move(by), std::move(act->request),
         [&around, held, typed = act->typed, respond = call.respond](const Answer& answer) {
           const bool taken = around.pool.run([&around, held, answer, typed, respond] {
             show_comment(around, *held, answer, typed, respond);
           });
           if (!taken) respond(refused_form(*held, 503, "busy"));
         });
}

}  // namespace countersign::web
