// SPDX-License-Identifier: GPL-2.0-or-later
// Puts a host that was proved to work on the list of hosts to poll.
#include <charconv>
#include <optional>

#include "orchestrator/provision/host_work.h"
#include "orchestrator/steps/registry.gen.h"

namespace muster {
namespace {

WallTime wall_time(const std::string& seconds) {
  std::int64_t value = 0;
  std::from_chars(seconds.data(), seconds.data() + seconds.size(), value);
  return WallTime(std::chrono::seconds(value));
}

HostRecord record_of(const HostWork& host) {
  HostRecord record;
  record.name = host.entry.name;
  record.address = host.entry.address;
  record.agent_port = host.agent_port;
  record.ssh_port = host.entry.port;
  record.ssh_user = host.user;
  record.certificate_name = host.certificate_names.front();
  record.certificate_sha256 = host.facts["cert_sha256"];
  record.certificate_serial = host.facts["cert_serial"];
  record.certificate_not_after = wall_time(host.facts["cert_not_after"]);
  record.host_key = host.host_key;
  record.agent_version = host.agent_version;
  record.platform = host.facts.platform();
  for (const auto& group : host.entry.groups) {
    record.groups.append(record.groups.empty() ? "" : ",").append(group);
  }
  return record;
}

// Everything but the time of provisioning.
bool same(const HostRecord& a, const HostRecord& b) {
  return a.address == b.address && a.agent_port == b.agent_port && a.ssh_port == b.ssh_port &&
         a.ssh_user == b.ssh_user && a.certificate_name == b.certificate_name &&
         a.certificate_sha256 == b.certificate_sha256 && a.certificate_serial == b.certificate_serial &&
         a.certificate_not_after == b.certificate_not_after && a.host_key == b.host_key &&
         a.agent_version == b.agent_version && a.platform == b.platform && a.groups == b.groups;
}

// verify, which comes before, has proved that it is up. Who was up stays so since then.
Result<void> record_health(Store& store, const std::string& host, WallTime now) {
  const auto stored = store.health_of(host);
  if (!stored) return fail(stored.error());
  HostHealth seen{host, Health::up, now, now, {}};
  const std::optional<HostHealth>& before = *stored;
  if (before && before->health == Health::up) seen.since = before->since;
  return store.put_poll({}, {seen});
}

class Register final : public Step {
 public:
  std::string_view name() const override { return "register"; }
  Place place() const override { return Place::management_server; }
  std::vector<std::string_view> after() const override { return {"verify"}; }
  FailureCode failure_code() const override { return FailureCode::registration; }

  void apply(HostWork& host, ServerSide& server, Done done) const override {
    auto record = record_of(host);
    const auto now = std::chrono::system_clock::now();
    const auto known = server.store.host(record.name);
    const bool settled = known && same(*known, record);
    if (!settled) {
      record.provisioned_at = std::chrono::time_point_cast<std::chrono::seconds>(now);
      const auto put = server.store.put_host(record);
      if (!put) return done({StepState::failed, {failure_code(), put.error().what}});
    }
    if (const auto seen = record_health(server.store, record.name, now); !seen) {
      return done({StepState::failed, {failure_code(), seen.error().what}});
    }
    done({settled ? StepState::ok : StepState::changed, {}});
  }
};

}  // namespace

std::unique_ptr<Step> make_register() {
  return std::make_unique<Register>();
}

}  // namespace muster
