#pragma once
// What mends a finding of `countersign doctor`: commands that can be pasted one by one, and in words what no
// command does. Pure.

#include <string>
#include <string_view>
#include <vector>

#include "cli/connection.h"

namespace countersign::cli {

// One way to mend something, done from top to bottom.
struct Remedy {
  std::string words = {};  // what is done first by hand, or what the commands do; "" for nothing
  std::vector<std::string> commands = {};  // each stands by itself, on a line of its own
  std::string rest = {};                   // what the commands leave out: "and 3 more: ..."
};

// The word as a POSIX shell reads it back: in single quotes where it needs any.
std::string shell_word(std::string_view word);

// Commands as they are typed, with the options that name the installation which doctor itself was given. A
// key is not among them: it belongs into no terminal's history.
class Commands {
 public:
  explicit Commands(const Connection& connection);
  // One that speaks to the daemon: {"retry", "EXP-2026-14", "--reason", "li.na's manager is known now"}.
  std::string of_daemon(std::vector<std::string> words) const;
  // One that only reads the configuration.
  std::string of_files(std::vector<std::string> words) const;
  std::string serve() const;
  std::string reload() const { return of_daemon({"reload"}); }

 private:
  std::vector<std::string> connection_;
  std::vector<std::string> files_, data_;
};

}  // namespace countersign::cli
