// SPDX-License-Identifier: GPL-2.0-or-later
// What the kernel takes for telling of all processes: reads the files that SCX_UnixProcess needs of each, does nothing
// with them, and prints how many processes there were and the CPU that it used, in seconds.
#include <cctype>
#include <cstdio>
#include <ctime>
#include <string>

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

namespace {

constexpr const char* kFiles[] = {"/stat", "/status", "/cmdline"};

void read_once(int folder, const std::string& path) {
  static char block[16384];
  const int file = ::openat(folder, path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return;  // it ended meanwhile
  [[maybe_unused]] const auto got = ::read(file, block, sizeof block);
  ::close(file);
}

}  // namespace

int main() {
  DIR* const processes = ::opendir("/proc");
  if (processes == nullptr) {
    std::perror("proc_reader: /proc");
    return 1;
  }
  unsigned count = 0;
  while (const dirent* entry = ::readdir(processes)) {
    const std::string name = entry->d_name;
    if (std::isdigit(static_cast<unsigned char>(name.front())) == 0) continue;
    for (const char* each : kFiles) read_once(::dirfd(processes), name + each);
    ++count;
  }
  timespec used{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
  std::printf("%u %.6f\n", count, static_cast<double>(used.tv_sec) + static_cast<double>(used.tv_nsec) / 1e9);
  return 0;
}
