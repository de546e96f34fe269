// SPDX-License-Identifier: GPL-2.0-or-later
// A conversation with one WS-Management service over one kept-alive connection.
//
// Deadlines  each call has one for all of its round trips.
// Errors     those of http/client.h while nothing was answered, else those of wsman/client.h; `what` begins
//            with "HOST:PORT".
// Threads    the loop's. One call at a time.
// Limits     an enumeration of more than kMostItems instances is `malformed`.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/http/client.h"
#include "core/wsman/client.h"

namespace muster {

class AgentSession {
 public:
  static constexpr std::size_t kMostItems = 100'000;
  static constexpr unsigned kItemsPerPage = 500;

  template <class T>
  using Done = std::function<void(Result<T>)>;  // once, from the loop; never when the session is gone

  // `fields` go along with every request, for example Authorization; they are wiped at the end.
  AgentSession(http::Loop& loop, http::Endpoint endpoint, std::shared_ptr<tls::Context> context,
               std::string path = "/wsman", std::vector<http::Field> fields = {});
  AgentSession(const AgentSession&) = delete;
  AgentSession& operator=(const AgentSession&) = delete;
  AgentSession(AgentSession&&) = delete;
  AgentSession& operator=(AgentSession&&) = delete;
  ~AgentSession();

  void identify(std::chrono::milliseconds deadline, Done<wsman::Identity> done);
  void enumerate(wsman::Target target, std::chrono::milliseconds deadline,
                 Done<std::vector<wsman::Item>> done);
  void get(wsman::Target target, std::chrono::milliseconds deadline, Done<wsman::Item> done);
  // The body of the answer as it came, for a person to read. Sent once: the envelope may ask for anything.
  void raw(std::string envelope, std::chrono::milliseconds deadline, Done<http::Response> done);

  // A class of the service's default namespace.
  wsman::Target target_for(std::string_view class_name) const;

  // Whether the last call got any HTTP answer: if not, its error is about the path to the agent.
  bool answered() const { return answered_; }

 private:
  struct Enumeration;
  void post(std::string envelope, std::chrono::milliseconds deadline, http::Repeat repeat,
            Done<http::Response> done);
  void add_page(const std::shared_ptr<Enumeration>& work, Result<wsman::Page> page);
  Error named(Error error) const;

  std::string peer_;  // "HOST:PORT"
  std::string url_;
  std::string path_;
  std::vector<http::Field> fields_;
  bool answered_ = false;
  std::unique_ptr<http::Client> client_;
};

}  // namespace muster
