// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/http/session_set.h"

#include <array>
#include <utility>
#include <vector>

#include <poll.h>

#include "core/base/log.h"
#include "core/http/session.h"
#include "core/tls/mac.h"

namespace muster::http {
namespace {

using std::chrono::steady_clock;

// How late a deadline, or a client that leaves, may be noticed.
constexpr std::chrono::milliseconds kTick{500};
constexpr std::chrono::seconds kReport{10};

unsigned dice() {
  std::array<unsigned char, 4> bytes{};
  tls::random_key(bytes);
  return (bytes[0] | static_cast<unsigned>(bytes[1]) << 8U | static_cast<unsigned>(bytes[2]) << 16U) % 100;
}

}  // namespace

SessionSet::SessionSet(Loop& on, const Limits& bounds, Authorise decides)
    : loop(on),
      limits(bounds),
      authorise(std::move(decides)),
      sources(bounds.connections_per_source),
      penalties(bounds.penalties) {}

void SessionSet::follow(const Limits& now) {
  limits = now;
  sources.limit(now.connections_per_source);
  penalties.follow(now.penalties);
}

bool SessionSet::displace(const std::string* source) {
  if (!limits.early_drop.enabled()) return false;
  Session* least = nullptr;
  for (const auto& [key, session] : sessions) {
    if (session->standing() != Standing::stranger || (source != nullptr && session->source() != *source)) {
      continue;
    }
    if (least == nullptr || session->worth() < least->worth()) least = session.get();
  }
  if (least == nullptr) return false;
  ++statistics.displaced;
  const auto kept = least->shared_from_this();
  kept->close();
  return true;
}

// A flood from the address of somebody with a certificate gets all the places there are, so that his own next
// connection has time for its handshake before it is the oldest of those that have not finished theirs.
bool SessionSet::make_place(const std::string& source) {
  if (!penalties.trusts(source, steady_clock::now())) {
    if (sources.full(source) && !displace(&source)) return false;
    const bool crowded = limits.early_drop.enabled() && statistics.strangers >= limits.early_drop.start;
    if (crowded && limits.early_drop.drops(statistics.strangers, dice())) displace(nullptr);
  }
  return sessions.size() < limits.connections || displace(nullptr);
}

bool SessionSet::only_reserved_left() const {
  return sessions.size() - statistics.certified + limits.connections_reserved > limits.connections;
}

void SessionSet::rises(const Session& session, Standing to) {
  acquaintances_.add(session.source(), steady_clock::now());
  if (session.standing() == Standing::stranger) --statistics.strangers;
  if (to == Standing::certified) {
    ++statistics.certified;
    penalties.trust(session.source(), steady_clock::now());
  } else {
    penalties.forgive(session.source());
  }
}

Repute SessionSet::repute(const std::string& source) const {
  const auto now = steady_clock::now();
  if (acquaintances_.holds(source, now)) return Repute::good;
  return penalties.left(source, now).count() > 0 ? Repute::bad : Repute::none;
}

bool SessionSet::penalised(const std::string& source) {
  const bool refused = penalties.refuses(source, steady_clock::now());
  if (refused) ++statistics.penalised;
  return refused;
}

// A stranger that goes was one to the end, unless its login was still being judged. close_all() has emptied the map:
// then it is we who go.
void SessionSet::judge(const Session& gone) {
  if (draining || gone.served() || gone.unjudged() || sessions.empty()) return;
  const auto now = steady_clock::now();
  if (!penalties.add(gone.source(), gone.address(), Offence::no_login, now)) return;
  log::warning("http", gone.address() + ": its connections end without a login: refused for " +
                           std::to_string(penalties.left(gone.source(), now).count()) + " s");
}

void SessionSet::report_penalties(steady_clock::time_point now) {
  if (now < reported_ + kReport) return;
  reported_ = now;
  for (const auto& [name, refused] : penalties.take_ended(now)) {
    log::info("http", name + ": no longer refused; " + std::to_string(refused) + " connections were");
  }
}

void SessionSet::add(std::shared_ptr<Session> session) {
  if (!tick_) tick_ = loop.every(kTick, [this] { sweep(); });
  Session& added = *session;
  ++statistics.strangers;
  sessions.emplace(&added, std::move(session));
  added.pump();
}

void SessionSet::remove(Session& session) {
  sources.leave(session.source());
  if (session.standing() == Standing::certified) --statistics.certified;
  if (session.standing() == Standing::stranger) {
    --statistics.strangers;
    judge(session);
  }
  sessions.erase(&session);
  if (sessions.empty()) tick_.reset();
  tell_if_empty();
}

void SessionSet::tell_if_empty() {
  if (!sessions.empty() || !emptied) return;
  const auto tell = std::exchange(emptied, nullptr);
  tell();
}

// Of the sessions that read nothing because their request is in work. Here and not by a wait of each: an ordinary
// request is over before anybody could ask.
std::vector<std::shared_ptr<Session>> SessionSet::abandoned() const {
  std::vector<std::shared_ptr<Session>> working;
  std::vector<pollfd> sockets;
  for (const auto& [key, session] : sessions) {
    if (!session->in_work()) continue;
    working.push_back(session);
    sockets.push_back({session->fd(), POLLIN | POLLRDHUP, 0});
  }
  std::vector<std::shared_ptr<Session>> left;
  if (sockets.empty() || ::poll(sockets.data(), sockets.size(), 0) <= 0) return left;
  for (std::size_t i = 0; i < sockets.size(); ++i) {
    if (sockets[i].revents != 0 && working[i]->has_left(sockets[i].revents)) left.push_back(working[i]);
  }
  return left;
}

// Ending a session changes the map: first collect, then end. What one end sets going may end others.
void SessionSet::sweep() {
  const auto left = abandoned();  // to the end: they may be what keeps this set
  for (const auto& session : left) {
    if (session->in_work()) session->abandon();
  }
  const auto now = std::chrono::steady_clock::now();
  std::vector<std::shared_ptr<Session>> late;
  std::vector<std::shared_ptr<Session>> outdated;
  const auto today = std::chrono::system_clock::now();
  for (const auto& [key, session] : sessions) {
    if (session->expired(now)) late.push_back(session);
    if (session->certified_until() <= today) outdated.push_back(session);
  }
  for (const auto& session : late) session->expire();
  for (const auto& session : outdated) session->leave();
  report_penalties(now);
}

void SessionSet::close_idle() {
  std::vector<std::shared_ptr<Session>> idle;
  for (const auto& [key, session] : sessions) {
    if (!session->has_request()) idle.push_back(session);
  }
  for (const auto& session : idle) session->finish();
}

void SessionSet::keep_only(const std::function<bool(const tls::Certificate&)>& trusted) {
  std::vector<std::shared_ptr<Session>> others;
  for (const auto& [key, session] : sessions) {
    const auto& certificate = session->peer().certificate;
    if (certificate && !trusted(*certificate)) others.push_back(session);
  }
  for (const auto& session : others) session->leave();
}

void SessionSet::close_all() {
  const auto closing = std::exchange(sessions, {});
  for (const auto& [key, session] : closing) session->close();
}

}  // namespace muster::http
