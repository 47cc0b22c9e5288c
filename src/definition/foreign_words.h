#pragma once
// Words of other workflow systems that people write out of habit, and what they are called here.

#include <string>
#include <string_view>
#include <vector>

namespace countersign {

// What `word` is called here, among the words that may stand in its place: "go" for "goto"; "" where nothing
// is near certain.
std::string translation_of(std::string_view word, const std::vector<std::string>& known);

// What was probably meant by `word`: its translation, else the nearest of `known`; "" where nothing is.
std::string meant_among(std::string_view word, const std::vector<std::string>& known);
// Of any range of texts.
template <class Range>
std::string meant_by(std::string_view word, const Range& known) {
  std::vector<std::string> words;
  for (const auto& each : known) words.emplace_back(each);
  return meant_among(word, words);
}

}  // namespace countersign
