// SPDX-License-Identifier: GPL-2.0-or-later
// Two callers that begin, pull and release enumerations in any order while time passes, with contexts of their own, of
// each other, and made up. Nobody gets a row of the other's, no row comes twice, and what has ended stays ended.
#include <array>
#include <chrono>
#include <set>
#include <string>
#include <vector>

#include "core/wsman/service.h"
#include "tests/core/wsman/fixture.h"
#include "tests/fuzz/input.h"

namespace {

using namespace muster;
using namespace muster::wsman;
using fuzz::demand;
using wsman::testing::between;

constexpr std::size_t kMostSteps = 24;
constexpr std::array<const char*, 2> kCallers = {"alice", "bob"};

struct Begun {
  std::string context;
  unsigned caller = 0;
  std::set<std::string> seen;  // rows that were sent
  bool over = false;
};

class Play {
 public:
  Play() {
    for (int i = 0; i < 6; ++i) {
      lab_.source.instances.push_back(wsman::testing::disk("disk" + std::to_string(i), 1));
    }
  }

  void step(fuzz::Input& input) {
    switch (input.choice(5)) {
      case 0: return begin(input);
      case 1: return pull(input);
      case 2: return release(input);
      case 3: return pass_time(input);
      case 4: return pull_anything(input);
    }
  }

 private:
  void begin(fuzz::Input& input) {
    const auto caller = input.choice(2);
    const auto first = input.choice(4);  // 0: not optimised
    std::string inside = first == 0 ? "" : wsman::testing::optimized(first);
    if (input.choice(2) == 1) inside += "<n:Expires>PT" + std::to_string(input.byte()) + "S</n:Expires>";
    const auto reply = lab_.ask(wsman::testing::enumerate("TEST_Disk", inside), kCallers.at(caller));
    if (reply.status != 200) return;
    Begun begun{
        between(reply.body, "<wsen:EnumerationContext>", "</wsen:EnumerationContext>"), caller, {}, false};
    note_rows(begun, reply);
    if (!begun.context.empty()) all_.push_back(std::move(begun));
  }

  void pull(fuzz::Input& input) {
    if (all_.empty()) return;
    auto& begun = all_[input.choice(static_cast<unsigned>(all_.size()))];
    const auto caller = input.choice(2);
    const auto count = "<n:MaxElements>" + std::to_string(input.byte()) + "</n:MaxElements>";
    const auto reply = lab_.ask(wsman::testing::pull("TEST_Disk", begun.context, count), kCallers.at(caller));
    demand(reply.status == 200 || reply.status == 500);
    if (reply.status != 200) return;
    demand(caller == begun.caller && !begun.over);
    note_rows(begun, reply);
    begun.over = reply.body.find("<wsen:EndOfSequence/>") != std::string::npos;
    demand(!begun.over || begun.seen.size() == 6);
  }

  void release(fuzz::Input& input) {
    if (all_.empty()) return;
    auto& begun = all_[input.choice(static_cast<unsigned>(all_.size()))];
    const auto caller = input.choice(2);
    const auto reply = lab_.ask(wsman::testing::release("TEST_Disk", begun.context), kCallers.at(caller));
    if (reply.status != 200) return;
    demand(caller == begun.caller && !begun.over);
    begun.over = true;
  }

  void pass_time(fuzz::Input& input) {
    lab_.now += std::chrono::seconds(input.byte());
    if (input.choice(2) == 1) lab_.service.expire();
  }

  // The rest of the line is the context.
  void pull_anything(fuzz::Input& input) {
    const auto caller = input.choice(2);
    const std::string context(input.line());
    const auto reply = lab_.ask(wsman::testing::pull("TEST_Disk", context), kCallers.at(caller));
    demand(reply.status == 200 || reply.status == 500);
    if (reply.status != 200) return;
    for (auto& begun : all_) {
      if (context.find(begun.context) == std::string::npos || begun.caller != caller) continue;
      note_rows(begun, reply);
      begun.over = begun.over || reply.body.find("<wsen:EndOfSequence/>") != std::string::npos;
      return;
    }
    std::abort();  // an enumeration that nobody has begun
  }

  static void note_rows(Begun& begun, const Reply& reply) {
    for (int i = 0; i < 6; ++i) {
      const std::string name = ">disk" + std::to_string(i) + "<";
      if (reply.body.find(name) != std::string::npos) demand(begun.seen.insert(name).second);
    }
  }

  wsman::testing::Lab lab_;
  std::vector<Begun> all_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::Input input(data, size);
  Play play;
  for (std::size_t steps = 0; !input.empty() && steps < kMostSteps; ++steps) play.step(input);
  return 0;
}
