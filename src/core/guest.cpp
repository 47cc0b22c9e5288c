#include "core/guest.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"
#include "core/address_syntax.h"

namespace countersign {
namespace {

constexpr std::size_t kNameBytesMax = 200;

}  // namespace

Result<PersonId> guest_id(const Directory& directory, std::string_view mail, std::string_view name) {
  const auto fault = mail_address_fault(mail);
  if (fault || mail.find(':') != std::string_view::npos) {
    return fail(ErrorCode::invalid_input,
                fmt::format("guest(): {}", fault.value_or(fmt::format("'{}' has a colon", mail))));
  }
  if (const Person* known = directory.find_by_mail(mail)) return known->id;
  const bool printable = std::ranges::all_of(name, [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte >= 0x20 && byte != 0x7f;
  });
  if (trimmed(name).empty() || name.size() > kNameBytesMax || !printable) {
    return fail(ErrorCode::invalid_input,
                fmt::format("guest(): the name of {} has 1 to {} printable bytes", mail, kNameBytesMax));
  }
  return PersonId(fmt::format("{}{}:{}", kGuestPrefix, lower_ascii(mail), trimmed(name)));
}

bool is_guest(const PersonId& id) {
  return id.value.starts_with(kGuestPrefix);
}

}  // namespace countersign
