// SPDX-License-Identifier: GPL-2.0-or-later
// The main job on ten real hosts, two of them broken on purpose: provision, provision again, poll, talk to an
// agent with foreign clients.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <regex>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/e2e/lab.h"

namespace muster::e2e {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using Json = nlohmann::json;

constexpr char kWrongPassword[] = "h9";  // the lab makes the last two hosts broken
constexpr char kDown[] = "h10";

// What a client of the original agent sends: Enumerate, optimised.
std::string enumerate_request(const std::string& class_name) {
  return R"(<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" )"
         R"(xmlns:a="http://schemas.xmlsoap.org/ws/2004/08/addressing" )"
         R"(xmlns:n="http://schemas.xmlsoap.org/ws/2004/09/enumeration" )"
         R"(xmlns:w="http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd"><s:Header><a:To>/wsman</a:To>)"
         R"(<w:ResourceURI s:mustUnderstand="true">http://schemas.microsoft.com/wbem/wscim/1/cim-schema/2/)" +
         class_name +
         R"(</w:ResourceURI><a:ReplyTo><a:Address>)"
         R"(http://schemas.xmlsoap.org/ws/2004/08/addressing/role/anonymous</a:Address></a:ReplyTo>)"
         R"(<a:Action>http://schemas.xmlsoap.org/ws/2004/09/enumeration/Enumerate</a:Action>)"
         R"(<a:MessageID>uuid:2b4d0f3e-0000-4000-8000-5f1e11a57e57</a:MessageID><w:SelectorSet>)"
         R"(<w:Selector Name="__cimnamespace">root/scx</w:Selector></w:SelectorSet></s:Header><s:Body>)"
         R"(<n:Enumerate><w:OptimizeEnumeration/><w:MaxElements>100</w:MaxElements></n:Enumerate>)"
         R"(</s:Body></s:Envelope>)";
}

// Property names of the class in wire order, from the recorded contract: "class NAME ..." and a line per property.
std::vector<std::string> contract(const std::string& class_name) {
  std::vector<std::string> names;
  std::ifstream file(source_folder() + "/tests/golden/scx_classes.txt");
  bool wanted = false;
  for (std::string line; std::getline(file, line);) {
    std::istringstream words(line);
    std::string first;
    std::string second;
    words >> first >> second;
    if (first == "class") {
      wanted = second == class_name;
    } else if (wanted) {
      names.push_back(first);
    }
  }
  return names;
}

std::vector<std::string> elements(const std::string& xml, const std::string& class_name) {
  std::vector<std::string> names;
  const auto begin = xml.find("<p:" + class_name + " ");
  const std::string item =
      begin == std::string::npos ? "" : xml.substr(begin, xml.find("</p:" + class_name + ">") - begin);
  const std::regex opening("<p:([A-Za-z]+)( xsi:nil=\"true\"/)?>");
  for (std::sregex_iterator at(item.begin(), item.end(), opening), end; at != end; ++at) {
    names.push_back((*at)[1].str());
  }
  return names;
}

class JourneyTest : public LabTest {
 protected:
  static void SetUpTestSuite() {
    start({"10", "--broken"});
    if (lab().up()) first_run = run(lab().provision(), {}, std::chrono::seconds(600));
  }
  static Ran first_run;

  // As the lab's PAM user `monitor`.
  static Ran curl(const std::string& host, const std::string& body, const Words& more) {
    Words words{"curl",          "-sS",       "-m", "30",
                "--cacert",      root_file(), "-H", "Content-Type: application/soap+xml",
                "--data-binary", "@-",        "-w", "\n%{http_code}"};
    words.insert(words.end(), more.begin(), more.end());
    words.push_back("https://" + lab().address(host) + ":1270/wsman");
    return run(words, body);
  }
  static Words as_monitor() {
    const std::string config = lab().scratch() + "/curlrc";
    std::ofstream(config) << "user = \"monitor:" << lab().secret("monitor-pass") << "\"\n";
    return {"-K", config};
  }
  static std::string root_file() {
    std::string path = lab().scratch() + "/root.pem";
    if (!std::filesystem::exists(path)) std::ofstream(path) << run(lab().muster({"ca", "export"})).out;
    return path;
  }
};
Ran JourneyTest::first_run;

