// SPDX-License-Identifier: GPL-2.0-or-later
#include "orchestrator/ca/authority.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <filesystem>

#include <sys/stat.h>
#include <unistd.h>

#include "core/base/fd.h"
#include "core/tls/issue.h"
#include "orchestrator/ca/key_file.h"

namespace muster {
namespace {

constexpr std::size_t kPemLimit = std::size_t{256} * 1024;
constexpr std::size_t kLongestName = 40;  // with "Muster issuing CA " it stays below the 64 of a CN
constexpr std::chrono::hours kDay{24};
constexpr std::chrono::hours kRootLife = 3652 * kDay;
constexpr std::chrono::hours kIssuingLife = 730 * kDay;
constexpr std::chrono::hours kClientLife = 365 * kDay;

std::string ca_folder(const std::string& state_folder) {
  return state_folder + "/ca";
}

bool exists(const std::string& path) {
  struct stat found {};
  return ::lstat(path.c_str(), &found) == 0;
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

// Names that the certificate may carry: the host's, or "localhost" where it has none that a certificate can
// hold.
std::string own_host_name() {
  std::array<char, 256> name{};
  if (::gethostname(name.data(), name.size() - 1) != 0) return "localhost";
  return name.data();
}

Result<tls::Certificate> issue_client(const tls::Key& key, const tls::Key& issuing_key,
                                      const tls::Certificate& issuing) {
  Result<tls::Certificate> issued = fail(Errc::internal, "no name tried");
  for (const auto& name : {own_host_name(), std::string("localhost")}) {
    const auto request = tls::CertificateRequest::create(key, name, {name});
    if (!request) return fail(request.error());
    issued = tls::issue_leaf(*request, {name}, {tls::Purpose::client, kClientLife}, issuing_key, issuing);
    if (issued || issued.error().code != Errc::malformed) return issued;
  }
  return issued;
}

Result<void> save(const std::string& base, const tls::Key& key, const std::string& certificates) {
  if (auto saved = save_key_file(base + ".key", key); !saved) return saved;
  return write_file_atomically(base + ".pem", certificates, 0644);
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

  const std::string& path() const { return path_; }
  Result<void> make() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);  // of a run that was killed
    return make_folders(path_, 0700);
  }
  Result<void> place() {
    if (::rename(path_.c_str(), target_.c_str()) != 0) return fail(errno_error(target_));
    placed_ = true;
    return {};
  }

 private:
  std::string target_;
  std::string path_;
  bool placed_ = false;
};

struct Pair {
  tls::Key key;
  tls::Certificate certificate;
};

Result<Pair> new_root(const std::string& name) {
  auto key = tls::Key::generate(tls::KeyKind::p384);
  if (!key) return fail(key.error());
  auto certificate = tls::make_root(*key, "Muster root CA " + name, kRootLife);
  if (!certificate) return fail(certificate.error());
  return Pair{std::move(*key), std::move(*certificate)};
}

Result<Pair> new_issuing(const std::string& name, const Pair& root) {
  auto key = tls::Key::generate(tls::KeyKind::p256);
  if (!key) return fail(key.error());
  auto certificate =
      tls::make_issuing(*key, "Muster issuing CA " + name, root.key, root.certificate, kIssuingLife);
  if (!certificate) return fail(certificate.error());
  return Pair{std::move(*key), std::move(*certificate)};
}

Result<Pair> new_client(const Pair& issuing) {
  auto key = tls::Key::generate(tls::KeyKind::p256);
  if (!key) return fail(key.error());
  auto certificate = issue_client(*key, issuing.key, issuing.certificate);
  if (!certificate) return fail(certificate.error());
  return Pair{std::move(*key), std::move(*certificate)};
}

Result<std::vector<tls::Certificate>> load_certificates(const std::string& path) {
  const auto pem = read_file(path, kPemLimit);
  if (!pem) return fail(pem.error());
  auto bundle = tls::Certificate::bundle_from_pem(*pem, path);
  if (bundle && bundle->empty()) return fail(Errc::malformed, path + ": no certificate in it");
  return bundle;
}

}  // namespace

Authority::Authority(tls::Certificate root, tls::Certificate issuing, tls::Key issuing_key,
                     std::vector<tls::Certificate> client, tls::Key client_key)
    : root_(std::move(root)),
      issuing_(std::move(issuing)),
      issuing_key_(std::move(issuing_key)),
      client_(std::move(client)),
      client_key_(std::move(client_key)) {}

Result<void> Authority::create(const std::string& state_folder, const std::string& name) {
  if (auto good = check_name(name); !good) return good;
  const auto folder = ca_folder(state_folder);
  if (exists(folder)) {
    return fail(Errc::denied, folder + ": a certificate authority exists and is not overwritten",
                "muster ca show prints it; --state DIR makes another one elsewhere");
  }
  if (auto made = make_folders(state_folder, 0700); !made) return made;
  if (auto good = check_private(state_folder); !good) return good;
  const auto root = new_root(name);
  if (!root) return fail(root.error());
  const auto issuing = new_issuing(name, *root);
  if (!issuing) return fail(issuing.error());
  const auto client = new_client(*issuing);
  if (!client) return fail(client.error());

  Draft draft(folder);
  if (auto made = draft.make(); !made) return made;
  const auto client_chain = client->certificate.pem() + issuing->certificate.pem();
  if (auto saved = save(draft.path() + "/root", root->key, root->certificate.pem()); !saved) return saved;
  if (auto saved = save(draft.path() + "/issuing", issuing->key, issuing->certificate.pem()); !saved)
    return saved;
  if (auto saved = save(state_folder + "/client", client->key, client_chain); !saved) return saved;
  return draft.place();
}

Result<Authority> Authority::open(const std::string& state_folder) {
  const auto folder = ca_folder(state_folder);
  if (!exists(folder)) {
    return fail(Errc::not_found, folder + ": no certificate authority here",
                "muster init makes one; --state DIR or MUSTER_STATE names another folder");
  }
  auto root = load_certificates(folder + "/root.pem");
  if (!root) return fail(root.error());
  auto issuing = load_certificates(folder + "/issuing.pem");
  if (!issuing) return fail(issuing.error());
  auto issuing_key = load_key_file(folder + "/issuing.key");
  if (!issuing_key) return fail(issuing_key.error());
  auto client = load_certificates(state_folder + "/client.pem");
  if (!client) return fail(client.error());
  auto client_key = load_key_file(state_folder + "/client.key");
  if (!client_key) return fail(client_key.error());
  if (auto match = issuing->front().matches(*issuing_key); !match)
    return fail(std::move(match.error()).during(folder));
  return Authority(std::move(root->front()), std::move(issuing->front()), std::move(*issuing_key),
                   std::move(*client), std::move(*client_key));
}

Result<std::string> Authority::sign_agent(const tls::CertificateRequest& request,
                                          const std::vector<std::string>& names) const {
  auto leaf = tls::issue_leaf(request, names, {}, issuing_key_, issuing_);
  if (!leaf) return fail(leaf.error());
  return leaf->pem() + issuing_.pem() + root_.pem();
}

Result<std::shared_ptr<tls::Context>> Authority::client_context() const {
  return client_context({root_});
}

Result<std::shared_ptr<tls::Context>> Authority::client_context(
    const std::vector<tls::Certificate>& roots) const {
  const tls::Context::Identity identity{client_, client_key_};
  return tls::Context::client(roots, &identity);
}

}  // namespace muster
