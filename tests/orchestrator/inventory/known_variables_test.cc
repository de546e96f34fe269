// SPDX-License-Identifier: GPL-2.0-or-later
#include "orchestrator/inventory/known_variables.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/orchestrator/inventory/reading.h"

namespace muster {
namespace {

using testing::HasSubstr;

const KeyFolders kFolders{"/inventory/site", "/home/ann"};

Result<HostEntry> applied(std::string_view name, const std::string& value) {
  HostEntry host;
  host.name = "h";
  const Result<void> result = apply_variable(host, name, value, kFolders);
  if (!result) return fail(result.error());
  return host;
}

TEST(KnownVariables, ReachTheHostEntry) {
  EXPECT_EQ(applied("ansible_host", "10.0.0.1")->address, "10.0.0.1");
  EXPECT_EQ(applied("ansible_ssh_host", "::1")->address, "::1");
  EXPECT_EQ(applied("ansible_port", "65535")->port, 65535);
  EXPECT_EQ(applied("ansible_ssh_port", "1")->port, 1);
  EXPECT_EQ(applied("ansible_user", "Deploy")->user, "Deploy");
  EXPECT_EQ(applied("ansible_ssh_user", "d$")->user, "d$");
  EXPECT_EQ(applied("ansible_become_method", "sudo")->become_method, "sudo");
  EXPECT_TRUE(applied("ansible_become_user", "root"));
  EXPECT_TRUE(applied("ansible_connection", "ssh"));
  EXPECT_TRUE(applied("ansible_connection", "smart"));
  EXPECT_TRUE(applied("http_port", "anything"));
}

TEST(KnownVariables, ReadTruthAsAnsibleDoes) {
  for (const char* yes : {"yes", "True", "TRUE", "on", "1", "y", "t"}) {
    EXPECT_TRUE(applied("ansible_become", yes)->become);
  }
  for (const char* no : {"no", "False", "off", "0", "n", "f"}) {
    EXPECT_FALSE(applied("ansible_become", no)->become);
  }
}

TEST(KnownVariables, CompleteKeyPaths) {
  const std::vector<std::pair<const char*, const char*>> table{{"/k/id", "/k/id"},
                                                               {"keys/id", "/inventory/site/keys/id"},
                                                               {"../id", "/inventory/id"},
                                                               {"~/.ssh/id", "/home/ann/.ssh/id"},
                                                               {"./a b", "/inventory/site/a b"}};
  for (const auto& [value, path] : table) {
    EXPECT_EQ(applied("ansible_ssh_private_key_file", value)->private_key_file, path);
    EXPECT_EQ(applied("ansible_private_key_file", value)->private_key_file, path);
  }
}

TEST(KnownVariables, OptionsOfSshAndSudoAreRefusedUnlessTheyAreEmpty) {
  for (const char* name :
       {"ansible_ssh_common_args", "ansible_ssh_extra_args", "ansible_ssh_args", "ansible_ssh_executable",
        "ansible_become_flags", "ansible_become_exe", "ansible_host_key_checking"}) {
    EXPECT_TRUE(applied(name, "")) << name;
    EXPECT_TRUE(applied(name, " ")) << name;
    const auto refused = applied(name, "-J gate.example");
    ASSERT_FALSE(refused) << name;
    EXPECT_EQ(refused.error().code, Errc::unsupported) << name;
    EXPECT_NE(refused.error().hint, "") << name;
  }
  EXPECT_FALSE(applied("ansible_host_key_checking", "False"));
  EXPECT_TRUE(applied("ansible_host_key_checking", "True"));
}

TEST(KnownVariables, OptionsOfSshAreRefusedInAnInventoryToo) {
  const auto reading = parse_inventory_ini("h ansible_ssh_common_args='-o ProxyJump=gate'\n", "inv");
  ASSERT_EQ(reading.problems.size(), 1U);
  EXPECT_TRUE(parse_inventory_ini("h ansible_ssh_common_args=''\n", "inv").problems.empty());
}

struct Refused {
  const char* name;
  const char* value;
  Errc code;
};

class RefusedValues : public testing::TestWithParam<Refused> {};

TEST_P(RefusedValues, NameTheHostAndGiveAHint) {
  const auto host = applied(GetParam().name, GetParam().value);
  ASSERT_FALSE(host);
  EXPECT_EQ(host.error().code, GetParam().code);
  EXPECT_EQ(host.error().what.rfind("h: " + std::string(GetParam().name), 0), 0U) << host.error().what;
  EXPECT_FALSE(host.error().hint.empty());
}

INSTANTIATE_TEST_SUITE_P(
    Table, RefusedValues,
    testing::Values(
        Refused{"ansible_host", "-oProxyCommand=id", Errc::malformed},
        Refused{"ansible_host", "a b", Errc::malformed}, Refused{"ansible_host", "", Errc::malformed},
        Refused{"ansible_host", "{{ ip }}", Errc::unsupported}, Refused{"ansible_port", "0", Errc::malformed},
        Refused{"ansible_port", "022", Errc::malformed}, Refused{"ansible_port", "65536", Errc::malformed},
        Refused{"ansible_port", "22 ", Errc::malformed}, Refused{"ansible_user", "a b", Errc::malformed},
        Refused{"ansible_user", "-l", Errc::malformed}, Refused{"ansible_become", "maybe", Errc::malformed},
        Refused{"ansible_become_method", "su", Errc::unsupported},
        Refused{"ansible_become_method", "doas", Errc::unsupported},
        Refused{"ansible_become_user", "app", Errc::unsupported},
        Refused{"ansible_sudo_user", "app", Errc::unsupported},
        Refused{"ansible_connection", "local", Errc::unsupported},
        Refused{"ansible_connection", "winrm", Errc::unsupported},
        Refused{"ansible_ssh_private_key_file", "a\nb", Errc::malformed},
        Refused{"ansible_ssh_private_key_file", "~root/id", Errc::unsupported},
        Refused{"muster_host_key", "SHA256:short", Errc::malformed}));

TEST(KnownVariables, RefuseSecretsAndSayWhereTheyGo) {
  for (const char* name : {"ansible_become_password", "ansible_become_pass", "ansible_sudo_pass",
                           "ansible_password", "ansible_ssh_pass"}) {
    const auto refusal = refuse_variable(name);
    ASSERT_TRUE(refusal) << name;
    EXPECT_THAT(refusal->what, HasSubstr(name));
    EXPECT_THAT(refusal->hint, HasSubstr("--ask-become-pass"));
    EXPECT_THAT(refusal->hint, HasSubstr("--become-password-file"));
  }
  EXPECT_TRUE(refuse_variable("ansible_ssh_private_key_passphrase"));
}

TEST(KnownVariables, RefuseAMisspeltOneOfOurs) {
  EXPECT_TRUE(refuse_variable("muster_hostkey"));
  EXPECT_FALSE(refuse_variable("muster_host_key"));
  EXPECT_FALSE(refuse_variable("http_port"));
}

// Seen with ansible-core 2.14: ssh is started with the values of the older names.
TEST(KnownVariables, PreferTheOlderNameAsAnsibleDoes) {
  const InventoryReading reading = parse_inventory_ini(
      "h ansible_ssh_user=old ansible_user=new ansible_ssh_port=2 ansible_port=1 ansible_host=b "
      "ansible_ssh_host=a\n",
      "inv");
  ASSERT_EQ(all_text(reading), "");
  EXPECT_EQ(reading.inventory.hosts[0].user, "old");
  EXPECT_EQ(reading.inventory.hosts[0].port, 2);
  EXPECT_EQ(reading.inventory.hosts[0].address, "a");
}

}  // namespace
}  // namespace muster
