#include "definition/ledger_loader.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/money.h"
#include "core/address_syntax.h"
#include "definition/currency_words.h"

namespace countersign {
namespace {

constexpr Key kLedgerKeys[] = {
    {"currency", Shape::text, Need::required, "three capital letters: CNY"},
    {"year", Shape::integer, Need::optional,
     "the year it is for; another year opens a new ledger of the name"},
    {"amount", Shape::number, Need::required,
     "what may be spent; another amount is posted as the difference"},
    {"kind", Shape::word, Need::optional, "strict refuses what is beyond it, soft lets it pass (strict)",
     "strict|soft"},
    {"spending", Shape::texts, Need::optional,
     "statuses with which a request ends that spend what it holds; all others let it go"},
};
constexpr std::size_t kLedgersMax = 10'000;
constexpr std::size_t kNameMax = 100;

// Names stand in addresses; a slash groups them.
bool is_name(std::string_view text) {
  const bool plain = std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-' || c == '.' || c == '/' || static_cast<unsigned char>(c) >= 0x80;
  });
  return plain && !text.empty() && text.size() <= kNameMax && !text.starts_with('/') &&
         !text.ends_with('/') && text.find("//") == std::string_view::npos;
}

LedgerSettings read_ledger(const YamlNode::Entry& entry, Diagnostics& diagnostics) {
  const MapReader map(entry.value, fmt::format("ledger '{}'", excerpt(entry.key)), kLedgerKeys, diagnostics);
  LedgerSettings ledger;
  ledger.name = entry.key;
  if (!is_name(entry.key)) {
    diagnostics.error(
        Code::reserved_name, entry.key_at,
        fmt::format("'{}' cannot be a ledger's name: letters, digits and _ - . with single slashes "
                    "between, at most {} bytes",
                    excerpt(entry.key), kNameMax));
  }
  ledger.currency = map.text("currency");
  const bool good = is_currency_code(ledger.currency);
  if (map.find("currency")) {
    if (!good)
      diagnostics.error(Code::bad_value, map.at("currency"),
                        "a currency is three capital letters, such as CNY");
    warn_of_unknown_currency(ledger.currency, map.at("currency"), diagnostics);
  }
  ledger.year = static_cast<std::uint32_t>(map.integer("year", 0, 1900, 9999));
  ledger.strict = map.text("kind", "strict") != "soft";
  if (const auto amount = map.number("amount")) {
    ledger.amount = *amount;
    const int digits = minor_digits(ledger.currency);
    if (amount->is_negative() || *amount > Decimal::from_int(kLedgerAmountMax)) {
      diagnostics.error(Code::bad_value, map.at("amount"),
                        fmt::format("'amount' lies between 0 and {}", kLedgerAmountMax));
    } else if (good && amount->rounded(digits) != *amount) {
      diagnostics.error(Code::bad_value, map.at("amount"),
                        fmt::format("{} has {} digits behind the point", ledger.currency, digits));
    }
  }
  ledger.spending = map.texts("spending");
  if (const YamlNode* spending = map.find("spending")) {
    for (const YamlNode& status : spending->items) {
      if (status.text != "cancelled") continue;
      diagnostics.error(Code::bad_value, status.at, "what a cancelled request holds is always let go");
    }
  }
  return ledger;
}

}  // namespace

KeyTable ledger_keys() {
  return kLedgerKeys;
}

std::vector<LedgerSettings> read_ledgers(const YamlNode& node, Diagnostics& diagnostics) {
  std::vector<LedgerSettings> ledgers;
  if (node.entries.size() > kLedgersMax) {
    diagnostics.error(Code::limit, node.at, fmt::format("there are more than {} ledgers", kLedgersMax));
    return ledgers;
  }
  for (const YamlNode::Entry& entry : node.entries) ledgers.push_back(read_ledger(entry, diagnostics));
  return ledgers;
}

}  // namespace countersign
