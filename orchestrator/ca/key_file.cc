// SPDX-License-Identifier: GPL-2.0-or-later
#include "orchestrator/ca/key_file.h"

#include <cerrno>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/fd.h"
#include "core/base/secret.h"

namespace muster {
namespace {

Result<void> check_owner_and_mode(int fd, const std::string& path) {
  struct stat found {};
  if (::fstat(fd, &found) != 0) return fail(errno_error(path));
  if (!S_ISREG(found.st_mode)) return fail(Errc::denied, path + ": not a regular file");
  if ((found.st_mode & 077U) != 0) {
    return fail(Errc::denied, path + ": a private key that others may read or change",
                "chmod 600 " + path + "; if others could read it, consider the key stolen");
  }
  if (found.st_uid != ::geteuid() && found.st_uid != 0) {
    return fail(Errc::denied, path + ": a private key that belongs to another user",
                "chown it to the user of muster");
  }
  return {};
}

}  // namespace

Result<tls::Key> load_key_file(const std::string& path) {
  const Fd file(::open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  if (!file && errno == ELOOP) {
    return fail(Errc::denied, path + ": a symbolic link", "put the key itself there");
  }
  if (!file) return fail(errno_error(path));
  if (auto checked = check_owner_and_mode(file.get(), path); !checked) return fail(checked.error());
  auto pem = read_all(file.get(), path, Secret::kMaxBytes);
  if (!pem) return fail(pem.error());
  auto key = tls::Key::from_pem(*pem, Secret(), path);
  wipe(*pem);
  return key;
}

Result<void> save_key_file(const std::string& path, const tls::Key& key) {
  const auto pem = key.pem(Secret());
  if (!pem) return fail(pem.error());
  return write_file_atomically(path, pem->reveal(), 0600);
}

}  // namespace muster
