#pragma once
// Time zones by the names of Windows, as Outlook and Exchange write them. Source: the Unicode CLDR,
// supplemental/windowsZones.xml, for the territory 001, by the present names of its zones. Pure, thread-safe.

#include <string_view>

namespace countersign {

// "China Standard Time": "Asia/Shanghai"; "" for a name that is none of Windows'.
std::string_view iana_zone_of_windows(std::string_view name);

}  // namespace countersign
