// SPDX-License-Identifier: GPL-2.0-or-later
#include "providers/proc/mounts.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "providers/proc/text.h"

namespace muster::proc {
namespace {

// Types of file systems that keep files and have no block device of their own (device major 0).
constexpr std::string_view kStoresWithoutDevice[] = {"btrfs", "zfs", "bcachefs", "ubifs", "jffs2"};
// On a block device, and full by nature.
constexpr std::string_view kImages[] = {"squashfs", "iso9660", "udf", "erofs", "cramfs", "romfs"};
// Not on the network by their device, and still served by other machines.
constexpr std::string_view kClustered[] = {"gfs", "gfs2", "ocfs2", "lustre", "gpfs", "vmfs"};

// Single files that container runtimes mount from the machine's disk.
constexpr std::string_view kContainerFiles[] = {"/etc/hosts", "/etc/hostname", "/etc/resolv.conf",
                                                "/dev/termination-log"};

template <std::size_t Size>
bool contains(const std::string_view (&list)[Size], std::string_view word) {
  return std::find(std::begin(list), std::end(list), word) != std::end(list);
}

std::optional<unsigned char> octal_escape(std::string_view text) {
  if (text.size() < 4 || text[0] != '\\') return std::nullopt;
  unsigned value = 0;
  for (const char digit : text.substr(1, 3)) {
    if (digit < '0' || digit > '7') return std::nullopt;
    value = value * 8 + static_cast<unsigned>(digit - '0');
  }
  return value <= 255 ? std::optional(static_cast<unsigned char>(value)) : std::nullopt;
}

// The kernel writes blanks, line ends and backslashes as \ooo.
std::string unescaped(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const auto byte = octal_escape(text);
    out.push_back(byte ? static_cast<char>(*byte) : text.front());
    text.remove_prefix(byte ? 4 : 1);
  }
  return out;
}

std::optional<Device> parse_device(std::string_view text) {
  const auto colon = text.find(':');
  if (colon == std::string_view::npos) return std::nullopt;
  const auto major = number<std::uint32_t>(text.substr(0, colon));
  const auto minor = number<std::uint32_t>(text.substr(colon + 1));
  if (!major || !minor) return std::nullopt;
  return Device{*major, *minor};
}

bool is_read_only(std::string_view options) {
  return options == "ro" || options.starts_with("ro,");
}

// ID PARENT MAJOR:MINOR ROOT POINT OPTIONS [TAG...] - TYPE SOURCE SUPER_OPTIONS
std::optional<Mount> parse_mount(std::string_view line, View view) {
  const auto dash = line.find(" - ");
  if (dash == std::string_view::npos) return std::nullopt;
  auto first = line.substr(0, dash);
  auto second = line.substr(dash + 3);
  next_word(first);
  next_word(first);
  const auto device = parse_device(next_word(first).value_or(""));
  const auto root = next_word(first);
  const auto point = next_word(first);
  const auto options = next_word(first);
  const auto type = next_word(second);
  const auto source = next_word(second);
  if (!device || !root || !point || !options || !type || !source) return std::nullopt;
  const bool read_only =
      (view == View::machine && is_read_only(*options)) || is_read_only(next_word(second).value_or(""));
  return Mount{*device,  unescaped(*root), unescaped(*point), std::string(*type), unescaped(*source),
               read_only};
}

bool is_watched(const Mount& mount) {
  if (mount.type.starts_with("fuse.") || mount.type == "fuse") return false;  // fuseblk is a disk: NTFS
  if (contains(kImages, mount.type) || contains(kClustered, mount.type)) return false;
  if (contains(kContainerFiles, mount.point)) return false;
  if (contains(kStoresWithoutDevice, mount.type)) return true;
  if (mount.type == "overlay") return mount.point == "/";  // we are in a container
  return mount.device.major != 0;
}

// A later mount hides an earlier one at the same point.
void drop_hidden(std::vector<Mount>& mounts) {
  std::vector<Mount> visible;
  for (auto& mount : mounts) {
    std::erase_if(visible, [&](const Mount& earlier) { return earlier.point == mount.point; });
    visible.push_back(std::move(mount));
  }
  mounts = std::move(visible);
}

// The whole file system rather than a bind mount of a part of it; then the shortest path.
bool better(const Mount& a, const Mount& b) {
  const auto rank = [](const Mount& m) { return std::pair(m.root != "/", m.point.size()); };
  return rank(a) < rank(b);
}

void drop_repeated(std::vector<Mount>& mounts) {
  std::vector<Mount> distinct;
  for (auto& mount : mounts) {
    const auto same = std::find_if(distinct.begin(), distinct.end(),
                                   [&](const Mount& m) { return m.device == mount.device; });
    if (same == distinct.end()) {
      distinct.push_back(std::move(mount));
    } else if (better(mount, *same)) {
      *same = std::move(mount);
    }
  }
  mounts = std::move(distinct);
}

bool holds(const Mount& mount, std::string_view path) {
  if (mount.point == "/") return path.starts_with("/");
  return path.starts_with(mount.point) && path.substr(mount.point.size()).starts_with("/");
}

}  // namespace

std::vector<Mount> parse_mounts(std::string_view mountinfo, View view) {
  std::vector<Mount> mounts;
  for (std::string_view line; next_line(mountinfo, line);) {
    if (auto mount = parse_mount(line, view)) mounts.push_back(std::move(*mount));
  }
  return mounts;
}

std::vector<Mount> watched_mounts(std::vector<Mount> mounts) {
  drop_hidden(mounts);
  std::erase_if(mounts, [](const Mount& mount) { return !is_watched(mount); });
  drop_repeated(mounts);
  std::sort(mounts.begin(), mounts.end(), [](const Mount& a, const Mount& b) { return a.point < b.point; });
  return mounts;
}

Result<std::vector<Mount>> read_watched_mounts(const Host& host) {
  if (const auto text = host.read_file("/proc/1/mountinfo", kMountinfoLimit)) {
    return watched_mounts(parse_mounts(*text, View::machine));
  }
  const auto text = host.read_file("/proc/self/mountinfo", kMountinfoLimit);
  if (!text) return fail(text.error());
  return watched_mounts(parse_mounts(*text, View::own));
}

Result<std::vector<MountUsage>> read_usages(const Host& host) {
  auto mounts = read_watched_mounts(host);
  if (!mounts) return fail(mounts.error());
  std::vector<MountUsage> out;
  out.reserve(mounts->size());
  for (auto& mount : *mounts) {
    const auto usage = host.file_system_usage(mount.point);
    if (!usage && usage.error().code == Errc::denied) continue;
    out.push_back({std::move(mount), usage ? std::optional(*usage) : std::nullopt});
  }
  return out;
}

Result<std::string> read_local(const Host& host, const std::string& path, std::size_t limit) {
  const auto mounts = read_watched_mounts(host);
  if (!mounts) return fail(mounts.error());
  const Mount* best = nullptr;
  for (const auto& mount : *mounts) {
    if (holds(mount, path) && (best == nullptr || mount.point.size() > best->point.size())) best = &mount;
  }
  if (best == nullptr) return fail(Errc::not_found, path + ": not on a disk of this machine");
  const auto below = best->point == "/" ? path : path.substr(best->point.size());
  return host.read_within(best->point, below, limit);
}

}  // namespace muster::proc
