// SPDX-License-Identifier: GPL-2.0-or-later
// The MOF of our own texts; providers' classes have their golden files in tests/providers.
#include "core/cim/mof.h"

#include <gtest/gtest.h>

#include "core/cim/schema.h"
#include "tests/fakes/golden.h"

namespace muster::cim {
namespace {

constexpr Property kBaseProperties[] = {{"Name"},
                                        {"Codes", Type::uint16, Role::value, Unit::none, {}, Shape::array}};
constexpr ClassDecl kBase{"TEST_Base", nullptr, "1.0.0", "", kBaseProperties, Standing::abstract};
constexpr Property kRowProperties[] = {
    {"Name", Type::string, Role::key, Unit::none, "says \"hi\\there\"\n"},
    {"Rate", Type::real64, Role::value, Unit::bytes_per_second},
};
constexpr ClassDecl kRow{"TEST_Row", &kBase, "2.1.0", "A row.", kRowProperties};

TEST(Mof, StatesRootsArraysAndAbstractClasses) {
  EXPECT_EQ(mof(kBase),
            "[Abstract, Version(\"1.0.0\")]\n"
            "class TEST_Base {\n"
            "  string Name;\n"
            "  uint16 Codes[];\n"
            "};\n");
}

TEST(Mof, StatesKeysOverridesUnitsAndEscapes) {
  EXPECT_EQ(mof(kRow),
            "[Version(\"2.1.0\"), Description(\"A row.\")]\n"
            "class TEST_Row : TEST_Base {\n"
            "  [Key, Override(\"Name\"), Description(\"says \\\"hi\\\\there\\\"\\x000A\")]\n"
            "  string Name;\n"
            "  [Units(\"Bytes per Second\")]\n"
            "  real64 Rate;\n"
            "};\n");
}

TEST(Mof, StatesMethodsWithTheirParameters) {
  static constexpr Parameter kParameters[] = {
      {"Command", Type::string, Direction::in, Need::required, cim::Shape::scalar, "what to run"},
      {"rows", Type::string, Direction::out, Need::optional, cim::Shape::array, ""},
      {"timeout", Type::uint32, Direction::in, Need::optional},
  };
  static constexpr Method kMethods[] = {
      {"Run", Type::boolean, kParameters, "runs"},
      {"Stop", Type::uint32, {}, "", Scope::of_instance},
  };
  constexpr ClassDecl kDoer{"TEST_Doer", nullptr, "1.0.0", "", {}, Standing::concrete, kMethods};
  EXPECT_EQ(mof(kDoer),
            "[Version(\"1.0.0\")]\n"
            "class TEST_Doer {\n"
            "  [Static, Description(\"runs\")]\n"
            "  boolean Run(\n"
            "    [In, Required, Description(\"what to run\")]\n"
            "    string Command,\n"
            "    [In(false), Out]\n"
            "    string rows[],\n"
            "    [In]\n"
            "    uint32 timeout);\n"
            "  uint32 Stop();\n"
            "};\n");
}

TEST(Mof, OfTheAncestorsIsTheGoldenOne) {
  std::string text;
  for (const auto* decl : {&kCimManagedElement,
                           &kCimManagedSystemElement,
                           &kCimLogicalElement,
                           &kCimEnabledLogicalElement,
                           &kCimOperatingSystem,
                           &kCimFileSystem,
                           &kCimProcess,
                           &kCimUnixProcess,
                           &kCimStatisticalInformation,
                           &kScxStatisticalInformation,
                           &kCimLogicalFile,
                           &kCimUnixProcessStatisticalInformation,
                           &kCimLogicalDevice,
                           &kCimMediaAccessDevice,
                           &kCimDiskDrive,
                           &kCimServiceAccessPoint,
                           &kCimProtocolEndpoint,
                           &kCimLanEndpoint,
                           &kCimIpProtocolEndpoint,
                           &kCimStatisticalData,
                           &kCimNetworkPortStatistics,
                           &kCimEthernetPortStatistics}) {
    text += mof(*decl);
  }
  EXPECT_EQ(text, testing::golden("mof/ancestors.mof", text));
}

}  // namespace
}  // namespace muster::cim
