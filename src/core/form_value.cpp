// Texts, numbers, money, choices and times. Persons, files and lists: form_references.cpp.
#include "core/form_value.h"

#include <algorithm>

#include <fmt/format.h>
#include <re2/re2.h>

#include "base/text.h"
#include "core/address_syntax.h"

namespace countersign {
namespace {

constexpr std::size_t kTextCharactersMax = 2'000;
constexpr std::size_t kLongTextCharactersMax = 100'000;

// Beyond any budget, and far inside what decimals add up without rounding.
const Decimal kAmountEnd = Decimal::from_int(1'000'000'000'000'000'000);

std::optional<std::string_view> text_of(const json::value& input) {
  const auto* text = input.if_string();
  if (text == nullptr) return std::nullopt;
  return std::string_view(text->data(), text->size());
}

// The text of a number that was sent as a JSON number or as a string; nullopt for anything else.
std::optional<std::string> number_spelling(const json::value& input) {
  if (const auto* whole = input.if_int64()) return std::to_string(*whole);
  if (const auto exact = number_text(input); !exact.empty()) return std::string(exact);
  if (const auto text = text_of(input)) return std::string(trimmed(*text));
  return std::nullopt;
}

// Why people's usual spellings of a number are none here; "" where nothing particular is known.
std::string_view number_hint(std::string_view text) {
  if (text.find(',') != std::string_view::npos)
    return " (no grouping commas, and a point in front of decimals)";
  if (text.find('\'') != std::string_view::npos || text.find(' ') != std::string_view::npos) {
    return " (no spaces or grouping marks)";
  }
  return "";
}

// Exact, or nothing: what has more digits than a Decimal holds would be rounded silently.
std::optional<Decimal> exact_decimal(std::string_view text) {
  const auto digits = std::ranges::count_if(text, [](char c) { return c >= '0' && c <= '9'; });
  if (digits > Decimal::kDigitsMax) return std::nullopt;
  const auto parsed = Decimal::parse(text);
  return parsed ? std::optional(*parsed) : std::nullopt;
}

std::string counted(std::size_t characters) {
  return fmt::format("{} {}", characters, characters == 1 ? "character" : "characters");
}

bool has_line_control(std::string_view text) {
  return std::ranges::any_of(text, [](char c) {
    return (static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\t') || c == 0x7f;
  });
}

std::vector<std::string> values_of(const std::vector<ChoiceOption>& options) {
  std::vector<std::string> values;
  values.reserve(options.size());
  for (const auto& option : options) values.push_back(option.value);
  return values;
}

}  // namespace

std::string described(const json::value& input) {
  if (const auto number = number_text(input); !number.empty())
    return fmt::format("the number {}", excerpt(number));
  switch (input.kind()) {
    case json::kind::null:
      return "null";
    case json::kind::bool_:
      return input.get_bool() ? "true" : "false";
    case json::kind::int64:
    case json::kind::uint64:
    case json::kind::double_:
      return fmt::format("the number {}", write_json(input));
    case json::kind::string:
      return fmt::format("the text '{}'", excerpt(*text_of(input)));
    case json::kind::array:
      return "a list";
    case json::kind::object:
      return "an object";
  }
  return "something else";
}

std::string did_you_mean(std::string_view word, const std::vector<std::string>& candidates) {
  const auto near = nearest(word, candidates);
  return near ? fmt::format(" (did you mean '{}'?)", *near) : std::string();
}

std::nullopt_t ValueReader::refuse(const std::string& pointer, std::string detail, FormFault fault,
                                   std::vector<std::string> arguments) {
  problems_.push_back({pointer, std::move(detail), fault, std::move(arguments)});
  return std::nullopt;
}

std::optional<cel::Value> ValueReader::read(const Field& field, const json::value& input,
                                            const std::string& pointer) {
  if (input.is_null()) return std::nullopt;
  const bool blank = text_of(input) && trimmed(*text_of(input)).empty();
  switch (field.type) {
    case FieldType::text:
    case FieldType::long_text:
      return read_text(field, input, pointer);
    default:
      break;
  }
  if (blank) return std::nullopt;
  switch (field.type) {
    case FieldType::text:
    case FieldType::long_text:
    case FieldType::mail:
    case FieldType::url:
      return read_text(field, input, pointer);
    case FieldType::integer:
      return read_integer(field, input, pointer);
    case FieldType::number:
      return read_number(field, input, pointer);
    case FieldType::money:
      return read_money(field, input, pointer);
    case FieldType::boolean:
      return read_boolean(input, pointer);
    case FieldType::choice:
      return read_choice(field, input, pointer);
    case FieldType::date:
      return read_date(field, input, pointer);
    case FieldType::datetime:
      return read_datetime(input, pointer);
    case FieldType::person:
      return read_person(input, pointer);
    case FieldType::file:
      return read_file(field, input, pointer);
    case FieldType::choices:
    case FieldType::people:
    case FieldType::files:
    case FieldType::items_of:
      return read_list(field, input, pointer);
    case FieldType::table:
      return read_table(field, input, pointer);
  }
  return std::nullopt;
}

std::optional<cel::Value> ValueReader::read_text(const Field& field, const json::value& input,
                                                 const std::string& pointer) {
  const auto sent = text_of(input);
  if (!sent) return refuse(pointer, fmt::format("a text is expected, not {}", described(input)));
  const bool address = field.type == FieldType::mail || field.type == FieldType::url;
  const auto text = address ? trimmed(*sent) : *sent;
  if (!is_valid_utf8(text)) return refuse(pointer, "the text is not valid UTF-8");
  if (field.type == FieldType::long_text ? has_line_control(text) : has_control_characters(text)) {
    return refuse(pointer,
                  field.type == FieldType::long_text
                      ? "the text has control characters other than line ends and tabs"
                      : "the text has a line end or another control character, but is one line",
                  FormFault::control_characters);
  }
  if (text.empty()) return std::nullopt;
  const std::size_t characters = count_characters(text);
  const std::size_t limit = field.type == FieldType::long_text ? kLongTextCharactersMax : kTextCharactersMax;
  if (characters > limit && !field.max) {
    return refuse(pointer, fmt::format("the text has {}, at most {} are allowed", counted(characters), limit),
                  FormFault::text_too_long, {std::to_string(characters), std::to_string(limit)});
  }
  const auto length = Decimal::from_int(static_cast<std::int64_t>(characters));
  if (field.min && length < *field.min) {
    return refuse(
        pointer,
        fmt::format("the text has {}, at least {} are needed", counted(characters), field.min->to_text()),
        FormFault::text_too_short, {std::to_string(characters), field.min->to_text()});
  }
  if (field.max && length > *field.max) {
    return refuse(
        pointer,
        fmt::format("the text has {}, at most {} are allowed", counted(characters), field.max->to_text()),
        FormFault::text_too_long, {std::to_string(characters), field.max->to_text()});
  }
  const auto fault = field.type == FieldType::mail  ? mail_address_fault(text)
                     : field.type == FieldType::url ? web_address_fault(text)
                                                    : std::nullopt;
  if (fault) {
    return refuse(pointer, *fault, field.type == FieldType::mail ? FormFault::no_mail : FormFault::no_url,
                  {excerpt(text)});
  }
  if (!field.pattern.empty()) {
    const RE2 pattern(field.pattern, RE2::Quiet);
    if (!RE2::FullMatch(re2::StringPiece(text.data(), text.size()), pattern)) {
      return refuse(pointer, fmt::format("'{}' does not match the pattern {}", excerpt(text), field.pattern),
                    FormFault::pattern, {excerpt(text)});
    }
  }
  return cel::Value::string(text);
}

bool ValueReader::within_bounds(const Field& field, const Decimal& amount, const std::string& pointer) {
  const std::string unit = field.type == FieldType::money ? " " + field.currency : "";
  if (field.min && amount < *field.min) {
    refuse(pointer,
           fmt::format("{}{} is less than {}{}, the least allowed", amount.to_text(), unit,
                       field.min->to_text(), unit),
           FormFault::too_small, {amount.to_text() + unit, field.min->to_text() + unit});
    return false;
  }
  if (field.max && amount > *field.max) {
    refuse(pointer,
           fmt::format("{}{} is more than {}{}, the most allowed", amount.to_text(), unit,
                       field.max->to_text(), unit),
           FormFault::too_large, {amount.to_text() + unit, field.max->to_text() + unit});
    return false;
  }
  return true;
}

std::optional<cel::Value> ValueReader::read_integer(const Field& field, const json::value& input,
                                                    const std::string& pointer) {
  const auto text = number_spelling(input);
  if (!text) return refuse(pointer, fmt::format("a whole number is expected, not {}", described(input)));
  const auto decimal = exact_decimal(*text);
  if (!decimal) {
    return refuse(pointer, fmt::format("'{}' is not a whole number{}", excerpt(*text), number_hint(*text)),
                  FormFault::no_whole_number, {excerpt(*text)});
  }
  if (decimal->rounded(0) != *decimal) {
    return refuse(pointer, fmt::format("{} is not a whole number", excerpt(*text)),
                  FormFault::no_whole_number, {excerpt(*text)});
  }
  const auto whole = decimal->to_int();
  if (!whole)
    return refuse(pointer, fmt::format("{} is out of the range of whole numbers (64 bits)", excerpt(*text)),
                  FormFault::out_of_range, {excerpt(*text)});
  if (!within_bounds(field, *decimal, pointer)) return std::nullopt;
  return cel::Value::integer(*whole);
}

std::optional<cel::Value> ValueReader::read_number(const Field& field, const json::value& input,
                                                   const std::string& pointer) {
  const auto text = number_spelling(input);
  if (!text) return refuse(pointer, fmt::format("a number is expected, not {}", described(input)));
  const auto decimal = exact_decimal(*text);
  if (!decimal) {
    return refuse(pointer,
                  fmt::format("'{}' is not a number of at most {} digits{}", excerpt(*text),
                              Decimal::kDigitsMax, number_hint(*text)),
                  FormFault::no_number, {excerpt(*text)});
  }
  if (!within_bounds(field, *decimal, pointer)) return std::nullopt;
  return cel::Value::decimal(*decimal);
}

std::optional<cel::Value> ValueReader::read_money(const Field& field, const json::value& input,
                                                  const std::string& pointer) {
  const json::value* amount = &input;
  std::string currency;
  if (const auto* object = input.if_object(); object != nullptr && number_text(input).empty()) {
    amount = find(input, "amount");
    currency = string_at(input, "currency");
    if (amount == nullptr || currency.empty() || object->size() != 2) {
      return refuse(pointer, "an amount as an object has exactly the members \"amount\" and \"currency\"");
    }
  }
  auto text = number_spelling(*amount);
  if (!text) return refuse(pointer, fmt::format("an amount is expected, not {}", described(*amount)));
  if (const auto space = text->rfind(' '); currency.empty() && space != std::string::npos) {
    const auto behind = std::string_view(*text).substr(space + 1);
    if (behind.size() == 3 && std::ranges::all_of(behind, [](char c) { return c >= 'A' && c <= 'Z'; })) {
      currency = behind;
      text = std::string(trimmed(std::string_view(*text).substr(0, space)));
    }
  }
  if (!currency.empty() && currency != field.currency) {
    return refuse(pointer,
                  fmt::format("the amount is in {}, but {} is expected", excerpt(currency), field.currency),
                  FormFault::other_currency, {excerpt(currency), field.currency});
  }
  const bool plain = text->find_first_not_of("0123456789.-") == std::string::npos;
  const auto decimal = plain || text_of(*amount) == std::nullopt ? exact_decimal(*text) : std::nullopt;
  if (!decimal) {
    return refuse(
        pointer,
        fmt::format("'{}' is not an amount: write it as 8200.00{}", excerpt(*text), number_hint(*text)),
        FormFault::no_amount, {excerpt(*text)});
  }
  if (*decimal >= kAmountEnd || *decimal <= -kAmountEnd) {
    return refuse(pointer, fmt::format("{} is too large for an amount", excerpt(*text)),
                  FormFault::out_of_range, {excerpt(*text)});
  }
  const int digits = minor_digits(field.currency);
  const auto paid = decimal->rounded(digits);
  if (paid != *decimal) {
    return refuse(pointer,
                  digits == 0 ? fmt::format("{} has digits behind the point, but {} has none", excerpt(*text),
                                            field.currency)
                              : fmt::format("{} has more than {} digits behind the point, more than {} has",
                                            excerpt(*text), digits, field.currency),
                  FormFault::too_exact, {excerpt(*text), std::to_string(digits), field.currency});
  }
  if (!within_bounds(field, paid, pointer)) return std::nullopt;
  return cel::Value::money(Money{paid, field.currency});
}

std::optional<cel::Value> ValueReader::read_boolean(const json::value& input, const std::string& pointer) {
  if (const auto* truth = input.if_bool()) return cel::Value::boolean(*truth);
  const auto text = text_of(input);
  if (text && *text == "true") return cel::Value::boolean(true);
  if (text && *text == "false") return cel::Value::boolean(false);
  return refuse(pointer, fmt::format("true or false is expected, not {}", described(input)));
}

std::optional<cel::Value> ValueReader::read_choice(const Field& field, const json::value& input,
                                                   const std::string& pointer) {
  // An option such as 2026 or true is text; who sends it as a number or a boolean means the same.
  auto text = number_spelling(input);
  if (const auto* truth = input.if_bool()) text = *truth ? "true" : "false";
  if (!text) return refuse(pointer, fmt::format("one of the options is expected, not {}", described(input)));
  const auto values = values_of(field.options);
  if (std::ranges::find(values, *text) != values.end()) return cel::Value::string(*text);
  const auto suggestion = did_you_mean(*text, values);
  return refuse(pointer,
                fmt::format("'{}' is none of the options{}", excerpt(*text),
                            suggestion.empty() ? fmt::format(": {}", join(values, ", ")) : suggestion),
                FormFault::no_option, {excerpt(*text)});
}

std::optional<cel::Value> ValueReader::read_date(const Field& field, const json::value& input,
                                                 const std::string& pointer) {
  const auto text = text_of(input);
  const auto date =
      text ? cel::parse_date(trimmed(*text)) : Result<cel::Date>(fail(ErrorCode::invalid_input, ""));
  if (!date)
    return refuse(pointer, fmt::format("a date such as 2026-03-02 is expected, not {}", described(input)),
                  FormFault::no_date, {excerpt(text.value_or(""))});
  // Dates of one format compare as their texts do.
  const auto shown = cel::format_date(*date);
  if (field.date_min && shown < *field.date_min) {
    return refuse(pointer, fmt::format("{} is before {}, the first day allowed", shown, *field.date_min),
                  FormFault::too_early, {shown, *field.date_min});
  }
  if (field.date_max && shown > *field.date_max) {
    return refuse(pointer, fmt::format("{} is after {}, the last day allowed", shown, *field.date_max),
                  FormFault::too_late, {shown, *field.date_max});
  }
  return cel::Value::date(*date);
}

std::optional<cel::Value> ValueReader::read_datetime(const json::value& input, const std::string& pointer) {
  const auto text = text_of(input);
  const auto refuse_it = [&] {
    return refuse(
        pointer,
        fmt::format("a time such as 2026-03-02T10:14:00+08:00 is expected, not {}", described(input)),
        FormFault::no_time, {excerpt(text.value_or(""))});
  };
  if (!text) return refuse_it();
  if (const auto at = parse_rfc3339(trimmed(*text))) return cel::Value::timestamp(*at);
  // As a page's datetime-local input sends it: wall time, with or without seconds.
  constexpr std::size_t kMinutesLength = std::string_view("2026-03-02T10:14").size();
  std::string wall(trimmed(*text));
  if (wall.size() == kMinutesLength) wall += ":00";
  const auto as_utc = parse_rfc3339(wall + "Z");
  if (context_.calendar == nullptr || !as_utc) return refuse_it();
  return cel::Value::timestamp(
      context_.calendar->instant_of(date::local_time<Duration>(as_utc->time_since_epoch())));
}

}  // namespace countersign
