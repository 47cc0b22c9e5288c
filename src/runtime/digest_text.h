#pragma once
// The one mail that reminds a person of several matters, in their language: Markdown. Pure functions.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace countersign {

struct DigestEntry {
  std::string question;   // what is asked
  std::string reference;  // EXP-2026-14
  std::string requester;  // a name; "" where nobody in particular asks
  std::string due;        // when; "" for no limit
  bool is_overdue = false;
  std::uint32_t count = 0;  // which reminder it is
  std::string url;          // its own link
};

std::string digest_subject(std::span<const DigestEntry> entries, std::string_view locale);
std::string digest_markdown(std::span<const DigestEntry> entries, std::string_view locale);

}  // namespace countersign
