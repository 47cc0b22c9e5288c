#include "cli/remedy.h"

#include <algorithm>

namespace countersign::cli {
namespace {

bool is_plain(char c) {
  constexpr std::string_view kPlain = "-_./:@%+=,";
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         kPlain.find(c) != std::string_view::npos;
}

std::string typed(const std::vector<std::string>& words, const std::vector<std::string>& options) {
  std::string line = "countersign";
  for (const auto* list : {&words, &options}) {
    for (const std::string& word : *list) line += " " + shell_word(word);
  }
  return line;
}

}  // namespace

std::string shell_word(std::string_view word) {
  if (!word.empty() && std::ranges::all_of(word, is_plain)) return std::string(word);
  std::string quoted = "'";
  for (const char c : word) {
    if (c == '\'') {
      quoted += "'\\''";
    } else {
      quoted += c;
    }
  }
  return quoted + "'";
}

Commands::Commands(const Connection& connection) {
  if (!connection.config.empty()) files_ = {"--config", connection.config};
  connection_ = files_;
  const auto add = [&](const char* option, const std::string& value) {
    if (!value.empty()) connection_.insert(connection_.end(), {option, value});
  };
  if (!connection.data.empty()) data_ = {"--data", connection.data};
  add("--data", connection.data);
  add("--url", connection.url);
}

std::string Commands::of_daemon(std::vector<std::string> words) const {
  return typed(words, connection_);
}

std::string Commands::of_files(std::vector<std::string> words) const {
  return typed(words, files_);
}

std::string Commands::serve() const {
  std::vector<std::string> options = files_;
  options.insert(options.end(), data_.begin(), data_.end());
  return typed({"serve"}, options);
}

}  // namespace countersign::cli
