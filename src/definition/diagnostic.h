#pragma once
// Diagnostics as a good compiler prints them: all of a file at once, in order of position.
//
//   workflows/expense-approval.yaml:31:13: error[CS014]: unknown field 'amonut' of form (did you mean
//   'amount'?)
//     31 |     when: form.amonut > 5000
//        |                ^~~~~~
//
// Diagnostics is not thread-safe; each load has its own.

#include <memory>
#include <string>
#include <vector>

#include "base/json.h"
#include "definition/diagnostic_codes.h"
#include "definition/source_text.h"

namespace countersign {

class MapReader;

enum class Severity { error, warning };

struct Diagnostic {
  std::string file;
  std::uint32_t line = 0;  // 1-based; 0 where it concerns the file as a whole
  std::uint32_t column = 0;
  std::uint32_t length = 0;
  Severity severity = Severity::error;
  std::string code;  // "CS014"
  std::string message;
  std::string suggestion;  // a name for (did you mean '...'?), or ""
  std::string fix;         // the mended line, or ""
  bool operator==(const Diagnostic&) const = default;
};

class Diagnostics {
 public:
  Diagnostics() = default;
  explicit Diagnostics(SourceText source) { set_source(std::move(source)); }

  // The text that later reports refer to. Reports about another file (a message template) come after another
  // set_source(); what was reported before keeps its own.
  void set_source(SourceText source);
  const SourceText& source() const { return *source_; }

  void error(Code code, SourceSpan at, std::string message, std::string suggestion = {},
             std::string fix = {});
  void warning(Code code, SourceSpan at, std::string message, std::string suggestion = {},
               std::string fix = {});

  bool has_errors() const { return reported_errors_ > 0; }
  // As all() has them.
  std::size_t error_count() const { return count(Severity::error); }
  std::size_t warning_count() const { return count(Severity::warning); }
  // How often an error was reported, the same one again included: whether there was one since it was asked
  // last.
  std::size_t reported_errors() const { return reported_errors_; }
  // Sorted by file and position; reports at one place keep their order, equal ones are one. At most 1,000.
  std::vector<Diagnostic> all() const;
  // The maps that are being read just now, outermost first: they enter and leave it themselves
  // (map_reader.h).
  std::vector<const MapReader*>& open_maps() { return open_maps_; }
  // Takes over what `other` has gathered.
  void append(const Diagnostics& other);

  // Each diagnostic with its source line and caret, as in the example above; "" where there are none.
  std::string to_text() const;
  // A list of objects with the members of Diagnostic, and end_line and end_column, the place behind it.
  // Programs rely on these names (docs/workflow-reference.md).
  json::value to_json() const;

 private:
  void add(Severity severity, Code code, SourceSpan at, std::string message, std::string suggestion,
           std::string fix);
  std::size_t count(Severity severity) const;
  struct Entry {
    Diagnostic diagnostic;
    std::shared_ptr<const SourceText> source;
  };
  std::vector<Entry> sorted() const;

  std::shared_ptr<const SourceText> source_ = std::make_shared<const SourceText>();
  std::vector<Entry> entries_;
  std::vector<const MapReader*> open_maps_;
  std::size_t reported_errors_ = 0;
};

}  // namespace countersign
