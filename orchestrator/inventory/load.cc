// SPDX-License-Identifier: GPL-2.0-or-later
#include <cerrno>
#include <filesystem>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/error.h"
#include "core/base/fd.h"
#include "orchestrator/inventory/draft.h"
#include "orchestrator/inventory/inventory.h"
#include "orchestrator/inventory/limits.h"
#include "orchestrator/inventory/script.h"
#include "orchestrator/inventory/text.h"
#include "orchestrator/inventory/variable_files.h"

namespace muster {
namespace {

Result<std::string> read_text(const std::string& path) {
  std::error_code ignored;  // whatever is wrong shows when the file is read
  if (std::filesystem::is_directory(path, ignored)) {
    return fail(Errc::unsupported, path + ": is a directory", "name one inventory file");
  }
  Result<std::string> text = read_file(path, limits::kFileBytes);
  if (!text && text.error().hint.empty()) text.error().hint = "check the path of the inventory";
  return text;
}

// The first line that is neither empty nor a comment decides.
bool begins_like_yaml(std::string_view text) {
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = trimmed(text.substr(0, end));
    if (!line.empty() && line[0] != '#') {
      return line.substr(0, 3) == "---" || line.substr(0, 4) == "all:" || line[0] == '{' || line[0] == '%';
    }
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return false;
}

bool is_yaml(const std::string& extension, std::string_view text) {
  if (extension == ".yml" || extension == ".yaml" || extension == ".json") return true;
  return extension != ".ini" && begins_like_yaml(text);
}

InventoryReading refused(const std::string& path, Error error) {
  InventoryReading reading;
  reading.problems.push_back({{path, 0, 0}, std::move(error)});
  return reading;
}

Draft draft_of(const std::string& path, std::string_view text) {
  if (is_program(path, text)) return draft_inventory_script(path);
  const std::string extension = lower_case(std::filesystem::path(path).extension().string());
  if (extension == ".csv") return draft_inventory_csv(text, path);
  return is_yaml(extension, text) ? draft_inventory_yaml(text, path) : draft_inventory_ini(text, path);
}

}  // namespace

InventoryReading check_inventory(const std::string& path) {
  Result<std::string> text = read_text(path);
  if (!text) return refused(path, std::move(text.error()));
  if (!is_program(path, *text) && text->find('\0') != std::string::npos) {
    return refused(path, {Errc::malformed, path + ": not a text file",
                          "name an inventory in INI, YAML, JSON or CSV, or a program that prints one"});
  }
  Draft draft = draft_of(path, *text);
  add_variable_files(draft, std::filesystem::path(path).parent_path().string());
  return resolve(std::move(draft));
}

Result<Inventory> load_inventory(const std::string& path) {
  InventoryReading reading = check_inventory(path);
  if (reading.problems.empty()) return std::move(reading.inventory);
  Error first = std::move(reading.problems.front().error);
  const std::size_t more = reading.problems.size() - 1;
  if (more != 0) {
    first.hint +=
        (first.hint.empty() ? "and " : "; and ") + std::to_string(more) + " more: muster inventory check";
  }
  return fail(std::move(first));
}

}  // namespace muster
