#include "cli/file_kind.h"

#include <algorithm>
#include <array>
#include <string>

#include "base/text.h"

namespace countersign::cli {
namespace {

struct Sign {
  std::string_view key;
  FileKind kind;
};

// Keys that stand at the top of one kind of file only.
constexpr std::array kSigns = {
    Sign{"workflow", FileKind::workflow},
    Sign{"steps", FileKind::workflow},
    Sign{"connector", FileKind::connector},
    Sign{"inbound", FileKind::connector},
    Sign{"outbound", FileKind::connector},
    Sign{"people", FileKind::people},
    Sign{"groups", FileKind::people},
    Sign{"listen", FileKind::configuration},
    Sign{"public_url", FileKind::configuration},
    Sign{"data", FileKind::configuration},
    Sign{"workflows", FileKind::configuration},
    Sign{"connectors", FileKind::configuration},
    Sign{"calendars", FileKind::configuration},
};

}  // namespace

FileKind kind_of_file(std::string_view path, std::string_view text) {
  const std::string_view name = path.substr(path.rfind('/') + 1);
  if (name.ends_with(".csv") || name.ends_with(".CSV")) return FileKind::people;
  if (!name.ends_with(".yaml") && !name.ends_with(".yml")) return FileKind::other;
  if (name.ends_with(".test.yaml")) return FileKind::scenario;
  if (name == "countersign.yaml") return FileKind::configuration;
  // `people: people.yaml` is a configuration's key, `people:` with nothing behind it a file of people.
  for (const std::string& line : split(text, '\n')) {
    const std::size_t colon = line.find(':');
    if (colon == std::string::npos) continue;
    const std::string_view key = std::string_view(line).substr(0, colon);
    const std::string_view value = trimmed(std::string_view(line).substr(colon + 1));
    const auto sign = std::ranges::find(kSigns, key, &Sign::key);
    if (sign == kSigns.end()) continue;
    if (key == "people" && !value.empty() && !value.starts_with('#') && !value.starts_with('[')) {
      return FileKind::configuration;
    }
    return sign->kind;
  }
  return FileKind::workflow;
}

}  // namespace countersign::cli
