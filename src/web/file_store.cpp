#include "web/file_store.h"

#include <cerrno>
#include <cstring>
#include <ctime>
#include <filesystem>
#include <mutex>

#include <fcntl.h>
#include <fmt/format.h>
#include <openssl/evp.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/digest.h"
#include "base/text.h"

namespace countersign::web {

namespace {

constexpr std::size_t kHeadBytes = 4096;
constexpr std::size_t kPieceBytes = 256 * 1024;
constexpr std::size_t kNameCharactersMax = 120;

std::string system_reason() {
  return std::strerror(errno);  // NOLINT: the message is copied at once
}

Result<void> sync_folder(const std::string& folder) {
  const int descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0)
    return fail(ErrorCode::storage, fmt::format("cannot open {}: {}", folder, system_reason()));
  const bool synced = ::fsync(descriptor) == 0;
  const std::string reason = synced ? "" : system_reason();
  ::close(descriptor);
  if (!synced) return fail(ErrorCode::storage, fmt::format("cannot sync {}: {}", folder, reason));
  return {};
}

Result<void> make_folder(const std::string& folder) {
  std::error_code error;
  const bool made = std::filesystem::create_directories(folder, error);
  if (error) return fail(ErrorCode::storage, fmt::format("cannot make {}: {}", folder, error.message()));
  if (made) return sync_folder(std::filesystem::path(folder).parent_path().string());
  return {};
}

// Held while a file takes or leaves its place, so that no fresh upload is taken for an old one.
std::mutex& places() {
  static std::mutex mutex;
  return mutex;
}

class StoredFile final : public BodySource, public std::enable_shared_from_this<StoredFile> {
 public:
  StoredFile(int descriptor, std::uint64_t size, BlockingPool& pool)
      : descriptor_(descriptor), size_(size), pool_(pool) {}
  ~StoredFile() override { ::close(descriptor_); }
  StoredFile(const StoredFile&) = delete;
  StoredFile& operator=(const StoredFile&) = delete;

  std::optional<std::uint64_t> length() const override { return size_; }

  void next(Deliver deliver) override {
    const bool taken = pool_.run([self = shared_from_this(), deliver] {
      std::string piece(kPieceBytes, '\0');
      const ssize_t bytes = ::read(self->descriptor_, piece.data(), piece.size());
      if (bytes <= 0) return deliver(std::nullopt);
      piece.resize(static_cast<std::size_t>(bytes));
      deliver(std::move(piece));
    });
    if (!taken) deliver(std::nullopt);
  }

 private:
  const int descriptor_;
  const std::uint64_t size_;
  BlockingPool& pool_;
};

}  // namespace

struct Upload::Hash {
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  Hash() { EVP_DigestInit_ex(context, EVP_sha256(), nullptr); }
  ~Hash() { EVP_MD_CTX_free(context); }
  Hash(const Hash&) = delete;
  Hash& operator=(const Hash&) = delete;
};

Upload::Upload(std::string folder, const std::string& token, Instant now)
    : folder_(std::move(folder)),
      temporary_(folder_ + "/incoming/" + token),
      now_(now),
      hash_(std::make_unique<Hash>()) {}

Upload::~Upload() {
  if (descriptor_ < 0) return;
  ::close(descriptor_);
  ::unlink(temporary_.c_str());
}

