// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/http/session_set.h"

#include <utility>
#include <vector>

#include "core/http/session.h"

namespace muster::http {
namespace {

constexpr std::chrono::milliseconds kTick{500};  // how late a deadline may be noticed

}  // namespace

SessionSet::SessionSet(Loop& on, const Limits& bounds, Authorise decides)
    : loop(on), limits(bounds), authorise(std::move(decides)), sources(bounds.connections_per_source) {}

void SessionSet::add(std::shared_ptr<Session> session) {
  if (!tick_) tick_ = loop.every(kTick, [this] { sweep(); });
  Session& added = *session;
  sessions.emplace(&added, std::move(session));
  added.pump();
}

void SessionSet::remove(Session& session) {
  sources.leave(session.source());
  sessions.erase(&session);
  if (sessions.empty()) tick_.reset();
  tell_if_empty();
}

void SessionSet::tell_if_empty() {
  if (!sessions.empty() || !emptied) return;
  const auto tell = std::exchange(emptied, nullptr);
  tell();
}

// Ending a session changes the map: first collect, then end.
void SessionSet::sweep() {
  const auto now = std::chrono::steady_clock::now();
  std::vector<std::shared_ptr<Session>> late;
  for (const auto& [key, session] : sessions) {
    if (session->expired(now)) late.push_back(session);
  }
  for (const auto& session : late) session->expire();
}

void SessionSet::close_idle() {
  std::vector<std::shared_ptr<Session>> idle;
  for (const auto& [key, session] : sessions) {
    if (!session->has_request()) idle.push_back(session);
  }
  for (const auto& session : idle) session->finish();
}

void SessionSet::close_all() {
  const auto closing = std::exchange(sessions, {});
  for (const auto& [key, session] : closing) session->close();
}

}  // namespace muster::http
