// SPDX-License-Identifier: GPL-2.0-or-later
#include "orchestrator/poll/agent_session.h"

#include <utility>

#include "core/base/secret.h"

namespace muster {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

std::string host_and_port(const http::Endpoint& endpoint) {
  const bool literal = endpoint.host.find(':') != std::string::npos;
  return (literal ? "[" + endpoint.host + "]" : endpoint.host) + ":" + std::to_string(endpoint.port);
}

std::chrono::seconds operation_timeout(milliseconds deadline) {
  return std::max(std::chrono::seconds(1), std::chrono::duration_cast<std::chrono::seconds>(deadline));
}

}  // namespace

struct AgentSession::Enumeration {
  wsman::Target target;
  steady_clock::time_point end;
  Done<std::vector<wsman::Item>> done;
  std::vector<wsman::Item> items;

  milliseconds left() const { return std::chrono::duration_cast<milliseconds>(end - steady_clock::now()); }
};

AgentSession::AgentSession(http::Loop& loop, http::Endpoint endpoint, std::shared_ptr<tls::Context> context,
                           std::string path, std::vector<http::Field> fields)
    : peer_(host_and_port(endpoint)),
      url_("https://" + peer_ + path),
      path_(std::move(path)),
      fields_(std::move(fields)) {
  fields_.emplace_back("Content-Type", "application/soap+xml;charset=UTF-8");
  client_ = http::Client::create(loop, std::move(endpoint), std::move(context));
}

AgentSession::~AgentSession() {
  for (auto& [name, value] : fields_) wipe(value);
}

wsman::Target AgentSession::target_for(std::string_view class_name) const {
  wsman::Target target;
  target.url = url_;
  target.resource_uri = wsman::class_uri(class_name);
  return target;
}

Error AgentSession::named(Error error) const {
  return error.what.starts_with(peer_) ? std::move(error) : std::move(error).during(peer_);
}

void AgentSession::post(std::string envelope, milliseconds deadline, http::Repeat repeat,
                        Done<http::Response> done) {
  client_->post(path_, fields_, std::move(envelope), deadline, repeat,
                [this, finished = std::move(done)](Result<http::Response> response) {
                  answered_ = response.has_value();
                  if (!response) return finished(fail(named(std::move(response.error()))));
                  finished(std::move(response));
                });
}

void AgentSession::raw(std::string envelope, milliseconds deadline, Done<http::Response> done) {
  post(std::move(envelope), deadline, http::Repeat::never, std::move(done));
}

void AgentSession::identify(milliseconds deadline, Done<wsman::Identity> done) {
  post(wsman::identify_request(), deadline, http::Repeat::safe,
       [this, finished = std::move(done)](Result<http::Response> response) {
         if (!response) return finished(fail(std::move(response.error())));
         auto identity = wsman::parse_identify(response->status, response->body);
         if (!identity) return finished(fail(named(std::move(identity.error()))));
         finished(std::move(identity));
       });
}

void AgentSession::get(wsman::Target target, milliseconds deadline, Done<wsman::Item> done) {
  target.timeout = operation_timeout(deadline);
  post(wsman::get_request(target), deadline, http::Repeat::safe,
       [this, finished = std::move(done)](Result<http::Response> response) {
         if (!response) return finished(fail(std::move(response.error())));
         auto item = wsman::parse_get(response->status, response->body);
         if (!item) return finished(fail(named(std::move(item.error()))));
         finished(std::move(item));
       });
}

void AgentSession::enumerate(wsman::Target target, milliseconds deadline,
                             Done<std::vector<wsman::Item>> done) {
  target.timeout = operation_timeout(deadline);
  auto work = std::make_shared<Enumeration>(
      Enumeration{std::move(target), steady_clock::now() + deadline, std::move(done), {}});
  post(wsman::enumerate_request(work->target, kItemsPerPage), deadline, http::Repeat::safe,
       [this, work](Result<http::Response> response) {
         if (!response) return work->done(fail(std::move(response.error())));
         add_page(work, wsman::parse_page(response->status, response->body));
       });
}

void AgentSession::add_page(const std::shared_ptr<Enumeration>& work, Result<wsman::Page> page) {
  if (!page) return work->done(fail(named(std::move(page.error()))));
  std::move(page->items.begin(), page->items.end(), std::back_inserter(work->items));
  if (page->end) return work->done(std::move(work->items));
  if (work->items.size() > kMostItems) {
    return work->done(
        fail(Errc::malformed, peer_ + ": more than " + std::to_string(kMostItems) + " instances"));
  }
  const auto left = work->left();
  if (left <= milliseconds::zero()) {
    return work->done(fail(Errc::timeout, peer_ + ": the enumeration did not end within its time"));
  }
  post(wsman::pull_request(work->target, page->context, kItemsPerPage), left, http::Repeat::never,
       [this, work](Result<http::Response> response) {
         if (!response) return work->done(fail(std::move(response.error())));
         add_page(work, wsman::parse_page(response->status, response->body));
       });
}

}  // namespace muster
