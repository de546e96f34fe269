// SPDX-License-Identifier: GPL-2.0-or-later
// A worker's main function: takes one job from the management server and visits the host.
#include <utility>

#include <poll.h>

#include "orchestrator/provision/visit.h"
#include "orchestrator/ssh/fork_server.h"

namespace muster {
namespace {

Result<void> wait_for_job(int socket, FrameReader& reader, Fd& package, std::string& body) {
  for (;;) {
    pollfd wait{socket, POLLIN, 0};
    ::poll(&wait, 1, -1);
    auto received = receive_frames(socket, reader);
    if (!received) return fail(received.error());
    if (received->passed) package = std::move(received->passed);
    if (auto frame = reader.next(); frame && frame->kind == kJobFrame) {
      body = std::move(frame->body);
      return {};
    }
    if (received->ended) return fail(Errc::unreachable, "management server: gone");
  }
}

}  // namespace

int visit_main(int socket) {
  FrameReader reader;
  Fd package;
  std::string body;
  if (!wait_for_job(socket, reader, package, body)) return 1;
  auto job = decode_job(body);
  wipe(body);
  if (!job) return 1;
  return Visit(socket, std::move(*job), std::move(package)).run() ? 0 : 3;
}

}  // namespace muster
