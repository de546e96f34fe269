// SPDX-License-Identifier: GPL-2.0-or-later
#include "agent/sandbox/code_pages.h"

#include <cstdint>

#include <link.h>
#include <sys/mman.h>
#include <unistd.h>

namespace muster::sandbox {
namespace {

// Segments that may never be written hold no relocated pointers, so that their pages are those of the file.
bool is_pure(const ElfW(Phdr) & segment) {
  return segment.p_type == PT_LOAD && (segment.p_flags & PF_W) == 0;
}

int release_object(dl_phdr_info* object, std::size_t, void*) {
  const auto page = static_cast<std::uintptr_t>(::sysconf(_SC_PAGESIZE));
  for (int i = 0; i < object->dlpi_phnum; ++i) {
    const auto& segment = object->dlpi_phdr[i];
    if (!is_pure(segment)) continue;
    const std::uintptr_t begin = (object->dlpi_addr + segment.p_vaddr) & ~(page - 1);
    const std::uintptr_t end = object->dlpi_addr + segment.p_vaddr + segment.p_memsz;
    // The kernel's own object (vdso) refuses, which is as well.
    // NOLINTNEXTLINE(performance-no-int-to-ptr): addresses are what the loader gives
    static_cast<void>(::madvise(reinterpret_cast<void*>(begin), end - begin, MADV_DONTNEED));
  }
  return 0;
}

}  // namespace

void release_code_pages() {
  ::dl_iterate_phdr(&release_object, nullptr);
}

}  // namespace muster::sandbox
