// SPDX-License-Identifier: GPL-2.0-or-later
#include "tests/e2e/lab.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <regex>

namespace muster::e2e {
namespace {

std::string from_environment(const char* name, const std::string& otherwise) {
  const char* value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): nobody sets it
  return value == nullptr ? otherwise : value;
}

std::string lab_program() {
  return source_folder() + "/scripts/lab";
}

}  // namespace

std::string source_folder() {
  return MUSTER_SOURCE_DIR;
}

std::string package() {
  return from_environment("MUSTER_PACKAGE", source_folder() +
                                                "/build/release/packages/muster-agent_" MUSTER_VERSION
                                                "_amd64.deb");
}

Lab::Lab(const Words& words) : folder_(from_environment("MUSTER_LAB_DIR", "/run/muster-lab")) {
  std::string pattern = std::filesystem::temp_directory_path() / "muster-e2e-XXXXXX";
  scratch_ = ::mkdtemp(pattern.data());
  Words command{lab_program(), "up"};
  command.insert(command.end(), words.begin(), words.end());
  const auto ran = run(command, {}, std::chrono::seconds(300));
  up_ = ran.status == 0;
  ours_ = up_;  // a lab that was up already is somebody else's, and a failed start cleans up after itself
  why_not_ = "scripts/lab up: " + ran.out + ran.err;
  if (!up_) return;
  const auto made = run(muster({"init"}));
  up_ = made.status == 0;
  why_not_ = "muster init: " + made.out + made.err;
}

Lab::~Lab() {
  if (ours_) run({lab_program(), "down"});
  std::filesystem::remove_all(scratch_);
}

Ran Lab::on(const std::string& host, const std::string& shell) const {
  return run({lab_program(), "exec", host, "sh", "-c", shell});
}

std::string Lab::address(const std::string& host) const {
  const std::string inventory = read_text(file("inventory.ini"));
  std::smatch found;
  const std::regex line("(^|\n)" + host + " [^\n]*ansible_host=([^ \n]+)");
  return std::regex_search(inventory, found, line) ? found[2].str() : "";
}

std::string Lab::secret(const std::string& name) const {
  std::ifstream stream(file(name));
  std::string line;
  std::getline(stream, line);
  return line;
}

Words Lab::muster(const Words& words) const {
  Words command{from_environment("MUSTER_BIN", MUSTER_PROGRAM), "--state", state()};
  command.insert(command.end(), words.begin(), words.end());
  return command;
}

Words Lab::provision(const Words& more) const {
  Words words{"provision",
              "-i",
              file("inventory.ini"),
              "--known-hosts",
              file("known_hosts"),
              "--become-password-file",
              file("become-pass"),
              "--package",
              package()};
  words.insert(words.end(), more.begin(), more.end());
  return muster(words);
}

}  // namespace muster::e2e
