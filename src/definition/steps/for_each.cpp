// `for_each`: the same steps for every item of a list.
#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "core/scope.h"
#include "definition/grammar.h"
#include "definition/steps/people_rules.h"

namespace countersign {
namespace {

constexpr std::array kForEachKeys = {
    Key{"in", Shape::expression, Need::required, "the list; a group stands for its members", ""},
    Key{"as", Shape::text, Need::optional, "the name of one of them in the steps (item)", ""},
    Key{"steps", Shape::steps, Need::required, "what happens with each", ""},
    Key{"order", Shape::word, Need::optional, "all at once, or one after the other", "together|one_by_one"},
    Key{"at_once", Shape::integer, Need::optional, "together, but at most so many at a time", ""},
    Key{"need", Shape::any, Need::optional, "how many items must end: all, 1, n (all)", "", need_grammar},
};

// The type of one item. Of what is no list: reported.
cel::Type item_type(const StepReading& reading, const YamlNode& in, const Expression& list) {
  using Tag = cel::Type::Tag;
  if (!list.program) return {};
  cel::Type type = list.program.type();
  if (type.is(Tag::optional) && !type.arguments().empty()) {
    const cel::Type inner = type.arguments().front();
    type = inner;
  }
  if (type.is(Tag::group)) return cel::Type::scalar(Tag::person);
  if (type.is(Tag::dyn)) return {};
  if (type.is(Tag::list)) return type.arguments().empty() ? cel::Type() : type.arguments().front();
  reading.diagnostics().error(
      Code::not_a_list, in.at,
      fmt::format("'in' expects a list or a group, found {}", list.program.type().to_text()),
      fmt::format("[{}]", in.text));
  return {};
}

void check_item_name(const StepReading& reading, const MapReader& map, const std::string& name) {
  const SourceSpan at = map.has("as") ? map.at("as") : reading.value.at;
  if (!check_name(name, at, "the item's name", reading.diagnostics())) return;
  const auto taken = [&](std::string_view by) {
    reading.diagnostics().error(Code::item_name_taken, at,
                                fmt::format("'{}' is {}: give the item another name with 'as'", name, by));
  };
  const Loading& loading = reading.loading;
  if (name != scope::kItem && is_reserved_name(name)) return taken("a word of expressions");
  const Definition& known = loading.compiles() ? *loading.outline : loading.definition;
  if (const Step* step = known.find_step(name))
    return taken(fmt::format("the step in line {}", step->at.line));
  for (const StepIndex around : for_each_around(known, known.step(reading.index).list)) {
    if (std::get<ForEach>(known.step(around).kind).as == name)
      return taken(fmt::format("the item of the for_each in line {}", known.step(around).at.line));
  }
}

StepKind read_for_each(const StepReading& reading) {
  ForEach each;
  const MapReader map(reading.value, "'for_each'", kForEachKeys, reading.diagnostics());
  each.as = map.text("as", scope::kItem);
  if (map.is_map() && (map.find("as") != nullptr || !map.has("as"))) check_item_name(reading, map, each.as);
  if (const YamlNode* in = map.find("in")) {
    each.in = read_expression(reading.loading, *in, reading.spot, expects_anything(), "'in'");
    if (reading.loading.compiles())
      reading.loading.item_types[reading.index] = item_type(reading, *in, each.in);
  }
  each.one_by_one = map.word("order", false, {{"together", false}, {"one_by_one", true}});
  each.at_once = static_cast<std::uint32_t>(map.integer("at_once", 0, 1, kItemsMax));
  if (each.one_by_one && map.has("at_once")) {
    reading.diagnostics().error(Code::keys_conflict, map.key_at("at_once"),
                                "'at_once' has no meaning where the items come one by one");
  }
  if (const YamlNode* need = map.find("need")) {
    if (const auto quorum = read_need(reading, *need, false)) each.need = *quorum;
  }
  if (const YamlNode* steps = map.find("steps")) {
    // Of the outline, the steps inside look up the item's name.
    reading.loading.definition.steps[reading.index].kind = each;
    each.list = read_steps(reading.loading, *steps, reading.index, "each", reading.name + "/each");
  }
  return each;
}

}  // namespace

const StepWord& for_each_word() {
  static const StepWord kWord{"for_each",   Shape::map, "the same steps for every item of a list",
                              kForEachKeys, {},         read_for_each,
                              false};
  return kWord;
}

}  // namespace countersign
