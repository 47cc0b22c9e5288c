#pragma once
// Writes compact JSON straight into a string: every decision encodes several events and a snapshot, and a
// tree of JSON values in between would cost more than all the rest. Not thread-safe; one writer serves one
// document.
//
// The caller calls begin and end in pairs and key() before each member; commas are put by the writer.

#include <cstdint>
#include <string>
#include <string_view>

#include <boost/json.hpp>

#include "base/time.h"
#include "cel/value.h"

namespace countersign::codec {

class JsonWriter {
 public:
  // Appends to `out`, which must outlive the writer.
  explicit JsonWriter(std::string& out) : out_(out) {}

  void begin_object() { open('{'); }
  void end_object() { out_ += '}'; }
  void begin_array() { open('['); }
  void end_array() { out_ += ']'; }

  // A member's name that needs no escaping, as every name of our own does not.
  void plain_key(std::string_view name) {
    separate();
    out_ += '"';
    out_ += name;
    out_ += "\":";
  }
  void key(std::string_view name) {
    text(name);
    out_ += ':';
  }

  // Bytes that are no UTF-8 are written as U+FFFD: an answer of a foreign system that slipped through must
  // not make the record unreadable for ever.
  void text(std::string_view value);
  void number(std::uint64_t value);
  void number(std::int64_t value);
  void boolean(bool value);
  void null();
  // RFC 3339 as format_rfc3339 spells it.
  void instant(Instant at);
  // The spelling of cel::encode.
  void value(const cel::Value& value);

 private:
  void open(char bracket) {
    separate();
    out_ += bracket;
  }
  // The last character tells whether an element precedes: no element ends with one of these.
  void separate() {
    if (out_.empty()) return;
    const char last = out_.back();
    if (last != '{' && last != '[' && last != ':') out_ += ',';
  }
  void tagged(std::string_view tag, std::string_view text_of_it);
  bool plain_map(const cel::Map& map);
  void tree(const boost::json::value& value);
  void escaped(std::string_view value);

  std::string& out_;
};

}  // namespace countersign::codec
