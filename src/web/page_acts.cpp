#include "web/page_acts.h"

#include <algorithm>
#include <charconv>

#include <spdlog/spdlog.h>

#include "base/digest.h"
#include "base/text.h"
#include "core/event_codec.h"
#include "core/guest.h"
#include "delivery/template.h"
#include "web/page_phrases.h"
#include "web/page_templates.h"

namespace countersign::web {

namespace {

constexpr std::size_t kEventsAtOnce = 1000;
constexpr std::size_t kCommentsShownMax = 100;
constexpr std::size_t kOnceMax = 64;

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

// The newest of them, oldest first.
json::array comments_json(const Surroundings& around, const OpenedLink& opened) {
  const InstanceReading& reading = opened.reading;
  json::array comments;
  std::uint64_t after = 0;
  for (bool more = true; more;) {
    const auto page = around.backend.reader.events(opened.link.instance, after, kEventsAtOnce);
    if (!page) break;
    for (const EventRow& row : page->rows) {
      after = row.seq;
      if (row.type != "commented") continue;
      const auto body = decode_event(row.type, row.version, row.payload);
      if (!body) continue;
      const auto& commented = std::get<Commented>(*body);
      const PersonId& by = commented.by.person;
      comments.push_back(
          {{"who", by.empty() ? commented.by.channel : name_of(*reading.snapshot->directory, by)},
           {"when", instant_words(row.at, *reading.snapshot, reading.definition.get(), opened.link.person)},
           {"text", commented.text}});
    }
    more = page->rows.size() == kEventsAtOnce;
  }
  if (comments.size() > kCommentsShownMax)
    comments.erase(comments.begin(), comments.end() - static_cast<long>(kCommentsShownMax));
  return comments;
}

bool is_one_of(std::string_view act, std::initializer_list<std::string_view> acts) {
  return std::ranges::find(acts, act) != acts.end();
}

// "remove.7.2": the item of somebody who was added, and its version as the page shows it.
bool read_removal(std::string_view act, ItemActRequest& request) {
  const auto number = [](std::string_view text) -> std::optional<std::uint32_t> {
    std::uint32_t value = 0;
    const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (fault != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return value;
  };
  const std::string_view names = act.substr(std::string_view("remove.").size());
  const std::size_t dot = names.find('.');
  if (dot == std::string_view::npos) return false;
  const auto item = number(names.substr(0, dot));
  request.version = number(names.substr(dot + 1));
  if (!item || !request.version) return false;
  request.item = *item;
  return true;
}

std::optional<ItemActRequest> read_item_act(const OpenedLink& opened, const TypedAct& typed,
                                            std::string_view where, std::uint32_t version) {
  using Act = ItemActRequest::Act;
  ItemActRequest request{.instance = opened.link.instance, .item = opened.link.item, .version = version};
  request.people = {typed.who};
  request.comment = typed.note;
  const std::string_view act = typed.act;
  if (act.starts_with("remove.")) {
    request.act = Act::remove_approver;
    if (!read_removal(act, request)) return std::nullopt;
    return request;
  }
  if (act == "add") {
    request.act = Act::add_approver;
    request.where = where == "after" ? AddedAs::after : where == "beside" ? AddedAs::beside : AddedAs::before;
    return request;
  }
  static constexpr std::pair<std::string_view, Act> kActs[] = {{"transfer", Act::transfer},
                                                               {"delegate", Act::delegate},
                                                               {"claim", Act::claim},
                                                               {"release", Act::release}};
  for (const auto& [name, meant] : kActs) {
    if (act != name) continue;
    request.act = meant;
    return request;
  }
  return std::nullopt;
}

// What concerns the request as a whole, or a decision that was made.
std::optional<Request> read_other_act(const OpenedLink& opened, const TypedAct& typed,
                                      std::uint32_t version) {
  const InstanceId& instance = opened.link.instance;
  if (typed.act == "take_back") return TakeBackRequest{instance, opened.link.item, typed.reason, version};
  if (typed.act == "nudge") return NudgeRequest{instance};
  if (typed.act == "withdraw") return WithdrawRequest{instance, typed.reason};
  if (typed.act == "cancel") return CancelRequest{instance, typed.reason};
  if (typed.act == "comment") return CommentRequest{instance, typed.text};
  return std::nullopt;
}

}  // namespace

std::string acts_html(const Surroundings& around, const OpenedLink& opened, const Presentation& shown,
                      const TypedAct& typed) {
  const PresentedActs& acts = shown.acts;
  const bool names_somebody = acts.transfer || acts.delegate || acts.add;
  const bool refused_own =
      !typed.why_not.empty() && is_one_of(typed.act, {"take_back", "nudge", "withdraw", "cancel"});
  const bool refused_comment = !typed.why_not.empty() && typed.act == "comment";
  const bool refused_more = !typed.why_not.empty() && !refused_own && !refused_comment;
  const bool has_own = acts.take_back || acts.nudge || acts.withdraw;
  json::array added;
  for (const PresentedAdded& each : acts.added) {
    added.push_back({{"item", std::to_string(each.item)},
                     {"item_version", std::to_string(each.version)},
                     {"who", each.who},
                     {"how", how_words(each.how, shown.locale)}});
  }
  json::array comments = is_guest(opened.link.person) ? json::array() : comments_json(around, opened);
  const auto why_where = [&](bool here) { return here ? json::value(typed.why_not) : json::value(); };
  json::object data{
      {"t", page_phrases(opened.locale)},
      {"action", opened.address()},
      {"csrf", csrf_token(around, opened.link, opened.token)},
      {"version", std::to_string(shown.version)},
      {"once", std::to_string(opened.reading.state.seq)},
      {"own", has_own || acts.cancel || refused_own},
      {"has_own", has_own},
      {"asks_reason", acts.take_back || acts.withdraw},
      {"refused_own", why_where(refused_own)},
      {"take_back", acts.take_back},
      {"nudge", acts.nudge},
      {"withdraw", acts.withdraw},
      {"cancel", acts.cancel},
      {"reason", typed.reason},
      {"comment", acts.comment},
      {"has_talk", acts.comment || !comments.empty()},
      {"refused_comment", why_where(refused_comment)},
      {"has_comments", !comments.empty()},
      {"text", typed.text},
      {"has_more", names_somebody || acts.claim || acts.release || !acts.added.empty() || refused_more},
      {"open", refused_more},
      {"refused_more", why_where(refused_more)},
      {"claim", acts.claim},
      {"release", acts.release},
      {"has_added", !added.empty()},
      {"names_somebody", names_somebody},
      {"transfer", acts.transfer},
      {"delegate", acts.delegate},
      {"add", acts.add},
      {"who", typed.who},
      {"note", typed.note}};
  data["added"] = std::move(added);
  data["comments"] = std::move(comments);
  const Result<std::string> html = render(acts_template(), data, Escape::html);
  if (html) return *html;
  spdlog::error("cannot render a page: {}", html.error().message);
  return {};
}

std::optional<PageAct> read_act(const OpenedLink& opened, const NamedTexts& pairs, std::uint32_t version) {
  const auto text = [&](std::string_view name) {
    std::string found;
    for (const auto& [each, value] : pairs) {
      if (each == name) found = value;
    }
    return found;
  };
  PageAct act;
  act.typed = {text("act"), std::string(trimmed(text("who"))), text("note"), text("reason"), text("text"),
               {}};
  if (act.typed.act.empty()) return std::nullopt;
  if (auto of_item = read_item_act(opened, act.typed, text("where"), version)) {
    act.request = std::move(*of_item);
  } else if (auto other = read_other_act(opened, act.typed, version)) {
    act.request = std::move(*other);
  } else {
    return std::nullopt;
  }
  const std::string once = text("once");
  if (once.empty() || once.size() > kOnceMax) return act;
  // Another act from the same page is another one.
  std::string sent;
  for (const auto& [name, value] : pairs) sent += name + '=' + value + '\n';
  act.once = to_hex(as_text(sha256(sent)));
  return act;
}

}  // namespace countersign::web
