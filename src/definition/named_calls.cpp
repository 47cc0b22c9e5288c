#include "definition/named_calls.h"

#include <algorithm>

#include <fmt/format.h>

#include "core/address_syntax.h"
#include "core/exchange.h"
#include "definition/call_scan.h"

namespace countersign {
namespace {

bool check_ledger(Loading& loading, const Piece& piece, const Spot& spot, const ScannedCall& call) {
  const bool no_instance = spot.place == Place::setting || spot.place == Place::trigger ||
                           spot.place == Place::schedule || spot.place == Place::schedule_each;
  if (no_instance) {
    loading.diagnostics.error(
        Code::no_budget_here, piece.span(call.name_begin, call.name_end),
        "'budget()' cannot be asked here: there is no instance yet; read it in a step, or "
        "in the rules of the form");
    return false;
  }
  const auto& ledgers = loading.catalogue.ledgers;
  if (!ledgers || !call.literal || ledgers->contains(*call.literal)) return true;
  report_unknown_name(
      loading.diagnostics, Code::unknown_ledger, piece.span(call.literal_begin, call.literal_end),
      fmt::format("unknown ledger '{}'", *call.literal), *call.literal, known_names(*ledgers));
  return false;
}

// Loads a table that is named at `at`, once.
bool load_named_table(Loading& loading, const std::string& name, SourceSpan at) {
  if (loading.definition.tables.contains(name)) return true;
  if (loading.broken_tables.contains(name)) return false;
  const auto text = loading.table_texts.find(name);
  if (text == loading.table_texts.end()) {
    report_unknown_name(loading.diagnostics, Code::unknown_table, at,
                        fmt::format("there is no file tables/{}.csv beside the workflow", name), name,
                        known_names(loading.table_texts));
    return false;
  }
  const std::string& file = loading.source().file();
  const std::size_t slash = file.rfind('/');
  const std::string folder = slash == std::string::npos ? "" : file.substr(0, slash + 1);
  const SourceText before = loading.diagnostics.source();
  auto table = load_table(fmt::format("{}tables/{}.csv", folder, name), text->second, loading.diagnostics);
  loading.diagnostics.set_source(before);
  if (!table) {
    loading.broken_tables.insert(name);
    return false;
  }
  loading.definition.tables.emplace(name, std::move(*table));
  return true;
}

bool check_table(Loading& loading, const Piece& piece, const ScannedCall& call) {
  if (!call.literal) {
    loading.diagnostics.error(Code::table_name, piece.span(call.name_begin, call.name_end),
                              "'table()' takes one name in quotes: table(\"rates\")");
    return false;
  }
  return load_named_table(loading, *call.literal, piece.span(call.literal_begin, call.literal_end));
}

// The rates that convert() reads.
bool check_rates(Loading& loading, const Piece& piece, const ScannedCall& call) {
  const SourceSpan at = piece.span(call.name_begin, call.name_end);
  const std::string name(exchange::kTable);
  if (!load_named_table(loading, name, at)) return false;
  const std::string fault = exchange::fault_of(loading.definition.tables.find(name)->second);
  if (fault.empty()) return true;
  loading.diagnostics.error(Code::table_cell, at,
                            fmt::format("convert() reads tables/{}.csv: {}", name, fault));
  return false;
}

// guest("mail", ...) with a literal that can be no address.
bool check_guest(Loading& loading, const Piece& piece, const ScannedCall& call) {
  const std::string_view text = piece.text();
  const std::size_t open = text.find('(', call.name_end);
  const std::size_t quote = open == std::string_view::npos ? open : text.find_first_not_of(" \t", open + 1);
  if (quote == std::string_view::npos || (text[quote] != '"' && text[quote] != '\'')) return true;
  const std::size_t end = text.find(text[quote], quote + 1);
  if (end == std::string_view::npos) return true;
  const auto fault = mail_address_fault(text.substr(quote + 1, end - quote - 1));
  if (!fault) return true;
  loading.diagnostics.error(Code::bad_guest, piece.span(quote + 1, end),
                            fmt::format("guest(mail, name): {}", *fault));
  return false;
}

}  // namespace

bool check_calls(Loading& loading, const Piece& piece, const Spot& spot) {
  bool usable = true;
  const Directory* directory = loading.catalogue.directory.get();
  for (const ScannedCall& call : scan_calls(piece.text())) {
    if (call.name == "guest") usable = check_guest(loading, piece, call) && usable;
    if (call.name == "budget") usable = check_ledger(loading, piece, spot, call) && usable;
    if (call.name == "convert") usable = check_rates(loading, piece, call) && usable;
    if (call.name == "table") usable = check_table(loading, piece, call) && usable;
    if (!call.literal) continue;
    if (call.name == "person") loading.definition.named_people.insert(*call.literal);
    if (call.name == "group") loading.definition.named_groups.insert(*call.literal);
    if (directory == nullptr) continue;
    const SourceSpan at = piece.span(call.literal_begin, call.literal_end);
    if (call.name == "group" && directory->find_group(*call.literal) == nullptr) {
      report_unknown_name(loading.diagnostics, Code::unknown_group, at,
                          fmt::format("unknown group '{}'", *call.literal), *call.literal,
                          known_names(directory->groups(), &Group::id));
    }
    if (call.name == "person" && directory->find_by_id_or_mail(*call.literal) == nullptr) {
      std::vector<std::string> known;
      for (const Person& person : directory->people()) {
        known.push_back(person.id.value);
        if (!person.mail.empty()) known.push_back(person.mail);
      }
      report_unknown_name(loading.diagnostics, Code::unknown_person, at,
                          fmt::format("unknown person '{}'", *call.literal), *call.literal, known);
    }
  }
  return usable;
}

}  // namespace countersign
