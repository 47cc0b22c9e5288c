#pragma once
// The form of a link's page as a browser sends it with files: texts are kept in memory, files go to the file
// store's temporary folder as they come in. Nothing is written to disk for a link that is unknown, or before
// the page's CSRF token has come, which is the form's first part.

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "web/answering.h"
#include "web/file_store.h"
#include "web/multipart.h"
#include "web/uri_text.h"

namespace countersign::web {

class PageUpload final : public BodySink, private PartReceiver {
 public:
  static constexpr std::size_t kTextBytesMax = 1 << 20;
  static constexpr std::size_t kFilesMax = 20;

  PageUpload(const Surroundings& around, std::string token, std::string_view content_type,
             std::size_t file_bytes_max);

  // not_found: the link is unknown. What else is wrong finish() says, so that a page can answer.
  Result<void> write(std::string_view bytes) override;
  // Once all has come in. invalid_input: it is no form. too_large: its texts are.
  Result<void> finish() const;

  // A file that was chosen. What a person can have done wrong is kept, to be said on the page.
  struct File {
    std::string control;  // "f.invoice"
    std::string name;     // as it may be shown
    enum class Fault { none, too_large, too_many } fault = Fault::none;
    std::unique_ptr<Upload> upload = nullptr;  // absent where there is a fault
    std::uint64_t size = 0;
  };
  NamedTexts& texts() { return texts_; }
  std::vector<File>& files() { return files_; }

 private:
  Result<void> begin_part(const PartHead& head) override;
  Result<void> part_bytes(std::string_view bytes) override;
  Result<void> end_part() override;
  Result<void> look_at_link();
  bool is_from_the_page() const;
  void begin_file(const PartHead& head);

  const Surroundings& around_;
  const std::string token_;
  const std::size_t file_bytes_max_;
  std::optional<MultipartReader> reader_;
  std::optional<LinkRow> link_;
  bool looked_ = false;
  bool is_dropped_ = false;  // what comes is of no use: it is read, but neither kept nor looked at
  std::optional<Error> fault_;
  NamedTexts texts_;
  std::size_t text_bytes_ = 0;
  std::vector<File> files_;
  bool in_file_ = false;
};

}  // namespace countersign::web
