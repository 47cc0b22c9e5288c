#include "definition/workflow_diff.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <set>

#include <fmt/format.h>

#include "core/address_syntax.h"
#include "definition/step_loader.h"

namespace countersign {
namespace {

bool is_same(const YamlNode& a, const YamlNode& b) {
  if (a.kind != b.kind) return false;
  if (a.is_scalar()) return a.text == b.text;
  if (a.is_sequence()) return std::ranges::equal(a.items, b.items, is_same);
  if (a.entries.size() != b.entries.size()) return false;
  return std::ranges::all_of(a.entries, [&](const YamlNode::Entry& entry) {
    const YamlNode* other = b.find(entry.key);
    return other != nullptr && is_same(entry.value, *other);
  });
}

std::string shown(const YamlNode& node) {
  std::string text;
  if (node.is_scalar()) {
    text = node.text;
  } else if (node.is_sequence()) {
    for (const YamlNode& item : node.items) text += (text.empty() ? "" : ", ") + shown(item);
    text = "[" + text + "]";
  } else if (node.is_map()) {
    for (const auto& entry : node.entries)
      text += fmt::format("{}{}: {}", text.empty() ? "" : ", ", entry.key, shown(entry.value));
    text = "{" + text + "}";
  } else {
    text = "nothing";
  }
  std::ranges::replace(text, '\n', ' ');
  return excerpt(text);
}

const YamlNode::Entry* word_of(const YamlNode& step) {
  const YamlNode::Entry* found = nullptr;
  for (const StepWord& word : step_words()) {
    for (const YamlNode::Entry& entry : step.entries) {
      // `wait: true` beside `run` is no word of its own.
      if (entry.key == word.word && (found == nullptr || entry.key != "wait")) found = &entry;
    }
  }
  return found;
}

bool is_step_list(const YamlNode& node) {
  return node.is_sequence() && !node.items.empty() &&
         std::ranges::all_of(node.items,
                             [](const YamlNode& item) { return item.is_map() && word_of(item) != nullptr; });
}

struct WrittenStep {
  std::string identity;  // the id, else what it does and its place
  std::string name;      // for people
  std::string list;      // where it stands: "the steps", "'rejected' of step 'hr'"
  std::string behind;    // the name of the step before it, "" for the first
  std::string word;
  YamlNode node;  // without the lists of steps inside
};

// All steps of a file in the order of reading.
class Steps {
 public:
  explicit Steps(const YamlNode& root) {
    if (const YamlNode* steps = root.find("steps")) read(*steps, "the steps");
    if (const YamlNode* handlers = root.find("on_event")) {
      for (const auto& entry : handlers->entries) {
        const YamlNode* inner = entry.value.find("steps");
        const YamlNode& list = inner != nullptr ? *inner : entry.value;
        if (is_step_list(list)) read(list, fmt::format("'{}' of on_event", entry.key));
      }
    }
  }
  const std::vector<WrittenStep>& all() const { return all_; }
  const WrittenStep* find(const std::string& identity) const {
    const auto found = std::ranges::find(all_, identity, &WrittenStep::identity);
    return found == all_.end() ? nullptr : &*found;
  }

 private:
  void read(const YamlNode& list, const std::string& where) {
    std::map<std::string, int> counts;
    std::string behind;
    for (const YamlNode& item : list.items) {
      const YamlNode::Entry* word = item.is_map() ? word_of(item) : nullptr;
      if (word == nullptr) continue;
      WrittenStep step;
      const YamlNode* id = item.find("id");
      const int count = ++counts[word->key];
      const std::string nth = fmt::format("{} {} of {}", word->key, count, where);
      step.identity = id != nullptr && id->is_scalar() ? "id:" + id->text : nth;
      step.name = id != nullptr && id->is_scalar() ? fmt::format("step '{}'", id->text) : "step " + nth;
      step.list = where;
      step.behind = behind;
      step.word = word->key;
      const std::size_t at = all_.size();
      all_.push_back(step);
      YamlNode bare = item;
      extract(bare, step.name, {});
      all_[at].node = std::move(bare);
      behind = step.name;
    }
  }

  // Takes the lists of steps out of a step and reads them.
  void extract(YamlNode& node, const std::string& owner, const std::string& path) {
    if (is_step_list(node)) {
      const YamlNode list = std::move(node);
      node = YamlNode();
      node.kind = YamlNode::Kind::scalar;
      node.text = "steps";
      read(list, fmt::format("{} of {}", path.empty() ? "the steps" : "'" + path + "'", owner));
      return;
    }
    for (auto& entry : node.entries)
      extract(entry.value, owner, path.empty() ? entry.key : path + "." + entry.key);
    for (std::size_t i = 0; i < node.items.size(); ++i) {
      extract(node.items[i], owner, fmt::format("{}.{}", path, i + 1));
    }
  }

