#pragma once
// One expression a line, as JSON: what `countersign eval --jsonl` reads and writes. Core CEL with the strings
// and math extensions and optionals, without the product's functions. Pure functions.

#include <string>
#include <string_view>

#include <boost/json.hpp>

#include "base/error.h"
#include "cel/value.h"

namespace countersign::cel {

// Values as objects of one member: {"int":"-1"}, {"uint":"1"}, {"double":"1.5"}, {"string":"x"},
// {"bytes_b64":"AP8="},
// {"bool":true}, {"null":null}, {"list":[v,...]}, {"map":[[k,v],...]}, {"timestamp":"..."},
// {"duration":"-1.5s"},
// {"type":"int"}; ours besides: {"optional":[v]} or {"optional":[]}.
boost::json::value encode_typed(const Value& value);
Result<Value> decode_typed(const boost::json::value& encoded);

// `line` is {"id","expr","bindings","container","type_env","disable_check","check_only"}, all but expr
// optional; the answer is {"id","value"}, {"id","error"} or, with check_only, {"id","type"}, and never
// throws.
std::string evaluate_jsonl_line(std::string_view line);

}  // namespace countersign::cel
