#include "delivery/mail.h"

#include <algorithm>
#include <memory>

#include <fmt/format.h>
#include <gmime/gmime.h>

#include "base/digest.h"
#include "base/text.h"

namespace countersign {

namespace {

constexpr std::size_t kLineBytesMax = 900;  // RFC 5322 allows 998
constexpr std::size_t kHeaderBytesMax = 2'000;

struct Unref {
  void operator()(void* object) const { g_object_unref(object); }
};
template <class T>
using Object = std::unique_ptr<T, Unref>;

void initialise_gmime_once() {
  static const bool initialised = [] {
    g_mime_init();
    return true;
  }();
  static_cast<void>(initialised);
}

Result<void> check_line(std::string_view header, std::string_view value) {
  const char* why = nullptr;
  if (has_control_characters(value)) why = "has a line break or another control character";
  if (!is_valid_utf8(value)) why = "is not UTF-8";
  if (value.size() > kHeaderBytesMax) why = "is too long";
  if (why == nullptr) return {};
  return fail(ErrorCode::invalid_input, fmt::format("cannot compose the mail: {} {}", header, why));
}

Result<void> check_address(std::string_view header, const MailAddress& address) {
  if (Result<void> name = check_line(header, address.name); !name) return name;
  if (Result<std::string> checked = checked_mail_address(address.address); !checked) {
    return std::unexpected(
        std::move(checked.error()).within(fmt::format("cannot compose the mail: {}", header)));
  }
  return {};
}

// left@right of dot-atoms, so that it needs no quoting anywhere (RFC 5322 section 3.6.4).
Result<void> check_id(std::string_view header, std::string_view id, bool with_at) {
  constexpr std::string_view kOther = "!#$%&'*+-/=?^_`{|}~.";
  const std::size_t at = id.find('@');
  const bool characters = std::all_of(id.begin(), id.end(), [&](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '@' ||
           kOther.find(c) != std::string_view::npos;
  });
  const bool sides = with_at
                         ? at != std::string_view::npos && at > 0 && at + 1 < id.size() && id.rfind('@') == at
                         : at == std::string_view::npos && !id.empty();
  if (characters && sides && id.size() <= 250) return {};
  return fail(ErrorCode::invalid_input, fmt::format("cannot compose the mail: {} is not of the form {}",
                                                    header, with_at ? "left@right" : "a.b.c"));
}

Result<void> check(const Mail& mail) {
  if (Result<void> good = check_address("From", mail.from); !good) return good;
  if (Result<void> good = check_address("To", mail.to); !good) return good;
  if (mail.reply_to) {
    if (Result<void> good = check_address("Reply-To", *mail.reply_to); !good) return good;
  }
  if (Result<void> good = check_line("Subject", mail.subject); !good) return good;
  if (Result<void> good = check_id("Message-ID", mail.message_id, true); !good) return good;
  if (!mail.in_reply_to.empty()) {
    if (Result<void> good = check_id("In-Reply-To", mail.in_reply_to, true); !good) return good;
  }
  for (const std::string& reference : mail.references) {
    if (Result<void> good = check_id("References", reference, true); !good) return good;
  }
  if (!mail.list_id.empty()) {
    if (Result<void> good = check_id("List-Id", mail.list_id, false); !good) return good;
  }
  if (!is_valid_utf8(mail.text) || !is_valid_utf8(mail.html)) {
    return fail(ErrorCode::invalid_input, "cannot compose the mail: its text is not UTF-8");
  }
  return {};
}

// One kind of line end, as the encodings below expect it, and one at the end.
std::string with_line_feeds(std::string_view text) {
  std::string lines;
  lines.reserve(text.size() + 1);
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\r') {
      lines += '\n';
      if (i + 1 < text.size() && text[i + 1] == '\n') ++i;
    } else {
      lines += text[i];
    }
  }
  if (!lines.ends_with('\n')) lines += '\n';
  return lines;
}

std::string with_crlf(std::string_view text) {
  std::string lines;
  lines.reserve(text.size() + text.size() / 20);
  for (const char c : text) {
    if (c == '\n') lines += '\r';
    lines += c;
  }
  return lines;
}

GMimeContentEncoding best_encoding(std::string_view text) {
  std::size_t line = 0, longest_line = 0, beyond_ascii = 0, control = 0;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    line = c == '\n' ? 0 : line + 1;
    longest_line = std::max(longest_line, line);
    if (byte >= 0x80) ++beyond_ascii;
    if ((byte < 0x20 && c != '\n' && c != '\t') || byte == 0x7f) ++control;
  }
  if (beyond_ascii == 0 && control == 0 && longest_line <= kLineBytesMax) return GMIME_CONTENT_ENCODING_7BIT;
  // Quoted-printable costs two more bytes for each such byte, base64 a third of everything.
  return beyond_ascii * 6 > text.size() ? GMIME_CONTENT_ENCODING_BASE64
                                        : GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE;
}

