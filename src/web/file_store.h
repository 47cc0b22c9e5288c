#pragma once
// Uploaded files on disk, named by their content: FOLDER/ab/ab12... . A file is there whole or not at all: it
// is written under a temporary name, synced, renamed, and its folder synced, before anything in the database
// names it.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/random.h"
#include "base/time.h"
#include "web/blocking_pool.h"
#include "web/http_message.h"

namespace countersign::web {

// The media type by the first bytes, and for office documents by the ending of the name: PDF, PNG, JPEG,
// ZIP-based office files, plain text (UTF-8). nullopt for anything else: such a file is not accepted. `head`:
// at least the first 1,024 bytes, or all.
std::optional<std::string> sniffed_type(std::string_view head, std::string_view name);

// A file's name as it may be shown and offered for download: without folders, control characters and quotes,
// at most 120 characters; "file" where nothing is left.
std::string safe_file_name(std::string_view name);

// One upload: a BodySink on pool threads. Removes its temporary file unless it was kept.
class Upload final : public BodySink {
 public:
  // `now`: when it is uploaded, by the clock that remove_stored() is asked by.
  Upload(std::string folder, const std::string& token, Instant now);
  ~Upload() override;
  Upload(const Upload&) = delete;
  Upload& operator=(const Upload&) = delete;

  Result<void> write(std::string_view bytes) override;

  struct Kept {
    std::string sha256;  // in hexadecimal
    std::uint64_t size = 0;
    std::string type;
  };
  // Puts the file in its place. invalid_input where it is empty or of a type that is not accepted.
  Result<Kept> keep(std::string_view name);

 private:
  Result<void> open();

  std::string folder_;
  std::string temporary_;
  Instant now_;
  int descriptor_ = -1;
  std::uint64_t size_ = 0;
  std::string head_;
  struct Hash;
  std::unique_ptr<Hash> hash_;
};

// The path of a kept file.
std::string stored_path(const std::string& folder, std::string_view sha256);

// Removes a kept file that nothing names, unless it was uploaded (again) at `older_than` or later. False
// where it stays; true also where there is none. Thread-safe, also against uploads of the same content.
bool remove_stored(const std::string& folder, std::string_view sha256, Instant older_than);
// Copies every kept file that is not there yet into another folder of the same form, and syncs it: a backup.
Result<void> copy_stored(const std::string& folder, const std::string& to);
// Removes what uploads have left behind that a crash cut off: before the first upload.
void clear_incoming(const std::string& folder);

// A kept file as a reply's body, read on the pool. not_found where it is not there.
Result<std::shared_ptr<BodySource>> open_stored(const std::string& folder, std::string_view sha256,
                                                BlockingPool& pool);

}  // namespace countersign::web
