#include "core/field_text.h"

#include <algorithm>

#include <fmt/format.h>

namespace countersign {
namespace {

bool is_chinese(std::string_view locale) {
  return locale == "zh" || locale.starts_with("zh-");
}

std::string plain_text(const LocalText& text, std::string_view locale) {
  const auto* prose = text.in(locale);
  std::string plain;
  if (prose == nullptr) return plain;
  for (const auto& part : prose->parts) plain += part.text;
  return plain;
}

// "8200.00" as "8,200.00". Scientific notation stays as it is.
std::string grouped(const std::string& number) {
  if (number.find_first_of("eE") != std::string::npos) return number;
  const std::size_t begin = number.starts_with('-') ? 1 : 0;
  const std::size_t point = std::min(number.find('.'), number.size());
  std::string text = number.substr(0, begin);
  for (std::size_t i = begin; i < point; ++i) {
    if (i > begin && (point - i) % 3 == 0) text += ',';
    text += number[i];
  }
  return text + number.substr(point);
}

// To the minute: what people put into a form has no seconds.
std::string instant_text(Instant at, const Calendar* calendar) {
  const auto shown = calendar != nullptr ? Instant(calendar->wall_time_of(at).time_since_epoch()) : at;
  auto text = format_rfc3339(shown).substr(0, 16);
  text[10] = ' ';
  return calendar != nullptr ? text : text + " UTC";
}

std::string option_label(const Field& field, std::string_view value, std::string_view locale) {
  const auto found = std::ranges::find(field.options, value, &ChoiceOption::value);
  return found != field.options.end() ? label_of(*found, locale) : std::string(value);
}

std::string scalar_text(const Field& field, const cel::Value& value, const TextContext& context) {
  switch (value.kind()) {
    case cel::Kind::null_:
      return "";
    case cel::Kind::bool_:
      if (is_chinese(context.locale)) return value.as_bool() ? "是" : "否";
      return value.as_bool() ? "yes" : "no";
    case cel::Kind::money:
      return money_to_text(value.as_money());
    case cel::Kind::timestamp:
      return instant_text(value.as_instant(), context.calendar);
    case cel::Kind::person: {
      const auto* person =
          context.directory != nullptr ? context.directory->find(value.as_person()) : nullptr;
      return person != nullptr && !person->name.empty() ? person->name : std::string(value.as_string());
    }
    case cel::Kind::map: {
      const auto* name = value.as_map().find("name");
      return name != nullptr ? cel::to_display(*name) : std::string();
    }
    case cel::Kind::string:
      if (field.type == FieldType::choice || field.type == FieldType::choices) {
        return option_label(field, value.as_string(), context.locale);
      }
      return std::string(value.as_string());
    default:
      return cel::to_display(value);
  }
}

}  // namespace

std::string label_of(const Field& field, std::string_view locale) {
  auto label = plain_text(field.label, locale);
  return label.empty() ? field.name : label;
}

std::string label_of(const ChoiceOption& option, std::string_view locale) {
  auto label = plain_text(option.label, locale);
  return label.empty() ? option.value : label;
}

std::string money_to_text(const Money& money) {
  return grouped(money.amount.to_text()) + " " + money.currency;
}

std::string field_to_text(const Field& field, const cel::Value& value, const TextContext& context) {
  if (!value.is(cel::Kind::list)) return scalar_text(field, value, context);
  const auto& items = value.as_list();
  if (field.type == FieldType::table) {
    if (is_chinese(context.locale)) return fmt::format("{} 行", items.size());
    return fmt::format("{} {}", items.size(), items.size() == 1 ? "row" : "rows");
  }
  std::string text;
  for (const auto& item : items) {
    if (!text.empty()) text += is_chinese(context.locale) ? "、" : ", ";
    text += scalar_text(field, item, context);
  }
  return text;
}

}  // namespace countersign
