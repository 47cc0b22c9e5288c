#pragma once
// What is compared where people write the same number in several ways. Pure.

#include <string>
#include <string_view>

namespace countersign {

// Without blanks and invisible characters, in one width and case: full-width digits are digits, "A1/b" is
// "a1/B" (Unicode NFKC and case folding). Bytes that are no UTF-8 stand for themselves. Empty where nothing
// can be seen.
std::string match_key(std::string_view text);

}  // namespace countersign
