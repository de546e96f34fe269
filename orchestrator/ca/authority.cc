// SPDX-License-Identifier: GPL-2.0-or-later
#include "orchestrator/ca/authority.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <filesystem>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/fd.h"
#include "core/base/log.h"
#include "core/tls/issue.h"
#include "orchestrator/ca/key_file.h"
#include "orchestrator/service/state_folder.h"

namespace muster {
namespace {

constexpr std::size_t kLongestName = 40;  // with "Muster issuing CA " it stays below the 64 of a CN
constexpr std::chrono::hours kDay{24};
constexpr std::chrono::hours kRootLife = 3652 * kDay;
constexpr std::chrono::hours kIssuingLife = 730 * kDay;
constexpr std::chrono::hours kShortLife = 60 * kDay;

std::string ca_folder(const std::string& state_folder) {
  return state_folder + "/ca";
}

Result<void> check_name(const std::string& name) {
  const bool printable = std::all_of(name.begin(), name.end(), [](char c) { return c >= ' ' && c <= '~'; });
  if (!name.empty() && name.size() <= kLongestName && printable) return {};
  return fail(Errc::malformed, "\"" + name + "\": not a name for a certificate authority",
              "1 to 40 printable ASCII characters, for example --name \"Example Ltd\"");
}

Result<void> check_private(const std::string& folder) {
  struct stat found {};
  if (::stat(folder.c_str(), &found) != 0) return fail(errno_error(folder));
  if (!S_ISDIR(found.st_mode)) return fail(Errc::denied, folder + ": not a folder");
  if ((found.st_mode & 022U) == 0) return {};
  return fail(Errc::denied, folder + ": others may change this folder", "chmod 700 " + folder);
}

Result<void> save(const std::string& base, const tls::Key& key, const std::string& certificates) {
  if (auto saved = save_key_file(base + ".key", key); !saved) return saved;
  return write_file_atomically(base + ".pem", certificates, 0644);
}

// Held while an authority is made: two at a time would share the draft. The kernel drops the lock.
Result<Fd> lock_folder(const std::string& folder) {
  Fd locked(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!locked) return fail(errno_error(folder));
  if (::flock(locked.get(), LOCK_EX | LOCK_NB) == 0) return locked;
  if (errno != EWOULDBLOCK) return fail(errno_error(folder));
  return fail(Errc::denied, folder + ": another muster init is at work here",
              "wait for it, then muster ca show");
}

Result<void> check_absent(const std::string& state_folder) {
  const auto present = service::exists_in(state_folder, "ca");
  if (!present) return fail(present.error());
  if (!*present) return {};
  return fail(Errc::denied,
              ca_folder(state_folder) + ": a certificate authority exists and is not overwritten",
              "muster ca show prints it; --state DIR makes another one elsewhere");
}

// A folder beside STATE/ca that is removed unless it was moved into place.
class Draft {
 public:
  explicit Draft(const std::string& target) : target_(target), path_(target + ".new") {}
  ~Draft() {
    std::error_code ignored;
    if (!placed_) std::filesystem::remove_all(path_, ignored);
  }
  Draft(const Draft&) = delete;
  Draft& operator=(const Draft&) = delete;
  Draft(Draft&&) = delete;
  Draft& operator=(Draft&&) = delete;

  const std::string& path() const { return path_; }
  Result<void> make() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);  // of a run that was killed
    return make_folders(path_, 0700);
  }
  // On disk when it returns: the folders' own entries too. `parent` holds both names.
  Result<void> place(const Fd& parent) {
    const Fd draft(::open(path_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!draft || ::fsync(draft.get()) != 0) return fail(errno_error(path_));
    if (::rename(path_.c_str(), target_.c_str()) != 0) return fail(errno_error(target_));
    placed_ = true;
    if (::fsync(parent.get()) != 0) return fail(errno_error(target_));
    return {};
  }

 private:
  std::string target_;
  std::string path_;
  bool placed_ = false;
};

Result<CertifiedKey> new_root(const std::string& name) {
  auto key = tls::Key::generate(tls::KeyKind::p384);
  if (!key) return fail(key.error());
  auto certificate = tls::make_root(*key, "Muster root CA " + name, kRootLife);
  if (!certificate) return fail(certificate.error());
  return CertifiedKey{std::move(*key), std::move(*certificate)};
}

Result<CertifiedKey> new_issuing(const std::string& name, const CertifiedKey& root) {
  auto key = tls::Key::generate(tls::KeyKind::p256);
  if (!key) return fail(key.error());
  auto certificate =
      tls::make_issuing(*key, "Muster issuing CA " + name, root.key, root.certificate, kIssuingLife);
  if (!certificate) return fail(certificate.error());
  return CertifiedKey{std::move(*key), std::move(*certificate)};
}

struct Parts {
  tls::Certificate root;
  CertifiedKey issuing;
  ClientPair client;
};

Result<Parts> load_parts(const std::string& state_folder) {
  const auto folder = ca_folder(state_folder);
  auto root = load_certificates(folder + "/root.pem");
  if (!root) return fail(root.error());
  auto issuing = load_certificates(folder + "/issuing.pem");
  if (!issuing) return fail(issuing.error());
  auto issuing_key = load_key_file(folder + "/issuing.key");
  if (!issuing_key) return fail(issuing_key.error());
  if (auto match = issuing->front().matches(*issuing_key); !match) {
    return fail(std::move(match.error()).during(folder));
  }
  auto client = load_client(state_folder);
  if (!client) return fail(client.error());
  return Parts{
      std::move(root->front()), {std::move(*issuing_key), std::move(issuing->front())}, std::move(*client)};
}

}  // namespace