TEST_F(JourneyTest, ProvisioningSucceedsOnTheGoodHostsAndNamesTheCauseOnTheBrokenOnes) {
  EXPECT_EQ(first_run.status, 3) << first_run.out << first_run.err;
  const auto hosts = Json::parse(run(lab().muster({"--json", "hosts"})).out, nullptr, false);
  ASSERT_FALSE(hosts.is_discarded());
  EXPECT_EQ(hosts.at("hosts").size(), 8u) << hosts.dump(2);
  EXPECT_THAT(first_run.out, HasSubstr("E-SUDO-WRONG"));
  EXPECT_THAT(first_run.out, HasSubstr(kWrongPassword));
  EXPECT_THAT(first_run.out, HasSubstr("E-UNREACHABLE"));
  EXPECT_THAT(first_run.out, HasSubstr(kDown));
}

TEST_F(JourneyTest, AWrongSudoPasswordIsTriedOnce) {
  const auto log =
      lab().on(kWrongPassword, "journalctl --no-pager -q | grep -c 'authentication failure' || true");
  EXPECT_EQ(std::stoi(log.out), 1) << log.out;
}

TEST_F(JourneyTest, ASecondRunChangesNothing) {
  const auto again = run(lab().provision({"--limit", "all:!broken"}), {}, std::chrono::seconds(300));
  EXPECT_EQ(again.status, 0) << again.out << again.err;
  EXPECT_THAT(again.out, HasSubstr("; 0 changes"));
  EXPECT_THAT(again.out, Not(HasSubstr(": changed")));
}

TEST_F(JourneyTest, ARunThatFailsOnSomeHostsAndFindsTheOthersWellCountsNoChange) {
  const auto again = run(lab().provision(), {}, std::chrono::seconds(300));
  EXPECT_EQ(again.status, 3) << again.out << again.err;
  EXPECT_THAT(again.out, AllOf(HasSubstr("8 ok, 0 changed, 1 failed, 1 unreachable; 0 changes"),
                               HasSubstr(std::string(kWrongPassword) + ": failed at become: E-SUDO-WRONG")));
}

TEST_F(JourneyTest, PlainOutputHasALinePerHostAndMoreOnRequest) {
  const Words only{"--limit", "h1,h2"};
  const auto short_one = run(lab().provision(only));
  EXPECT_THAT(short_one.out, ::testing::MatchesRegex("h[12]: ok [^\n]*\nh[12]: ok [^\n]*\nrun [^\n]*\n"));
  const auto long_one = run(lab().provision({"--limit", "h1,h2", "-v"}));
  for (const char* step : {"probe ok", "install_package ok", "register ok"}) {
    EXPECT_THAT(long_one.out, AllOf(HasSubstr(std::string("h1:   ") + step), HasSubstr("h2: ok (")));
  }
}

