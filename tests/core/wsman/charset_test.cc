// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/wsman/charset.h"

#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

namespace muster::wsman {
namespace {

using namespace std::string_literals;

constexpr std::string_view kText = "<a>h\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80</a>";

std::string unmarked(Encoding encoding) {
  return encode(std::string(kText), encoding).substr(2);
}

TEST(MediaType, ReadsTypeAndCharsetHoweverTheyAreSpelled) {
  struct Case {
    std::string field, type, charset;
  };
  const std::vector<Case> cases = {
      {"application/soap+xml;charset=UTF-8", "application/soap+xml", "utf-8"},
      {"application/soap+xml; charset=\"utf-8\"", "application/soap+xml", "utf-8"},
      {"Application/SOAP+XML ; action=\"urn:x;charset=y\" ; Charset = UTF-16", "application/soap+xml",
       "utf-16"},
      {"text/xml", "text/xml", ""},
      {"", "", ""},
      {";;;", "", ""},
      {"text/xml; charset=a; charset=b", "text/xml", "a"},
      {"text/xml; charset", "text/xml", ""},
      {"text/xml; charset=\"", "text/xml", "\""},
  };
  for (const Case& each : cases) {
    const MediaType media = parse_media_type(each.field);
    EXPECT_EQ(media.type, each.type) << each.field;
    EXPECT_EQ(media.charset, each.charset) << each.field;
  }
}

TEST(Charset, DecodesByParameterMarkAndDeclaration) {
  struct Case {
    std::string name, body, charset;
    Encoding encoding;
  };
  const std::string le = encode(std::string(kText), Encoding::utf16_le);
  const std::string be = encode(std::string(kText), Encoding::utf16_be);
  const std::vector<Case> cases = {
      {"UTF-8", std::string(kText), "utf-8", Encoding::utf8},
      {"no charset", std::string(kText), "", Encoding::utf8},
      {"UTF-8 with mark", "\xEF\xBB\xBF" + std::string(kText), "utf-8", Encoding::utf8},
      {"UTF-16 little endian, mark", le, "utf-16", Encoding::utf16_le},
      {"UTF-16 big endian, mark", be, "utf-16", Encoding::utf16_be},
      {"UTF-16 by its mark alone", le, "", Encoding::utf16_le},
      {"UTF-16LE without mark", unmarked(Encoding::utf16_le), "utf-16le", Encoding::utf16_le},
      {"UTF-16BE without mark", unmarked(Encoding::utf16_be), "utf-16be", Encoding::utf16_be},
      {"UTF-16 without mark, told by its first character", unmarked(Encoding::utf16_be), "utf-16",
       Encoding::utf16_be},
  };
  for (const Case& each : cases) {
    DecodedText text;
    const Result<void> result = decode(each.body, each.charset, text);
    ASSERT_TRUE(result) << each.name << ": " << result.error().what;
    EXPECT_EQ(text.utf8, kText) << each.name;
    EXPECT_EQ(text.encoding, each.encoding) << each.name;
  }
}

TEST(Charset, RefusesWhatItCannotTellOrDoesNotOffer) {
  struct Case {
    std::string name, body, charset;
  };
  const std::vector<Case> cases = {
      {"Latin-1", "<a/>", "iso-8859-1"},
      {"UTF-7", "<a/>", "utf-7"},
      {"UTF-32", "<a/>", "utf-32"},
      {"nonsense", "<a/>", "\"x"},
      {"declared Latin-1", "<?xml version='1.0' encoding='ISO-8859-1'?><a/>", ""},
      {"declared UTF-16 in UTF-8", "<?xml version='1.0' encoding='UTF-16'?><a/>", "utf-8"},
      {"declared UTF-8 in UTF-16", encode("<?xml version='1.0' encoding='UTF-8'?><a/>", Encoding::utf16_le),
       "utf-16"},
      {"UTF-16 mark under UTF-8", "\xFF\xFE<\0"s, "utf-8"},
      {"UTF-16 that is UTF-8", "<a/>", "utf-16"},
      {"UTF-16LE that is big endian", encode("<a/>", Encoding::utf16_be), "utf-16le"},
      {"half a unit", "\xFF\xFE<"s, "utf-16"},
      {"half a pair", "\xFF\xFE<\0\x3D\xD8"s, "utf-16"},
      {"pair the wrong way round", "\xFF\xFE\x00\xDE\x3D\xD8"s, "utf-16"},
  };
  for (const Case& each : cases) {
    DecodedText text;
    const Result<void> result = decode(each.body, each.charset, text);
    ASSERT_FALSE(result) << each.name;
    EXPECT_EQ(result.error().code, Errc::malformed) << each.name;
  }
}

TEST(Charset, SizesAreWhatEncodingMakes) {
  for (const Encoding encoding : {Encoding::utf8, Encoding::utf16_le, Encoding::utf16_be}) {
    EXPECT_EQ(encode(std::string(kText), encoding).size(),
              mark_size(encoding) + encoded_size(kText, encoding));
  }
}

}  // namespace
}  // namespace muster::wsman