Object<GMimeObject> text_part(const char* subtype, std::string_view text) {
  std::string content = with_line_feeds(text);
  const GMimeContentEncoding encoding = best_encoding(content);
  // The canonical form has CRLF (RFC 2049 section 4); the other encodings get theirs when the message is
  // written.
  if (encoding == GMIME_CONTENT_ENCODING_BASE64) content = with_crlf(content);
  const Object<GMimeStream> stream(g_mime_stream_mem_new_with_buffer(content.data(), content.size()));
  const Object<GMimeDataWrapper> wrapper(
      g_mime_data_wrapper_new_with_stream(stream.get(), GMIME_CONTENT_ENCODING_DEFAULT));
  GMimePart* part = g_mime_part_new_with_type("text", subtype);
  g_mime_object_set_content_type_parameter(GMIME_OBJECT(part), "charset", "utf-8");
  g_mime_part_set_content(part, wrapper.get());
  g_mime_part_set_content_encoding(part, encoding);
  return Object<GMimeObject>(GMIME_OBJECT(part));
}

Object<GMimeObject> body_of(const Mail& mail) {
  if (mail.html.empty()) return text_part("plain", mail.text);
  const Object<GMimeObject> text = text_part("plain", mail.text);
  const Object<GMimeObject> html = text_part("html", mail.html);
  GMimeMultipart* alternatives = g_mime_multipart_new_with_subtype("alternative");
  // "=_" cannot occur in quoted-printable and base64, and nobody can foresee the hash; a random boundary
  // would make every attempt to send a mail differ from the one before.
  const Digest digest = sha256_pieces("mail boundary", {mail.message_id, mail.text, mail.html});
  g_mime_multipart_set_boundary(alternatives, ("=_" + to_hex(as_text(digest)).substr(0, 32)).c_str());
  g_mime_multipart_add(alternatives, text.get());
  g_mime_multipart_add(alternatives, html.get());
  return Object<GMimeObject>(GMIME_OBJECT(alternatives));
}

void add_address(GMimeMessage* message, GMimeAddressType type, const MailAddress& address) {
  g_mime_message_add_mailbox(message, type, address.name.empty() ? nullptr : address.name.c_str(),
                             address.address.c_str());
}

void set_headers(GMimeMessage* message, const Mail& mail) {
  const auto set = [message](const char* name, const std::string& value) {
    g_mime_object_set_header(GMIME_OBJECT(message), name, value.c_str(), nullptr);
  };
  add_address(message, GMIME_ADDRESS_TYPE_FROM, mail.from);
  add_address(message, GMIME_ADDRESS_TYPE_TO, mail.to);
  if (mail.reply_to) add_address(message, GMIME_ADDRESS_TYPE_REPLY_TO, *mail.reply_to);
  g_mime_message_set_subject(message, mail.subject.c_str(), "utf-8");
  GDateTime* date = g_date_time_new_from_unix_utc(
      std::chrono::floor<std::chrono::seconds>(mail.date).time_since_epoch().count());
  if (date != nullptr) {
    g_mime_message_set_date(message, date);
    g_date_time_unref(date);
  }
  g_mime_message_set_message_id(message, mail.message_id.c_str());
  if (!mail.in_reply_to.empty()) set("In-Reply-To", "<" + mail.in_reply_to + ">");
  if (!mail.references.empty()) {
    std::string all;
    for (const std::string& reference : mail.references) all += (all.empty() ? "<" : " <") + reference + ">";
    set("References", all);
  }
  if (!mail.list_id.empty()) set("List-Id", "<" + mail.list_id + ">");
  if (mail.auto_generated) {
    set("Auto-Submitted", "auto-generated");
    set("X-Auto-Response-Suppress", "All");
  }
}

}  // namespace

Result<std::string> compose_mail(const Mail& mail) {
  if (Result<void> good = check(mail); !good) return std::unexpected(std::move(good.error()));
  initialise_gmime_once();
  const Object<GMimeMessage> message(g_mime_message_new(FALSE));
  set_headers(message.get(), mail);
  const Object<GMimeObject> body = body_of(mail);
  g_mime_message_set_mime_part(message.get(), body.get());
  GMimeFormatOptions* options = g_mime_format_options_new();
  g_mime_format_options_set_newline_format(options, GMIME_NEWLINE_FORMAT_DOS);
  char* text = g_mime_object_to_string(GMIME_OBJECT(message.get()), options);
  g_mime_format_options_free(options);
  if (text == nullptr) return fail(ErrorCode::internal, "cannot compose the mail: GMime gave no text");
  std::string bytes(text);
  g_free(text);
  return bytes;
}

}  // namespace countersign
