#include "web/action_show.h"

#include <algorithm>
#include <map>

#include "core/guest.h"
#include "web/form_inputs.h"
#include "web/page_assets.h"
#include "web/page_templates.h"

namespace countersign::web {

namespace {

// Files that this person has sent before and that stand in no form yet: the page is shown again.
std::map<std::string, PresentedFile> uploads_of(const Surroundings& around, const OpenedLink& opened,
                                                const Presentation& shown, const Typed& typed) {
  std::map<std::string, PresentedFile> uploads;
  const auto add = [&](const std::vector<PresentedInput>& inputs, const json::value& values) {
    for (const PresentedInput& input : inputs) {
      const json::value* sent = find(values, input.name);
      if (sent == nullptr || !takes_files({input})) continue;
      const json::array ids = sent->is_array() ? sent->as_array() : json::array{*sent};
      for (const json::value& id : ids) {
        if (!id.is_string()) continue;
        const std::string text(id.as_string());
        if (std::ranges::find(input.values, text) != input.values.end()) continue;
        const auto row = around.backend.reader.file(text);
        if (!row || !*row || (*row)->uploaded_by != opened.link.person) continue;
        uploads[text] = {text, (*row)->name, size_words((*row)->size)};
      }
    }
  };
  add(shown.edits, typed.form);
  add(shown.asks, typed.answers);
  return uploads;
}

}  // namespace

Presentation presentation_of(const Surroundings& around, const OpenedLink& opened) {
  return present_item(opened.reading.presenting(opened.link.person, around.backend.clock.now()),
                      *opened.item());
}

HttpReply show_page(const PageSettings& settings, const OpenedLink& opened, int status, const Typed* typed,
                    PageProblems problems, bool just_now, const TypedAct& act) {
  const Surroundings& around = settings.around;
  const Presentation shown = presentation_of(around, opened);
  const std::string title = shown.reference + " · " + shown.workflow_title;
  // What was done is not offered with what was typed for it.
  const std::string acts = acts_html(around, opened, shown, act.why_not.empty() ? TypedAct{} : act);
  const bool acted = just_now && !act.act.empty();
  if (shown.item_status != ItemStatus::open || !shown.acts.claimed_by.empty()) {
    return page(status, opened.frame(title), result_template(),
                outcome_json(shown, just_now && !acted, acts, acted));
  }
  ActionPage data{shown,
                  opened.address(),
                  csrf_token(around, opened.link, opened.token),
                  opened.link.sent_to,
                  typed,
                  std::move(problems),
                  {},
                  size_words(settings.file_bytes_max),
                  acts,
                  just_now,
                  !is_guest(opened.link.person)};
  data.with_view = shown.awaits_view;
  data.script = opened.base + "/assets/" + view_script_name();
  if (typed != nullptr) data.uploads = uploads_of(around, opened, shown, *typed);
  PageFrame frame = opened.frame(title);
  frame.runs_script = data.with_view;
  return page(status, frame, action_template(), action_page_json(data));
}

}  // namespace countersign::web
