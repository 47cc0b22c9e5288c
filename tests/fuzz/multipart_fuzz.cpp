// Feeds foreign bytes to the reader of multipart/form-data: once whole, once in pieces. Whatever comes, both
// ends are the same: the same parts with the same bytes, or the same refusal. Built by clang only, as
// workflow_fuzz.
#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

#include "web/multipart.h"

namespace {

using namespace countersign;

class Transcript final : public web::PartReceiver {
 public:
  Result<void> begin_part(const web::PartHead& head) override {
    text += "\npart " + head.name + (head.file_name ? " file " + *head.file_name : "") + ": ";
    open_ = true;
    return {};
  }
  Result<void> part_bytes(std::string_view bytes) override {
    COUNTERSIGN_INVARIANT(open_ && !bytes.empty(), "bytes belong to a part");
    text += bytes;
    return {};
  }
  Result<void> end_part() override {
    COUNTERSIGN_INVARIANT(open_, "a part ends once");
    open_ = false;
    return {};
  }
  std::string text;

 private:
  bool open_ = false;
};

std::string transcript_of(std::string_view body, std::size_t piece) {
  Transcript transcript;
  web::MultipartReader reader("x", transcript, {20, 200});
  while (!body.empty()) {
    const std::string_view bytes = body.substr(0, piece);
    body.remove_prefix(bytes.size());
    if (const auto read = reader.read(bytes); !read) return "refused";
  }
  if (const auto finished = reader.finish(); !finished) return "refused";
  return transcript.text;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view body(reinterpret_cast<const char*>(data) + 1, size - 1);
  const std::size_t piece = std::max<std::size_t>(1, data[0]);
  COUNTERSIGN_INVARIANT(transcript_of(body, body.size() + 1) == transcript_of(body, piece),
                        "the size of the pieces does not matter");
  static_cast<void>(countersign::web::multipart_boundary(body));
  return 0;
}
