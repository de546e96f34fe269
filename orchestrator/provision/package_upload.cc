// SPDX-License-Identifier: GPL-2.0-or-later
#include "orchestrator/provision/package_upload.h"

#include <utility>

#include "core/base/log.h"
#include "orchestrator/provision/shell.h"

namespace muster {

PackageUpload::PackageUpload(SshSession& session, const Job& job, int package, Tell tell)
    : session_(session), job_(job), package_(package), tell_(std::move(tell)) {}

void PackageUpload::start() {
  if (job_.package_bytes > 0) open(Need::unless_there);
}

void PackageUpload::open(Need need) {
  channel_ = std::make_unique<SshChannel>(session_, loader_command(job_.mark, Root::as_is), Terminal::none);
  const std::string script =
      std::string("upload_forced=") + (need == Need::forced ? "yes" : "no") + "\n" + job_.upload_script;
  channel_->write(loader_script(job_.mark, script));
}

VisitEnd PackageUpload::advance() {
  if (!channel_) return std::nullopt;
  channel_->advance();
  for (;;) {
    const auto next = channel_->next_line();
    if (!next) break;
    const auto ours = parse_host_line(*next, job_.mark);
    if (!ours) continue;
    if (auto stopped = line(*ours)) return stopped;
  }
  if (!channel_->ended() || whole_ || there_) return std::nullopt;
  const auto words = log::printable(channel_->errors()).substr(0, 200);
  return VisitStop{"upload", {FailureCode::upload, words.empty() ? "the upload's shell ended early" : words}};
}

VisitEnd PackageUpload::line(const HostLine& line) {
  switch (line.verb) {
    case HostLine::Verb::begin: tell_(told::Begun{line.step}); break;
    case HostLine::Verb::ok: tell_(told::Finished{line.step, false}); break;
    case HostLine::Verb::changed: tell_(told::Finished{line.step, true}); break;
    case HostLine::Verb::failed: return VisitStop{"upload", {line.code, line.text}};
    case HostLine::Verb::have: there_ = true; break;
    case HostLine::Verb::want:
      if (!is_upload_folder(line.text)) {
        return VisitStop{"upload", {FailureCode::upload, "unexpected folder " + line.text}};
      }
      folder_ = line.text;
      channel_->send_file(package_, job_.package_bytes);
      break;
    case HostLine::Verb::got: whole_ = true; break;
    default: break;
  }
  bring_if_wanted();
  return std::nullopt;
}

void PackageUpload::bring_if_wanted() {
  if (!wanted_ || !there_) return;
  there_ = false;
  open(Need::forced);
}

void PackageUpload::want() {
  wanted_ = true;
  bring_if_wanted();
}

std::optional<std::string> PackageUpload::take_path() {
  if (!wanted_ || !whole_) return std::nullopt;
  wanted_ = false;
  return folder_ + "/agent.deb";
}

void PackageUpload::release() {
  if (channel_ && whole_) channel_->close_input();
}

}  // namespace muster