  std::vector<WrittenStep> all_;
};

class Comparison {
 public:
  std::vector<std::string> compare(const YamlNode& before, const YamlNode& after) {
    compare_maps(before, after, "", {"steps", "on_event", "form"});
    compare_form(before, after);
    compare_handlers(before, after);
    compare_steps(Steps(before), Steps(after));
    return std::move(changes_);
  }

 private:
  void say(std::string change) { changes_.push_back(std::move(change)); }

  static std::string joined(const std::string& path, const std::string& key) {
    if (path.empty()) return key;
    return path.ends_with(": ") ? path + key : path + "." + key;
  }

  void compare_maps(const YamlNode& before, const YamlNode& after, const std::string& path,
                    const std::set<std::string>& without = {}) {
    for (const auto& entry : before.entries) {
      if (without.contains(entry.key)) continue;
      const YamlNode* now = after.find(entry.key);
      if (now == nullptr) {
        say(fmt::format("{} is gone (it was {})", joined(path, entry.key), shown(entry.value)));
      } else {
        compare_values(entry.value, *now, joined(path, entry.key));
      }
    }
    for (const auto& entry : after.entries) {
      if (without.contains(entry.key) || before.find(entry.key) != nullptr) continue;
      say(fmt::format("{} is new: {}", joined(path, entry.key), shown(entry.value)));
    }
  }

  static bool are_scalars(const YamlNode& node) {
    return std::ranges::all_of(node.items, [](const YamlNode& item) { return item.is_scalar(); });
  }

  void compare_values(const YamlNode& before, const YamlNode& after, const std::string& path) {
    if (is_same(before, after)) return;
    if (before.is_map() && after.is_map()) return compare_maps(before, after, path);
    if (before.is_sequence() && after.is_sequence()) return compare_lists(before, after, path);
    say(fmt::format("{} was {} and is {}", path, shown(before), shown(after)));
  }

  void compare_lists(const YamlNode& before, const YamlNode& after, const std::string& path) {
    if (!are_scalars(before) && before.items.size() == after.items.size()) {
      for (std::size_t i = 0; i < before.items.size(); ++i) {
        compare_values(before.items[i], after.items[i], fmt::format("{}[{}]", path, i + 1));
      }
      return;
    }
    const auto holds = [](const YamlNode& list, const YamlNode& item) {
      return std::ranges::any_of(list.items, [&](const YamlNode& other) { return is_same(other, item); });
    };
    bool told = false;
    for (const YamlNode& item : before.items) {
      if (holds(after, item)) continue;
      say(fmt::format("{} no longer has {}", path, shown(item)));
      told = true;
    }
    for (const YamlNode& item : after.items) {
      if (holds(before, item)) continue;
      say(fmt::format("{} has {} now", path, shown(item)));
      told = true;
    }
    if (!told) say(fmt::format("{} is in another order: {}", path, shown(after)));
  }

  void compare_form(const YamlNode& before, const YamlNode& after) {
    static const YamlNode kNothing;
    const YamlNode* old_form = before.find("form");
    const YamlNode* new_form = after.find("form");
    const YamlNode& was = old_form == nullptr ? kNothing : *old_form;
    const YamlNode& is = new_form == nullptr ? kNothing : *new_form;
    for (const auto& entry : was.entries) {
      const YamlNode* now = is.find(entry.key);
      if (now == nullptr) {
        say(fmt::format("field '{}' is gone", entry.key));
      } else {
        compare_values(entry.value, *now, fmt::format("field '{}': ", entry.key));
      }
    }
    for (const auto& entry : is.entries) {
      if (was.find(entry.key) != nullptr) continue;
      const YamlNode* type = entry.value.find("type");
      const YamlNode* required = entry.value.find("required");
      const bool demanded = required != nullptr && required->as_boolean().value_or(false);
      say(fmt::format("field '{}' is new ({}{}){}", entry.key, type == nullptr ? "of no type" : shown(*type),
                      demanded ? ", required" : "",
                      demanded ? ": requests that are moved to this version do not have it" : ""));
    }
  }

  void compare_handlers(const YamlNode& before, const YamlNode& after) {
    static const YamlNode kNothing;
    const YamlNode* was = before.find("on_event");
    const YamlNode* is = after.find("on_event");
    for (const auto& entry : (was == nullptr ? kNothing : *was).entries) {
      const YamlNode* now = is == nullptr ? nullptr : is->find(entry.key);
      if (now == nullptr) {
        say(fmt::format("on_event no longer hears '{}'", entry.key));
      } else if (!is_step_list(entry.value) || !is_step_list(*now)) {
        compare_handler(entry.value, *now, fmt::format("on_event '{}': ", entry.key));
      }
    }
    for (const auto& entry : (is == nullptr ? kNothing : *is).entries) {
      if (was == nullptr || was->find(entry.key) == nullptr)
        say(fmt::format("on_event hears '{}' now", entry.key));
    }
  }

