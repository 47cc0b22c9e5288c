#include "web/form_inputs.h"

#include <algorithm>
#include <cstdlib>

#include <fmt/format.h>

#include "base/text.h"
#include "delivery/markdown.h"
#include "web/page_phrases.h"
#include "web/uri_text.h"

namespace countersign::web {

namespace {

constexpr std::size_t kSpareRows = 3;
constexpr std::size_t kSpareValues = 2;

// What stands in an input: typed, else as it is.
struct Standing {
  std::vector<std::string> values;
  std::vector<std::vector<std::string>> rows;
};

std::string text_of(const json::value& value) {
  if (value.is_string()) return std::string(value.as_string());
  return value.is_null() ? std::string() : write_json(value);
}

Standing standing_of(const PresentedInput& input, const json::value* typed) {
  const json::value* given = typed == nullptr ? nullptr : find(*typed, input.name);
  // What was typed is whole: a list without a tick is an empty list then.
  if (typed == nullptr) return {input.values, input.rows};
  Standing standing;
  if (given == nullptr) return standing;
  if (!given->is_array()) {
    standing.values.push_back(text_of(*given));
    return standing;
  }
  for (const json::value& each : given->as_array()) {
    if (!each.is_object()) {
      standing.values.push_back(text_of(each));
      continue;
    }
    std::vector<std::string>& cells = standing.rows.emplace_back();
    for (const PresentedInput& column : input.columns) {
      const json::value* cell = find(each, column.name);
      cells.push_back(cell == nullptr ? "" : text_of(*cell));
    }
  }
  return standing;
}

// "" where nothing is wrong with what the pointer names, or with something in it.
std::string wrong_with(const InputPlace& place, const std::string& pointer) {
  for (const Problem& problem : place.problems) {
    if (problem.pointer == pointer || problem.pointer.starts_with(pointer + "/")) return problem.detail;
  }
  return {};
}

// With the row and the column where it is in a table.
std::string wrong_with(const InputPlace& place, const PresentedInput& input) {
  const std::string pointer = place.pointer + "/" + input.name;
  for (const Problem& problem : place.problems) {
    if (problem.pointer == pointer) return problem.detail;
    if (!problem.pointer.starts_with(pointer + "/")) continue;
    const std::vector<std::string> below = split(problem.pointer.substr(pointer.size() + 1), '/');
    for (const PresentedInput& column : input.columns) {
      if (below.size() != 2 || below[1] != column.name) continue;
      const std::string row = std::to_string(std::strtoul(below[0].c_str(), nullptr, 10) + 1);
      return filled_in(page_phrase("row", place.locale), {row, column.label, problem.detail});
    }
    return problem.detail;
  }
  return {};
}

class Writer {
 public:
  Writer(const InputPlace& place, std::string& out) : place_(place), out_(out) {}

  void field(const PresentedInput& input);

 private:
  std::string_view say(std::string_view key) const { return page_phrase(key, place_.locale); }
  void control(const PresentedInput& input, const Standing& standing, const std::string& id, bool is_wrong);
  void line(std::string_view type, const std::string& name, const std::string& id, std::string_view value,
            std::string_view more, bool is_wrong);
  void choice(const PresentedInput& input, const std::string& name, const std::string& id,
              std::string_view value, bool is_wrong);
  void ticks(const PresentedInput& input, const std::string& name, const std::vector<std::string>& values);
  void kept_files(const PresentedInput& input, const std::string& name,
                  const std::vector<std::string>& values);
  void new_files(const PresentedInput& input, const std::string& name, bool is_wrong);
  void table(const PresentedInput& input, const Standing& standing);

