// SPDX-License-Identifier: GPL-2.0-or-later
#include "orchestrator/provision/package_file.h"

#include <filesystem>
#include <span>

#include <fcntl.h>

#include "core/base/secret.h"
#include "core/tls/text.h"
#include "orchestrator/provision/package_control.h"

namespace muster {
namespace {

constexpr std::size_t kPackageBytes = std::size_t{256} * 1024 * 1024;
constexpr std::string_view kAgentPackage = "muster-agent";
constexpr std::string_view kArchiveStart = "!<arch>\ndebian-binary";

std::string newest_in(const std::string& folder) {
  std::error_code error;
  std::filesystem::file_time_type newest{};
  std::string path;
  for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
    const auto name = entry.path().filename().string();
    if (!name.starts_with("muster-agent_") || !name.ends_with("_amd64.deb")) continue;
    const auto time = entry.last_write_time(error);
    if (!path.empty() && time <= newest) continue;
    newest = time;
    path = entry.path().string();
  }
  return path;
}

// Whatever lies in the file would be installed as root.
Result<void> check_is_agent(int file, const std::string& path) {
  const auto control = read_package_control(file, path);
  if (!control) return fail(control.error());
  if (control->name != kAgentPackage) {
    return fail(Errc::malformed,
                path + ": this is the package " + control->name + ", not " + std::string(kAgentPackage),
                "name the agent's package, or leave --package out");
  }
  if (control->version.empty()) return fail(Errc::malformed, path + ": the package has no version");
  if (control->architecture != "amd64" && control->architecture != "all") {
    return fail(Errc::malformed,
                path + ": built for " + control->architecture + ", and the hosts are to be amd64");
  }
  return {};
}

}  // namespace

Result<Package> open_package(const std::string& path, const std::string& folder) {
  Package package;
  package.path = path.empty() ? newest_in(folder) : path;
  if (package.path.empty()) {
    return fail(Errc::not_found, folder + ": no muster-agent_*_amd64.deb there",
                "build one with scripts/build, or name one with --package FILE");
  }
  package.file = Fd(::open(package.path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!package.file) return fail(errno_error(package.path));
  auto content = read_all(package.file.get(), package.path, kPackageBytes);
  if (!content) return fail(content.error());
  if (!content->starts_with(kArchiveStart)) {
    return fail(Errc::malformed, package.path + ": not a Debian package");
  }
  if (auto agent = check_is_agent(package.file.get(), package.path); !agent) return fail(agent.error());
  package.bytes = content->size();
  package.sha256 =
      tls::sha256_hex({reinterpret_cast<const unsigned char*>(content->data()), content->size()});
  return package;
}

}  // namespace muster
