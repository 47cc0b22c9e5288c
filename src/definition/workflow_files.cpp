#include "definition/workflow_files.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <system_error>

#include <fmt/format.h>

namespace countersign {
namespace {

namespace fs = std::filesystem;

// Names of the regular files of a directory with that ending, sorted.
Result<std::vector<std::string>> names_in(const std::string& directory, std::string_view ending) {
  std::vector<std::string> names;
  std::error_code failure;
  for (fs::directory_iterator at(directory, failure), end; !failure && at != end; at.increment(failure)) {
    std::error_code ignored;
    const std::string name = at->path().filename().string();
    // Names that begin with a point are editors' temporary files.
    if (name.ends_with(ending) && !name.starts_with('.') && at->is_regular_file(ignored))
      names.push_back(name);
  }
  if (failure) {
    return fail(ErrorCode::invalid_input,
                fmt::format("cannot read the directory {}: {}", directory, failure.message()));
  }
  std::ranges::sort(names);
  return names;
}

std::string joined(const std::string& directory, const std::string& name) {
  return directory.empty() || directory.ends_with('/') ? directory + name : directory + "/" + name;
}

struct Unread {
  std::string file;
  std::string text;
  std::size_t directory;
};

}  // namespace

Result<std::string> read_file(const std::string& path, std::size_t bytes_max) {
  std::ifstream in(path, std::ios::binary);
  if (!in) {
    const int reason = errno;
    return fail(reason == ENOENT ? ErrorCode::not_found : ErrorCode::invalid_input,
                fmt::format("cannot read {}: {}", path, std::strerror(reason)));
  }
  std::string text(bytes_max + 1, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (in.bad())
    return fail(ErrorCode::invalid_input, fmt::format("cannot read {}: {}", path, std::strerror(errno)));
  text.resize(static_cast<std::size_t>(in.gcount()));
  if (text.size() > bytes_max) {
    return fail(ErrorCode::too_large,
                fmt::format("cannot read {}: it has more than {} bytes", path, bytes_max));
  }
  return text;
}

Result<MessageTexts> read_message_files(const std::string& directory) {
  MessageTexts texts;
  const std::string folder = joined(directory, "messages");
  std::error_code ignored;
  if (!fs::is_directory(folder, ignored)) return texts;
  Result<std::vector<std::string>> names = names_in(folder, ".md");
  if (!names) return std::unexpected(std::move(names.error()));
  for (const std::string& name : *names) {
    // NAME.LANG.md
    const std::string stem = name.substr(0, name.size() - 3);
    const std::size_t point = stem.rfind('.');
    if (point == std::string::npos || point == 0) continue;
    Result<std::string> text = read_file(joined(folder, name), 1 << 20);
    if (!text) return std::unexpected(std::move(text.error()));
    texts.emplace(std::pair(stem.substr(0, point), stem.substr(point + 1)), std::move(*text));
  }
  return texts;
}

Result<TableTexts> read_table_files(const std::string& directory) {
  TableTexts texts;
  const std::string folder = joined(directory, "tables");
  std::error_code ignored;
  if (!fs::is_directory(folder, ignored)) return texts;
  Result<std::vector<std::string>> names = names_in(folder, ".csv");
  if (!names) return std::unexpected(std::move(names.error()));
  for (const std::string& name : *names) {
    Result<std::string> text = read_file(joined(folder, name));
    if (!text) return std::unexpected(std::move(text.error()));
    texts.emplace(name.substr(0, name.size() - 4), std::move(*text));
  }
  return texts;
}

Result<LoadedWorkflows> load_workflow_files(const std::vector<std::string>& directories,
                                            Catalogue catalogue) {
  std::vector<MessageTexts> messages;
  std::vector<TableTexts> tables;
  std::vector<Unread> unread;
  for (const std::string& directory : directories) {
    Result<std::vector<std::string>> names = names_in(directory, ".yaml");
    if (!names) return std::unexpected(std::move(names.error()));
    Result<MessageTexts> texts = read_message_files(directory);
    if (!texts) return std::unexpected(std::move(texts.error()));
    messages.push_back(std::move(*texts));
    Result<TableTexts> rows = read_table_files(directory);
    if (!rows) return std::unexpected(std::move(rows.error()));
    tables.push_back(std::move(*rows));
    for (const std::string& name : *names) {
      if (name.ends_with(".test.yaml")) continue;
      Result<std::string> text = read_file(joined(directory, name));
      if (!text) return std::unexpected(std::move(text.error()));
      unread.push_back({joined(directory, name), std::move(*text), messages.size() - 1});
    }
  }
  LoadedWorkflows all;
  std::map<std::string, std::string> defined_in;
  for (const Unread& each : unread) {
    // Outlines first: any workflow may run any other.
    if (std::optional<NamedOutline> named = outline_of(each.file, each.text)) {
      catalogue.workflows.insert_or_assign(named->id, std::move(named->outline));
    }
  }
  for (const Unread& each : unread) {
    WorkflowFile file{each.file, load_workflow(each.file, each.text, messages[each.directory], catalogue,
                                               tables[each.directory])};
    const auto [first, fresh] = defined_in.emplace(workflow_name_of(each.file), each.file);
    if (!fresh) {
      file.loaded.diagnostics.error(
          Code::duplicate_definition, {1, 1, 1},
          fmt::format("the workflow '{}' stands in {} already", first->first, first->second));
      file.loaded.definition = nullptr;
    }
    all.diagnostics.append(file.loaded.diagnostics);
    all.files.push_back(std::move(file));
  }
  return all;
}

}  // namespace countersign
