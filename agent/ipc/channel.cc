// SPDX-License-Identifier: GPL-2.0-or-later
#include "agent/ipc/channel.h"

#include <array>
#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace muster::ipc {
namespace {

constexpr std::size_t kControlBytes = CMSG_SPACE(sizeof(int) * 4);

// The descriptor that came along, if exactly one did; more than one is a breach and all are closed.
Result<Fd> take_descriptor(msghdr& message) {
  Fd found;
  bool several = (message.msg_flags & MSG_CTRUNC) != 0;
  for (cmsghdr* part = CMSG_FIRSTHDR(&message); part != nullptr; part = CMSG_NXTHDR(&message, part)) {
    if (part->cmsg_level != SOL_SOCKET || part->cmsg_type != SCM_RIGHTS) continue;
    const std::size_t count = (part->cmsg_len - CMSG_LEN(0)) / sizeof(int);
    for (std::size_t i = 0; i < count; ++i) {
      int fd = -1;
      std::memcpy(&fd, CMSG_DATA(part) + i * sizeof(int), sizeof fd);
      several = several || found;
      found = Fd(fd);
    }
  }
  if (several) return fail(Errc::malformed, "frame: more than one descriptor");
  return found;
}

}  // namespace

Result<std::pair<Fd, Fd>> Channel::make_pair() {
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends) != 0) {
    return fail(errno_error("socketpair"));
  }
  return std::pair{Fd(ends[0]), Fd(ends[1])};
}

void Channel::forget(char* bytes, std::size_t size) const {
  if (carries_secrets()) wipe(bytes, size);
}

Result<Channel::Sent> Channel::try_send(const Outgoing& outgoing) {
  iovec part{const_cast<char*>(outgoing.bytes.data()), outgoing.bytes.size()};
  alignas(cmsghdr) std::array<char, kControlBytes> control{};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  if (outgoing.descriptor) {
    message.msg_control = control.data();
    message.msg_controllen = CMSG_SPACE(sizeof(int));
    cmsghdr* header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof(int));
    const int fd = outgoing.descriptor.get();
    std::memcpy(CMSG_DATA(header), &fd, sizeof fd);
  }
  for (;;) {
    if (::sendmsg(socket_.get(), &message, MSG_NOSIGNAL | MSG_DONTWAIT) >= 0) return Sent::yes;
    if (errno == EINTR) continue;
    if (errno == EAGAIN || errno == EWOULDBLOCK || errno == ENOBUFS) return Sent::full;
    return fail(errno_error("channel"));
  }
}

Result<void> Channel::send(const Frame& frame, int descriptor) {
  if (!permitted(frame.tag, self_, peer_, state_, descriptor >= 0)) {
    return fail(Errc::internal, "channel: sending a frame that the protocol does not permit");
  }
  if (encoded_size(frame) > kMaxFrameBytes) {
    return fail(Errc::malformed,
                "channel: a frame of " + std::to_string(encoded_size(frame)) + " bytes is too long",
                "at most " + std::to_string(kMaxFrameBytes) + "; is the certificate bundle that large?");
  }
  Outgoing outgoing{encode(frame), Fd(descriptor >= 0 ? ::fcntl(descriptor, F_DUPFD_CLOEXEC, 0) : -1)};
  if (descriptor >= 0 && !outgoing.descriptor) return fail(errno_error("channel: descriptor"));
  if (queue_.empty()) {
    const auto sent = try_send(outgoing);
    if (!sent || *sent == Sent::yes) forget(outgoing.bytes.data(), outgoing.bytes.size());
    if (!sent) return fail(sent.error());
    if (*sent == Sent::yes) return {};
  }
  if (queue_.size() >= kMaxQueued) return fail(Errc::timeout, "channel: queue is full");
  queue_.push_back(std::move(outgoing));
  return {};
}

Result<void> Channel::flush() {
  while (!queue_.empty()) {
    const auto sent = try_send(queue_.front());
    if (!sent) return fail(sent.error());
    if (*sent == Sent::full) return {};
    forget(queue_.front().bytes.data(), queue_.front().bytes.size());
    queue_.pop_front();
  }
  return {};
}

Result<void> Channel::flush_and_wait() {
  for (;;) {
    if (auto flushed = flush(); !flushed) return flushed;
    if (queue_.empty()) return {};
    pollfd wait{socket_.get(), POLLOUT, 0};
    static_cast<void>(::poll(&wait, 1, -1));
  }
}

Result<std::optional<Arrival>> Channel::receive() {
  return receive(MSG_DONTWAIT);
}

// The socket keeps its limit from one wait to the next: under load it is set a few times a second.
Result<void> Channel::wait_at_most(std::chrono::milliseconds time) {
  const bool forever = time.count() == 0;
  if (longest_wait_ && forever == (longest_wait_->count() == 0) &&
      std::chrono::abs(*longest_wait_ - time) <= kSlack) {
    return {};
  }
  if (!longest_wait_) {
    const int flags = ::fcntl(socket_.get(), F_GETFL);
    if (flags < 0 || ::fcntl(socket_.get(), F_SETFL, flags & ~O_NONBLOCK) != 0) {
      return fail(errno_error("channel"));
    }
  }
  timeval limit{};
  limit.tv_sec = time.count() / 1000;
  limit.tv_usec = time.count() % 1000 * 1000;
  if (::setsockopt(socket_.get(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit) != 0) {
    return fail(errno_error("channel"));
  }
  longest_wait_ = time;
  return {};
}

Result<std::optional<Arrival>> Channel::receive_within(std::chrono::milliseconds time) {
  if (auto limited = wait_at_most(time); !limited) return fail(limited.error());
  return receive(0);
}

Result<std::optional<Arrival>> Channel::receive(int flags) {
  thread_local std::array<char, kMaxFrameBytes> buffer;
  iovec part{buffer.data(), buffer.size()};
  alignas(cmsghdr) std::array<char, kControlBytes> control{};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = control.data();
  message.msg_controllen = control.size();
  const ssize_t got = ::recvmsg(socket_.get(), &message, MSG_CMSG_CLOEXEC | flags);
  if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR)) return std::optional<Arrival>{};
  if (got < 0) return fail(errno_error("channel"));
  if (got == 0) return fail(Errc::unreachable, "channel: the peer is gone");
  auto descriptor = take_descriptor(message);
  if (!descriptor) return fail(descriptor.error());
  if ((message.msg_flags & MSG_TRUNC) != 0) return fail(Errc::malformed, "frame: too long");
  auto frame = decode(std::string_view(buffer.data(), static_cast<std::size_t>(got)));
  forget(buffer.data(), static_cast<std::size_t>(got));
  if (!frame) return fail(frame.error());
  if (!permitted(frame->tag, peer_, self_, state_, static_cast<bool>(*descriptor))) {
    return fail(Errc::malformed,
                "frame: tag " + std::to_string(static_cast<unsigned>(frame->tag)) + " is not permitted here");
  }
  return std::optional<Arrival>(Arrival{std::move(*frame), std::move(*descriptor)});
}

}  // namespace muster::ipc
