#pragma once
// What is wrong with something that was filled in: where, in English for programs and their makers, and as a
// fault with its arguments, which pages word in the reader's language (web/fault_words.h). Plain values.

#include <string>
#include <vector>

namespace countersign {

// The faults that somebody can make on a page. Arguments in the order in which they stand behind the name.
enum class FormFault {
  other,  // only `detail` says what; a page cannot cause it
  said,   // number of the rule of `refuse_when`, if one; `detail` is the workflow's own text, in their
          // language
  required,
  too_few,         // least, given
  too_many,        // given, most
  twice,           // value
  text_too_short,  // characters, least
  text_too_long,   // characters, most
  control_characters,
  no_mail,          // value
  no_url,           // value
  pattern,          // value
  no_whole_number,  // value
  no_number,        // value
  no_amount,        // value
  other_currency,   // given, expected
  too_exact,        // value, digits, currency
  out_of_range,     // value
  too_small,        // value, least
  too_large,        // value, most
  no_option,        // value
  no_date,          // value
  no_time,          // value
  too_early,        // day, first day
  too_late,         // day, last day
  unknown_person,   // value
  inactive_person,  // name
  file_kind,        // file's name, allowed endings
  file_content,     // file's name, what it holds
  unknown_file,     // id
  used_before,
  comment_required,
  not_ticked,  // entry
  not_confirmed,
};
inline constexpr FormFault kLastFormFault = FormFault::not_confirmed;

struct FormProblem {
  std::string pointer;  // RFC 6901, into what was sent: "/form/lines/0/cost"
  std::string detail;   // "'abc' is not an amount: write it as 8200.00"
  FormFault fault = FormFault::other;
  std::vector<std::string> arguments = {};
  bool operator==(const FormProblem&) const = default;
};

}  // namespace countersign
