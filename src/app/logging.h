#pragma once
// Logs: one JSON object a line on standard output (journald takes it from there), or plain lines for people
// with
// --dev. Control characters in messages are escaped.

#include <string>

namespace countersign {

// `level`: debug, info, warning, error.
void set_up_logging(const std::string& level, bool for_people);

}  // namespace countersign
