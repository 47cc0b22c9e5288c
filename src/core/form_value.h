#pragma once
// Reading one value by one field's type: the inside of form.h.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/form.h"

namespace countersign {

// Reads values of one input; problems gather in the order in which they are found.
class ValueReader {
 public:
  ValueReader(const FormContext& context, std::vector<FormProblem>& problems)
      : context_(context), problems_(problems) {}

  // nullopt where `input` is empty or a problem was added.
  std::optional<cel::Value> read(const Field& field, const json::value& input, const std::string& pointer);

 private:
  std::optional<cel::Value> read_text(const Field& field, const json::value& input,
                                      const std::string& pointer);
  std::optional<cel::Value> read_integer(const Field& field, const json::value& input,
                                         const std::string& pointer);
  std::optional<cel::Value> read_number(const Field& field, const json::value& input,
                                        const std::string& pointer);
  std::optional<cel::Value> read_money(const Field& field, const json::value& input,
                                       const std::string& pointer);
  std::optional<cel::Value> read_boolean(const json::value& input, const std::string& pointer);
  std::optional<cel::Value> read_choice(const Field& field, const json::value& input,
                                        const std::string& pointer);
  std::optional<cel::Value> read_date(const Field& field, const json::value& input,
                                      const std::string& pointer);
  std::optional<cel::Value> read_datetime(const json::value& input, const std::string& pointer);
  std::optional<cel::Value> read_person(const json::value& input, const std::string& pointer);
  std::optional<cel::Value> read_file(const Field& field, const json::value& input,
                                      const std::string& pointer);
  std::optional<cel::Value> read_checklist_id(const Field& field, const json::value& input,
                                              const std::string& pointer);
  std::optional<cel::Value> read_list(const Field& field, const json::value& input,
                                      const std::string& pointer);
  std::optional<cel::Value> read_table(const Field& field, const json::value& input,
                                       const std::string& pointer);

  // Adds a problem unless `amount` lies within the field's min and max.
  bool within_bounds(const Field& field, const Decimal& amount, const std::string& pointer);
  bool is_accepted(const Field& field, std::string_view file_name, const std::string& pointer);
  bool holds_what_it_says(std::string_view file_name, std::string_view type, const std::string& pointer);
  std::nullopt_t refuse(const std::string& pointer, std::string detail, FormFault fault = FormFault::other,
                        std::vector<std::string> arguments = {});

  const FormContext& context_;
  std::vector<FormProblem>& problems_;
};

// How a JSON value of the wrong kind is called in a message: "a list", "the number 12".
std::string described(const json::value& input);
// The media type that a file of this name should hold, by the ending; "" where no upload is known by it.
std::string_view type_of_file_name(std::string_view name);
// " (did you mean 'travel'?)", or "" where nothing is near.
std::string did_you_mean(std::string_view word, const std::vector<std::string>& candidates);

}  // namespace countersign
