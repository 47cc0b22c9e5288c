// Budgets: how they stand, who holds what, what moved, and an administrator's correction.

#include <charconv>

#include <fmt/format.h>

#include "runtime/ledger_json.h"
#include "web/routes.h"

namespace countersign::web {

namespace {

constexpr std::size_t kPostingsMax = 200;
constexpr std::size_t kReservationsMax = 200;

// "2026"; nullopt where it is no year, "" where the current one is meant.
std::optional<std::string> year_in(const std::string& text) {
  const bool digits = text.size() <= 4 && text.find_first_not_of("0123456789") == std::string::npos;
  if (!digits) return std::nullopt;
  return text;
}

HttpReply list_ledgers(const Surroundings& around, const Call& call) {
  const auto year = year_in(query_text(call, "year"));
  if (!year) return problem(400, "'year' is a year such as 2026", call.request.path);
  const std::string below = query_text(call, "below");
  const auto ledgers = around.backend.reader.ledgers();
  if (!ledgers) return problem_of(ledgers.error(), call.request.path);
  json::array shown;
  for (const Ledger& ledger : *ledgers) {
    const bool wanted = year->empty() ? ledger.current : std::to_string(ledger.year) == *year;
    if (!wanted || (!below.empty() && !ledger.name.starts_with(below + "/"))) continue;
    shown.push_back(ledger_json(ledger));
  }
  return json_reply(200, json::object{{"ledgers", std::move(shown)}, {"next_cursor", nullptr}});
}

json::value text_or_null(const std::string& text) {
  return text.empty() ? json::value() : json::value(text);
}

json::object posting_json(const LedgerPostingRow& row, std::string_view currency) {
  const int digits = minor_digits(currency);
  return {{"id", row.id},
          {"at", format_rfc3339(row.at)},
          {"act", to_string(row.act)},
          {"amount", row.amount.rounded(digits).to_text()},
          {"available", row.available.rounded(digits).to_text()},
          {"instance", text_or_null(row.instance.value)},
          {"reference", text_or_null(row.reference)},
          {"step", text_or_null(row.step)},
          {"by", text_or_null(row.by)},
          {"reason", text_or_null(row.reason)}};
}

HttpReply one_ledger(const Surroundings& around, const Call& call) {
  const Reader& reader = around.backend.reader;
  const auto year = year_in(query_text(call, "year"));
  if (!year) return problem(400, "'year' is a year such as 2026", call.request.path);
  const auto limit = query_number(call, "limit", 50, kPostingsMax);
  if (!limit) return problem(400, limit.error().message, call.request.path);
  const auto found = reader.ledger(call.at("name"), *year);
  if (!found) return problem_of(found.error(), call.request.path);
  if (!*found) {
    return problem(404,
                   year->empty() ? fmt::format("there is no ledger '{}'", call.at("name"))
                                 : fmt::format("there is no ledger '{}' of {}", call.at("name"), *year),
                   call.request.path);
  }
  const Ledger& ledger = **found;
  const auto held = reader.ledger_reservations(ledger.name, ledger.year, kReservationsMax);
  if (!held) return problem_of(held.error(), call.request.path);
  const auto postings = reader.ledger_postings(ledger.name, ledger.year, *limit, query_text(call, "cursor"));
  if (!postings) return problem_of(postings.error(), call.request.path);
  json::object shown = ledger_json(ledger);
  json::array reservations;
  for (const LedgerReservationRow& row : *held) {
    reservations.push_back({{"instance", row.instance.value},
                            {"reference", text_or_null(row.reference)},
                            {"requester", text_or_null(row.requester.value)},
                            {"step", row.step},
                            {"amount", row.amount.rounded(minor_digits(ledger.currency)).to_text()},
                            {"since", format_rfc3339(row.since)}});
  }
  json::array moved;
  for (const LedgerPostingRow& row : postings->rows) moved.push_back(posting_json(row, ledger.currency));
  shown["reservations"] = std::move(reservations);
  shown["postings"] = std::move(moved);
  shown["next_cursor"] = text_or_null(postings->next_cursor);
  return json_reply(200, shown);
}

void adjust_ledger(const Surroundings& around, Call call) {
  const auto parsed = read_json(call);
  if (!parsed) return;
  JsonBody body(*parsed);
  AdjustLedger request;
  request.name = call.at("name");
  const std::string by = body.text("by", true);
  const std::optional<std::uint32_t> year = body.number("year");
  if (year) request.year = std::to_string(*year);
  request.reason = body.text("reason", true);
  if (const auto amount = Decimal::parse(by)) {
    request.by = *amount;
  } else if (!by.empty()) {
    body.refuse("by", "write an amount such as \"5000.00\", or \"-5000.00\" to take it off");
  }
  if (!body.ok()) return call.respond(body.problem_reply(call.request.path));
  Actor actor = call.principal->actor;
  actor.kind = Actor::Kind::admin;
  auto caller = caller_of(call, actor);
  if (!caller) return call.respond(problem(400, caller.error().message, call.request.path));
  submit(around, std::move(call), std::move(*caller), std::move(request));
}

}  // namespace

std::vector<Route> ledger_routes(const Surroundings& around) {
  const auto reading = [&around](HttpReply (*read)(const Surroundings&, const Call&)) {
    return on_pool(around, [&around, read](const Call& call) { return read(around, call); });
  };
  std::vector<Route> routes;
  routes.push_back({"GET",
                    "/api/v1/ledgers",
                    Scope::read,
                    "Budgets as they stand: the current ones, or those of a year",
                    0,
                    {},
                    "",
                    "Ledgers",
                    {"year", "below"},
                    reading(list_ledgers)});
  routes.push_back({"GET",
                    "/api/v1/ledgers/{name}",
                    Scope::read,
                    "One budget, with who holds what and its postings, newest first",
                    0,
                    {},
                    "",
                    "LedgerOne",
                    {"year", "limit", "cursor"},
                    reading(one_ledger)});
  routes.push_back({"POST",
                    "/api/v1/ledgers/{name}/adjust",
                    Scope::admin,
                    "Correct a budget, with a reason",
                    kJsonBytesMax,
                    json_only(),
                    "LedgerAdjustment",
                    "Ledger",
                    {},
                    [&around](Call call) { adjust_ledger(around, std::move(call)); }});
  return routes;
}

}  // namespace countersign::web
