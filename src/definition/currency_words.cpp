#include "definition/currency_words.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/money.h"
#include "definition/map_reader.h"

namespace countersign {

void warn_of_unknown_currency(std::string_view code, SourceSpan at, Diagnostics& diagnostics) {
  if (!is_currency_code(code) || code.front() == 'X') return;
  const auto& known = known_currencies();
  if (std::ranges::binary_search(known, code)) return;
  diagnostics.warning(Code::unknown_currency, at, fmt::format("ISO 4217 knows no currency '{}'", code),
                      nearest_of(code, known));
}

}  // namespace countersign
