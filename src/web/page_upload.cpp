#include "web/page_upload.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/digest.h"
#include "base/text.h"
#include "web/action_link.h"

namespace countersign::web {

PageUpload::PageUpload(const Surroundings& around, std::string token, std::string_view content_type,
                       std::size_t file_bytes_max)
    : around_(around), token_(std::move(token)), file_bytes_max_(file_bytes_max) {
  if (const auto boundary = multipart_boundary(content_type))
    reader_.emplace(*boundary, static_cast<PartReceiver&>(*this));
}

Result<void> PageUpload::write(std::string_view bytes) {
  if (!looked_) {
    looked_ = true;
    if (const Result<void> known = look_at_link(); !known) return known;
  }
  if (is_dropped_ || !reader_) return {};
  Result<void> read = reader_->read(bytes);
  if (read || read.error().code == ErrorCode::storage) return read;
  fault_ = std::move(read.error());
  is_dropped_ = true;
  return {};
}

Result<void> PageUpload::finish() const {
  if (fault_) return std::unexpected(*fault_);
  if (is_dropped_) return {};
  if (!reader_) return fail(ErrorCode::invalid_input, "multipart/form-data needs a boundary");
  if (!looked_) return fail(ErrorCode::invalid_input, "the form is empty");
  return reader_->finish();
}

Result<void> PageUpload::look_at_link() {
  const auto unknown = [] { return fail(ErrorCode::not_found, "this link is not known"); };
  if (!is_token(token_)) return unknown();
  auto link = around_.backend.reader.link(Links::hash(token_));
  if (!link) return std::unexpected(link.error());
  if (!link->has_value()) return unknown();
  const auto item = around_.backend.reader.work_item((*link)->instance, (*link)->item);
  if (!item) return std::unexpected(item.error());
  // Decided meanwhile: the page that answers says so.
  is_dropped_ = !item->has_value() || (*item)->status != ItemStatus::open || (*link)->revoked;
  link_ = std::move(*link);
  return {};
}

bool PageUpload::is_from_the_page() const {
  const std::string expected = csrf_token(around_, *link_, token_);
  return std::ranges::any_of(texts_, [&](const auto& text) {
    return text.first == "csrf" && equal_in_constant_time(text.second, expected);
  });
}

Result<void> PageUpload::begin_part(const PartHead& head) {
  in_file_ = head.file_name.has_value();
  if (!in_file_) {
    texts_.emplace_back(head.name, "");
    text_bytes_ += head.name.size();
    return {};
  }
  if (is_from_the_page()) {
    begin_file(head);
  } else {
    is_dropped_ = true;
  }
  return {};
}

void PageUpload::begin_file(const PartHead& head) {
  File file{head.name, safe_file_name(*head.file_name)};
  const auto chosen = std::ranges::count_if(files_, [](const File& each) { return each.upload != nullptr; });
  if (static_cast<std::size_t>(chosen) < kFilesMax) {
    file.upload = std::make_unique<Upload>(around_.backend.files_path,
                                           sortable_id(around_.backend.clock.now(), around_.backend.random),
                                           around_.backend.clock.now());
  } else {
    file.fault = File::Fault::too_many;
  }
  files_.push_back(std::move(file));
}

Result<void> PageUpload::part_bytes(std::string_view bytes) {
  if (is_dropped_) return {};
  if (!in_file_) {
    text_bytes_ += bytes.size();
    if (text_bytes_ > kTextBytesMax) {
      return fail(ErrorCode::too_large,
                  fmt::format("the form's texts have more than {} bytes", kTextBytesMax));
    }
    texts_.back().second += bytes;
    return {};
  }
  File& file = files_.back();
  file.size += bytes.size();
  if (!file.upload) return {};
  if (file.size > file_bytes_max_) {
    file.fault = File::Fault::too_large;
    file.upload.reset();
    return {};
  }
  return file.upload->write(bytes);
}

Result<void> PageUpload::end_part() {
  if (is_dropped_) return {};
  if (in_file_) {
    // A control without a chosen file is sent as an empty file without a name.
    if (files_.back().size == 0) files_.pop_back();
    return {};
  }
  if (is_valid_utf8(texts_.back().second)) return {};
  return fail(ErrorCode::invalid_input, "a text of the form is not UTF-8");
}

}  // namespace countersign::web
