// SPDX-License-Identifier: GPL-2.0-or-later
#include "agent/monitor/login_cache.h"

#include <algorithm>
#include <array>
#include <new>
#include <utility>

#include <sys/mman.h>

#include "core/base/secret.h"

namespace muster::agent {
namespace {

constexpr std::size_t kPage = 4096;

// In a child process the page reads as zeros: what a provider host or a front that was taken over finds of the logins
// cannot be tried against a list of passwords.
unsigned char* page_of_this_process() {
  void* page = ::mmap(nullptr, kPage, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (page == MAP_FAILED) throw std::bad_alloc();
  static_cast<void>(::mlock(page, kPage));  // best effort: RLIMIT_MEMLOCK may be 0
  static_cast<void>(::madvise(page, kPage, MADV_DONTDUMP));
  static_cast<void>(::madvise(page, kPage, MADV_WIPEONFORK));  // Linux 4.14
  return static_cast<unsigned char*>(page);
}

}  // namespace

void LoginCache::Unmap::operator()(unsigned char* page) const {
  wipe(page, kPage);
  ::munmap(page, kPage);
}

LoginCache::LoginCache() : page_(page_of_this_process()) {
  tls::random_key({page_.get(), tls::Mac().size()});
}

tls::Mac LoginCache::mac_of(const auth::Policy& policy, const auth::Attempt& attempt) const {
  const std::array<std::string_view, 5> fields{policy.pam_service, policy.allow_root ? "root" : "",
                                               attempt.source, attempt.user, attempt.password.reveal()};
  return tls::hmac_sha256(key(), fields);
}

bool LoginCache::knows(const tls::Mac& login, Time now) {
  std::erase_if(logins_, [&](const Login& each) { return each.until <= now; });
  return std::ranges::any_of(logins_, [&](const Login& each) { return tls::same_mac(each.mac, login); });
}

void LoginCache::remember(const tls::Mac& login, std::string user, std::string source, Time now) {
  std::erase_if(logins_, [&](const Login& each) { return tls::same_mac(each.mac, login); });
  if (logins_.size() >= kMost) logins_.pop_front();
  logins_.push_back({login, std::move(user), std::move(source), now + kLife});
}

void LoginCache::forget(const std::string& user) {
  std::erase_if(logins_, [&](const Login& each) { return each.user == user; });
}

void LoginCache::forget(const std::string& user, const std::string& source) {
  std::erase_if(logins_, [&](const Login& each) { return each.user == user && each.source == source; });
}

}  // namespace muster::agent
