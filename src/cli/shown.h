#pragma once
// How members of the API's JSON read to people. Pure functions.

#include <string>
#include <string_view>

#include "base/json.h"

namespace countersign::cli {

// So much of a version is shown: enough to tell it from others and to find it again.
inline constexpr std::size_t kVersionShown = 12;

// A text as it is, numbers exactly, lists joined by ", ", a file by its name, null as "", all else as JSON.
std::string shown(const json::value& value);
// The member `key` of an object as above; "" where there is none.
std::string shown_at(const json::value& object, std::string_view key);
// The instant at `key`, "2026-03-02T10:14:00Z", as "2026-03-02 10:14"; always UTC, which headings say.
std::string instant_at(const json::value& object, std::string_view key);
// The list at `key`; an empty one where there is none.
const json::array& list_at(const json::value& object, std::string_view key);
// Whom a work item is before: "li.na", "group finance", "li.na (group finance)" where somebody has claimed
// it.
std::string whose_at(const json::value& item);
bool flag_at(const json::value& object, std::string_view key);

}  // namespace countersign::cli
