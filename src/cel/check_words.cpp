// The checker's part for texts beside something that can only be one of certain texts, such as a choice or an
// outcome: a comparison with any other is a typing mistake.

#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"
#include "cel/checker.h"

namespace countersign::cel {
namespace {

constexpr std::size_t kWordsShown = 12;

bool is_text(const Syntax& node) {
  return node.tag == Syntax::Tag::literal && node.value.is(Kind::string);
}

}  // namespace

Checker::Words Checker::words_of(const Syntax& node) const {
  const auto known = words_.find(&node);
  return known == words_.end() ? Words{} : known->second;
}

// x.orValue("none") is one of x's texts, or that one; x.value() is one of x's.
void Checker::pass_words_on(const Syntax& call) {
  if (!call.receiver || call.children.empty()) return;
  Words words = words_of(*call.children[0]);
  if (words.words.empty()) return;
  if (call.name == "orValue" && call.children.size() == 2) {
    const Syntax& otherwise = *call.children[1];
    if (is_text(otherwise)) {
      words.words.emplace_back(otherwise.value.as_string());
    } else if (otherwise.tag != Syntax::Tag::list || !otherwise.children.empty()) {
      return;
    }
  } else if (call.name != "value") {
    return;
  }
  words_[&call] = std::move(words);
}

void Checker::report_never(const Words& words, const Syntax& text) {
  if (text.tag == Syntax::Tag::list) {
    for (const SyntaxPtr& item : text.children) report_never(words, *item);
    return;
  }
  if (!is_text(text)) return;
  const std::string written(text.value.as_string());
  if (std::ranges::find(words.words, written) != words.words.end()) return;
  if (written.empty()) {
    report(text.at,
           fmt::format("{} is never an empty text: where there is none it is absent, which has(...) asks for",
                       words.what),
           {}, Issue::About::word);
    return;
  }
  std::vector<std::string> known = words.words;
  std::erase(known, "");
  const std::vector<std::string> shown(
      known.begin(), known.begin() + static_cast<long>(std::min(known.size(), kWordsShown)));
  const auto meant = nearest(written, words.words);
  report(text.at,
         fmt::format("{} is never {}: it can be {}{}", words.what, quote(written), join(shown, ", "),
                     shown.size() < known.size() ? " ..." : ""),
         meant ? quote(*meant) : "", Issue::About::word);
  if (meant) issues_.back().replacement = quote(*meant);
}

void Checker::check_words(const Syntax& a, const Syntax& b) {
  if (!environment_.words) return;
  if (const Words words = words_of(a); !words.words.empty()) report_never(words, b);
  if (const Words words = words_of(b); !words.words.empty()) report_never(words, a);
}

}  // namespace countersign::cel
