// SPDX-License-Identifier: GPL-2.0-or-later
// The other end of a channel in the hands of an attacker: any bytes, any number of descriptors.
#pragma once

#include <cstring>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <sys/socket.h>

#include "agent/ipc/channel.h"

namespace muster::ipc::testing {

inline std::pair<Fd, Fd> new_pair() {
  auto pair = Channel::make_pair();
  if (!pair) throw std::runtime_error(pair.error().what);
  return std::move(*pair);
}

// Sends one datagram with `count` copies of `descriptor` along. Throws when the socket does not take it.
inline void send_raw(int socket, std::string_view bytes, int descriptor = -1, std::size_t count = 1) {
  iovec part{const_cast<char*>(bytes.data()), bytes.size()};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  std::vector<char> control(CMSG_SPACE(sizeof(int) * count));
  if (descriptor >= 0) {
    message.msg_control = control.data();
    message.msg_controllen = control.size();
    cmsghdr* header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof(int) * count);
    const std::vector<int> copies(count, descriptor);
    std::memcpy(CMSG_DATA(header), copies.data(), sizeof(int) * count);
  }
  if (::sendmsg(socket, &message, MSG_NOSIGNAL) < 0) {
    throw std::runtime_error("sendmsg: error " + std::to_string(errno));
  }
}

// How many descriptors this process has open: what a refused frame brought along must be closed.
inline int open_descriptors() {
  int open = 0;
  for (int fd = 0; fd < 1024; ++fd) open += ::fcntl(fd, F_GETFD) >= 0 ? 1 : 0;
  return open;
}

}  // namespace muster::ipc::testing
