// SPDX-License-Identifier: GPL-2.0-or-later
// PAM's own modules on users of our own: a mount namespace in which /etc/pam.d, /etc/passwd and /etc/shadow are the
// test's. The test's process alone sees them, and nothing has to be put back. Needs root.
#pragma once

#include <fstream>
#include <string>

#include <crypt.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <sys/mount.h>
#include <unistd.h>

#include "core/base/fd.h"
#include "tests/agent/temporary_folder.h"

namespace muster::auth::testing {

inline constexpr char kPassword[] = "correct horse";
inline constexpr char kHash[] =
    "$5$saltsalt$myjXcpMpE2Ofk7fj9hqyNYSn6lmWG4Mqnjx.KIRRr4/";  // openssl passwd -5

// One folder or file of ours in the place of one of the system's.
inline bool cover(const std::string& ours, const std::string& theirs) {
  return ::mount(ours.c_str(), theirs.c_str(), nullptr, MS_BIND, nullptr) == 0;
}

class PamTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    static const muster::testing::TemporaryFolder kFolder;
    static const bool kDone = ::geteuid() == 0 && take_place(kFolder);  // once for all suites of this process
    ready = kDone;
    home = kFolder.path();
  }
  void SetUp() override {
    if (!ready) GTEST_SKIP() << "needs root and a mount namespace of its own";
  }
  // /etc/pam.d/NAME for the rest of the test.
  static void service(const std::string& name, const std::string& lines) {
    ASSERT_TRUE(write_file_atomically(home + "/pam.d/" + name, lines, 0644).has_value());
  }
  // One more user, for the rest of the process.
  static void user(const std::string& name, const std::string& password) {
    static int last_id = 3100;
    const auto id = std::to_string(++last_id);
    crypt_data work{};
    const std::string hash = ::crypt_r(password.c_str(), "$5$rounds=1000$saltsalt$", &work);
    // The files themselves, which are bound to their places: a new one under the name would not be seen.
    std::ofstream(home + "/passwd", std::ios::app) << name << ":x:" << id << ":" << id << "::/:/bin/sh\n";
    std::ofstream(home + "/shadow", std::ios::app) << name << ":" << hash << ":19000:0:99999:7:::\n";
  }

 private:
  static bool take_place(const muster::testing::TemporaryFolder& folder) {
    return ::unshare(CLONE_NEWNS) == 0 && ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 &&
           make_files(folder) && cover(folder / "pam.d", "/etc/pam.d") &&
           cover(folder / "passwd", "/etc/passwd") && cover(folder / "shadow", "/etc/shadow");
  }
  static bool make_files(const muster::testing::TemporaryFolder& folder) {
    const std::string ok = ":" + std::string(kHash) + ":19000:0:99999:7:::\n";
    const std::string passwd =
        "root:x:0:0::/:/bin/sh\ndaemon:x:1:1::/:/bin/sh\ntoor:x:0:0::/:/bin/sh\nnobody:x:65534:65534::/:/bin/"
        "sh\n"
        "alice:x:3001:3001::/:/bin/sh\nlocked:x:3002:3002::/:/bin/sh\nexpired:x:3003:3003::/:/bin/sh\n"
        "empty:x:3004:3004::/:/bin/sh\nstale:x:3005:3005::/:/bin/sh\n";
    const std::string shadow =
        "root" + ok + "toor" + ok + "alice" + ok + "nobody:*:19000:0:99999:7:::\n" + "locked:!" +
        std::string(kHash) + ":19000:0:99999:7:::\n" +                   //
        "expired:" + std::string(kHash) + ":19000:0:99999:7::1000:\n" +  // the account, in 1972
        "stale:" + std::string(kHash) + ":0:0:99999:7:::\n" +            // must change the password
        "empty::19000:0:99999:7:::\n";
    return make_folders(folder / "pam.d", 0755).has_value() &&
           write_file_atomically(folder / "passwd", passwd, 0644).has_value() &&
           write_file_atomically(folder / "shadow", shadow, 0600).has_value();
  }

  static inline bool ready = false;
  static inline std::string home;
};

// pam_unix as a host has it, but for its pause after a wrong password.
inline constexpr char kUnix[] = "auth required pam_unix.so nodelay nullok\naccount required pam_unix.so\n";

}  // namespace muster::auth::testing
