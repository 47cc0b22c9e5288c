#include "web/page_acts.h"

#include <algorithm>
#include <charconv>

#include <spdlog/spdlog.h>

#include "base/text.h"
#include "delivery/template.h"
#include "web/page_phrases.h"
#include "web/page_templates.h"

namespace countersign::web {

namespace {

std::string_view how_words(AddedAs how, std::string_view locale) {
  switch (how) {
    case AddedAs::before:
      return page_phrase("how_before", locale);
    case AddedAs::after:
      return page_phrase("how_after", locale);
    case AddedAs::beside:
      return page_phrase("how_beside", locale);
    case AddedAs::opinion:
      break;
  }
  return page_phrase("how_opinion", locale);
}

}  // namespace

std::string acts_html(const Surroundings& around, const OpenedLink& opened, const Presentation& shown,
                      const RefusedAct& refused) {
  const PresentedActs& acts = shown.acts;
  const bool names_somebody = acts.transfer || acts.delegate || acts.add;
  if (!names_somebody && !acts.claim && !acts.release && acts.added.empty()) return {};
  json::array added;
  for (const PresentedAdded& each : acts.added) {
    added.push_back(
        {{"item", std::to_string(each.item)}, {"who", each.who}, {"how", how_words(each.how, shown.locale)}});
  }
  json::object data{{"t", page_phrases(opened.locale)},
                    {"open", !refused.why.empty()},
                    {"refused", refused.why},
                    {"action", opened.address()},
                    {"csrf", csrf_token(around, opened.link, opened.token)},
                    {"version", std::to_string(shown.version)},
                    {"claim", acts.claim},
                    {"release", acts.release},
                    {"has_added", !added.empty()},
                    {"names_somebody", names_somebody},
                    {"transfer", acts.transfer},
                    {"delegate", acts.delegate},
                    {"add", acts.add},
                    {"who", refused.who},
                    {"note", refused.note}};
  data["added"] = std::move(added);
  const Result<std::string> html = render(acts_template(), data, Escape::html);
  if (html) return *html;
  spdlog::error("cannot render a page: {}", html.error().message);
  return {};
}

std::optional<ItemActRequest> read_act(const OpenedLink& opened,
                                       const std::vector<std::pair<std::string, std::string>>& pairs,
                                       std::uint32_t version) {
  using Act = ItemActRequest::Act;
  const auto text = [&](std::string_view name) {
    std::string found;
    for (const auto& [each, value] : pairs) {
      if (each == name) found = value;
    }
    return found;
  };
  const std::string act = text("act");
  ItemActRequest request{.instance = opened.link.instance, .item = opened.link.item, .version = version};
  request.people = {std::string(trimmed(text("who")))};
  request.comment = text("note");
  if (act == "transfer") {
    request.act = Act::transfer;
  } else if (act == "delegate") {
    request.act = Act::delegate;
  } else if (act == "claim") {
    request.act = Act::claim;
  } else if (act == "release") {
    request.act = Act::release;
  } else if (act == "add") {
    request.act = Act::add_approver;
    const std::string where = text("where");
    request.where = where == "after" ? AddedAs::after : where == "beside" ? AddedAs::beside : AddedAs::before;
  } else if (act.starts_with("remove.")) {
    request.act = Act::remove_approver;
    request.version.reset();  // the page knows that of its own item only
    const std::string_view number = std::string_view(act).substr(7);
    const auto [end, fault] = std::from_chars(number.data(), number.data() + number.size(), request.item);
    if (fault != std::errc() || end != number.data() + number.size()) return std::nullopt;
  } else {
    return std::nullopt;
  }
  return request;
}

}  // namespace countersign::web