// On the first try, whatever sudo says besides: the password is never taken for something else or given twice.
TEST_F(JourneyTest, ASudoThatLecturesAndInsultsIsUnderstood) {
  constexpr char kHost[] = "h2";  // sudo wants a password there
  ASSERT_EQ(lab()
                .on(kHost,
                    "printf 'Defaults insults, lecture=always, passwd_tries=3\n' >/etc/sudoers.d/zz-rude; "
                    "chmod 440 /etc/sudoers.d/zz-rude; visudo -cq")
                .status,
            0);
  const auto well = run(lab().provision({"--limit", kHost}));
  EXPECT_EQ(well.status, 0) << well.out << well.err;
  EXPECT_THAT(well.out, HasSubstr("; 0 changes"));
  const std::string wrong = lab().scratch() + "/wrong";
  std::ofstream(wrong) << "not the password\n";
  std::filesystem::permissions(wrong,
                               std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
  const char* failures = "journalctl --no-pager -q | grep -c 'authentication failure' || true";
  const int before = std::stoi(lab().on(kHost, failures).out);
  auto words = lab().provision({"--limit", kHost});
  *std::find(words.begin(), words.end(), lab().file("become-pass")) = wrong;
  const auto refused = run(words);
  lab().on(kHost, "rm /etc/sudoers.d/zz-rude");
  EXPECT_EQ(refused.status, 1) << refused.out << refused.err;
  EXPECT_THAT(refused.out, HasSubstr("E-SUDO-WRONG"));
  EXPECT_TRUE(eventually([&] { return std::stoi(lab().on(kHost, failures).out) > before; }));
  EXPECT_EQ(std::stoi(lab().on(kHost, failures).out), before + 1);
}

TEST_F(JourneyTest, NothingIsLeftOverOnTheHosts) {
  for (const char* host : {"h1", "h2", "h3", kWrongPassword}) {
    const auto left =
        lab().on(host, "ls -d /tmp/*muster* /var/tmp/*muster* /home/deploy/*muster* 2>/dev/null");
    EXPECT_EQ(left.out, "") << host;
  }
}

TEST_F(JourneyTest, BasicCredentialsGetTheClassInItsShape) {
  for (const char* class_name : {"SCX_OperatingSystem", "SCX_Agent", "SCX_MemoryStatisticalInformation"}) {
    const auto answer = curl("h1", enumerate_request(class_name), as_monitor());
    ASSERT_THAT(answer.out, ::testing::EndsWith("\n200")) << answer.out << answer.err;
    ASSERT_FALSE(contract(class_name).empty());
    EXPECT_EQ(elements(answer.out, class_name), contract(class_name)) << answer.out;
    EXPECT_THAT(answer.out, HasSubstr("<wsman:EndOfSequence/>"));
  }
}

TEST_F(JourneyTest, WithoutCredentialsThereIsA401AndNothingElse) {
  for (const Words& credentials :
       std::vector<Words>{{}, {"-H", "Authorization: Basic"}, {"-u", "monitor:wrong"}}) {
    const auto answer = curl("h1", enumerate_request("SCX_OperatingSystem"), credentials);
    EXPECT_EQ(answer.out, "\n401") << answer.err;
  }
}

TEST_F(JourneyTest, AnonymousIdentifyNamesNoVersion) {
  const auto answer = curl("h1",
                           R"(<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" )"
                           R"(xmlns:i="http://schemas.dmtf.org/wbem/wsman/identity/1/wsmanidentity.xsd">)"
                           R"(<s:Header/><s:Body><i:Identify/></s:Body></s:Envelope>)",
                           {"-H", "WSMANIDENTIFY: unauthenticated"});
  EXPECT_THAT(answer.out, AllOf(HasSubstr("IdentifyResponse"), Not(HasSubstr("ProductVersion"))));
}

TEST_F(JourneyTest, OpensslVerifiesChainAndName) {
  const std::string address = lab().address("h2");
  const Words words{
      "openssl",    "s_client", "-connect", address + ":1270", "-CAfile", root_file(), "-verify_return_error",
      "-verify_ip", address};
  const auto good = run(words, "\n");
  EXPECT_EQ(good.status, 0) << good.err;
  EXPECT_THAT(good.out, HasSubstr("Verify return code: 0 (ok)"));
  Words other = words;
  other.back() = lab().address("h3");
  EXPECT_NE(run(other, "\n").status, 0) << "a certificate of another host was accepted";
}

TEST_F(JourneyTest, PollReachesEveryGoodHost) {
  const auto polled = run(lab().muster({"poll"}));
  EXPECT_EQ(polled.status, 0) << polled.out << polled.err;
  for (int i = 1; i <= 8; ++i) EXPECT_THAT(polled.out, HasSubstr("h" + std::to_string(i)));
}

TEST_F(JourneyTest, FileSystemFiguresAgreeWithDf) {
  const auto got = run(lab().muster(
      {"--json", "wsman", "get", "h1", "SCX_FileSystemStatisticalInformation", "--selector", "Name=/"}));
  ASSERT_EQ(got.status, 0) << got.out << got.err;
  const auto df = lab().on("h1", "df -BM --output=used,avail / | tail -n 1");
  std::istringstream figures(df.out);
  long used = 0;
  long available = 0;
  char unit = 0;
  figures >> used >> unit >> available;
  const std::regex used_element("UsedMegabytes[^0-9]+([0-9]+)");
  std::smatch found;
  ASSERT_TRUE(std::regex_search(got.out, found, used_element)) << got.out;
  EXPECT_NEAR(std::stod(found[1].str()), static_cast<double>(used), 64.0)
      << df.out;  // the disk is shared and busy
}

}  // namespace
}  // namespace muster::e2e
