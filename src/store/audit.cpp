#include "store/audit.h"

#include <vector>

#include <fmt/format.h>

#include "core/event_codec.h"
#include "core/evolve.h"
#include "store/event_hash.h"

namespace countersign {
namespace {

constexpr std::size_t kPage = 500;

std::string name_of(const EventRow& row) {
  return fmt::format("event {} of {} (position {})", row.seq, row.instance.value, row.position);
}

// Walks the feed beside the blocks. Streams take turns: the block that begins first comes first.
class LogWalk {
 public:
  LogWalk(const Reader& reader, AuditReport& report) : reader_(reader), report_(report) {}

  Result<void> run(const std::vector<std::string>& streams) {
    for (const std::string& name : streams) streams_.push_back({.name = name, .blocks = {}});
    while (report_.verified()) {
      auto block = next_block();
      if (!block) return std::unexpected(std::move(block.error()));
      if (*block == nullptr) return check_end();
      if (auto done = check(**block); !done) return done;
    }
    return {};
  }

 private:
  struct Stream {
    std::string name;
    std::vector<BlockRow> blocks;
    std::size_t next = 0;
    std::uint64_t n = 0;  // of the last block that was checked
    std::string previous{first_previous_hash()};
  };

  // nullptr at the end of all streams. turn_ says whose block it is.
  Result<const BlockRow*> next_block() {
    const BlockRow* first = nullptr;
    for (Stream& stream : streams_) {
      if (stream.next == stream.blocks.size()) {
        auto blocks = reader_.blocks(stream.name, stream.n, kPage);
        if (!blocks) return std::unexpected(std::move(blocks.error()));
        stream.blocks = std::move(*blocks);
        stream.next = 0;
        if (stream.blocks.empty()) continue;
      }
      const BlockRow& block = stream.blocks[stream.next];
      if (first == nullptr || block.first_position < first->first_position) {
        first = &block;
        turn_ = &stream;
      }
    }
    return first;
  }

  Result<const EventRow*> next_event() {
    if (next_ == page_.size()) {
      auto page = reader_.feed(cursor_, kPage);
      if (!page) return std::unexpected(std::move(page.error()));
      page_ = std::move(page->rows);
      cursor_ = std::move(page->next_cursor);
      next_ = 0;
      if (page_.empty()) return nullptr;
    }
    return &page_[next_++];
  }

  Result<void> check(const BlockRow& block) {
    const auto bad = [&](std::string_view why) -> Result<void> {
      report_.problem = fmt::format("block {} of stream {}: {}", block.n, block.stream, why);
      return {};
    };
    if (block.n != turn_->n + 1) return bad(fmt::format("block {} is missing before it", turn_->n + 1));
    if (block.previous_hash != turn_->previous) return bad("it does not follow the block before it");
    std::string hashes;
    for (std::uint64_t i = 0; i < block.events; ++i) {
      auto row = next_event();
      if (!row) return std::unexpected(std::move(row.error()));
      const std::int64_t position = block.first_position + static_cast<std::int64_t>(i);
      if (*row == nullptr || (*row)->position > position) {
        return bad(fmt::format("its event at position {} is missing", position));
      }
      if ((*row)->position < position) return stray(**row);
      if (report_.problem = fault_of(**row); !report_.verified()) return {};
      hashes += (*row)->hash;
      ++report_.events;
      if ((*row)->erased()) ++report_.erased;
    }
    if (as_text(block_hash(block.stream, block.n, hashes, block.previous_hash)) != block.hash) {
      return bad("it does not seal the events that stand in it");
    }
    ++report_.blocks;
    turn_->n = block.n;
    turn_->previous = block.hash;
    ++turn_->next;
    return {};
  }

  // An event behind the last block came with a block that was stored meanwhile, or is no part of the log.
  Result<void> check_end() {
    auto row = next_event();
    if (!row) return std::unexpected(std::move(row.error()));
    if (*row == nullptr) return {};
    auto block = next_block();
    if (!block) return std::unexpected(std::move(block.error()));
    return *block == nullptr || (*block)->first_position > (*row)->position ? stray(**row) : Result<void>();
  }

  Result<void> stray(const EventRow& row) {
    report_.problem = fmt::format("{}: it stands in no block", name_of(row));
    return {};
  }

  const Reader& reader_;
  AuditReport& report_;
  std::vector<Stream> streams_;
  Stream* turn_ = nullptr;
  std::vector<EventRow> page_;
  std::size_t next_ = 0;
  std::string cursor_;
};

// The chain of one instance up to the state that is stored, and that state against the fold.
Result<void> check_instance(const Reader& reader, const InstanceId& id, AuditReport& report) {
  auto stored = reader.instance(id);
  if (!stored) {
    if (stored.error().code != ErrorCode::corrupt) return std::unexpected(std::move(stored.error()));
    report.problem = fmt::format("instance {}: {}", id.value, stored.error().message);
    return {};
  }
  if (!*stored) return {};
  State folded;
  folded.id = id;
  bool foldable = true;
  std::string previous(first_previous_hash());
  std::uint64_t seq = 0;
  while (seq < (*stored)->seq) {
    auto page = reader.events(id, seq, kPage);
    if (!page) return std::unexpected(std::move(page.error()));
    for (const EventRow& row : page->rows) {
      if (row.seq > (*stored)->seq) break;
      if (row.seq != ++seq || row.previous_hash != previous) {
        report.problem = fmt::format("{}: it does not follow the event before it", name_of(row));
        return {};
      }
      if (report.problem = fault_of(row); !report.verified()) return {};
      previous = row.hash;
      foldable = foldable && !row.erased();
      if (!foldable) continue;
      auto body = decode_event(row.type, row.version, row.payload);
      if (!body) {
        report.problem = fmt::format("{}: {}", name_of(row), body.error().message);
        return {};
      }
      evolve(folded, Event{.seq = row.seq, .at = row.at, .body = std::move(*body)});
    }
    if (page->rows.empty()) {
      report.problem = fmt::format("instance {}: event {} is missing", id.value, seq + 1);
      return {};
    }
  }
  if (foldable && !(folded == **stored)) {
    report.problem =
        fmt::format("instance {}: the stored state is not what its {} events say", id.value, seq);
  }
  ++report.instances;
  return {};
}

}  // namespace

std::string fault_of(const EventRow& row) {
  if (!row.erased() && as_text(payload_hash(row.salt, row.payload)) != row.payload_hash) {
    return fmt::format("{}: its payload is not what was stored", name_of(row));
  }
  if (as_text(envelope_hash(row)) != row.hash) {
    return fmt::format("{}: its envelope is not what was stored", name_of(row));
  }
  return {};
}

Result<AuditReport> verify(const Reader& reader) {
  AuditReport report;
  auto streams = reader.streams();
  if (!streams) return std::unexpected(std::move(streams.error()));
  LogWalk walk(reader, report);
  if (auto done = walk.run(*streams); !done) return std::unexpected(std::move(done.error()));
  if (!report.verified()) return report;
  std::string cursor;
  do {
    auto page = reader.instances({}, kPage, cursor);
    if (!page) return std::unexpected(std::move(page.error()));
    for (const InstanceRow& row : page->rows) {
      if (auto done = check_instance(reader, row.id, report); !done)
        return std::unexpected(std::move(done.error()));
      if (!report.verified()) return report;
    }
    cursor = std::move(page->next_cursor);
  } while (!cursor.empty());
  return report;
}

}  // namespace countersign
