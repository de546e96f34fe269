// SPDX-License-Identifier: GPL-2.0-or-later
#include "orchestrator/ssh/message.h"

#include <algorithm>

namespace muster {
namespace {

constexpr std::size_t kStepBytes = 40;
constexpr std::size_t kTextBytes = 4096;
constexpr std::size_t kQuestionBytes = std::size_t{16} * 1024;

bool is_step(std::string_view name) {
  return !name.empty() && name.size() <= kStepBytes &&
         std::all_of(name.begin(), name.end(), [](char c) { return (c >= 'a' && c <= 'z') || c == '_'; });
}

struct Encode {
  Pack& pack;
  void operator()(const told::HostKey& key) const {
    pack.text(key.type).text(key.base64).text(key.fingerprint).number(key.is_new ? 1 : 0);
  }
  void operator()(const told::Begun& begun) const { pack.text(begun.step); }
  void operator()(const told::Finished& finished) const {
    pack.text(finished.step).number(finished.changed ? 1 : 0);
  }
  void operator()(const told::Failed& failed) const {
    pack.text(failed.step).text(failure_class(failed.failure.code).word).text(failed.failure.text);
  }
  void operator()(const told::Known& known) const { pack.text(known.facts); }
  void operator()(const told::Question& question) const { pack.text(question.step).text(question.text); }
  void operator()(const told::Done& /*done*/) const {}
};

std::string take(Unpack& unpack, std::size_t limit) {
  return std::string(unpack.text().substr(0, limit));
}

Told decode_body(std::uint8_t kind, Unpack& unpack) {
  switch (kind) {
    case 0: {
      told::HostKey key{take(unpack, kStepBytes), take(unpack, kTextBytes), take(unpack, 100), false};
      key.is_new = unpack.number() == 1;
      return key;
    }
    case 1: return told::Begun{take(unpack, kTextBytes)};
    case 2: {
      told::Finished finished{take(unpack, kTextBytes), false};
      finished.changed = unpack.number() == 1;
      return finished;
    }
    case 3: {
      told::Failed failed{take(unpack, kTextBytes), {}};
      const auto* known = find_failure_class(unpack.text());
      failed.failure = {known == nullptr ? FailureCode::worker : known->code, take(unpack, kTextBytes)};
      return failed;
    }
    case 4: return told::Known{take(unpack, kQuestionBytes)};
    case 5: {
      std::string step = take(unpack, kTextBytes);
      return told::Question{std::move(step), take(unpack, kQuestionBytes)};
    }
    default: return told::Done{};
  }
}

struct StepOf {
  std::string_view operator()(const told::Begun& begun) const { return begun.step; }
  std::string_view operator()(const told::Finished& finished) const { return finished.step; }
  std::string_view operator()(const told::Failed& failed) const { return failed.step; }
  std::string_view operator()(const told::Question& question) const { return question.step; }
  template <class Other>
  std::string_view operator()(const Other& /*other*/) const {
    return "none";
  }
};

}  // namespace

Frame encode_told(const Told& told) {
  Pack pack;
  std::visit(Encode{pack}, told);
  return {static_cast<std::uint8_t>(told.index()), std::move(pack.body())};
}

Result<Told> decode_told(const Frame& frame) {
  Unpack unpack(frame.body);
  Told told = decode_body(frame.kind, unpack);
  if (!unpack.finished() || frame.kind != told.index() || !is_step(std::visit(StepOf{}, told))) {
    return fail(Errc::malformed, "worker message: not as agreed");
  }
  return told;
}

}  // namespace muster