  void compare_handler(const YamlNode& before, const YamlNode& after, const std::string& path) {
    if (before.is_map() && after.is_map()) return compare_maps(before, after, path, {"steps"});
    if (!is_same(before, after)) say(path + "it leads somewhere else");
  }

  void compare_steps(const Steps& before, const Steps& after) {
    for (const WrittenStep& step : before.all()) {
      if (after.find(step.identity) == nullptr) say(fmt::format("{} ({}) is gone", step.name, step.word));
    }
    const std::set<std::string> moved = moved_steps(before, after);
    for (const WrittenStep& step : after.all()) {
      const WrittenStep* was = before.find(step.identity);
      if (was == nullptr) {
        say(fmt::format("{} ({}) is new, {}", step.name, step.word, place(step)));
        continue;
      }
      if (moved.contains(step.identity)) {
        say(fmt::format("{} moved: it stood {} and stands {}", step.name, place(*was), place(step)));
      }
      if (was->word != step.word) {
        say(fmt::format("{} was a '{}' and is a '{}'", step.name, was->word, step.word));
      } else {
        compare_maps(was->node, step.node, step.name + ": ", {"id"});
      }
    }
  }

  static std::string place(const WrittenStep& step) {
    if (step.behind.empty()) return fmt::format("first in {}", step.list);
    return step.list == "the steps" ? "behind " + step.behind
                                    : fmt::format("behind {} in {}", step.behind, step.list);
  }

  // Steps in another list, and those outside of the longest sequence that kept its order.
  static std::set<std::string> moved_steps(const Steps& before, const Steps& after) {
    std::set<std::string> moved;
    std::map<std::string, std::vector<std::string>> was, is;
    for (const WrittenStep& step : before.all()) {
      const WrittenStep* now = after.find(step.identity);
      if (now == nullptr || !step.identity.starts_with("id:")) continue;
      if (now->list != step.list) {
        moved.insert(step.identity);
      } else {
        was[step.list].push_back(step.identity);
      }
    }
    for (const WrittenStep& step : after.all()) {
      const WrittenStep* old = before.find(step.identity);
      if (old == nullptr || !step.identity.starts_with("id:") || old->list != step.list) continue;
      is[step.list].push_back(step.identity);
    }
    for (const auto& [list, order] : is) {
      const std::vector<std::string> kept = common_order(was[list], order);
      for (const std::string& identity : order) {
        if (std::ranges::find(kept, identity) == kept.end()) moved.insert(identity);
      }
    }
    return moved;
  }

  // The longest common subsequence; lists have at most 1,000 steps.
  static std::vector<std::string> common_order(const std::vector<std::string>& a,
                                               const std::vector<std::string>& b) {
    std::vector<std::vector<std::uint16_t>> best(a.size() + 1, std::vector<std::uint16_t>(b.size() + 1, 0));
    for (std::size_t i = a.size(); i-- > 0;) {
      for (std::size_t j = b.size(); j-- > 0;) {
        best[i][j] = a[i] == b[j] ? static_cast<std::uint16_t>(best[i + 1][j + 1] + 1)
                                  : std::max(best[i + 1][j], best[i][j + 1]);
      }
    }
    std::vector<std::string> out;
    for (std::size_t i = 0, j = 0; i < a.size() && j < b.size();) {
      if (a[i] == b[j]) {
        out.push_back(a[i]);
        ++i;
        ++j;
      } else if (best[i + 1][j] >= best[i][j + 1]) {
        ++i;
      } else {
        ++j;
      }
    }
    return out;
  }

  std::vector<std::string> changes_;
};

}  // namespace

Result<std::vector<std::string>> workflow_changes(std::string_view before, std::string_view after) {
  const auto read = [](std::string_view name, std::string_view text) -> Result<YamlDocument> {
    Diagnostics problems;
    auto document = read_yaml(name, text, problems);
    if (document && document->root.is_map()) return std::move(*document);
    return fail(ErrorCode::invalid_input, fmt::format("cannot compare: {} is no workflow file", name));
  };
  const auto was = read("the first version", before);
  if (!was) return std::unexpected(was.error());
  const auto is = read("the second version", after);
  if (!is) return std::unexpected(is.error());
  return Comparison().compare(was->root, is->root);
}

Result<std::vector<std::string>> workflow_changes(const VersionTexts& before, const VersionTexts& after) {
  auto changes = workflow_changes(before.workflow, after.workflow);
  if (!changes) return changes;
  std::ranges::move(table_changes(before.tables, after.tables), std::back_inserter(*changes));
  std::ranges::move(message_changes(before.messages, after.messages), std::back_inserter(*changes));
  return changes;
}

}  // namespace countersign
