#include "base/money.h"

#include <algorithm>
#include <array>

namespace countersign {
namespace {

// ISO 4217, list one: the currencies whose minor unit is not the hundredth. Sorted, for the search below.
constexpr std::array<std::string_view, 17> kWithoutMinorUnit = {"BIF", "CLP", "DJF", "GNF", "ISK", "JPY",
                                                                "KMF", "KRW", "PYG", "RWF", "UGX", "UYI",
                                                                "VND", "VUV", "XAF", "XOF", "XPF"};
constexpr std::array<std::string_view, 7> kThousandths = {"BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"};
constexpr std::array<std::string_view, 2> kTenThousandths = {"CLF", "UYW"};

}  // namespace

int minor_digits(std::string_view currency) {
  if (std::ranges::binary_search(kWithoutMinorUnit, currency)) return 0;
  if (std::ranges::binary_search(kThousandths, currency)) return 3;
  if (std::ranges::binary_search(kTenThousandths, currency)) return 4;
  return 2;
}

}  // namespace countersign
