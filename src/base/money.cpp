#include "base/money.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace countersign {
namespace {

// ISO 4217, list one: the currencies whose minor unit is not the hundredth. Sorted, for the search below.
constexpr std::array<std::string_view, 17> kWithoutMinorUnit = {"BIF", "CLP", "DJF", "GNF", "ISK", "JPY",
                                                                "KMF", "KRW", "PYG", "RWF", "UGX", "UYI",
                                                                "VND", "VUV", "XAF", "XOF", "XPF"};
constexpr std::array<std::string_view, 7> kThousandths = {"BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"};
constexpr std::array<std::string_view, 2> kTenThousandths = {"CLF", "UYW"};

// ISO 4217, list one, with those withdrawn lately: requests of some years ago are still read. Sorted, each
// followed by a blank.
constexpr std::string_view kCurrencies =
    "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BOV BRL BSD BTN "
    "BWP BYN BZD CAD CDF CHE CHF CHW CLF CLP CNY COP COU CRC CUC CUP CVE CZK DJF DKK DOP DZD EGP "
    "ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HRK HTG HUF IDR ILS INR IQD IRR "
    "ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD "
    "MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR "
    "PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SLL SOS SRD SSP STN SVC SYP SZL "
    "THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD USN UYI UYU UYW UZS VED VES VND VUV WST XAF "
    "XAG XAU XBA XBB XBC XBD XCD XCG XDR XOF XPD XPF XPT XSU XTS XUA YER ZAR ZMW ZWG ZWL ";
constexpr std::size_t kWidth = 4;

}  // namespace

bool is_currency_code(std::string_view text) {
  return text.size() == 3 && std::ranges::all_of(text, [](char c) { return c >= 'A' && c <= 'Z'; });
}

const std::vector<std::string>& known_currencies() {
  static const std::vector<std::string> kKnown = [] {
    std::vector<std::string> known;
    for (std::size_t at = 0; at < kCurrencies.size(); at += kWidth)
      known.emplace_back(kCurrencies.substr(at, kWidth - 1));
    return known;
  }();
  return kKnown;
}

int minor_digits(std::string_view currency) {
  if (std::ranges::binary_search(kWithoutMinorUnit, currency)) return 0;
  if (std::ranges::binary_search(kThousandths, currency)) return 3;
  if (std::ranges::binary_search(kTenThousandths, currency)) return 4;
  return 2;
}

}  // namespace countersign
