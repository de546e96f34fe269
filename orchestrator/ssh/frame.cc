// SPDX-License-Identifier: GPL-2.0-or-later
#include "orchestrator/ssh/frame.h"

#include <array>
#include <cerrno>
#include <cstring>

#include <sys/socket.h>

#include "core/base/secret.h"

namespace muster {
namespace {

constexpr std::size_t kHeadBytes = 5;
constexpr std::size_t kMostFrames = 1024;                          // that wait to be read
constexpr std::size_t kMostBytesAtOnce = std::size_t{256} * 1024;  // then others have their turn

void put32(std::string& out, std::uint32_t value) {
  for (unsigned shift = 0; shift < 32; shift += 8) out.push_back(static_cast<char>((value >> shift) & 0xffU));
}

std::uint32_t take32(std::string_view bytes) {
  std::uint32_t value = 0;
  for (unsigned i = 0; i < 4; ++i) {
    value |= static_cast<std::uint32_t>(static_cast<unsigned char>(bytes[i])) << (8 * i);
  }
  return value;
}

void attach(msghdr& message, std::array<char, CMSG_SPACE(sizeof(int))>& room, int fd) {
  message.msg_control = room.data();
  message.msg_controllen = room.size();
  cmsghdr* head = CMSG_FIRSTHDR(&message);
  head->cmsg_level = SOL_SOCKET;
  head->cmsg_type = SCM_RIGHTS;
  head->cmsg_len = CMSG_LEN(sizeof(int));
  std::memcpy(CMSG_DATA(head), &fd, sizeof fd);
}

void collect(msghdr& message, Fd& passed) {
  for (cmsghdr* head = CMSG_FIRSTHDR(&message); head != nullptr; head = CMSG_NXTHDR(&message, head)) {
    if (head->cmsg_level != SOL_SOCKET || head->cmsg_type != SCM_RIGHTS) continue;
    int fd = -1;
    std::memcpy(&fd, CMSG_DATA(head), sizeof fd);
    passed.reset(fd);
  }
}

}  // namespace

Pack& Pack::number(std::uint64_t value) {
  put32(body_, static_cast<std::uint32_t>(value));
  put32(body_, static_cast<std::uint32_t>(value >> 32));
  return *this;
}

Pack& Pack::text(std::string_view value) {
  put32(body_, static_cast<std::uint32_t>(value.size()));
  body_.append(value);
  return *this;
}

std::uint64_t Unpack::number() {
  if (!ok_ || rest_.size() < 8) {
    ok_ = false;
    return 0;
  }
  const std::uint64_t value = take32(rest_) | (static_cast<std::uint64_t>(take32(rest_.substr(4))) << 32);
  rest_.remove_prefix(8);
  return value;
}

std::string_view Unpack::text() {
  if (!ok_ || rest_.size() < 4 || rest_.size() - 4 < take32(rest_)) {
    ok_ = false;
    return {};
  }
  const auto value = rest_.substr(4, take32(rest_));
  rest_.remove_prefix(4 + value.size());
  return value;
}

FrameReader::~FrameReader() {
  wipe(held_);
  for (auto& frame : frames_) wipe(frame.body);
}

Result<void> FrameReader::feed(std::string_view bytes) {
  held_.append(bytes);
  while (held_.size() >= kHeadBytes) {
    const std::size_t size = take32(held_);
    if (size > kMaxFrameBytes) {
      return fail(Errc::malformed, "worker message: " + std::to_string(size) + " bytes");
    }
    if (held_.size() < kHeadBytes + size) return {};
    if (frames_.size() >= kMostFrames) return fail(Errc::malformed, "worker messages: too many at once");
    frames_.push_back({static_cast<std::uint8_t>(held_[4]), held_.substr(kHeadBytes, size)});
    held_.erase(0, kHeadBytes + size);
  }
  return {};
}

std::optional<Frame> FrameReader::next() {
  if (frames_.empty()) return std::nullopt;
  Frame frame = std::move(frames_.front());
  frames_.pop_front();
  return frame;
}

Result<void> send_frame(int socket, std::uint8_t kind, std::string_view body, int passed_fd) {
  if (body.size() > kMaxFrameBytes) {
    return fail(Errc::malformed, "worker message: " + std::to_string(body.size()) + " bytes");
  }
  std::string head;
  put32(head, static_cast<std::uint32_t>(body.size()));
  head.push_back(static_cast<char>(kind));
  std::array<iovec, 2> parts{iovec{head.data(), head.size()},
                             iovec{const_cast<char*>(body.data()), body.size()}};  // sendmsg only reads
  msghdr message{};
  message.msg_iov = parts.data();
  message.msg_iovlen = parts.size();
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> room{};
  if (passed_fd >= 0) attach(message, room, passed_fd);
  ssize_t sent = -1;
  do {
    sent = ::sendmsg(socket, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
  } while (sent < 0 && errno == EINTR);
  if (sent < 0 && (errno == EPIPE || errno == ECONNRESET)) {
    return fail(Errc::unreachable, "worker socket: the other end is gone");
  }
  if (sent < 0) return fail(errno_error("worker socket"));
  if (static_cast<std::size_t>(sent) != head.size() + body.size()) {
    return fail(Errc::unreachable, "worker socket: the other end does not read");
  }
  return {};
}

Result<Received> receive_frames(int socket, FrameReader& reader) {
  Received result;
  std::array<char, 16384> block{};
  for (std::size_t taken = 0; taken < kMostBytesAtOnce;) {
    iovec part{block.data(), block.size()};
    alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> room{};
    msghdr message{};
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    message.msg_control = room.data();
    message.msg_controllen = room.size();
    const ssize_t got = ::recvmsg(socket, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) break;
    if (got < 0 && errno != ECONNRESET) return fail(errno_error("worker socket"));
    collect(message, result.passed);
    result.ended = got <= 0;
    if (result.ended) break;
    result.any = true;
    taken += static_cast<std::size_t>(got);
    auto fed = reader.feed({block.data(), static_cast<std::size_t>(got)});
    wipe(block.data(), block.size());
    if (!fed) return fail(fed.error());
  }
  return result;
}

}  // namespace muster
