// SPDX-License-Identifier: GPL-2.0-or-later
#include "orchestrator/provision/failure.h"

#include <filesystem>
#include <map>
#include <regex>
#include <set>
#include <string>

#include <CLI/CLI.hpp>
#include <gtest/gtest.h>

#include "orchestrator/commands/registry.gen.h"

namespace muster {
namespace {

TEST(Failure, EveryCodeHasExactlyOneCompleteEntry) {
  const auto& all = failure_classes();
  std::set<std::string_view> words;
  for (std::size_t i = 0; i < all.size(); ++i) {
    EXPECT_EQ(static_cast<std::size_t>(all[i].code), i) << all[i].word;
    EXPECT_TRUE(words.insert(all[i].word).second) << all[i].word;
    EXPECT_EQ(all[i].word.substr(0, 2), "E-");
    EXPECT_FALSE(all[i].cause.empty()) << all[i].word;
    EXPECT_FALSE(all[i].hint.empty()) << all[i].word;
    EXPECT_NE(all[i].hint.back(), '.') << all[i].word;
    EXPECT_EQ(find_failure_class(all[i].word), &failure_class(all[i].code));
  }
  EXPECT_EQ(all.size(), static_cast<std::size_t>(FailureCode::interrupted) + 1);
}

// agent/cli has one file for each of its commands.
std::set<std::string> agent_commands() {
  std::set<std::string> names;
  for (const auto& file :
       std::filesystem::directory_iterator(std::string(MUSTER_SOURCE_DIR) + "/agent/cli")) {
    names.insert(file.path().stem());
  }
  names.erase("cli");
  return names;
}

std::set<std::string> server_commands() {
  CLI::App root;
  std::set<std::string> names;
  const auto all = all_commands();
  for (const auto& command : all) names.insert(command->declare(root)->get_name());
  return names;
}

TEST(Failure, RemediesNameCommandsThatExist) {
  const std::regex command("(muster-agent|muster) ([a-z]+)");
  const std::map<std::string, std::set<std::string>> known{{"muster-agent", agent_commands()},
                                                           {"muster", server_commands()}};
  for (const auto& entry : failure_classes()) {
    const std::string hint(entry.hint);
    for (std::sregex_iterator found(hint.begin(), hint.end(), command), end; found != end; ++found) {
      EXPECT_TRUE(known.at((*found)[1]).contains((*found)[2])) << entry.word << ": " << found->str();
    }
  }
}

TEST(Failure, UnknownWordIsNoClass) {
  for (const auto* word : {"", "E-", "E-SSH", "E-SSH-AUTH ", "e-ssh-auth", "ssh_auth"}) {
    EXPECT_EQ(find_failure_class(word), nullptr) << word;
  }
}

}  // namespace
}  // namespace muster
