#include "core/exchange.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>

namespace countersign::exchange {
namespace {

std::string text_at(const cel::Value& row, std::string_view column) {
  const cel::Value* cell = row.as_map().find(column);
  return cell == nullptr ? std::string() : std::string(cell->as_string());
}

const cel::Value* row_of(const DataTable& table, std::string_view from, std::string_view to) {
  for (const cel::Value& row : table.rows.as_list()) {
    if (text_at(row, "from") == from && text_at(row, "to") == to) return &row;
  }
  return nullptr;
}

bool is_currency(std::string_view text) {
  return text.size() == 3 && std::ranges::all_of(text, [](char c) { return c >= 'A' && c <= 'Z'; });
}

}  // namespace

std::string fault_of(const DataTable& table) {
  const std::pair<std::string_view, FieldType> kColumns[] = {
      {"from", FieldType::text}, {"to", FieldType::text}, {"rate", FieldType::number}};
  for (const auto& [name, type] : kColumns) {
    const Field* column = field_named(table.columns, name);
    if (column == nullptr || column->type != type || !column->required)
      return fmt::format("it needs the column {}:{}", name, to_string(type));
  }
  std::set<std::pair<std::string, std::string>> seen;
  for (const cel::Value& row : table.rows.as_list()) {
    const std::string from = text_at(row, "from");
    const std::string to = text_at(row, "to");
    if (!is_currency(from) || !is_currency(to))
      return fmt::format("'{}' is no currency: three capital letters such as CNY",
                         is_currency(from) ? to : from);
    if (!seen.emplace(from, to).second)
      return fmt::format("the rate from {} to {} stands there twice", from, to);
    const Decimal rate = row.as_map().find("rate")->as_decimal();
    if (rate.is_zero() || rate.is_negative())
      return fmt::format("the rate from {} to {} is not above zero", from, to);
  }
  return {};
}

std::vector<Pair> pairs_of(const DataTable& table) {
  std::vector<Pair> pairs;
  for (const cel::Value& row : table.rows.as_list())
    pairs.push_back({text_at(row, "from"), text_at(row, "to")});
  return pairs;
}

std::string pair_fault(const DataTable& table, std::string_view from, std::string_view to) {
  if (from == to || row_of(table, from, to) != nullptr) return {};
  return fmt::format("there is no rate from {} to {} in tables/{}.csv", from, to, kTable);
}

Result<Money> convert(const Definition& definition, const Money& money, const std::string& to) {
  if (money.currency == to) return money;
  const auto table = definition.tables.find(kTable);
  if (table == definition.tables.end()) {
    return fail(ErrorCode::invalid_input,
                fmt::format("cannot convert {} to {}: there is no table {}", money.to_text(), to, kTable));
  }
  const cel::Value* row = row_of(table->second, money.currency, to);
  if (row == nullptr) {
    return fail(ErrorCode::invalid_input, fmt::format("cannot convert {}: {}", money.to_text(),
                                                      pair_fault(table->second, money.currency, to)));
  }
  const auto amount = Decimal::multiply(money.amount, row->as_map().find("rate")->as_decimal());
  if (!amount) return std::unexpected(amount.error());
  return Money{amount->rounded(minor_digits(to)), to};
}

}  // namespace countersign::exchange
