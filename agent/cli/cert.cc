// SPDX-License-Identifier: GPL-2.0-or-later
// muster-agent cert create|request|install|show|rollback
#include <cstdio>
#include <memory>

#include <CLI/CLI.hpp>
#include <unistd.h>

#include "agent/cert_files.h"
#include "agent/cli/cli.h"
#include "core/base/fd.h"

namespace muster::agent {
namespace {

constexpr std::size_t kMaxBundleBytes = std::size_t{256} * 1024;

Result<int> create(const Options& options) {
  const auto folder = tls_folder(options);
  if (!folder) return fail(folder.error());
  const auto made = create_missing(*folder, own_names());
  if (!made) return fail(made.error());
  std::printf("%s: %s\n", folder->c_str(), *made ? "key and self-signed certificate made" : "nothing to do");
  return 0;
}

Result<int> request(const Options& options, const std::vector<std::string>& names) {
  const auto folder = tls_folder(options);
  if (!folder) return fail(folder.error());
  const auto pem = make_request(*folder, names.empty() ? own_names() : names);
  if (!pem) return fail(pem.error());
  std::fputs(pem->c_str(), stdout);
  return 0;
}

Result<int> install(const Options& options) {
  const auto folder = tls_folder(options);
  if (!folder) return fail(folder.error());
  const auto bundle = read_all(STDIN_FILENO, "standard input", kMaxBundleBytes);
  if (!bundle) return fail(bundle.error());
  const auto changed = install_bundle(*folder, *bundle);
  if (!changed) return fail(changed.error());
  std::puts(*changed ? "installed; reload the agent to use it: systemctl reload muster-agent" : "unchanged");
  return 0;
}

Result<int> rollback(const Options& options) {
  const auto folder = tls_folder(options);
  if (!folder) return fail(folder.error());
  if (auto done = roll_back(*folder); !done) return fail(done.error());
  std::puts("the earlier certificate is active again; reload the agent: systemctl reload muster-agent");
  return 0;
}

std::string joined(const tls::Certificate& certificate) {
  std::string names;
  for (const auto& list : {certificate.dns_names(), certificate.ip_addresses()}) {
    for (const auto& name : list) names += (names.empty() ? "" : ",") + name;
  }
  return names;
}

long long unix_seconds(std::chrono::system_clock::time_point time) {
  return std::chrono::duration_cast<std::chrono::seconds>(time.time_since_epoch()).count();
}

// name=value lines, stable for programs: provisioning reads them.
void print_porcelain(const std::vector<tls::Certificate>& bundle) {
  const auto& leaf = bundle.front();
  std::printf("serial=%s\nsha256=%s\npublic_key_sha256=%s\nnames=%s\n", leaf.serial().c_str(),
              leaf.sha256().c_str(), leaf.public_key_sha256().c_str(), joined(leaf).c_str());
  std::printf("not_before=%lld\nnot_after=%lld\nself_signed=%s\n", unix_seconds(leaf.not_before()),
              unix_seconds(leaf.not_after()), leaf.self_signed() ? "yes" : "no");
  if (bundle.size() > 1) std::printf("issuer_sha256=%s\n", bundle[1].sha256().c_str());
  if (bundle.size() > 1) std::printf("root_sha256=%s\n", bundle.back().sha256().c_str());
}

void print_for_people(const std::vector<tls::Certificate>& bundle) {
  const auto& leaf = bundle.front();
  std::printf("subject      %s\nissuer       %s%s\n", leaf.subject().c_str(), leaf.issuer().c_str(),
              leaf.self_signed() ? " (self-signed: no management server has signed it yet)" : "");
  std::printf("names        %s\nserial       %s\nsha256       %s\n", joined(leaf).c_str(),
              leaf.serial().c_str(), leaf.sha256().c_str());
  std::printf("valid        %s to %s\n", tls::utc_text(leaf.not_before()).c_str(),
              tls::utc_text(leaf.not_after()).c_str());
}

Result<int> show(const Options& options, bool porcelain) {
  const auto folder = tls_folder(options);
  if (!folder) return fail(folder.error());
  const auto bundle = active_certificates(*folder);
  if (!bundle) return fail(bundle.error());
  if (porcelain) {
    print_porcelain(*bundle);
  } else {
    print_for_people(*bundle);
  }
  return 0;
}

}  // namespace

void add_cert(CLI::App& root, Options& options, Action& chosen) {
  auto* cert = root.add_subcommand("cert", "The agent's key and certificate");
  cert->require_subcommand(1);
  cert->add_option("--tls-folder", options.tls_folder, "Folder of key and certificates")->type_name("DIR");

  cert->add_subcommand("create", "Make key and self-signed certificate if they are missing")->callback([&] {
    chosen = [&options] { return create(options); };
  });
  auto names = std::make_shared<std::vector<std::string>>();
  auto* ask = cert->add_subcommand("request", "Print a certificate signing request (PEM)");
  ask->add_option("--name", *names, "Name or address to be issued for; may be repeated")->type_name("NAME");
  ask->callback(
      [&options, &chosen, names] { chosen = [&options, names] { return request(options, *names); }; });
  cert->add_subcommand("install", "Install the certificate bundle on standard input: leaf, issuing CA, root")
      ->callback([&] { chosen = [&options] { return install(options); }; });
  auto porcelain = std::make_shared<bool>(false);
  auto* print = cert->add_subcommand("show", "Print the active certificate");
  print->add_flag("--porcelain", *porcelain, "name=value lines for programs");
  print->callback([&options, &chosen, porcelain] {
    chosen = [&options, porcelain] { return show(options, *porcelain); };
  });
  cert->add_subcommand("rollback", "Make the earlier certificate the active one")->callback([&] {
    chosen = [&options] { return rollback(options); };
  });
}

}  // namespace muster::agent
