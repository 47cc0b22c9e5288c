#include "cli/export_check.h"

#include <map>
#include <optional>

#include <fmt/format.h>

#include "base/digest.h"
#include "base/json.h"
#include "store/audit.h"
#include "store/event_hash.h"

namespace countersign::cli {
namespace {

constexpr std::size_t kLineBytesMax = 64 << 20;

std::optional<std::uint64_t> number_at(const json::value& object, std::string_view key) {
  const json::value* value = find(object, key);
  if (value == nullptr) return std::nullopt;
  if (value->is_int64() && value->get_int64() >= 0) return static_cast<std::uint64_t>(value->get_int64());
  if (value->is_uint64()) return value->get_uint64();
  return std::nullopt;
}

// Whether two texts are the same JSON; numbers may be written in different ways.
bool say_the_same(std::string_view one, std::string_view other) {
  boost::system::error_code first, second;
  const json::value a = json::parse(one, first);
  const json::value b = json::parse(other, second);
  return !first && !second && a == b;
}

// The row that the line was made of; nullopt where something of it is missing or malformed.
std::optional<EventRow> row_of(const json::value& line) {
  const json::value* proof = find(line, "proof");
  const auto seq = number_at(line, "seq");
  const auto version = number_at(line, "version");
  const auto at = parse_rfc3339(string_at(line, "at"));
  if (proof == nullptr || !seq || !version || !at) return std::nullopt;
  EventRow row;
  row.instance = InstanceId(string_at(line, "instance"));
  row.seq = *seq;
  row.at = *at;
  row.type = string_at(line, "type");
  row.version = static_cast<std::uint32_t>(*version);
  row.position = static_cast<std::int64_t>(number_at(*proof, "position").value_or(0));
  row.actor = string_at(*proof, "actor");
  row.payload = string_at(*proof, "payload");
  const auto hash = from_hex(string_at(*proof, "hash"));
  const auto previous = from_hex(string_at(*proof, "previous_hash"));
  const auto payload = from_hex(string_at(*proof, "payload_hash"));
  const auto salt = from_hex(string_at(*proof, "salt"));
  if (!hash || !previous || !payload || !salt) return std::nullopt;
  row.hash = *hash;
  row.previous_hash = *previous;
  row.payload_hash = *payload;
  row.salt = *salt;
  return row;
}

class ExportWalk {
 public:
  explicit ExportWalk(ExportReport& report) : report_(report) {}

  // "" where the line is good.
  std::string take(const std::string& text) {
    if (summary_) return "something follows the line that ends the export";
    const Result<json::value> line = parse_json(text, {.bytes_max = kLineBytesMax});
    if (!line || !line->is_object()) return "it is no JSON object";
    if (const json::value* summary = find(*line, "export")) return take_summary(*summary);
    const std::optional<EventRow> row = row_of(*line);
    if (!row) {
      return find(*line, "proof") == nullptr ? "it has no proof: the export was made by an older program"
                                             : "its proof is malformed";
    }
    return take_event(*line, *row);
  }

  std::string finish() const {
    return summary_ ? std::string() : "the line that ends an export is missing: the file was cut short";
  }

 private:
  struct Chain {
    std::uint64_t seq = 0;
    std::string hash;
  };

  std::string take_summary(const json::value& summary) {
    summary_ = true;
    const auto said = number_at(summary, "events");
    if (said == report_.events) return {};
    return fmt::format("the export says that it has {} events, here are {}", said.value_or(0),
                       report_.events);
  }

  std::string take_event(const json::value& line, const EventRow& row) {
    if (std::string fault = fault_of(row); !fault.empty()) return fault;
    if (!row.erased()) {
      const json::value* data = find(line, "data");
      if (data == nullptr || !say_the_same(row.payload, write_json(*data))) {
        return fmt::format("event {} of {}: its data is not what was hashed", row.seq, row.instance.value);
      }
    }
    const auto [chain, first] = chains_.try_emplace(row.instance.value);
    const bool follows = first ? row.seq != 1 || row.previous_hash == first_previous_hash()
                               : row.seq == chain->second.seq + 1 && row.previous_hash == chain->second.hash;
    if (!follows) {
      return fmt::format("event {} of {}: it does not follow the event before it", row.seq,
                         row.instance.value);
    }
    if (first) {
      ++report_.instances;
      if (row.seq != 1) ++report_.cut_short;
    }
    chain->second = {row.seq, row.hash};
    ++report_.events;
    if (row.erased()) ++report_.erased;
    return {};
  }

  ExportReport& report_;
  std::map<std::string, Chain> chains_;
  bool summary_ = false;
};

}  // namespace

ExportReport check_export(std::istream& lines) {
  ExportReport report;
  ExportWalk walk(report);
  std::string line;
  for (std::uint64_t number = 1; std::getline(lines, line); ++number) {
    if (std::string fault = walk.take(line); !fault.empty()) {
      report.problem = fmt::format("line {}: {}", number, fault);
      return report;
    }
  }
  report.problem = walk.finish();
  return report;
}

}  // namespace countersign::cli
