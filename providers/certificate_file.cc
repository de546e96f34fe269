// SPDX-License-Identifier: GPL-2.0-or-later
// The certificates in the files that the agent's configuration names ([certificates] files), and how long they are
// still good. One instance for each certificate, and one for a file that holds none or cannot be read.
//
// Limits  16 certificates and 256 KiB a file; files on disks of this machine, readable for the agent's user.
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/cim/schema.h"
#include "core/tls/certificate.h"
#include "providers/proc/mounts.h"
#include "providers/proc/wire_time.h"
#include "providers/provider.h"
#include "providers/registry.gen.h"

namespace muster {
namespace {

using cim::Role;
using cim::Type;
using cim::Unit;
using Time = std::chrono::system_clock::time_point;
using Days = std::chrono::days;

constexpr cim::Property kProperties[] = {
    {"Name", Type::string, Role::key, Unit::none, "path of the file"},
    {"Position", Type::uint32, Role::key, Unit::none, "1 for the first certificate of the file"},
    {"Subject", Type::string, Role::value, Unit::none, "subject, as RFC 2253 writes it"},
    {"Issuer", Type::string, Role::value, Unit::none, "issuer, as RFC 2253 writes it"},
    {"SerialNumber", Type::string, Role::value, Unit::none, "serial number, hexadecimal"},
    {"Fingerprint", Type::string, Role::value, Unit::none, "SHA-256 of the certificate, hexadecimal"},
    {"NotBefore", Type::datetime, Role::value, Unit::none, "beginning of its validity"},
    {"NotAfter", Type::datetime, Role::value, Unit::none, "end of its validity"},
    {"DaysLeft", Type::sint32, Role::value, Unit::days,
     "whole days until NotAfter, negative once it has passed"},
    {"Problem", Type::string, Role::value, Unit::none,
     "why the certificate is no good or the file no certificate; null if all is well"},
};

constexpr cim::ClassDecl kDecl{"Muster_CertificateFile", &cim::kCimManagedElement, "1.0.0",
                               "A certificate in a file, and how long it is still good.", kProperties};

constexpr std::size_t kFileLimit = std::size_t{256} * 1024;

std::string problem_of(const tls::Certificate& certificate, Time now) {
  if (now >= certificate.not_after()) return "expired on " + tls::utc_text(certificate.not_after());
  if (now < certificate.not_before()) return "not valid before " + tls::utc_text(certificate.not_before());
  return {};
}

class CertificateFile final : public Provider {
 public:
  explicit CertificateFile(const Host& host) : host_(host) {}

  const cim::Class& cim_class() const override { return class_; }
  void settle(const ProviderSetting& setting) override {
    files_ = setting.certificate_files;
    std::sort(files_.begin(), files_.end());
    files_.erase(std::unique(files_.begin(), files_.end()), files_.end());
  }

  Result<void> enumerate(const Emit& emit) override {
    for (const auto& file : files_) enumerate_file(file, emit);
    return {};
  }

 private:
  // A file with a trouble has it as its row: the others are still shown.
  void enumerate_file(const std::string& file, const Emit& emit) const {
    auto row = instance(file, 1);
    const auto text = proc::read_local(host_, file, kFileLimit);
    if (!text) return emit(std::move(row.set("Problem", text.error().what)));
    const auto certificates = tls::Certificate::bundle_from_pem(*text, file);
    if (!certificates) return emit(std::move(row.set("Problem", certificates.error().what)));
    std::uint64_t position = 0;
    for (const auto& certificate : *certificates) emit(instance(file, ++position, certificate));
  }

  cim::Instance instance(const std::string& file, std::uint64_t position) const {
    cim::Instance row(class_);
    row.set("Name", file).set("Position", position);
    return row;
  }

  cim::Instance instance(const std::string& file, std::uint64_t position,
                         const tls::Certificate& certificate) const {
    const auto now = host_.wall_clock();
    auto row = instance(file, position);
    row.set("Subject", certificate.subject()).set("Issuer", certificate.issuer());
    row.set("SerialNumber", certificate.serial()).set("Fingerprint", certificate.sha256());
    row.set("NotBefore", proc::wire_time(certificate.not_before()));
    row.set("NotAfter", proc::wire_time(certificate.not_after()));
    const auto left = std::chrono::floor<Days>(certificate.not_after() - now);
    row.set("DaysLeft", static_cast<std::int64_t>(left.count()));
    if (auto problem = problem_of(certificate, now); !problem.empty()) row.set("Problem", std::move(problem));
    return row;
  }

  const Host& host_;
  const cim::Class class_{kDecl};
  std::vector<std::string> files_;
};

}  // namespace

std::unique_ptr<Provider> make_certificate_file(const Host& host) {
  return std::make_unique<CertificateFile>(host);
}

}  // namespace muster
