#pragma once
// Turns the body of a verified webhook into JSON: one parser for the declared content type. Pure,
// thread-safe.

#include <string_view>

#include "base/error.h"
#include "base/json.h"

namespace countersign {

// application/json and +json: as parse_json. application/x-www-form-urlencoded: an object of texts; where its
// only member is `payload` and holds a JSON object, that object (Slack, GitHub). text/xml, application/xml,
// +xml: an object of the root's children, without prefixes and attributes: an element with children is an
// object, one without is its text, a repeated name is a list. An empty content type is taken as JSON.
// invalid_input where it is malformed, a form's parameter is given twice, XML has a document type, or the
// type is none of these (it is named).
Result<json::value> parse_inbound_body(std::string_view content_type, std::string_view body,
                                       const JsonLimits& limits = {});

// The decoded parameters of a form or query, in order. invalid_input for a name given twice or a malformed
// escape.
Result<json::object> parse_form(std::string_view text);

}  // namespace countersign
