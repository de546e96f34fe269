// SPDX-License-Identifier: GPL-2.0-or-later
#include "agent/cert_files.h"

#include <algorithm>
#include <cerrno>
#include <sstream>

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "core/base/fd.h"
#include "core/tls/issue.h"
#include "core/tls/request.h"
#include "core/tls/verify.h"

namespace muster::agent {
namespace {

constexpr std::size_t kMaxPemBytes = std::size_t{256} * 1024;
constexpr auto kSelfSignedLifetime = std::chrono::hours(10 * 365 * 24);

struct Files {
  explicit Files(const std::string& in)
      : folder(in), key(in + "/agent.key"), active(in + "/agent.pem"), previous(in + "/previous.pem") {}
  std::string folder;
  std::string key;
  std::string active;
  std::string previous;
};

// What cannot be looked at is taken to exist: nothing is ever written over it.
bool exists(const std::string& path) {
  struct stat seen {};
  return ::stat(path.c_str(), &seen) == 0 || errno != ENOENT;
}

// The name that a link in the folder points at; "" when there is none.
std::string target_of(const std::string& link) {
  char target[4096];
  const ssize_t size = ::readlink(link.c_str(), target, sizeof target);
  return size > 0 ? std::string(target, static_cast<std::size_t>(size)) : std::string();
}

Result<tls::Key> load_key(const Files& files) {
  auto pem = read_file(files.key, kMaxPemBytes);
  if (!pem) {
    pem.error().hint =
        pem.error().code == Errc::denied ? "run it as root" : "make one with: muster-agent cert create";
    return fail(pem.error());
  }
  auto key = tls::Key::from_pem(*pem, Secret(), files.key);
  wipe(*pem);
  return key;
}

Result<void> activate(const Files& files, const tls::Certificate& leaf, std::string_view bundle) {
  const std::string name = "agent-" + leaf.serial() + ".pem";
  if (auto written = write_file_atomically(files.folder + "/" + name, bundle, 0644); !written) return written;
  const auto before = target_of(files.active);
  if (!before.empty() && before != name) {
    if (auto kept = replace_link_atomically(files.previous, before); !kept) return kept;
  }
  return replace_link_atomically(files.active, name);
}

void remove_unused(const Files& files, const std::string& old_previous) {
  const auto active = target_of(files.active);
  const auto previous = target_of(files.previous);
  if (old_previous.empty() || old_previous == active || old_previous == previous) return;
  ::unlink((files.folder + "/" + old_previous).c_str());  // two generations are kept
}

Result<bool> create_key(const Files& files) {
  if (exists(files.key)) return false;
  const auto key = tls::Key::generate(tls::KeyKind::p256);
  if (!key) return fail(key.error());
  const auto pem = key->pem(Secret());
  if (!pem) return fail(pem.error());
  if (auto written = write_file_atomically(files.key, pem->reveal(), 0600); !written) {
    return fail(written.error());
  }
  return true;
}

void split_roots(std::vector<tls::Certificate> bundle, Identity& into) {
  for (auto& certificate : bundle) {
    const bool root = certificate.self_signed() && certificate.is_authority();
    (root ? into.roots : into.chain).push_back(std::move(certificate));
  }
}

void add_addresses(std::vector<std::string>& names) {
  ifaddrs* list = nullptr;
  if (::getifaddrs(&list) != 0) return;
  for (const ifaddrs* entry = list; entry != nullptr; entry = entry->ifa_next) {
    if (entry->ifa_addr == nullptr || (entry->ifa_flags & IFF_LOOPBACK) != 0) continue;
    char text[INET6_ADDRSTRLEN];
    const void* address = nullptr;
    if (entry->ifa_addr->sa_family == AF_INET) {
      address = &reinterpret_cast<const sockaddr_in*>(entry->ifa_addr)->sin_addr;
    } else if (entry->ifa_addr->sa_family == AF_INET6) {
      const auto& v6 = reinterpret_cast<const sockaddr_in6*>(entry->ifa_addr)->sin6_addr;
      if (!IN6_IS_ADDR_LINKLOCAL(&v6)) address = &v6;
    }
    if (address != nullptr &&
        ::inet_ntop(entry->ifa_addr->sa_family, address, text, sizeof text) != nullptr) {
      names.emplace_back(text);
    }
  }
  ::freeifaddrs(list);
}

// "127.0.1.1 web1.example.com web1" in /etc/hosts is where Debian keeps the qualified name. No resolver is
// asked: it may hang, and an installation must not.
std::string qualified_name(const std::string& node) {
  const auto hosts = read_file("/etc/hosts", kMaxPemBytes);
  std::istringstream lines(hosts ? *hosts : std::string());
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line.substr(0, line.find('#')));
    std::string word;
    words >> word;  // the address
    while (words >> word) {
      if (word.starts_with(node + ".")) return word;
    }
  }
  return {};
}

