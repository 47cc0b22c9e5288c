#include "runtime/last_good.h"

#include <filesystem>
#include <set>

#include <fmt/format.h>

#include "definition/workflow_files.h"

namespace countersign {
namespace {

namespace fs = std::filesystem;

const fs::path kCopies = "last-good";

// Where the copies of a file or folder stand.
struct Kept {
  fs::path place;  // a file or a folder
  fs::path copy;
};

std::vector<Kept> kept_places(const Configuration& configuration) {
  const fs::path root = fs::path(configuration.data) / kCopies;
  std::vector<Kept> kept;
  const auto add = [&](const std::string& place, const std::string& under) {
    std::error_code ignored;
    const bool is_folder = fs::is_directory(place, ignored);
    kept.push_back({place, is_folder ? root / under : root / under / fs::path(place).filename()});
  };
  for (std::size_t i = 0; i < configuration.workflows.size(); ++i)
    add(configuration.workflows[i], fmt::format("workflows-{}", i));
  for (std::size_t i = 0; i < configuration.connectors.size(); ++i)
    add(configuration.connectors[i], fmt::format("connectors-{}", i));
  add(configuration.people, "people");
  return kept;
}

bool is_same_text(const fs::path& a, const std::string& text) {
  std::error_code ignored;
  if (!fs::exists(a, ignored)) return false;
  const auto other = read_file(a.string());
  return other && *other == text;
}

Result<void> copy_file_to(const fs::path& file, const fs::path& copy) {
  const auto text = read_file(file.string());
  if (!text) return {};  // gone meanwhile, or no file of text: it is none of ours
  if (is_same_text(copy, *text)) return {};
  std::error_code error;
  fs::create_directories(copy.parent_path(), error);
  // Written beside and renamed, so that a copy is whole.
  const fs::path beside = copy.string() + ".new";
  if (!error) fs::copy_file(file, beside, fs::copy_options::overwrite_existing, error);
  if (!error) fs::rename(beside, copy, error);
  if (error)
    return fail(ErrorCode::storage, fmt::format("cannot keep a copy of {} in {}: {}", file.string(),
                                                copy.string(), error.message()));
  return {};
}

// Files of a folder and of the folders in it that belong to workflows.
std::vector<fs::path> files_below(const fs::path& folder) {
  std::vector<fs::path> files;
  std::error_code error;
  for (const fs::path& each : {folder, folder / "messages", folder / "tables"}) {
    for (fs::directory_iterator at(each, error), end; !error && at != end; at.increment(error)) {
      if (at->is_regular_file(error)) files.push_back(at->path());
    }
  }
  return files;
}

Result<void> keep_place(const Kept& kept, const std::set<std::string>& broken) {
  std::error_code ignored;
  if (!fs::is_directory(kept.place, ignored)) {
    if (broken.contains(kept.place.string()) || !fs::exists(kept.place, ignored)) return {};
    return copy_file_to(kept.place, kept.copy);
  }
  for (const fs::path& file : files_below(kept.place)) {
    if (broken.contains(file.string())) continue;
    if (auto done = copy_file_to(file, kept.copy / fs::relative(file, kept.place, ignored)); !done)
      return done;
  }
  for (const fs::path& copy : files_below(kept.copy)) {
    if (!fs::exists(kept.place / fs::relative(copy, kept.copy, ignored), ignored)) fs::remove(copy, ignored);
  }
  return {};
}

}  // namespace

Result<void> keep_last_good(const Configuration& configuration, const Diagnostics& diagnostics) {
  std::set<std::string> broken;
  for (const Diagnostic& each : diagnostics.all()) {
    if (each.severity == Severity::error) broken.insert(each.file);
  }
  for (const Kept& kept : kept_places(configuration)) {
    if (auto done = keep_place(kept, broken); !done) return done;
  }
  return {};
}

std::optional<Configuration> last_good_of(const Configuration& configuration) {
  std::error_code ignored;
  if (!fs::is_directory(fs::path(configuration.data) / kCopies, ignored)) return std::nullopt;
  Configuration copies = configuration;
  copies.named.clear();  // of a place there may be no copy
  copies.workflows.clear();
  copies.connectors.clear();
  const std::vector<Kept> kept = kept_places(configuration);
  for (std::size_t i = 0; i < kept.size(); ++i) {
    const std::string copy = kept[i].copy.string();
    if (i < configuration.workflows.size()) {
      copies.workflows.push_back(copy);
    } else if (i + 1 < kept.size()) {
      copies.connectors.push_back(copy);
    } else {
      copies.people = copy;
    }
  }
  return copies;
}

}  // namespace countersign
