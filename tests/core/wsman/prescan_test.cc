// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/wsman/prescan.h"

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

namespace muster::wsman {
namespace {

using namespace std::string_literals;

struct Case {
  std::string name;
  std::string text;
};

std::string repeated(std::string_view text, std::size_t times) {
  std::string out;
  for (std::size_t i = 0; i < times; ++i) out.append(text);
  return out;
}

std::vector<Case> good_documents() {
  return {
      {"empty element", "<a/>"},
      {"declaration", "<?xml version=\"1.0\"?><a/>"},
      {"full declaration", "<?xml version='1.0' encoding='UTF-8' standalone='yes' ?>\n<a></a>\n"},
      {"comments around", "<!-- x --><a/><!-- y -->"},
      {"comment and CDATA inside", "<a><!-- < & --><![CDATA[<b>&]]></a>"},
      {"the five entities", "<a>&lt;&gt;&amp;&quot;&apos;</a>"},
      {"character references", "<a>&#9;&#x10FFFF;&#65;</a>"},
      {"single quotes", "<a x='\"'/>"},
      {"prefix declared on the same element", "<p:a xmlns:p='urn:p' p:x='1' x='1'/>"},
      {"xml prefix needs no declaration", "<a xml:lang='en'/>"},
      {"xml prefix bound to its namespace", "<a xmlns:xml='http://www.w3.org/XML/1998/namespace'/>"},
      {"default namespace undone", "<a xmlns='urn:x'><b xmlns=''/></a>"},
      {"prefix redeclared inside", "<p:a xmlns:p='urn:1'><p:b xmlns:p='urn:2'/></p:a>"},
      {"white space in tags", "<a  x = '1'\n ></a\t>"},
      {"letters beyond ASCII", "<a>h\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80</a>"},
      {"names beyond ASCII", "<\xC3\xA9l\xC3\xA9ment/>"},
      {"64 deep", repeated("<a>", 64) + repeated("</a>", 64)},
      {"two brackets in text", "<a>]] ></a>"},
      {"greater-than in an attribute", "<a x='>'/>"},
  };
}

const std::vector<Case> kMalformed = {
    {"nothing", ""},
    {"white space alone", " \n"},
    {"text alone", "hello"},
    {"two roots", "<a/><b/>"},
    {"text after the root", "<a/>x"},
    {"text before the root", "x<a/>"},
    {"reference after the root", "<a/>&#32;"},
    {"CDATA after the root", "<a/><![CDATA[ ]]>"},
    {"CDATA before the root", "<![CDATA[ ]]><a/>"},
    {"doctype", "<!DOCTYPE a><a/>"},
    {"doctype with entity", "<!DOCTYPE a [<!ENTITY x 'y'>]><a>&x;</a>"},
    {"doctype after the root", "<a/><!DOCTYPE a>"},
    {"doctype inside", "<a><!DOCTYPE a></a>"},
    {"lower-case doctype", "<!doctype a><a/>"},
    {"external entity", "<!DOCTYPE a SYSTEM 'file:///etc/passwd'><a/>"},
    {"processing instruction", "<?x y?><a/>"},
    {"processing instruction inside", "<a><?x?></a>"},
    {"processing instruction at the end", "<a/><?x?>"},
    {"second declaration", "<?xml version='1.0'?><?xml version='1.0'?><a/>"},
    {"declaration after white space", " <?xml version='1.0'?><a/>"},
    {"declaration without version", "<?xml encoding='UTF-8'?><a/>"},
    {"declaration in the wrong order", "<?xml encoding='UTF-8' version='1.0'?><a/>"},
    {"XML 1.1", "<?xml version='1.1'?><a/>"},
    {"declaration without end", "<?xml version='1.0'"},
    {"stylesheet that looks like a declaration", "<?xml-stylesheet href='x'?><a/>"},
    {"unknown entity", "<a>&x;</a>"},
    {"bare ampersand", "<a>a & b</a>"},
    {"ampersand at the end", "<a>&"},
    {"reference over a tag", "<a>&am<b/>p;</a>"},
    {"reference to NUL", "<a>&#0;</a>"},
    {"reference to a control character", "<a>&#x8;</a>"},
    {"reference to a surrogate", "<a>&#xD800;</a>"},
    {"reference beyond Unicode", "<a>&#x110000;</a>"},
    {"reference that overflows", "<a>&#99999999999999999999;</a>"},
    {"reference without digits", "<a>&#;</a>"},
    {"hexadecimal reference without digits", "<a>&#x;</a>"},
    {"upper-case X in a reference", "<a>&#X41;</a>"},
    {"hexadecimal digit in a decimal reference", "<a>&#4A;</a>"},
    {"bad reference in an attribute", "<a x='&y;'/>"},
    {"NUL", "<a>\0</a>"s},
    {"NUL in a name", "<a\0b/>"s},
    {"control character", "<a>\x01</a>"},
    {"escape character", "<a>\x1B[2J</a>"},
    {"non-character", "<a>\xEF\xBF\xBE</a>"},
    {"lone continuation byte", "<a>\x80</a>"},
    {"overlong slash", "<a>\xC0\xAF</a>"},
    {"overlong three bytes", "<a>\xE0\x80\xAF</a>"},
    {"surrogate in UTF-8", "<a>\xED\xA0\x80</a>"},
    {"five-byte sequence", "<a>\xF8\x88\x80\x80\x80</a>"},
    {"beyond U+10FFFF", "<a>\xF4\x90\x80\x80</a>"},
    {"cut sequence at the end", "<a/>\xE2\x82"},
    {"Latin-1", "<a>caf\xE9</a>"},
    {"byte order mark inside", "<a/>\xEF\xBB\xBF"},
    {"duplicate attribute", "<a x='1' x='2'/>"},
    {"duplicate by namespace", "<a xmlns:p='urn:1' xmlns:q='urn:1' p:x='1' q:x='2'/>"},
    {"duplicate declaration", "<a xmlns:p='urn:1' xmlns:p='urn:2'/>"},
    {"duplicate default namespace", "<a xmlns='urn:1' xmlns='urn:2'/>"},
    {"undeclared element prefix", "<p:a/>"},
    {"undeclared attribute prefix", "<a p:x='1'/>"},
    {"prefix used after its scope", "<a><b xmlns:p='urn:p'/><p:c/></a>"},
    {"prefix bound to nothing", "<a xmlns:p=''/>"},
    {"xml bound elsewhere", "<a xmlns:xml='urn:x'/>"},
    {"another prefix for xml", "<a xmlns:p='http://www.w3.org/XML/1998/namespace'/>"},
    {"xmlns bound", "<a xmlns:xmlns='urn:x'/>"},
    {"another prefix for xmlns", "<a xmlns:p='http://www.w3.org/2000/xmlns/'/>"},
    {"reference in a namespace", "<a xmlns:p='urn:&#49;'/>"},
    {"space in a namespace", "<a xmlns:p='urn: x'/>"},
    {"delete character in a namespace", "<a xmlns:p='urn:\x7F'/>"},
    {"quote in a namespace", "<a xmlns:p='urn:\"'/>"},
    {"element called xmlns", "<xmlns:a xmlns:x='urn:x'/>"},
    {"two colons", "<a:b:c xmlns:a='urn:a'/>"},
    {"leading colon", "<:a/>"},
    {"trailing colon", "<a: xmlns:a='urn:a'/>"},
    {"name that begins with a digit", "<1a/>"},
    {"name that begins with a dash", "<-a/>"},
    {"local name that begins with a digit", "<p:1 xmlns:p='urn:p'/>"},
    {"space before the name", "< a/>"},
    {"unclosed", "<a>"},
    {"unclosed inside", "<a><b></a>"},
    {"crossed", "<a><b></a></b>"},
    {"closed twice", "<a></a></a>"},
    {"end tag first", "</a>"},
    {"end tag in other case", "<a></A>"},
    {"end tag with attribute", "<a></a x='1'>"},
    {"other prefix in the end tag", "<p:a xmlns:p='u' xmlns:q='u'></q:a>"},
    {"tag without end", "<a x='1'"},
    {"slash not last", "<a/ x='1'>"},
    {"attribute without value", "<a x/>"},
    {"attribute without quotes", "<a x=1/>"},
    {"attribute without closing quote", "<a x='1/>"},
    {"attributes run together", "<a x='1'y='2'/>"},
    {"less-than in an attribute", "<a x='<'/>"},
    {"CDATA end in text", "<a>]]></a>"},
    {"two dashes in a comment", "<a><!-- -- --></a>"},
    {"comment ends in three dashes", "<a><!-- x ---></a>"},
    {"comment without end", "<a><!-- x</a>"},
    {"CDATA without end", "<a><![CDATA[x</a>"},
    {"CDATA in lower case", "<a><![cdata[x]]></a>"},
    {"element declaration", "<a><!ELEMENT b ANY></a>"},
    {"cut in the middle", "<a><b>text</b"},
};

TEST(Prescan, TakesWellFormedDocuments) {
  for (const Case& each : good_documents()) {
    const Result<void> result = prescan(each.text);
    EXPECT_TRUE(result) << each.name << ": " << (result ? "" : result.error().what);
  }
}

TEST(Prescan, RefusesWhatIsNotXmlOrNotSoap) {
  ASSERT_GE(kMalformed.size(), 60U);
  for (const Case& each : kMalformed) {
    const Result<void> result = prescan(each.text);
    ASSERT_FALSE(result) << each.name;
    EXPECT_EQ(result.error().code, Errc::malformed) << each.name;
    EXPECT_TRUE(result.error().what.starts_with("XML at octet ")) << result.error().what;
  }
}

TEST(Prescan, EveryCutOfAGoodDocumentIsRefused) {
  const std::string whole =
      "<?xml version='1.0'?><p:a xmlns:p='urn:p' x='&lt;'><!-- c --><b>&#65;<![CDATA[x]]></b></p:a>";
  ASSERT_TRUE(prescan(whole));
  for (std::size_t size = 0; size < whole.size(); ++size) {
    EXPECT_FALSE(prescan(std::string_view(whole).substr(0, size))) << size;
  }
}

TEST(Prescan, FirstOverEachLimitIsRefusedAndTheLastBelowIsNot) {
  const auto attributes = [](std::size_t count) {
    std::string out = "<a";
    for (std::size_t i = 0; i < count; ++i) out += " x" + std::to_string(i) + "=''";
    return out + "/>";
  };
  const auto namespaces = [](std::size_t count) {
    std::string out;
    for (std::size_t i = 0; i < count; ++i) out += "<a xmlns:p" + std::to_string(i) + "='urn:x'>";
    return out + repeated("</a>", count);
  };
  const auto padded = [](std::size_t octets) { return "<a>" + std::string(octets - 7, ' ') + "</a>"; };
  const auto nested = [](std::size_t depth) { return repeated("<a>", depth) + repeated("</a>", depth); };
  const auto nodes = [](std::size_t count) { return "<a>" + repeated("<b/>", count - 1) + "</a>"; };
  const auto comments = [](std::size_t count) { return "<a>" + repeated("<!---->", count - 1) + "</a>"; };
  ScanLimits few_namespaces;
  few_namespaces.namespaces_open = 32;
  struct Edge {
    std::string name, last_below, first_over;
    ScanLimits limits;
  };
  const std::vector<Edge> edges = {
      {"octets", padded(512000), padded(512001), {}},
      {"depth", nested(64), nested(65), {}},
      {"elements", nodes(4096), nodes(4097), {}},
      {"comments", comments(4096), comments(4097), {}},
      {"attributes", attributes(64), attributes(65), {}},
      {"namespaces", namespaces(32), namespaces(33), few_namespaces},
  };
  for (const Edge& edge : edges) {
    EXPECT_TRUE(prescan(edge.last_below, edge.limits)) << edge.name;
    const Result<void> over = prescan(edge.first_over, edge.limits);
    ASSERT_FALSE(over) << edge.name;
    EXPECT_EQ(over.error().code, Errc::unsupported) << edge.name;
  }
}

TEST(Prescan, AMillionDeepIsRefusedAtOnce) {
  const std::string deep = repeated("<a>", 1000000);
  ScanLimits limits;
  limits.octets = deep.size();
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_FALSE(prescan(deep, limits));
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::milliseconds(500));
}

// Each would take minutes if a value's references were looked for beyond the value: ctest's limit tells.
TEST(Prescan, ManyShortValuesWithoutReferencesCostOnlyTheirLength) {
  ScanLimits limits;
  limits.octets = 9U << 20;
  limits.nodes = limits.octets;
  std::string attributes;
  for (int i = 0; i < 8; ++i) attributes += " x" + std::to_string(i) + "=''";
  for (const std::string& element : {std::string("<b>1</b>"), "<b" + attributes + "/>"}) {
    const std::string inside = repeated(element, (8U << 20) / element.size());
    const Result<void> result = prescan("<a>" + inside + "</a>", limits);
    EXPECT_TRUE(result) << (result ? "" : result.error().what);
  }
}

TEST(Prescan, ErrorsQuoteNoControlCharacters) {
  const Result<void> result = prescan("<a></b\xC3\xA9>");
  ASSERT_FALSE(result);
  for (const char c : result.error().what) EXPECT_FALSE(static_cast<unsigned char>(c) < 0x20);
}

// Characters are looked at eight at a time: a bad one is found in every place and beside every other.
TEST(Prescan, FindsABadOctetInEveryPlaceOfARun) {
  for (std::size_t length = 1; length <= 24; ++length) {
    EXPECT_TRUE(prescan("<a>" + std::string(length, '~') + "</a>").has_value());
    for (std::size_t at = 0; at < length; ++at) {
      for (const char bad : {'\x00', '\x01', '\x1F', '\x80', '\xFF'}) {
        std::string run(length, at % 2 == 0 ? ' ' : '\x7F');
        run[at] = bad;
        EXPECT_FALSE(prescan("<a>" + run + "</a>").has_value()) << length << " " << at;
      }
      std::string run(length, ' ');
      run[at] = '\n';
      EXPECT_TRUE(prescan("<a>" + run + "</a>").has_value()) << length << " " << at;
    }
  }
}

}  // namespace
}  // namespace muster::wsman