Result<IdentityText> read_identity_of(const Files& files, const std::string& bundle_file) {
  auto key = read_file(files.key, kMaxPemBytes);
  if (!key) return fail(std::move(key.error()));
  IdentityText text{Secret(*key), {}};
  wipe(*key);
  auto bundle = read_file(bundle_file, kMaxPemBytes);
  if (!bundle) return fail(std::move(bundle.error()));
  text.bundle = std::move(*bundle);
  return text;
}

}  // namespace

std::vector<std::string> own_names() {
  utsname system{};
  ::uname(&system);
  std::vector<std::string> names;
  const std::string node = system.nodename;
  if (const auto full = qualified_name(node); !node.empty() && !full.empty()) names.push_back(full);
  if (!node.empty()) names.push_back(node);
  add_addresses(names);
  if (names.empty()) names.emplace_back("localhost");
  return names;
}

Result<IdentityText> read_identity(const std::string& folder) {
  const Files files(folder);
  return read_identity_of(files, files.active);
}

Result<Identity> parse_identity(const IdentityText& text) {
  auto key = tls::Key::from_pem(text.key.reveal(), Secret(), "agent.key");
  if (!key) return fail(key.error());
  auto bundle = tls::Certificate::bundle_from_pem(text.bundle, "agent.pem");
  if (!bundle) return fail(bundle.error());
  Identity identity{std::move(*key), {}, {}};
  split_roots(std::move(*bundle), identity);
  if (identity.chain.empty()) return fail(Errc::malformed, "agent.pem: holds no certificate of an agent");
  if (auto fits = identity.chain.front().matches(identity.key); !fits) return fail(fits.error());
  return identity;
}

Result<bool> create_missing(const std::string& folder, const std::vector<std::string>& names) {
  const Files files(folder);
  if (auto made = make_folders(folder, 0755); !made) return fail(made.error());
  auto new_key = create_key(files);
  if (!new_key) return new_key;
  // A certificate whose key is lost is of no use to anybody; one that fits stays.
  if (const auto now = read_identity_of(files, files.active); now && parse_identity(*now)) return *new_key;
  const auto key = load_key(files);
  if (!key) return fail(key.error());
  const auto certificate = tls::self_signed(*key, names, kSelfSignedLifetime);
  if (!certificate) return fail(certificate.error());
  if (auto done = activate(files, *certificate, certificate->pem()); !done) return fail(done.error());
  return true;
}

Result<std::string> make_request(const std::string& folder, const std::vector<std::string>& names) {
  const auto key = load_key(Files(folder));
  if (!key) return fail(key.error());
  const auto request = tls::CertificateRequest::create(*key, names.front(), names);
  if (!request) return fail(request.error());
  return request->pem();
}

Result<bool> install_bundle(const std::string& folder, std::string_view bundle_pem) {
  const Files files(folder);
  auto key = load_key(files);
  if (!key) return fail(key.error());
  auto bundle = tls::Certificate::bundle_from_pem(bundle_pem, "standard input");
  if (!bundle) return fail(bundle.error());
  const bool in_order = !bundle->front().is_authority() && bundle->back().self_signed();
  Identity identity{std::move(*key), {}, {}};
  split_roots(std::move(*bundle), identity);
  if (!in_order || identity.chain.empty() || identity.roots.empty()) {
    return fail(Errc::malformed, "standard input: must hold leaf, issuing CA and root in this order");
  }
  if (auto fits = identity.chain.front().matches(identity.key); !fits) return fail(fits.error());
  if (auto good = tls::verify_chain(identity.chain, identity.roots, {}); !good) return fail(good.error());
  if (const auto active = read_file(files.active, kMaxPemBytes); active && *active == bundle_pem) {
    return false;
  }
  const auto old_previous = target_of(files.previous);
  if (auto done = activate(files, identity.chain.front(), bundle_pem); !done) return fail(done.error());
  remove_unused(files, old_previous);
  return true;
}

Result<void> roll_back(const std::string& folder) {
  const Files files(folder);
  const auto active = target_of(files.active);
  const auto previous = target_of(files.previous);
  if (previous.empty()) {
    return fail(Errc::not_found, files.previous + ": there is no earlier certificate", "nothing was changed");
  }
  if (!exists(folder + "/" + previous)) {
    return fail(Errc::not_found, folder + "/" + previous + ": does not exist");
  }
  auto text = read_identity_of(files, folder + "/" + previous);
  if (!text) return fail(std::move(text.error()));
  if (auto sound = parse_identity(*text); !sound) {
    return fail(std::move(sound.error()).during(folder + "/" + previous));
  }
  if (auto switched = replace_link_atomically(files.active, previous); !switched) return switched;
  return replace_link_atomically(files.previous, active);
}

Result<std::vector<tls::Certificate>> active_certificates(const std::string& folder) {
  const Files files(folder);
  const auto pem = read_file(files.active, kMaxPemBytes);
  if (!pem) return fail(pem.error().code, pem.error().what, "make one with: muster-agent cert create");
  return tls::Certificate::bundle_from_pem(*pem, files.active);
}

}  // namespace muster::agent
