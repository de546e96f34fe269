// SPDX-License-Identifier: GPL-2.0-or-later
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "core/tls/certificate.h"
#include "core/tls/issue.h"
#include "providers/registry.gen.h"
#include "tests/fakes/fake_host.h"
#include "tests/fakes/rows.h"

namespace muster {
namespace {

using testing::FakeHost;
using testing::is_null;
using testing::number;
using testing::rows;
using testing::text;

class CertificateFileTest : public ::testing::Test {
 protected:
  CertificateFileTest() {
    host_.with_file("/proc/1/mountinfo",
                    "27 1 254:1 / / rw - ext4 /dev/vda1 rw\n28 27 0:44 / /net rw - nfs4 srv:/ rw\n");
    const auto key = tls::Key::generate(tls::KeyKind::p256).value();
    certificate_ = tls::self_signed(key, {"shop.example"}, std::chrono::hours(24 * 30)).value();
    host_.at(certificate_->not_before() + std::chrono::hours(1));
  }

  std::vector<cim::Instance> rows_of(std::vector<std::string> files) {
    provider_->settle({.certificate_files = std::move(files), .calls = nullptr});
    return rows(*provider_);
  }
  std::int64_t days_left(const cim::Instance& row) { return std::get<std::int64_t>(row.value("DaysLeft")); }

  FakeHost host_;
  std::optional<tls::Certificate> certificate_;
  std::unique_ptr<Provider> provider_ = make_certificate_file(host_);
};

TEST_F(CertificateFileTest, ShowsEachCertificateOfAFile) {
  host_.with_file("/etc/a.pem", certificate_->pem() + certificate_->pem());
  const auto seen = rows_of({"/etc/a.pem", "/etc/a.pem"});
  ASSERT_EQ(seen.size(), 2U);
  EXPECT_EQ(text(seen[0], "Name"), "/etc/a.pem");
  EXPECT_EQ(number(seen[0], "Position"), 1U);
  EXPECT_EQ(number(seen[1], "Position"), 2U);
  EXPECT_EQ(text(seen[0], "Subject"), certificate_->subject());
  EXPECT_EQ(text(seen[0], "Fingerprint"), certificate_->sha256());
  EXPECT_EQ(days_left(seen[0]), 29);  // and 23 hours
  EXPECT_TRUE(is_null(seen[0], "Problem"));
}

TEST_F(CertificateFileTest, CountsDaysDownAndBelowZero) {
  host_.with_file("/etc/a.pem", certificate_->pem());
  host_.at(certificate_->not_after() - std::chrono::hours(1));
  EXPECT_EQ(days_left(rows_of({"/etc/a.pem"}).at(0)), 0);
  host_.at(certificate_->not_after() + std::chrono::hours(25));
  const auto expired = rows_of({"/etc/a.pem"});
  EXPECT_EQ(days_left(expired.at(0)), -2);
  EXPECT_NE(text(expired.at(0), "Problem").find("expired on"), std::string::npos);
  host_.at(certificate_->not_before() - std::chrono::hours(1));
  EXPECT_NE(text(rows_of({"/etc/a.pem"}).at(0), "Problem").find("not valid before"), std::string::npos);
}

TEST_F(CertificateFileTest, GivesATroubledFileARowOfItsOwn) {
  host_.with_file("/etc/a.pem", certificate_->pem())
      .with_file("/etc/bad.pem", "no certificate")
      .with_file("/net/a.pem", certificate_->pem());
  const auto seen = rows_of({"/none.pem", "/etc/bad.pem", "/etc/a.pem"});
  ASSERT_EQ(seen.size(), 3U);
  EXPECT_TRUE(is_null(seen[0], "Problem"));
  for (std::size_t i = 1; i < 3; ++i) {
    EXPECT_NE(text(seen[i], "Problem").find(text(seen[i], "Name")), std::string::npos);
    EXPECT_TRUE(is_null(seen[i], "DaysLeft"));
  }
}

}  // namespace
}  // namespace muster
