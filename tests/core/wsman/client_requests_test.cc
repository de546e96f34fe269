// SPDX-License-Identifier: GPL-2.0-or-later
// What real clients send, written down once for each shape: tests/golden/wsman/clients. Each is answered, or
// refused as that client understands it.
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include <gtest/gtest.h>

#include "tests/core/wsman/fixture.h"

namespace muster::wsman {
namespace {

using namespace testing;
namespace fs = std::filesystem;

const fs::path kFolder = fs::path(MUSTER_SOURCE_DIR) / "tests/golden/wsman/clients";

struct Row {
  const char* name;
  const char* verdict;
  const char* holds;  // in the answer
};

constexpr Row kRows[] = {
    {"amt_delete", "wsa:ActionNotSupported", ""},
    {"amt_enumerate", "200", "<wsen:EnumerationContext>"},
    {"amt_get", "200", "<p:SCX_Agent "},
    {"amt_get_by_selector", "200", "<p:SCX_Agent "},
    {"amt_pull", "200", "<wsen:Items><p:SCX_Agent "},
    {"openwsman_enumerate", "200", "<wsen:EnumerationContext>"},
    {"openwsman_enumerate_optimised", "200",
     "<wsman:TotalItemsCountEstimate>1</wsman:TotalItemsCountEstimate>"},
    {"openwsman_get", "200", "<p:SCX_Agent "},
    {"openwsman_identify", "200", "<wsmid:ProductVendor>"},
    {"openwsman_pull", "200", "<wsen:Items><p:SCX_Agent "},
    {"openwsman_release", "200", "<SOAP-ENV:Body></SOAP-ENV:Body>"},
    {"pywinrm_enumerate", "200", "<wsman:Items><p:SCX_Agent "},
    {"pywinrm_get", "200", "<p:SCX_Agent "},
    {"pywinrm_open_shell", "wsa:ActionNotSupported", ""},
    {"winrm_enumerate", "200", "<wsman:Items><p:SCX_Agent "},
    {"winrm_enumerate_polymorphic", "200", "<wsman:Items><p:SCX_Agent "},
    {"winrm_get", "200", "<p:SCX_Agent "},
    {"winrm_get_class", "200", "<CLASS NAME=\"SCX_Agent\""},
    {"winrm_get_namespace_behind_the_uri", "200", "<p:SCX_Agent "},
    {"winrm_identify", "200", "<wsmid:ProductVendor>"},
    {"winrm_pull", "200", "<wsen:Items><p:SCX_Agent "},
    {"winrm_put", "wsa:ActionNotSupported", ""},
    {"winrm_query", "200", "<wsman:Items><p:SCX_Agent "},
};

std::string text_of(const fs::path& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

// Puts the context of an open enumeration where the request wants one.
std::string with_context(std::string request, Lab& lab) {
  constexpr std::string_view kMark = "@CONTEXT@";
  const std::size_t at = request.find(kMark);
  if (at == std::string::npos) return request;
  const std::string context = between(lab.ask(enumerate("SCX_Agent", "")).body, "<wsen:EnumerationContext>",
                                      "</wsen:EnumerationContext>");
  EXPECT_FALSE(context.empty());
  return request.replace(at, kMark.size(), context);
}

TEST(ClientRequests, EachIsAnsweredAsItsClientExpects) {
  for (const Row& row : kRows) {
    Lab lab;
    const std::string request = with_context(text_of(kFolder / (std::string(row.name) + ".xml")), lab);
    ASSERT_FALSE(request.empty()) << row.name;
    const Reply reply = lab.ask(request);
    EXPECT_EQ(verdict(reply), row.verdict) << row.name << '\n' << reply.body;
    EXPECT_NE(reply.body.find(row.holds), std::string::npos) << row.name << '\n' << reply.body;
    const std::string id = between(between(request, ":MessageID", "/"), ">", "<");
    const std::string relates = between(reply.body, "<wsa:RelatesTo>", "</wsa:RelatesTo>");
    EXPECT_EQ(relates, id) << row.name;
  }
}

TEST(ClientRequests, EveryRecordedShapeIsAsked) {
  std::set<std::string> asked;
  for (const Row& row : kRows) asked.insert(std::string(row.name) + ".xml");
  for (const auto& entry : fs::directory_iterator(kFolder)) {
    EXPECT_EQ(asked.count(entry.path().filename()), 1U) << entry.path();
  }
}

}  // namespace
}  // namespace muster::wsman