Result<void> Upload::open() {
  if (auto made = make_folder(folder_ + "/incoming"); !made) return made;
  descriptor_ = ::open(temporary_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (descriptor_ < 0) {
    return fail(ErrorCode::storage,
                fmt::format("cannot store the file: {}: {}", temporary_, system_reason()));
  }
  return {};
}

Result<void> Upload::write(std::string_view bytes) {
  if (descriptor_ < 0) {
    if (auto opened = open(); !opened) return opened;
  }
  if (head_.size() < kHeadBytes) head_.append(bytes.substr(0, kHeadBytes - head_.size()));
  EVP_DigestUpdate(hash_->context, bytes.data(), bytes.size());
  size_ += bytes.size();
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor_, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return fail(ErrorCode::storage, "cannot store the file: " + system_reason());
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

Result<Upload::Kept> Upload::keep(std::string_view name) {
  if (size_ == 0) return fail(ErrorCode::invalid_input, "the file is empty");
  const auto type = sniffed_type(head_, name);
  if (!type) {
    return fail(
        ErrorCode::invalid_input,
        "the file is of no accepted type: PDF, PNG, JPEG, office documents (docx, xlsx, pptx, odt, ods, odp) "
        "and plain text are");
  }
  unsigned char bytes[32];
  unsigned int length = 0;
  EVP_DigestFinal_ex(hash_->context, bytes, &length);
  Kept kept{to_hex({reinterpret_cast<const char*>(bytes), length}), size_, *type};

  if (::fsync(descriptor_) != 0) return fail(ErrorCode::storage, "cannot store the file: " + system_reason());
  const std::string path = stored_path(folder_, kept.sha256);
  const std::string parent = std::filesystem::path(path).parent_path().string();
  if (auto made = make_folder(parent); !made) return std::unexpected(made.error());
  // Its age is counted from the upload, by our own clock.
  const std::timespec at{.tv_sec = static_cast<std::time_t>(to_unix_ms(now_) / 1000), .tv_nsec = 0};
  const std::timespec times[2] = {at, at};
  (void)::futimens(descriptor_, times);
  const std::lock_guard lock(places());
  // The same content may be there already: replacing it by itself is harmless.
  if (::rename(temporary_.c_str(), path.c_str()) != 0) {
    return fail(ErrorCode::storage, "cannot store the file: " + system_reason());
  }
  ::close(descriptor_);
  descriptor_ = -1;
  if (auto synced = sync_folder(parent); !synced) return std::unexpected(synced.error());
  return kept;
}

std::string stored_path(const std::string& folder, std::string_view sha256) {
  return fmt::format("{}/{}/{}", folder, sha256.substr(0, 2), sha256);
}

bool remove_stored(const std::string& folder, std::string_view sha256, Instant older_than) {
  if (sha256.size() != 64 || !from_hex(sha256)) return true;
  const std::string path = stored_path(folder, sha256);
  const std::lock_guard lock(places());
  struct stat facts{};
  if (::lstat(path.c_str(), &facts) != 0) return errno == ENOENT;
  if (from_unix_ms(static_cast<std::int64_t>(facts.st_mtim.tv_sec) * 1000) >= older_than) return false;
  return ::unlink(path.c_str()) == 0 || errno == ENOENT;
}

Result<void> copy_stored(const std::string& folder, const std::string& to) {
  namespace fs = std::filesystem;
  std::error_code error;
  if (!fs::exists(folder, error)) return {};
  if (auto made = make_folder(to); !made) return made;
  for (fs::recursive_directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
    const std::string name = at->path().filename().string();
    if (!at->is_regular_file(error) || name.size() != 64 || !from_hex(name)) continue;
    const std::string copy = stored_path(to, name);
    if (fs::exists(copy, error)) continue;
    if (auto made = make_folder(fs::path(copy).parent_path().string()); !made) return made;
    // Removed meanwhile: nothing refers to it, the copied database neither.
    std::error_code failed;
    fs::copy_file(at->path(), copy + ".new", fs::copy_options::overwrite_existing, failed);
    if (failed && !fs::exists(at->path(), error)) continue;
    if (!failed) fs::rename(copy + ".new", copy, failed);
    if (failed)
      return fail(ErrorCode::storage, fmt::format("cannot copy the file {} to {}: {}", at->path().string(),
                                                  copy, failed.message()));
  }
  if (error) return fail(ErrorCode::storage, fmt::format("cannot read {}: {}", folder, error.message()));
  return sync_folder(to);
}

void clear_incoming(const std::string& folder) {
  std::error_code ignored;
  std::filesystem::remove_all(folder + "/incoming", ignored);
}

Result<std::shared_ptr<BodySource>> open_stored(const std::string& folder, std::string_view sha256,
                                                BlockingPool& pool) {
  // The name comes from our database; a path is still never made of anything but hexadecimal digits.
  if (sha256.size() != 64 || !from_hex(sha256))
    return fail(ErrorCode::corrupt, "the file's hash is malformed");
  const std::string path = stored_path(folder, sha256);
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
  if (descriptor < 0)
    return fail(ErrorCode::not_found, fmt::format("the file is missing: {}", system_reason()));
  struct stat facts{};
  if (::fstat(descriptor, &facts) != 0 || !S_ISREG(facts.st_mode)) {
    ::close(descriptor);
    return fail(ErrorCode::corrupt, "what stands in the file's place is no file");
  }
  return std::make_shared<StoredFile>(descriptor, static_cast<std::uint64_t>(facts.st_size), pool);
}

std::string safe_file_name(std::string_view name) {
  const std::size_t slash = name.find_last_of("/\\");
  if (slash != std::string_view::npos) name = name.substr(slash + 1);
  std::string safe;
  std::size_t characters = 0;
  if (!is_valid_utf8(name)) return "file";
  for (const char c : name) {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte & 0xc0) != 0x80 && ++characters > kNameCharactersMax) break;
    if (byte < 0x20 || byte == 0x7f || c == '"' || c == '<' || c == '>') continue;
    safe += c;
  }
  while (safe.starts_with('.')) safe.erase(0, 1);
  return trimmed(safe).empty() ? "file" : std::string(trimmed(safe));
}

