#pragma once
// Where a key belongs that stands in a map that does not know it: one level too deep or too shallow.

#include <span>
#include <string>
#include <string_view>

#include "definition/map_reader.h"

namespace countersign {

// The maps that are being read, outermost first.
using OpenMaps = std::span<const MapReader* const>;

// Of the maps of the same step: "it belongs one level up, to the step 'approve'"; "" where none of them
// takes the key with such a value and does not have it yet. `inside` is what the key stands in: a map or a
// list of the innermost.
std::string place_around(const YamlNode::Entry& entry, const YamlNode& inside, OpenMaps around);
// The workflow or file as a whole, where it takes the key and does not have it yet.
std::string place_at_the_top(const YamlNode::Entry& entry, OpenMaps around);
// "it belongs into 'approve'", where that stands in the map; "" elsewhere. Says at `into` where.
std::string place_inside(std::string_view key, const MapReader& here, const YamlNode*& into);
// "it belongs into 'approve' or 'task' of a step", whatever of it is written.
std::string place_below(std::string_view key, const MapReader& here);

}  // namespace countersign