Authority::Authority(tls::Certificate root, CertifiedKey issuing, ClientPair client)
    : root_(std::move(root)), issuing_(std::move(issuing)), client_(std::move(client)) {}

Result<void> Authority::create(const std::string& state_folder, const std::string& name) {
  if (auto good = check_name(name); !good) return good;
  const auto folder = ca_folder(state_folder);
  if (auto absent = check_absent(state_folder); !absent) return absent;
  if (auto made = make_folders(state_folder, 0700); !made) {
    return fail(service::explained(made.error(), state_folder));
  }
  if (auto good = check_private(state_folder); !good) return good;
  const auto locked = lock_folder(state_folder);
  if (!locked) return fail(locked.error());
  if (auto absent = check_absent(state_folder); !absent) return absent;
  const auto root = new_root(name);
  if (!root) return fail(root.error());
  const auto issuing = new_issuing(name, *root);
  if (!issuing) return fail(issuing.error());
  const auto client = new_client(*issuing);
  if (!client) return fail(client.error());

  Draft draft(folder);
  if (auto made = draft.make(); !made) return made;
  if (auto saved = save(draft.path() + "/root", root->key, root->certificate.pem()); !saved) return saved;
  if (auto saved = save(draft.path() + "/issuing", issuing->key, issuing->certificate.pem()); !saved) {
    return saved;
  }
  if (auto saved = save_client(state_folder, *client); !saved) return saved;
  return draft.place(*locked);
}

Result<Authority> Authority::open(const std::string& state_folder) {
  const auto folder = ca_folder(state_folder);
  const auto present = service::exists_in(state_folder, "ca");
  if (!present) return fail(present.error());
  if (!*present) {
    return fail(Errc::not_found, folder + ": no certificate authority here",
                "muster init makes one; --state DIR or MUSTER_STATE names another folder");
  }
  auto parts = load_parts(state_folder);
  if (!parts) return fail(service::explained(std::move(parts.error()), state_folder));
  auto& [root, issuer, client] = *parts;
  if (wants_renewal(client.chain.front(), issuer.certificate, std::chrono::system_clock::now())) {
    // The old one may still do, and is all that somebody without the right to write here can have.
    if (auto renewed = renew_client(state_folder, client, issuer); !renewed) {
      log::warning("ca", "client certificate not renewed: " + renewed.error().what);
    }
  }
  return Authority(std::move(root), std::move(issuer), std::move(client));
}

std::chrono::seconds Authority::renewal_margin(std::chrono::system_clock::time_point now) const {
  const auto left = std::chrono::duration_cast<std::chrono::seconds>(issuing_.certificate.not_after() - now);
  const std::chrono::seconds life = tls::LeafProfile{}.lifetime;
  return std::clamp(left, std::chrono::seconds(0), life) / 3;
}

std::optional<Error> Authority::warning(std::chrono::system_clock::time_point now) const {
  const auto left = issuing_.certificate.not_after() - now;
  if (left >= kShortLife) return std::nullopt;
  const auto days = std::chrono::floor<std::chrono::days>(left).count();
  const auto when = days < 0 ? std::string("has expired") : "expires in " + std::to_string(days) + " days";
  return Error{Errc::untrusted, issuing_.certificate.subject() + ": the issuing authority " + when,
               "no certificate outlives it: make a new authority with muster init --state DIR and provision "
               "the hosts with it"};
}

Result<std::string> Authority::sign_agent(const tls::CertificateRequest& request,
                                          const std::vector<std::string>& names) const {
  auto leaf = tls::issue_leaf(request, names, {}, issuing_.key, issuing_.certificate);
  if (!leaf) return fail(leaf.error());
  return leaf->pem() + issuing_.certificate.pem() + root_.pem();
}

Result<std::shared_ptr<tls::Context>> Authority::client_context() const {
  return client_context({root_});
}

Result<std::shared_ptr<tls::Context>> Authority::client_context(
    const std::vector<tls::Certificate>& roots) const {
  const tls::Context::Identity identity{client_.chain, client_.key};
  return tls::Context::client(roots, &identity);
}

}  // namespace muster
