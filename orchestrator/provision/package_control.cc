// SPDX-License-Identifier: GPL-2.0-or-later
#include "orchestrator/provision/package_control.h"

#include <algorithm>
#include <string_view>

#include <unistd.h>

#include "core/base/fd.h"
#include "core/base/log.h"
#include "core/base/program.h"

namespace muster {
namespace {

constexpr std::string_view kComplaint = "dpkg-deb: error: ";

std::string value_of(std::string_view text, std::string_view field) {
  while (!text.empty()) {
    const auto line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    if (line.substr(0, field.size()) == field) return log::printable(line.substr(field.size()));
  }
  return {};
}

std::string complaint(std::string_view text) {
  if (const auto found = text.find(kComplaint); found != std::string_view::npos) {
    text.remove_prefix(found + kComplaint.size());
  }
  return log::printable(text.substr(0, text.find('\n')));
}

}  // namespace

Result<PackageControl> read_package_control(int file, const std::string& path) {
  if (::lseek(file, 0, SEEK_SET) != 0) return fail(errno_error(path));
  ProgramOrder order;
  order.words = {"dpkg-deb", "--field", "-", "Package", "Version", "Architecture"};
  order.environment = {"PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C"};
  order.input = file;
  const auto end = run_program(order);
  if (!end && end.error().code == Errc::timeout) {
    return fail(Errc::timeout, path + ": dpkg-deb did not read it in time");
  }
  if (!end) {
    return fail(Errc::unsupported, path + ": cannot be looked into: " + end.error().what,
                "install dpkg on this machine");
  }
  if (end->status != 0) {
    return fail(Errc::malformed,
                path + ": not a whole Debian package; dpkg-deb said: \"" + complaint(end->errors) + "\"");
  }
  return PackageControl{value_of(end->output, "Package: "), value_of(end->output, "Version: "),
                        value_of(end->output, "Architecture: ")};
}

}  // namespace muster
