#pragma once
// Values of fields as people read them on pages and in mails. Not escaped: the caller escapes for where it
// lands. Pure, thread-safe.

#include <string>
#include <string_view>

#include "core/calendar.h"
#include "core/definition.h"
#include "core/directory.h"

namespace countersign {

struct TextContext {
  std::string locale = "en";             // "zh-CN"; anything but Chinese gets English words
  const Directory* directory = nullptr;  // for names of persons; without it their ids stand
  const Calendar* calendar = nullptr;  // whose zone instants are shown in; without it in UTC, marked as such
};

// "8,200.00 CNY", "2026-03-02", "2026-03-02 10:14", an option's label, names of persons and of files, "yes"
// or "是"; lists joined by
// ", " or "、". "" for null. Rows of a table are the caller's to lay out: here "3 rows" or "3 行".
std::string field_to_text(const Field& field, const cel::Value& value, const TextContext& context);

// A field's or option's label in `locale`, else its name. Expressions in a label are not evaluated: they show
// as "".
std::string label_of(const Field& field, std::string_view locale);
std::string label_of(const ChoiceOption& option, std::string_view locale);

// "8,200.00 CNY"
std::string money_to_text(const Money& money);

}  // namespace countersign
