#pragma once
// multipart/form-data (RFC 7578 over RFC 2046, section 5.1) taken apart as it comes in, in pieces of any
// size. What is kept in memory is bounded: one part's head and the length of a delimiter.

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"

namespace countersign::web {

// The boundary that a Content-Type of multipart/form-data names: 1 to 70 characters of RFC 2046. nullopt
// where it is another type, or has none or a malformed one.
std::optional<std::string> multipart_boundary(std::string_view content_type);

struct PartHead {
  std::string name;                      // of the form's control
  std::optional<std::string> file_name;  // of a file, "" where nothing was chosen; nullopt: a text
};

// Is told of the parts in their order. An Error ends the reading and is passed on.
class PartReceiver {
 public:
  virtual ~PartReceiver() = default;
  virtual Result<void> begin_part(const PartHead& head) = 0;
  virtual Result<void> part_bytes(std::string_view bytes) = 0;  // not empty
  virtual Result<void> end_part() = 0;
};

struct MultipartLimits {
  std::size_t parts_max = 1000;
  std::size_t head_bytes_max = 4096;  // of one part
};

// Not thread-safe. How much comes in all is its caller's to limit.
class MultipartReader {
 public:
  MultipartReader(std::string_view boundary, PartReceiver& receiver, MultipartLimits limits = {});

  // invalid_input: this is no multipart/form-data. too_large: a limit. Nothing may follow an Error.
  Result<void> read(std::string_view bytes);
  // At the end of what came: invalid_input where the closing delimiter is missing.
  Result<void> finish() const;

 private:
  enum class At { preamble, behind_delimiter, head, body, end };
  // False: more bytes are needed to go on.
  using Step = Result<bool>;
  Step step();
  Step skip_preamble();
  Step pass_delimiter();
  Step read_head();
  Step read_body();

  const std::string delimiter_;  // CR LF "--" BOUNDARY
  PartReceiver& receiver_;
  const MultipartLimits limits_;
  At at_ = At::preamble;
  std::string held_ = "\r\n";  // not looked at yet; the first delimiter may stand at the very beginning
  std::size_t skipped_ = 0;
  std::size_t parts_ = 0;
  bool body_begun_ = false;
};

// The head of a part, its lines without the empty one at the end.
Result<PartHead> parse_part_head(std::string_view lines);

}  // namespace countersign::web
