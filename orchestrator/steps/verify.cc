// SPDX-License-Identifier: GPL-2.0-or-later
// The proof: the agent answers on its port with the certificate we signed, lets our client certificate in,
// and delivers SCX_Agent. Without it the host goes back to the certificate and package that it had.
#include <chrono>
#include <memory>

#include "core/http/client.h"
#include "core/http/connector.h"
#include "core/wsman/client.h"
#include "orchestrator/provision/host_work.h"
#include "orchestrator/steps/registry.gen.h"

namespace muster {
namespace {

constexpr std::chrono::milliseconds kAnswerWait{15'000};
constexpr std::chrono::milliseconds kRetryPause{250};
constexpr std::chrono::seconds kPatience{
    20};  // a host without systemd says nothing about when the port listens

// Who has another certificate than ours is reached: it is not the firewall.
std::string remedy(const Error& error) {
  if (error.code != Errc::untrusted) return {};
  return "muster provision gives the host a certificate of this management server; if it has one, look at "
         "its "
         "clock, and at what listens on that port";
}

// One host's proof. Keeps itself alive through the callbacks it has given away; `again_` and `client_` are
// let go first.
class Proof : public std::enable_shared_from_this<Proof> {
 public:
  Proof(HostWork& host, ServerSide& server, Step::Done done)
      : host_(host),
        server_(server),
        done_(std::move(done)),
        give_up_(std::chrono::steady_clock::now() + kPatience),
        client_(http::Client::create(server.loop,
                                     {host.entry.address, host.agent_port, host.certificate_names.front()},
                                     server.client)) {}

  void start() { post(wsman::identify_request(), &Proof::identified); }

 private:
  using Next = void (Proof::*)(const http::Response&);

  void post(std::string body, Next next) {
    client_->post("/wsman", {{"Content-Type", "application/soap+xml;charset=UTF-8"}}, std::move(body),
                  kAnswerWait, http::Repeat::safe,
                  [self = shared_from_this(), next](Result<http::Response> answer) {
                    if (answer) return (self.get()->*next)(*answer);
                    self->unanswered(answer.error());
                  });
  }

  void unanswered(const Error& error) {
    if (error.code != Errc::unreachable || std::chrono::steady_clock::now() > give_up_) return finish(error);
    again_ = server_.loop.after(kRetryPause, [self = shared_from_this()] { self->start(); });
  }

  void identified(const http::Response& response) {
    auto identity = wsman::parse_identify(response.status, response.body);
    if (!identity) return finish(identity.error());
    wsman::Target target;
    target.url =
        "https://" + http::host_and_port(host_.certificate_names.front(), host_.agent_port) + "/wsman";
    target.resource_uri = wsman::class_uri("SCX_Agent");
    target.cim_namespace = "root/scx";
    target.timeout = std::chrono::seconds(10);
    post(wsman::enumerate_request(target, 10), &Proof::enumerated);
  }

  void enumerated(const http::Response& response) {
    auto page = wsman::parse_page(response.status, response.body);
    if (!page) return finish(page.error());
    if (page->items.empty()) return finish(Error{Errc::malformed, "SCX_Agent: no instance", {}});
    const auto* version = page->items.front().find("VersionString");
    if (version != nullptr && !version->null) host_.agent_version = version->text;
    finish(std::nullopt);
  }

  void finish(std::optional<Error> error) {
    Step::Outcome outcome;
    if (error) outcome = {StepState::failed, {FailureCode::verify, error->what, remedy(*error)}};
    // Callbacks of the client and the timer hold this object: they go after this call has returned.
    server_.loop.post([self = shared_from_this(), outcome = std::move(outcome)] {
      self->client_.reset();
      self->again_.reset();
      self->done_(outcome);
    });
  }

  HostWork& host_;
  ServerSide& server_;
  Step::Done done_;
  std::chrono::steady_clock::time_point give_up_;
  std::unique_ptr<http::Client> client_;
  std::unique_ptr<http::Subscription> again_;
};

// Where something that worked was replaced, by this run or by one that was cut before its proof, the root script
// stays until the proof is there.
constexpr std::string_view kScript =
    R"sh(if ! is_unproved && [ "$unkept" = no ]; then return; fi
ask verify
read -r verdict <"$work/answer"
if [ "$verdict" = well ]; then
  rm -f -- "$package_before" "$certificate_before"
  return
fi
go_back
say "fact went_back=${went# }"
say "fact stuck=${stuck# }")sh";

class Verify final : public Step {
 public:
  std::string_view name() const override { return "verify"; }
  Place place() const override { return Place::management_server; }
  std::vector<Journey> journeys() const override { return {Journey::provision, Journey::restart}; }
  std::vector<std::string_view> after() const override { return {"restart_agent"}; }
  std::string_view script() const override { return kScript; }
  FailureCode failure_code() const override { return FailureCode::verify; }

  void apply(HostWork& host, ServerSide& server, Done done) const override {
    std::make_shared<Proof>(host, server, std::move(done))->start();
  }
};

}  // namespace

std::unique_ptr<Step> make_verify() {
  return std::make_unique<Verify>();
}

}  // namespace muster