// Any archive can be called .docx. OpenDocument begins with an entry that names its type (OpenDocument 1.3,
// part 2, 3.3); Office Open XML with an entry of its own folders (ECMA-376, part 2). A ZIP entry's name
// stands 30 bytes behind its signature, its length 26 bytes behind (APPNOTE.TXT, 4.3.7).
static bool is_office_archive(std::string_view head, std::string_view type) {
  if (head.size() < 30) return false;
  const auto byte = [&](std::size_t at) {
    return static_cast<std::size_t>(static_cast<unsigned char>(head[at]));
  };
  const std::string_view entry = head.substr(30, byte(26) + (byte(27) << 8));
  if (type.find("opendocument") != std::string_view::npos) {
    const std::size_t behind = 30 + entry.size() + byte(28) + (byte(29) << 8);
    return entry == "mimetype" && behind <= head.size() && head.substr(behind).starts_with(type);
  }
  for (const std::string_view own :
       {"[Content_Types].xml", "_rels/", "docProps/", "word/", "xl/", "ppt/", "customXml/"}) {
    if (entry.starts_with(own)) return true;
  }
  return false;
}

std::optional<std::string> sniffed_type(std::string_view head, std::string_view name) {
  if (head.starts_with("%PDF-")) return "application/pdf";
  if (head.starts_with("\x89PNG\r\n\x1a\n")) return "image/png";
  if (head.starts_with("\xff\xd8\xff")) return "image/jpeg";
  if (head.starts_with("PK\x03\x04")) {
    static constexpr std::pair<std::string_view, std::string_view> kOffice[] = {
        {".docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"},
        {".xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
        {".pptx", "application/vnd.openxmlformats-officedocument.presentationml.presentation"},
        {".odt", "application/vnd.oasis.opendocument.text"},
        {".ods", "application/vnd.oasis.opendocument.spreadsheet"},
        {".odp", "application/vnd.oasis.opendocument.presentation"},
    };
    const std::string lower = lower_ascii(name);
    for (const auto& [ending, type] : kOffice) {
      if (lower.ends_with(ending) && is_office_archive(head, type)) return std::string(type);
    }
    return std::nullopt;
  }
  // A text may be cut in the middle of a character where only its beginning was looked at.
  std::string_view text = head;
  const bool may_be_cut = head.size() >= kHeadBytes;
  for (int i = 0; may_be_cut && i < 3 && !is_valid_utf8(text); ++i) text.remove_suffix(1);
  if (!is_valid_utf8(text)) return std::nullopt;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte < 0x20 && c != '\n' && c != '\r' && c != '\t') || byte == 0x7f) return std::nullopt;
  }
  // Markup that a browser might run is no plain text, whatever it is called.
  const std::string start = lower_ascii(trimmed(text.substr(0, 512)));
  if (start.starts_with('<')) return std::nullopt;
  return "text/plain";
}

}  // namespace countersign::web
