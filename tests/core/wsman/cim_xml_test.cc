// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/wsman/cim_xml.h"

#include <gtest/gtest.h>

namespace muster::wsman {
namespace {

using cim::Property;
using cim::Role;
using cim::Type;
using cim::Unit;

constexpr Property kBaseProperties[] = {
    {"Name"}, {"Codes", Type::uint16, Role::value, Unit::none, {}, cim::Shape::array}};
constexpr cim::ClassDecl kBase{
    "TEST_Base", nullptr, "1.0.0", "Has \"no\" <instances>.", kBaseProperties, cim::Standing::abstract};
constexpr Property kRowProperties[] = {
    {"Name", Type::string, Role::key},
    {"Rate", Type::real64, Role::value, Unit::bytes_per_second, "a & b"},
};
constexpr cim::ClassDecl kRow{"TEST_Row", &kBase, "2.1.0", "", kRowProperties};

TEST(CimXml, TellsNamesAndTypesUnlessMoreIsWanted) {
  EXPECT_EQ(render_class(kBase, {}),
            "<CLASS NAME=\"TEST_Base\">"
            "<PROPERTY NAME=\"Name\" TYPE=\"string\"></PROPERTY>"
            "<PROPERTY.ARRAY NAME=\"Codes\" TYPE=\"uint16\"></PROPERTY.ARRAY></CLASS>");
  EXPECT_EQ(render_class(kRow, {}),
            "<CLASS NAME=\"TEST_Row\" SUPERCLASS=\"TEST_Base\">"
            "<PROPERTY NAME=\"Name\" TYPE=\"string\"></PROPERTY>"
            "<PROPERTY.ARRAY NAME=\"Codes\" PROPAGATED=\"true\" TYPE=\"uint16\"></PROPERTY.ARRAY>"
            "<PROPERTY NAME=\"Rate\" TYPE=\"real64\"></PROPERTY></CLASS>");
}

TEST(CimXml, OptionsAddAndTakeAway) {
  EXPECT_EQ(render_class(kRow, {.inherited_elements = false}),
            "<CLASS NAME=\"TEST_Row\" SUPERCLASS=\"TEST_Base\">"
            "<PROPERTY NAME=\"Name\" TYPE=\"string\"></PROPERTY>"
            "<PROPERTY NAME=\"Rate\" TYPE=\"real64\"></PROPERTY></CLASS>");
  EXPECT_EQ(render_class(kRow, {.qualifiers = true, .class_origin = true}),
            "<CLASS NAME=\"TEST_Row\" SUPERCLASS=\"TEST_Base\">"
            "<QUALIFIER NAME=\"Version\" TYPE=\"string\"><VALUE>2.1.0</VALUE></QUALIFIER>"
            "<PROPERTY NAME=\"Name\" CLASSORIGIN=\"TEST_Row\" TYPE=\"string\">"
            "<QUALIFIER NAME=\"key\" TYPE=\"boolean\"><VALUE>true</VALUE></QUALIFIER></PROPERTY>"
            "<PROPERTY.ARRAY NAME=\"Codes\" CLASSORIGIN=\"TEST_Base\" PROPAGATED=\"true\" TYPE=\"uint16\">"
            "</PROPERTY.ARRAY>"
            "<PROPERTY NAME=\"Rate\" CLASSORIGIN=\"TEST_Row\" TYPE=\"real64\">"
            "<QUALIFIER NAME=\"Units\" TYPE=\"string\"><VALUE>Bytes per Second</VALUE></QUALIFIER>"
            "<QUALIFIER NAME=\"Description\" TYPE=\"string\"><VALUE>a &amp; "
            "b</VALUE></QUALIFIER></PROPERTY></CLASS>");
  EXPECT_EQ(render_class(kBase, {.qualifiers = true}).substr(0, 257),
            "<CLASS NAME=\"TEST_Base\">"
            "<QUALIFIER NAME=\"Abstract\" TYPE=\"boolean\"><VALUE>true</VALUE></QUALIFIER>"
            "<QUALIFIER NAME=\"Version\" TYPE=\"string\"><VALUE>1.0.0</VALUE></QUALIFIER>"
            "<QUALIFIER NAME=\"Description\" TYPE=\"string\"><VALUE>Has &quot;no&quot; &lt;instances&gt;.");
}

TEST(CimXml, TellsMethodsBehindTheProperties) {
  static constexpr cim::Parameter kParameters[] = {
      {"Command", Type::string, cim::Direction::in, cim::Need::required, cim::Shape::scalar, "what"},
      {"rows", Type::string, cim::Direction::out, cim::Need::optional, cim::Shape::array, ""},
  };
  static constexpr cim::Method kMethods[] = {{"Run", Type::boolean, kParameters}};
  static constexpr cim::ClassDecl kEngine{"TEST_Engine",           nullptr, "1.0.0", "", {},
                                          cim::Standing::concrete, kMethods};
  static constexpr cim::ClassDecl kRacer{"TEST_Racer", &kEngine, "1.0.0", "", {}};
  EXPECT_EQ(render_class(kEngine, {}),
            "<CLASS NAME=\"TEST_Engine\"><METHOD NAME=\"Run\" TYPE=\"boolean\">"
            "<PARAMETER NAME=\"Command\" TYPE=\"string\"></PARAMETER>"
            "<PARAMETER.ARRAY NAME=\"rows\" TYPE=\"string\"></PARAMETER.ARRAY></METHOD></CLASS>");
  const std::string inherited = render_class(kRacer, {.class_origin = true});
  EXPECT_NE(inherited.find("<METHOD NAME=\"Run\" TYPE=\"boolean\" CLASSORIGIN=\"TEST_Engine\" "
                           "PROPAGATED=\"true\">"),
            std::string::npos)
      << inherited;
  EXPECT_EQ(render_class(kRacer, {.inherited_elements = false}),
            "<CLASS NAME=\"TEST_Racer\" SUPERCLASS=\"TEST_Engine\"></CLASS>");
  const std::string told = render_class(kEngine, {.qualifiers = true});
  EXPECT_NE(told.find("<QUALIFIER NAME=\"Static\" TYPE=\"boolean\"><VALUE>true"), std::string::npos) << told;
  EXPECT_NE(told.find("<QUALIFIER NAME=\"Required\" TYPE=\"boolean\"><VALUE>true"), std::string::npos);
  EXPECT_NE(told.find("<QUALIFIER NAME=\"Out\" TYPE=\"boolean\"><VALUE>true"), std::string::npos);
}

TEST(CimXml, AMethodThatIsRedefinedIsToldOnce) {
  static constexpr cim::Method kOfBase[] = {{"Run", Type::boolean}, {"Stop", Type::uint32}};
  static constexpr cim::Method kOfDerived[] = {{"run", Type::uint32}};
  static constexpr cim::ClassDecl kEngine{"TEST_Engine",           nullptr, "", "", {},
                                          cim::Standing::concrete, kOfBase};
  static constexpr cim::ClassDecl kBetter{"TEST_Better",           &kEngine,  "", "", {},
                                          cim::Standing::concrete, kOfDerived};
  EXPECT_EQ(render_class(kBetter, {}),
            "<CLASS NAME=\"TEST_Better\" SUPERCLASS=\"TEST_Engine\">"
            "<METHOD NAME=\"Stop\" TYPE=\"uint32\" PROPAGATED=\"true\"></METHOD>"
            "<METHOD NAME=\"run\" TYPE=\"uint32\"></METHOD></CLASS>");
  EXPECT_EQ(render_class(kBetter, {.inherited_elements = false}),
            "<CLASS NAME=\"TEST_Better\" SUPERCLASS=\"TEST_Engine\">"
            "<METHOD NAME=\"run\" TYPE=\"uint32\"></METHOD></CLASS>");
}

}  // namespace
}  // namespace muster::wsman
