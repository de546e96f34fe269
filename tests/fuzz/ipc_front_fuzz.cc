// SPDX-License-Identifier: GPL-2.0-or-later
// Monitor and provider host, either of them taken over, speak to the front while it waits for answers of both: each
// question is answered once at most, nobody is let in without the word for it, and rows stay within their limit.
#include <array>
#include <optional>
#include <utility>

#include "agent/front/monitor_client.h"
#include "agent/front/provider_client.h"
#include "core/base/log.h"
#include "core/http/loop.h"
#include "tests/fuzz/ipc_conversation.h"

namespace {

using namespace muster;
using fuzz::demand;

constexpr std::size_t kQuestions = 3;  // of each kind; their ids begin at 1

const ipc::Activity& activity() {
  static const auto kPage = ipc::Activity::shared();
  demand(kPage.has_value());
  return *kPage;
}

// The front's two clients on its loop, and what they were told.
class Front {
 public:
  Front(Fd monitor, Fd providers)
      : monitor_(loop_, std::move(monitor),
                 {[this](Fd fresh) { providers_.connect(std::move(fresh)); }, [](auto, auto) {},
                  [this] { loop_.post([this] { loop_.stop(); }); }}),
        providers_(loop_, {}, activity(), std::chrono::hours(1), [] {}) {
    providers_.connect(std::move(providers));
    monitor_.say_ready();
    for (std::size_t i = 0; i < kQuestions; ++i) ask(i);
  }

  void listen_to_the_end() { loop_.run(); }

 private:
  void ask(std::size_t i) {
    const auth::Credentials credentials{"alice", Secret("secret")};
    monitor_.authenticate(credentials, "192.0.2.1",
                          [this, i](const std::optional<auth::Principal>& principal) {
                            demand(++verdicts_.at(i) == 1);
                            if (principal) {
                              demand(principal->key().starts_with("user:") && principal->key().size() > 5);
                            }
                          });
    providers_.fetch({wsman::Query::Kind::enumerate, "A", {}, {}}, std::chrono::hours(1),
                     [this, i](const Result<wsman::Rows>& rows) {
                       demand(++answers_.at(i) == 1);
                       std::size_t total = 0;
                       if (rows) {
                         for (const auto& row : *rows) total += row.size();
                       }
                       demand(total <= agent::ProviderClient::kMaxAnswerBytes);
                     });
  }

  http::Loop loop_;
  std::array<int, kQuestions> verdicts_{};
  std::array<int, kQuestions> answers_{};
  agent::MonitorClient monitor_;
  agent::ProviderClient providers_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  log::threshold(log::Level::error);
  fuzz::Input input(data, size);
  auto monitor = ipc::testing::new_pair();
  auto providers = ipc::testing::new_pair();
  Front front(std::move(monitor.first), std::move(providers.first));
  for (std::size_t said = 0; !input.empty() && said < fuzz::kMostFrames; ++said) {
    const bool by_monitor = input.choice(2) == 0;
    fuzz::say_something(input, by_monitor ? monitor.second.get() : providers.second.get());
  }
  providers.second.reset();
  monitor.second.reset();
  front.listen_to_the_end();
  return 0;
}
