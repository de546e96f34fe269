// SPDX-License-Identifier: GPL-2.0-or-later
#include "orchestrator/service/state_folder.h"

#include <cerrno>

#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/fd.h"

namespace muster::service {
namespace {

constexpr char kNameAnother[] = "--state DIR or MUSTER_STATE names the folder that muster init made";

std::string name_of(uid_t user) {
  const passwd* account = ::getpwuid(user);  // NOLINT(concurrency-mt-unsafe): nothing else asks at that time
  return account == nullptr ? "user " + std::to_string(user) : account->pw_name;
}

bool read_only(const std::string& folder) {
  return ::access(folder.c_str(), W_OK) != 0 && errno == EROFS;
}

std::string way_in(const std::string& folder) {
  if (read_only(folder)) {
    return "the unit muster.service may write to /var/lib/muster only: systemctl edit muster, and add "
           "[Service] and "
           "ReadWritePaths=" +
           folder;
  }
  struct stat found {};
  if (::stat(folder.c_str(), &found) != 0) {
    return "run this as root, or name another folder with --state DIR; under systemd the unit hides /home "
           "and /root";
  }
  if (found.st_uid != ::geteuid()) {
    return folder + " belongs to " + name_of(found.st_uid) + ": run this as that user";
  }
  return "look at the permissions of the file and of " + folder;
}

}  // namespace

Error explained(Error error, const std::string& folder) {
  if (!error.hint.empty()) return error;
  struct stat found {};
  if (::stat(folder.c_str(), &found) == 0 && !S_ISDIR(found.st_mode)) {
    return {Errc::not_found, folder + ": Not a directory", kNameAnother};
  }
  if (error.code == Errc::denied) error.hint = way_in(folder);
  if (error.code == Errc::not_found) error.hint = kNameAnother;
  return error;
}

Result<bool> exists_in(const std::string& folder, const std::string& name) {
  const auto path = folder + "/" + name;
  struct stat found {};
  if (::lstat(path.c_str(), &found) == 0) return true;
  if (errno == ENOENT) return false;
  return fail(explained(errno_error(path), folder));
}

}  // namespace muster::service
