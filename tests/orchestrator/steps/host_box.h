// SPDX-License-Identifier: GPL-2.0-or-later
// A host for tests of the root script: this machine's own programs in namespaces of their own, over an empty dpkg
// database and without systemd. What is changed there is gone with the object, and so is every process.
//
// The agent in its packages is a shell script; the real one is for the lab (tests/e2e). dpkg, flock and the
// script's shell are real.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>

#include "core/base/fd.h"
#include "orchestrator/provision/script.h"
#include "tests/orchestrator/provision/shell_run.h"

namespace muster::test {

class HostBox {
 public:
  HostBox();
  HostBox(const HostBox&) = delete;
  HostBox& operator=(const HostBox&) = delete;
  HostBox(HostBox&&) = delete;
  HostBox& operator=(HostBox&&) = delete;
  ~HostBox();

  bool works() const { return inside_ > 0; }  // not where namespaces are refused
  // Of this machine and of the box alike.
  const std::string& folder() const { return folder_; }
  // A command line that runs the shell script in there.
  std::vector<std::string> words(const std::string& script) const;
  ShellResult run(const std::string& script) const { return run_program(words(script), ""); }
  // Asks again and again, for half a minute at most, until the condition holds.
  bool eventually(const std::string& condition) const;

 private:
  std::string folder_;
  pid_t outside_ = -1;
  pid_t inside_ = -1;
};

// The management server's end of a script in a box.
class Talk {
 public:
  Talk(const HostBox& box, const std::string& script);
  Talk(const Talk&) = delete;
  Talk& operator=(const Talk&) = delete;
  Talk(Talk&&) = delete;
  Talk& operator=(Talk&&) = delete;
  ~Talk();  // a script that goes on does so until the box ends

  // The next line that begins so; empty when the script says nothing more.
  std::string hear(std::string_view start);
  void answer(const std::string& text);
  void cut();  // as when the connection breaks
  int end();   // exit status
  const std::string& heard() const { return heard_; }

 private:
  Fd to_;
  Fd from_;
  pid_t process_ = -1;
  std::string heard_;
};

// Question -> answer; a question without one cuts the connection.
using Answers = std::map<std::string, std::string>;
ShellResult converse(const HostBox& box, const std::string& script, const Answers& answers);

// An agent's package for the box.
struct BoxPackage {
  std::string path;
  std::string sha256;
  std::string bytes;
};
// `scripts`: maintainer script -> its body.
BoxPackage make_package(const HostBox& box, const std::string& version,
                        const std::map<std::string, std::string>& scripts = {},
                        const std::string& name = "muster-agent");

// The certificate with this fingerprint, as the box's agent takes it.
std::string chain(const std::string& sha256);

// A journey's root script.
std::string root_script(Journey journey, const BoxPackage& package, const std::string& lock_seconds = "30");

}  // namespace muster::test
