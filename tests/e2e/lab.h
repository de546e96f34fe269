// SPDX-License-Identifier: GPL-2.0-or-later
// Real hosts for one suite of end-to-end tests: scripts/lab brings them up before the first test and takes
// them away after the last. Needs root, a built `muster` (MUSTER_BIN) and the agent's package
// (MUSTER_PACKAGE).
#pragma once

#include <memory>
#include <string>

#include <gtest/gtest.h>

#include "tests/e2e/process.h"

namespace muster::e2e {

class Lab {
 public:
  // `words` go to "scripts/lab up".
  explicit Lab(const Words& words);
  Lab(const Lab&) = delete;
  Lab& operator=(const Lab&) = delete;
  Lab(Lab&&) = delete;
  Lab& operator=(Lab&&) = delete;
  ~Lab();

  bool up() const { return up_; }
  const std::string& why_not() const { return why_not_; }

  // As root inside a host, without SSH.
  Ran on(const std::string& host, const std::string& shell) const;
  std::string address(const std::string& host) const;
  std::string file(const std::string& name) const { return folder_ + "/" + name; }
  std::string secret(const std::string& name) const;  // first line of a file of the lab

  // A folder of this suite's own; gone with the lab.
  const std::string& scratch() const { return scratch_; }
  std::string state() const { return scratch_ + "/state"; }
  // `muster --state STATE WORDS...`
  Words muster(const Words& words) const;
  // The options that every provisioning of this lab takes.
  Words provision(const Words& more = {}) const;

 private:
  std::string folder_;
  std::string scratch_;
  bool up_ = false;
  bool ours_ = false;
  std::string why_not_;
};

// A suite over one lab; SetUpTestSuite calls start().
class LabTest : public ::testing::Test {
 protected:
  static void TearDownTestSuite() { the_lab.reset(); }
  void SetUp() override {
    ASSERT_TRUE(the_lab && the_lab->up()) << (the_lab ? the_lab->why_not() : "no lab");
  }
  static void start(const Words& words) { the_lab = std::make_unique<Lab>(words); }
  static Lab& lab() { return *the_lab; }

 private:
  static inline std::unique_ptr<Lab> the_lab;
};

std::string source_folder();
std::string package();

}  // namespace muster::e2e
