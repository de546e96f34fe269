// SPDX-License-Identifier: GPL-2.0-or-later
#include "orchestrator/ssh/job.h"

#include "orchestrator/ssh/frame.h"

namespace muster {
namespace {

constexpr std::size_t kMostItems = 64;

void put_keys(Pack& pack, const std::vector<LoginKey>& keys) {
  pack.number(keys.size());
  for (const auto& key : keys) pack.text(key.name).text(key.pem.reveal());
}

std::vector<LoginKey> take_keys(Unpack& unpack) {
  std::vector<LoginKey> keys;
  const auto count = unpack.number();
  for (std::uint64_t i = 0; i < count && i < kMostItems && unpack.ok(); ++i) {
    std::string name(unpack.text());
    keys.push_back({std::move(name), Secret(unpack.text())});
  }
  return keys;
}

void put_rules(Pack& pack, const HostKeyRules& rules) {
  pack.text(rules.pinned).number(rules.accept_new ? 1 : 0).number(rules.files.size());
  for (const auto& file : rules.files) pack.text(file);
}

HostKeyRules take_rules(Unpack& unpack) {
  HostKeyRules rules;
  rules.pinned = unpack.text();
  rules.accept_new = unpack.number() == 1;
  const auto count = unpack.number();
  for (std::uint64_t i = 0; i < count && i < kMostItems && unpack.ok(); ++i) {
    rules.files.emplace_back(unpack.text());
  }
  return rules;
}

}  // namespace

std::string encode_job(const Job& job) {
  Pack pack;
  pack.body().reserve(kMaxFrameBytes);  // no copies of secrets left behind by growing
  pack.text(job.host).text(job.address).number(job.port).text(job.user);
  put_rules(pack, job.host_keys);
  put_keys(pack, job.keys);
  pack.text(job.agent_socket);
  put_keys(pack, job.last_keys);
  pack.text(job.passphrase.reveal());
  pack.number(job.sudo ? 1 : 0).text(job.sudo_password.reveal()).text(job.mark);
  pack.text(job.probe_script).number(job.any_platform ? 1 : 0).text(job.upload_script).text(job.root_script);
  pack.number(job.package_bytes).text(job.package_sha256);
  pack.number(static_cast<std::uint64_t>(job.deadline.count()));
  return std::move(pack.body());
}

Result<Job> decode_job(std::string_view body) {
  Unpack unpack(body);
  Job job;
  job.host = unpack.text();
  job.address = unpack.text();
  job.port = static_cast<std::uint16_t>(unpack.number());
  job.user = unpack.text();
  job.host_keys = take_rules(unpack);
  job.keys = take_keys(unpack);
  job.agent_socket = unpack.text();
  job.last_keys = take_keys(unpack);
  job.passphrase = Secret(unpack.text());
  job.sudo = unpack.number() == 1;
  job.sudo_password = Secret(unpack.text());
  job.mark = unpack.text();
  job.probe_script = unpack.text();
  job.any_platform = unpack.number() == 1;
  job.upload_script = unpack.text();
  job.root_script = unpack.text();
  job.package_bytes = unpack.number();
  job.package_sha256 = unpack.text();
  job.deadline = std::chrono::milliseconds(unpack.number());
  if (!unpack.finished()) return fail(Errc::malformed, "job: not as agreed");
  return job;
}

}  // namespace muster
