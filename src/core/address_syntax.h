#pragma once
// What a mail address and a web address look like to this program. Pure functions.

#include <optional>
#include <string>
#include <string_view>

namespace countersign {

// nullopt where `text` is one plain mailbox: local part, "@", domain with at least one point or "localhost"
// (RFC 5321 sections 4.1.2 and 4.5.3.1; no quoted local part, no comment, no display name). Else why not, as
// the end of a sentence: "'li.na' has no @". Never lets a control character, a space or an angle bracket
// pass.
std::optional<std::string> mail_address_fault(std::string_view text);

// nullopt where `text` is an absolute http or https URL (RFC 3986) of at most 2,000 bytes without control
// characters, spaces or a user name in front of the host. Else why not, as above.
std::optional<std::string> web_address_fault(std::string_view text);

// `text` for a message: at most 60 characters, control characters as "?", never cut inside a character.
std::string excerpt(std::string_view text);

}  // namespace countersign
