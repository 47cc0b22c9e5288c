#include "cli/command.h"

#include <algorithm>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "base/text.h"

namespace countersign::cli {

Command::Command(CLI::App& app, std::string path, std::string summary)
    : app_(app), path_(std::move(path)), summary_(std::move(summary)) {
  app_.set_help_flag("-h,--help");
}

Command::~Command() = default;

Command& Command::add(const std::string& name, std::string summary) {
  CLI::App* app = app_.add_subcommand(name, "");
  app_.require_subcommand(1);
  commands_.push_back(std::make_unique<Command>(*app, path_ + " " + name, std::move(summary)));
  return *commands_.back();
}

Command& Command::describe(std::string text) {
  description_ = std::move(text);
  return *this;
}

Command& Command::example(std::string line, std::string what) {
  examples_.push_back({std::move(line), std::move(what)});
  return *this;
}

Command& Command::section(std::string title, bool shared) {
  sections_.push_back({std::move(title), shared, {}});
  return *this;
}

Command& Command::note(std::string spelling, std::string help) {
  sections_.back().entries.push_back({std::move(spelling), std::move(help)});
  return *this;
}

void Command::list(const std::string& spelling, std::string help) {
  const bool is_option = spelling.starts_with('-');
  const std::string title = is_option ? "Options" : "Arguments";
  const bool own_title = !sections_.empty() && sections_.back().title != "Arguments" && is_option;
  if (sections_.empty() || (sections_.back().title != title && !own_title)) section(title);
  sections_.back().entries.push_back({spelling, std::move(help)});
  has_options_ = has_options_ || is_option;
}

Command& Command::argument(std::string& target, const std::string& name, std::string help, Need need) {
  app_.add_option(name, target)->required(need == Need::required);
  arguments_ += need == Need::required ? " " + name : " [" + name + "]";
  list(name, std::move(help));
  return *this;
}

Command& Command::arguments(std::vector<std::string>& target, const std::string& name, std::string help) {
  app_.add_option(name, target);
  arguments_ += " [" + name + "...]";
  list(name, std::move(help));
  return *this;
}

Command& Command::option(std::string& target, const std::string& name, const std::string& value,
                         std::string help, Need need) {
  app_.add_option(name, target)->required(need == Need::required);
  if (need == Need::required) arguments_ += " " + name + " " + value;
  list(name + " " + value, std::move(help));
  return *this;
}

Command& Command::options(std::vector<std::string>& target, const std::string& name, const std::string& value,
                          std::string help, Need need) {
  app_.add_option(name, target)->required(need == Need::required)->allow_extra_args(false);
  if (need == Need::required) arguments_ += " " + name + " " + value;
  list(name + " " + value, std::move(help));
  return *this;
}

Command& Command::number(std::size_t& target, const std::string& name, const std::string& value,
                         std::string help) {
  app_.add_option(name, target)->check([](const std::string& text) {
    const bool is_whole =
        !text.empty() && text.size() <= 18 && text.find_first_not_of("0123456789") == std::string::npos;
    return is_whole ? std::string() : fmt::format("'{}' is no whole number", text);
  });
  list(name + " " + value, std::move(help));
  return *this;
}

Command& Command::flag(bool& target, const std::string& name, std::string help) {
  app_.add_flag(name, target);
  list(name, std::move(help));
  return *this;
}

Command& Command::runs(Run run) {
  run_ = std::move(run);
  return *this;
}

const Command& Command::chosen() const {
  for (const auto& command : commands_) {
    if (command->app_.parsed()) return command->chosen();
  }
  return *this;
}

CommandLine::CommandLine(const std::string& name, std::string summary)
    : app_(std::make_unique<CLI::App>("", name)),
      root_(std::make_unique<Command>(*app_, name, std::move(summary))) {}

CommandLine::~CommandLine() = default;

namespace {

// The first word that was meant as a command, "" where there is none.
std::string left_over_word(const std::vector<std::string>& words) {
  const auto word =
      std::ranges::find_if(words, [](const std::string& text) { return !text.starts_with('-'); });
  return word == words.end() ? "" : *word;
}

std::string unknown_command(const Command& command, const std::string& word) {
  std::vector<std::string> names;
  for (const auto& each : command.commands()) names.push_back(each->path().substr(command.path().size() + 1));
  const auto meant = nearest(word, names);
  return fmt::format("'{} {}' is no command{}", command.path(), word,
                     meant ? fmt::format(" (did you mean '{}'?)", *meant) : "");
}

// CLI11's sentences as ours begin: with a small letter and without a point.
std::string worded(std::string text) {
  if (text.size() > 1 && text[0] >= 'A' && text[0] <= 'Z' && (text[1] < 'A' || text[1] > 'Z')) {
    text[0] = static_cast<char>(text[0] + ('a' - 'A'));
  }
  while (text.ends_with('\n') || text.ends_with('.')) text.pop_back();
  return text;
}

}  // namespace

Outcome<CommandLine::Chosen> CommandLine::parse(std::vector<std::string> arguments) {
  std::ranges::reverse(arguments);  // as CLI11 wants them
  std::string fault;
  try {
    app_->parse(std::move(arguments));
    return Chosen{&root_->chosen(), false};
  } catch (const CLI::CallForHelp&) {
    return Chosen{&root_->chosen(), true};
  } catch (const CLI::ParseError& error) {
    fault = worded(error.what());
  }
  const Command& command = root_->chosen();
  if (!command.commands().empty()) {
    const std::string word = left_over_word(command.app_.remaining());
    if (!word.empty()) {
      fault = unknown_command(command, word);
    } else if (command.app_.remaining().empty()) {
      fault = fmt::format("'{}' wants a command behind it", command.path());
    }
  }
  return failed(ExitCode::wrong_use, fmt::format("{}; see '{} --help'", fault, command.path()));
}

}  // namespace countersign::cli
