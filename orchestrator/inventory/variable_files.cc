// SPDX-License-Identifier: GPL-2.0-or-later
#include "orchestrator/inventory/variable_files.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <set>
#include <system_error>

#include "core/base/fd.h"
#include "orchestrator/inventory/limits.h"
#include "orchestrator/inventory/yaml_variables.h"

namespace muster {
namespace {

namespace fs = std::filesystem;

constexpr std::array<std::string_view, 4> kEndings{"", ".yml", ".yaml", ".json"};

class VariableFiles {
 public:
  VariableFiles(Draft& draft, fs::path folder) : draft_(draft), folder_(std::move(folder)) {
    for (auto& path : listed(folder_)) names_.insert(path.filename().string());
  }

  Settings of(const std::string& name) {
    Settings settings;
    for (const auto ending : kEndings) {
      const std::string file = name + std::string(ending);
      if (!names_.contains(file)) continue;
      std::error_code ignored;  // whatever is wrong shows when it is read
      if (fs::is_directory(folder_ / file, ignored)) {
        read_folder(folder_ / file, 0, settings);
      } else {
        read(folder_ / file, settings);
      }
      break;
    }
    return settings;
  }

 private:
  void report(const fs::path& path, Errc code, const std::string& what, std::string_view hint) {
    draft_.report({0, 0, draft_.add_file(path.string())}, code, what, hint);
  }

  // In alphabetical order; a folder that is not there is empty.
  std::vector<fs::path> listed(const fs::path& folder) {
    std::vector<fs::path> paths;
    std::error_code error;
    for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
      paths.push_back(at->path());
      if (paths.size() > limits::kVariableFiles) {
        report(folder, Errc::malformed, "more than " + std::to_string(limits::kVariableFiles) + " files",
               "divide the inventory");
        return {};
      }
    }
    if (error && error != std::errc::no_such_file_or_directory) {
      report(folder, Errc::denied, error.message(), "make it readable, or move it away from the inventory");
    }
    std::sort(paths.begin(), paths.end());
    return paths;
  }

  void read_folder(const fs::path& folder, std::size_t depth, Settings& into) {
    if (depth == limits::kVariableDepth) {
      report(folder, Errc::malformed,
             "folders are nested deeper than " + std::to_string(limits::kVariableDepth) + " levels",
             "look for a symbolic link that leads upwards");
      return;
    }
    for (const auto& path : listed(folder)) {
      const std::string name = path.filename().string();
      if (name.front() == '.' || name.back() == '~') continue;
      const std::string ending = path.extension().string();
      std::error_code ignored;  // a dangling link is neither
      if (ending.empty() && fs::is_directory(path, ignored)) {
        read_folder(path, depth + 1, into);
      } else if (fs::is_regular_file(path, ignored) &&
                 std::find(kEndings.begin(), kEndings.end(), ending) != kEndings.end()) {
        read(path, into);
      }
    }
  }

  void read(const fs::path& path, Settings& into) {
    std::error_code ignored;
    if (!fs::is_regular_file(path, ignored)) {
      report(path, Errc::unsupported, "is no file", "variables are read from files and folders of files");
      return;
    }
    const auto text = read_file(path.string(), limits::kFileBytes);
    if (!text) {
      auto what = text.error().what;
      if (const auto named = path.string() + ": "; what.starts_with(named)) what.erase(0, named.size());
      report(path, text.error().code, what, "make it readable, or move it away from the inventory");
      return;
    }
    if (!draft_.accept_variable_bytes(text->size())) return;
    read_variables(draft_, *text, draft_.add_file(path.string()), into);
  }

  Draft& draft_;
  fs::path folder_;
  std::set<std::string> names_;
};

}  // namespace

void add_variable_files(Draft& draft, const std::string& folder) {
  VariableFiles groups(draft, fs::path(folder) / "group_vars");
  for (std::size_t group = 0; group < draft.groups().size(); ++group) {
    draft.set_group_file(group, groups.of(draft.groups()[group].name));
  }
  VariableFiles hosts(draft, fs::path(folder) / "host_vars");
  for (std::size_t host = 0; host < draft.hosts().size(); ++host) {
    draft.set_host_file(host, hosts.of(draft.hosts()[host].name));
  }
}

}  // namespace muster
