// SPDX-License-Identifier: GPL-2.0-or-later
#include "orchestrator/inventory/script.h"

#include <filesystem>
#include <optional>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/fd.h"
#include "core/base/program.h"
#include "orchestrator/inventory/limits.h"
#include "orchestrator/inventory/listing_reader.h"
#include "orchestrator/inventory/text.h"
#include "orchestrator/inventory/yaml_tree.h"
#include "orchestrator/inventory/yaml_variables.h"

namespace muster {
namespace {

constexpr std::string_view kElf =
    "\x7F"
    "ELF";

// What somebody else may change would run here as the caller.
std::optional<Error> refused(const std::string& path) {
  struct stat about {};
  if (::stat(path.c_str(), &about) != 0) return errno_error(path);
  if ((about.st_mode & S_IWOTH) != 0 || (about.st_uid != 0 && about.st_uid != ::geteuid())) {
    return Error{Errc::denied, "this program is not run: others could have changed it",
                 "it must belong to you or root and not be writable by everybody: chmod o-w " + path};
  }
  if (::access(path.c_str(), X_OK) != 0) {
    return Error{Errc::denied, "this is a program that prints an inventory, and is not executable",
                 "chmod +x " + path};
  }
  return std::nullopt;
}

class Script {
 public:
  Script(Draft& draft, const std::string& path)
      : draft_(draft), program_(std::filesystem::absolute(path).string()) {}

  void read() {
    const auto list = answer({"--list"}, 0);
    if (!list) return;
    if (!is_listing(**list)) {
      return draft_.report((*list)->where, Errc::malformed, "the program did not print an inventory",
                           R"(with --list it prints {"GROUP": {"hosts": [...]}, "_meta": {...}})");
    }
    read_listing(draft_, **list);
    if (!has_meta(**list)) ask_each();
  }

 private:
  // Parsed; nullopt when a problem was reported.
  std::optional<YamlNodePtr> answer(const std::vector<std::string>& arguments, std::size_t file) {
    ProgramOrder order;
    order.words = {program_};
    order.words.insert(order.words.end(), arguments.begin(), arguments.end());
    order.patience = kScriptPatience;
    order.most_output = limits::kFileBytes;
    const auto end = run_program(order);
    if (!end) {
      draft_.report({0, 0, file}, end.error().code, end.error().what, end.error().hint);
      return std::nullopt;
    }
    if (end->status != 0) {
      draft_.report({0, 0, file}, Errc::malformed,
                    "the program ended with status " + std::to_string(end->status) + said(end->errors),
                    "run it by hand: " + program_ + " " + arguments.front());
      return std::nullopt;
    }
    auto tree = parse_yaml_tree(end->output);
    if (tree) return std::move(*tree);
    Mark where = tree.error().where;
    where.file = file;
    draft_.report(where, tree.error().error);
    return std::nullopt;
  }

  // Its last words.
  static std::string said(std::string_view errors) {
    errors = trimmed_lines(errors);
    const auto line =
        errors.substr(errors.rfind('\n') == std::string_view::npos ? 0 : errors.rfind('\n') + 1);
    return line.empty() ? "" : "; it said: " + shown(line);
  }

  static std::string_view trimmed_lines(std::string_view text) {
    while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.remove_suffix(1);
    return text;
  }

  // Programs of the time before _meta know one host's variables at a time.
  void ask_each() {
    std::vector<std::pair<std::string, Mark>> hosts;
    for (const DraftHost& host : draft_.hosts()) hosts.emplace_back(host.name, host.where);
    if (hosts.size() > kMostAsked) {
      return draft_.report({}, Errc::unsupported,
                           "the program prints no _meta, and " + std::to_string(hosts.size()) +
                               " hosts are too many to ask for one by one",
                           "let it print their variables below _meta.hostvars");
    }
    for (const auto& [name, where] : hosts) {
      const std::size_t file = draft_.add_file(program_ + " --host " + name);
      const auto variables = answer({"--host", name}, file);
      if (!variables) return;  // the next would fail in the same way
      Settings settings;
      for (const auto& [key, value] : (*variables)->entries) {
        if (!accept_variable(draft_, *key, *value, file)) continue;
        Mark at = key->where;
        at.file = file;
        draft_.set_variable(settings, key->text, {one_line(*value), at});
      }
      if (!settings.empty()) draft_.add_hosts(name, Draft::kAll, std::move(settings), where);
    }
  }

  Draft& draft_;
  std::string program_;
};

}  // namespace

bool is_program(const std::string& path, std::string_view text) {
  return text.starts_with("#!") || (text.starts_with(kElf) && ::access(path.c_str(), X_OK) == 0);
}

Draft draft_inventory_script(const std::string& path) {
  Draft draft(path + " --list");
  if (const auto why = refused(path)) {
    draft.report({}, *why);
  } else {
    Script(draft, path).read();
  }
  return draft;
}

}  // namespace muster
