// SPDX-License-Identifier: GPL-2.0-or-later
// listen_on and local_port of core/http/server.h.
#include <cerrno>
#include <memory>

#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "core/base/unique_handle.h"
#include "core/http/server.h"

namespace muster::http {
namespace {

constexpr int kBacklog = 512;  // a polling server may open its connections all at once

using AddressList = UniqueHandle<addrinfo, &freeaddrinfo>;

std::string object_name(const std::string& address, std::uint16_t port) {
  const bool bracketed = address.find(':') != std::string::npos;
  return (bracketed ? "[" + address + "]" : address) + ":" + std::to_string(port);
}

Error bind_error(const std::string& object, std::uint16_t port) {
  const int reason = errno;
  Error error = errno_error("listening on " + object);
  if (reason == EADDRINUSE) error.hint = "see who has it: ss -ltnp 'sport = :" + std::to_string(port) + "'";
  if (reason == EADDRNOTAVAIL) error.hint = "no interface has this address: see ip address";
  if (reason == EACCES) error.hint = "ports below 1024 need root or CAP_NET_BIND_SERVICE";
  return error;
}

enum class Families { one, both };

Result<Fd> bound(const sockaddr* address, socklen_t size, Families families, const std::string& object,
                 std::uint16_t port) {
  Fd socket(::socket(address->sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!socket) return fail(bind_error(object, port));
  const int on = 1;
  const int only6 = families == Families::both ? 0 : 1;
  ::setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (address->sa_family == AF_INET6) {
    ::setsockopt(socket.get(), IPPROTO_IPV6, IPV6_V6ONLY, &only6, sizeof only6);
  }
  if (::bind(socket.get(), address, size) != 0 || ::listen(socket.get(), kBacklog) != 0) {
    return fail(bind_error(object, port));
  }
  return socket;
}

Result<Fd> bound_to(const std::string& literal, std::uint16_t port, Families families,
                    const std::string& object) {
  addrinfo wanted{};
  wanted.ai_socktype = SOCK_STREAM;
  wanted.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE;
  addrinfo* list = nullptr;
  if (const int error = ::getaddrinfo(literal.c_str(), std::to_string(port).c_str(), &wanted, &list);
      error != 0) {
    return fail(Errc::malformed, "listening on " + object + ": " + gai_strerror(error),
                "give an IPv4 or IPv6 address, or * for all");
  }
  const AddressList owned(list);
  return bound(list->ai_addr, list->ai_addrlen, families, object, port);
}

}  // namespace

Result<Fd> listen_on(const std::string& address, std::uint16_t port) {
  const std::string object = object_name(address.empty() ? "*" : address, port);
  if (!address.empty() && address != "*") return bound_to(address, port, Families::one, object);
  const Fd probe(::socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0));
  return probe ? bound_to("::", port, Families::both, object)
               : bound_to("0.0.0.0", port, Families::one, object);
}

Result<std::uint16_t> local_port(int listening_fd) {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  if (::getsockname(listening_fd, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
    return fail(errno_error("listening socket"));
  }
  if (address.ss_family == AF_INET) {
    return ntohs(reinterpret_cast<const sockaddr_in*>(&address)->sin_port);
  }
  if (address.ss_family == AF_INET6) {
    return ntohs(reinterpret_cast<const sockaddr_in6*>(&address)->sin6_port);
  }
  return fail(Errc::malformed, "listening socket: neither IPv4 nor IPv6");
}

}  // namespace muster::http
