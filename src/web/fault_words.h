#pragma once
// What is wrong with something that was filled in, in the language of the page that shows it: the core words
// it in English, for programs (core/form_problem.h). Pure, thread-safe.

#include <string>
#include <string_view>
#include <vector>

#include "runtime/requests.h"

namespace countersign::web {

// "Please fill this in."
std::string fault_words(const Problem& problem, std::string_view locale);
// The same problems, each with its words as `detail`.
std::vector<Problem> in_words(std::vector<Problem> problems, std::string_view locale);
// Why a decision was refused as a whole.
std::string refusal_words(const Refusal& refusal, std::string_view locale);

}  // namespace countersign::web
