// SPDX-License-Identifier: GPL-2.0-or-later
#include "agent/executor/command_plan.h"

#include <algorithm>
#include <utility>

#include "agent/auth/basic.h"
#include "agent/executor/action.h"

namespace muster::executor {
namespace {

constexpr char kShell[] = "/bin/sh";

bool is_space(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

class Splitter {
 public:
  explicit Splitter(std::string_view text) : text_(text) {}

  Result<std::vector<std::string>> split() {
    while (at_ < text_.size()) {
      const char c = text_[at_++];
      if (is_space(c)) {
        end_word();
      } else if (!take(c)) {
        return fail(Errc::malformed, std::string("a ") + c + " without its end");
      }
    }
    end_word();
    return std::move(words_);
  }

 private:
  bool take(char c) {
    in_word_ = true;
    if (c == '\'') return take_quoted(c, "");
    if (c == '"') return take_quoted(c, "\"\\$`");
    if (c != '\\') {
      word_.push_back(c);
      return true;
    }
    if (at_ == text_.size()) return false;
    word_.push_back(text_[at_++]);
    return true;
  }

  // Up to the closing quote; a backslash before one of `escaped` gives that character.
  bool take_quoted(char quote, std::string_view escaped) {
    for (; at_ < text_.size(); ++at_) {
      const char c = text_[at_];
      const bool pair = c == '\\' && at_ + 1 < text_.size() && escaped.find(text_[at_ + 1]) != escaped.npos;
      if (c == quote) {
        ++at_;
        return true;
      }
      word_.push_back(pair ? text_[++at_] : c);
    }
    return false;
  }

  void end_word() {
    if (std::exchange(in_word_, false)) words_.push_back(std::exchange(word_, {}));
  }

  std::string_view text_;
  std::size_t at_ = 0;
  bool in_word_ = false;
  std::string word_;
  std::vector<std::string> words_;
};

// A parameter's text, out of base64 if the call says so. Lines of base64 may be broken.
Result<std::string> text_to_run(const cim::Invocation& call, std::string_view parameter) {
  std::string text = cim::text_of(call.arguments, parameter);
  if (cim::is_true(call.arguments, "b64encoded")) {
    std::erase_if(text, is_space);
    text = auth::decode_base64(text);
    if (text.empty()) return fail(Errc::malformed, std::string(parameter) + ": not base64");
  }
  if (text.find('\0') != std::string::npos) {
    return fail(Errc::malformed, std::string(parameter) + ": holds an octet 0");
  }
  if (std::all_of(text.begin(), text.end(), is_space)) {
    return fail(Errc::malformed, std::string(parameter) + ": is empty");
  }
  return text;
}

Result<void> read_words(const cim::Invocation& call, std::string_view parameter, CommandPlan& plan) {
  auto words = split_words(cim::text_of(call.arguments, parameter));
  if (!words) return fail(std::move(words.error()).during(parameter));
  plan.words = std::move(*words);
  return {};
}

Result<void> read_what(const cim::Invocation& call, CommandPlan& plan) {
  const bool script = call.method == "ExecuteScript";
  auto text = text_to_run(call, script ? "Script" : "Command");
  if (!text) return fail(text.error());
  if (script) {
    plan.script = std::move(*text);
    return read_words(call, "Arguments", plan);
  }
  if (call.method == "ExecuteCommand") return read_words(call, "Command", plan);
  plan.words = {kShell, "-c", std::move(*text)};
  return {};
}

}  // namespace

Result<std::vector<std::string>> split_words(std::string_view text) {
  return Splitter(text).split();
}

Result<CommandPlan> plan_of(const cim::Invocation& call) {
  CommandPlan plan;
  const std::string elevation = cim::text_of(call.arguments, "ElevationType");
  plan.sudo = wants_sudo(call);
  if (!plan.sudo && !elevation.empty()) {
    return fail(Errc::malformed, "ElevationType: " + elevation + " is neither empty nor sudo");
  }
  plan.timeout = std::chrono::seconds(cim::number_of(call.arguments, "timeout"));
  if (auto read = read_what(call, plan); !read) return fail(read.error());
  return plan;
}

std::vector<std::string> words_to_run(const CommandPlan& plan, const std::string& script_path, bool is_root) {
  std::vector<std::string> words;
  if (plan.sudo && !is_root) words = {"sudo", "-n", "--"};
  if (!plan.script.empty()) {
    if (!plan.script.starts_with("#!")) words.emplace_back(kShell);
    words.push_back(script_path);
  }
  words.insert(words.end(), plan.words.begin(), plan.words.end());
  return words;
}

}  // namespace muster::executor
