// SPDX-License-Identifier: GPL-2.0-or-later
#include "orchestrator/service/instance_lock.h"

#include <cerrno>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include "orchestrator/service/state_folder.h"

namespace muster::service {

Result<Fd> lock_instance(const std::string& state_folder) {
  const auto path = state_folder + "/serve.lock";
  Fd file(::open(path.c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600));
  if (!file) return fail(explained(errno_error(path), state_folder));
  if (::flock(file.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) return fail(errno_error(path));
    const auto owner = read_all(file.get(), path, 32);
    return fail(
        Errc::denied, state_folder + ": muster serve is already running here",
        "process " + owner.value_or("unknown") + "; stop it first, or use another folder with --state");
  }
  const auto own = std::to_string(::getpid());
  if (::ftruncate(file.get(), 0) != 0) return fail(errno_error(path));
  if (auto written = write_all(file.get(), path, own); !written) return fail(written.error());
  return file;
}

Result<bool> is_locked(const std::string& state_folder) {
  const auto path = state_folder + "/serve.lock";
  const Fd file(::open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC));
  if (!file && errno == ENOENT) return false;
  if (!file) return fail(explained(errno_error(path), state_folder));
  if (::flock(file.get(), LOCK_SH | LOCK_NB) == 0) return false;
  if (errno != EWOULDBLOCK) return fail(errno_error(path));
  return true;
}

}  // namespace muster::service
