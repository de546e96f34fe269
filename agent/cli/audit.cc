// SPDX-License-Identifier: GPL-2.0-or-later
// muster-agent audit verify
#include <cerrno>
#include <cstdio>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include <CLI/CLI.hpp>
#include <unistd.h>

#include "agent/audit/chain.h"
#include "agent/audit/log.h"
#include "agent/cli/cli.h"
#include "agent/config.h"
#include "core/base/fd.h"

namespace muster::agent {
namespace {

constexpr std::size_t kMaxFile = std::size_t{256} * 1024 * 1024;

constexpr char kFooter[] =
    "Each line holds the hash of the one before: what was changed, removed or moved shows. That lines were "
    "cut off\n"
    "the end shows only against a hash that was kept elsewhere; the journal of the agent names that of each "
    "line.\n"
    "\n"
    "EXAMPLES\n"
    "  muster-agent audit verify                                  the log of this agent\n"
    "  muster-agent audit verify audit.log.1 audit.log            files that follow each other, the oldest "
    "first\n"
    "  muster-agent audit verify --head 5f0c...                   must end with the line of this hash\n";

struct Question {
  std::vector<std::string> files;
  std::string head;
};

Result<audit::Verified> verify_file(const std::string& file, const std::optional<audit::Verified>& before) {
  const auto text = read_file(file, kMaxFile);
  if (!text) return fail(text.error());
  auto verified = audit::verify(*text);
  if (!verified) return fail(std::move(verified.error()).during(file));
  const bool follows = !before || verified->lines == 0 || verified->begins_after == before->head.hash;
  if (!follows) return fail(Errc::malformed, file + ": does not follow the file before");
  std::printf("%s: %llu lines, unbroken; the last is %llu with hash %s\n", file.c_str(),
              static_cast<unsigned long long>(verified->lines),
              static_cast<unsigned long long>(verified->head.number), verified->head.hash.c_str());
  return verified;
}

Result<int> verify(const Options& options, Question question) {
  const bool is_default = question.files.empty() && question.head.empty();
  if (question.files.empty()) {
    const auto config = load_config(options.config);
    if (!config) return fail(config.error());
    question.files.push_back(config->state_folder + audit::kFileName);
  }
  if (is_default && ::access(question.files.front().c_str(), F_OK) != 0 && errno == ENOENT) {
    std::printf("%s: there is none: nothing was done for a caller yet\n", question.files.front().c_str());
    return 0;
  }
  std::optional<audit::Verified> before;
  for (const auto& file : question.files) {
    auto verified = verify_file(file, before);
    if (!verified) return fail(verified.error());
    if (verified->lines > 0 || !before) before = std::move(*verified);
  }
  if (!question.head.empty() && before->head.hash != question.head) {
    return fail(Errc::malformed, question.files.back() + ": does not end with the hash " + question.head,
                "lines were written since, or lines were cut off");
  }
  return 0;
}

}  // namespace

void add_audit(CLI::App& root, const Options& options, Action& chosen) {
  auto* group = root.add_subcommand("audit", "The log of what was done for callers");
  group->require_subcommand(1);
  auto* command = group->add_subcommand("verify", "Is the log as it was written");
  auto question = std::make_shared<Question>();
  command->add_option("files", question->files, "Log files, the oldest first")->type_name("FILE");
  command->add_option("--head", question->head, "Hash that the last line must have")->type_name("HASH");
  command->footer(kFooter);
  command->callback([&options, &chosen, question] {
    chosen = [&options, question] { return verify(options, *question); };
  });
}

}  // namespace muster::agent