  const InputPlace& place_;
  std::string& out_;
};

bool is_group(FieldType type) {
  return type == FieldType::choices || type == FieldType::files || type == FieldType::file ||
         type == FieldType::table || type == FieldType::items_of || type == FieldType::boolean ||
         type == FieldType::people;
}

void Writer::field(const PresentedInput& input) {
  const std::string id = place_.prefix + input.name;
  const std::string wrong = wrong_with(place_, input);
  const bool group = is_group(input.type);
  std::string label = html_escape(input.label);
  if (!input.required && input.required_on.empty() && input.type != FieldType::boolean) {
    label += fmt::format(" <span class=\"hint\">{}</span>", say("optional"));
  }
  if (group) {
    out_ += fmt::format("<fieldset><legend>{}</legend>", label);
  } else {
    out_ += fmt::format("<div class=\"field\"><label for=\"{}\">{}</label>", html_escape(id), label);
  }
  control(input, standing_of(input, place_.typed), id, !wrong.empty());
  if (!wrong.empty()) out_ += fmt::format("<p class=\"wrong\">{}</p>", html_escape(wrong));
  if (!input.help.empty()) out_ += fmt::format("<p class=\"hint\">{}</p>", html_escape(input.help));
  out_ += group ? "</fieldset>\n" : "</div>\n";
}

void Writer::line(std::string_view type, const std::string& name, const std::string& id,
                  std::string_view value, std::string_view more, bool is_wrong) {
  out_ += fmt::format("<input type=\"{}\" name=\"{}\" id=\"{}\" value=\"{}\"{}{}>", type, html_escape(name),
                      html_escape(id), html_escape(value), more, is_wrong ? " class=\"is-wrong\"" : "");
}

void Writer::choice(const PresentedInput& input, const std::string& name, const std::string& id,
                    std::string_view value, bool is_wrong) {
  out_ += fmt::format("<select name=\"{}\" id=\"{}\"{}><option value=\"\">{}</option>", html_escape(name),
                      html_escape(id), is_wrong ? " class=\"is-wrong\"" : "", say("please_choose"));
  for (const PresentedChoice& option : input.options) {
    out_ += fmt::format("<option value=\"{}\"{}>{}</option>", html_escape(option.value),
                        option.value == value ? " selected" : "", html_escape(option.label));
  }
  out_ += "</select>";
}

void Writer::ticks(const PresentedInput& input, const std::string& name,
                   const std::vector<std::string>& values) {
  for (const PresentedChoice& option : input.options) {
    const bool ticked = std::ranges::find(values, option.value) != values.end();
    out_ += fmt::format(
        "<label class=\"tick\"><input type=\"checkbox\" name=\"{}\" value=\"{}\"{}> <span>{}</span></label>",
        html_escape(name), html_escape(option.value), ticked ? " checked" : "", html_escape(option.label));
  }
}

void Writer::kept_files(const PresentedInput& input, const std::string& name,
                        const std::vector<std::string>& values) {
  for (const PresentedFile& file : input.files) {
    const bool ticked = std::ranges::find(values, file.id) != values.end();
    out_ += fmt::format(
        "<label class=\"tick\"><input type=\"checkbox\" name=\"{}\" value=\"{}\"{}> <span><a "
        "href=\"{}/{}\">{}</a> "
        "<span class=\"size\">{}</span> <span class=\"hint\">{}</span></span></label>",
        html_escape(name), html_escape(file.id), ticked ? " checked" : "", html_escape(place_.files_base),
        escape_segment(file.id), html_escape(file.name), html_escape(file.size), say("keep_file"));
  }
  // Just sent: in no form yet, so there is nothing to open.
  for (const std::string& id : values) {
    if (place_.uploads == nullptr || !place_.uploads->contains(id)) continue;
    const PresentedFile& file = place_.uploads->at(id);
    out_ += fmt::format(
        "<label class=\"tick\"><input type=\"checkbox\" name=\"{}\" value=\"{}\" checked> <span>{} "
        "<span class=\"size\">{}</span> <span class=\"hint\">{}</span></span></label>",
        html_escape(name), html_escape(id), html_escape(file.name), html_escape(file.size), say("keep_file"));
  }
}

void Writer::new_files(const PresentedInput& input, const std::string& name, bool is_wrong) {
  const bool several = input.type == FieldType::files;
  std::string accept;
  for (const std::string& ending : input.accept) accept += (accept.empty() ? "." : ",.") + ending;
  out_ += fmt::format("<input type=\"file\" name=\"{0}\" id=\"{0}\" aria-label=\"{1}\"{2}{3}{4}>",
                      html_escape(name), html_escape(input.label),
                      accept.empty() ? "" : fmt::format(" accept=\"{}\"", html_escape(accept)),
                      several ? " multiple" : "", is_wrong ? " class=\"is-wrong\"" : "");
  out_ +=
      fmt::format("<p class=\"hint\">{}</p>",
                  html_escape(filled_in(say(several ? "add_files" : "add_file"), {place_.file_size_max})));
}

void Writer::table(const PresentedInput& input, const Standing& standing) {
  out_ += "<div class=\"scroll\"><table><thead><tr>";
  for (const PresentedInput& column : input.columns) {
    out_ += fmt::format("<th scope=\"col\">{}{}</th>", html_escape(column.label),
                        column.currency.empty() ? "" : " (" + html_escape(column.currency) + ")");
  }
  out_ += "</tr></thead><tbody>";
  for (std::size_t row = 0; row < standing.rows.size() + kSpareRows; ++row) {
    out_ += "<tr>";
    for (std::size_t i = 0; i < input.columns.size(); ++i) {
      const PresentedInput& column = input.columns[i];
      const std::string value = row < standing.rows.size() ? standing.rows[row][i] : "";
      const std::string name = fmt::format("{}{}[{}][{}]", place_.prefix, input.name, row, column.name);
      const bool is_wrong =
          !wrong_with(place_, fmt::format("{}/{}/{}/{}", place_.pointer, input.name, row, column.name))
               .empty();
      out_ += "<td>";
      const std::string label = fmt::format(" aria-label=\"{} {}\"", html_escape(column.label), row + 1);
      if (column.type == FieldType::choice) {
        choice(column, name, name, value, is_wrong);
      } else {
        line(column.type == FieldType::date ? "date" : "text", name, name, value, label, is_wrong);
      }
      out_ += "</td>";
    }
    out_ += "</tr>";
  }
  out_ += fmt::format("</tbody></table></div><p class=\"hint\">{}</p>", say("new_rows"));
}

void Writer::control(const PresentedInput& input, const Standing& standing, const std::string& id,
                     bool is_wrong) {
  const std::string name = id;
  const std::string value = standing.values.empty() ? "" : standing.values.front();
  switch (input.type) {
    case FieldType::text:
      return line("text", name, id, value, " maxlength=\"2000\"", is_wrong);
    case FieldType::long_text:
      out_ += fmt::format("<textarea name=\"{}\" id=\"{}\" rows=\"4\"{}>{}</textarea>", html_escape(name),
                          html_escape(id), is_wrong ? " class=\"is-wrong\"" : "", html_escape(value));
      return;
    case FieldType::integer:
      return line("text", name, id, value, " inputmode=\"numeric\"", is_wrong);
    case FieldType::number:
      return line("text", name, id, value, " inputmode=\"decimal\"", is_wrong);
    case FieldType::money:
      out_ += "<div class=\"amount\">";
      line("text", name, id, value, " inputmode=\"decimal\"", is_wrong);
      out_ += fmt::format("<span>{}</span></div>", html_escape(input.currency));
      return;
    case FieldType::boolean:
      // Without a tick a browser sends nothing: the hidden value then says no.
      out_ += fmt::format(
          "<input type=\"hidden\" name=\"{0}\" value=\"false\"><label class=\"tick\"><input "
          "type=\"checkbox\" "
          "name=\"{0}\" value=\"true\"{1}> <span>{2}</span></label>",
          html_escape(name), value == "true" ? " checked" : "", say("yes"));
      return;
    case FieldType::choice:
      return choice(input, name, id, value, is_wrong);
    case FieldType::choices:
    case FieldType::items_of:
      return ticks(input, name, standing.values);
    case FieldType::date:
      return line("date", name, id, value, "", is_wrong);
    case FieldType::datetime:
      return line("text", name, id, value, fmt::format(" placeholder=\"{}\"", say("datetime_hint")),
                  is_wrong);
    case FieldType::person:
      return line("text", name, id, value, fmt::format(" placeholder=\"{}\"", say("person_hint")), is_wrong);
    case FieldType::people:
      for (std::size_t i = 0; i < standing.values.size() + kSpareValues; ++i) {
        line("text", name, fmt::format("{}.{}", id, i), i < standing.values.size() ? standing.values[i] : "",
             fmt::format(" placeholder=\"{}\"", say("person_hint")), is_wrong);
      }
      return;
    case FieldType::mail:
      return line("email", name, id, value, "", is_wrong);
    case FieldType::url:
      return line("url", name, id, value, "", is_wrong);
    case FieldType::file:
    case FieldType::files:
      kept_files(input, name, standing.values);
      return new_files(input, name, is_wrong);
    case FieldType::table:
      return table(input, standing);
  }
}

}  // namespace

bool takes_files(const std::vector<PresentedInput>& inputs) {
  return std::ranges::any_of(inputs, [](const PresentedInput& input) {
    return input.type == FieldType::file || input.type == FieldType::files;
  });
}

std::string inputs_html(const std::vector<PresentedInput>& inputs, const InputPlace& place) {
  std::string out;
  Writer writer(place, out);
  for (const PresentedInput& input : inputs) writer.field(input);
  return out;
}

}  // namespace countersign::web
