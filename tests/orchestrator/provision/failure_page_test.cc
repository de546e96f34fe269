// SPDX-License-Identifier: GPL-2.0-or-later
#include "orchestrator/provision/failure_page.h"

#include <gtest/gtest.h>

#include "core/base/fd.h"

namespace muster {
namespace {

// Write it again with UPDATE_GOLDEN=1.
TEST(FailurePage, IsTheDocument) {
  const std::string path = MUSTER_SOURCE_DIR "/docs/errors.md";
  if (::getenv("UPDATE_GOLDEN") != nullptr) {  // NOLINT(concurrency-mt-unsafe): one thread
    ASSERT_TRUE(write_file_atomically(path, failure_page(), 0644));
  }
  const auto page = read_file(path, std::size_t{1} << 20U);
  ASSERT_TRUE(page) << page.error().what;
  EXPECT_EQ(*page, failure_page()) << "UPDATE_GOLDEN=1 writes it";
}

}  // namespace
}  // namespace muster
