// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/http/coding.h"

#include <optional>

#include <gtest/gtest.h>

namespace muster::http {
namespace {

std::vector<Field> encoded(const std::vector<std::string>& values) {
  std::vector<Field> fields{{"Host", "h1"}};
  for (const auto& value : values) fields.emplace_back("Content-encoding", value);
  return fields;
}

TEST(Coding, OfABodyIsNoneOrGzip) {
  const struct {
    std::vector<std::string> values;
    std::optional<Coding> coding;
  } cases[] = {
      {{}, Coding::identity},
      {{""}, Coding::identity},
      {{"identity"}, Coding::identity},
      {{"gzip"}, Coding::gzip},
      {{" GZip "}, Coding::gzip},
      {{"x-gzip"}, Coding::gzip},
      {{"identity", "gzip"}, Coding::gzip},
      {{"gzip", "gzip"}, std::nullopt},
      {{"gzip, gzip"}, std::nullopt},
      {{"gzip, identity"}, std::nullopt},
      {{"deflate"}, std::nullopt},
      {{"br"}, std::nullopt},
      {{"SLDC"}, std::nullopt},
      {{"gzip;q=1"}, std::nullopt},
  };
  for (const auto& one : cases) {
    const auto found = coding_of(encoded(one.values));
    const auto shown = one.values.empty() ? "nothing" : one.values.front();
    EXPECT_EQ(found.has_value(), one.coding.has_value()) << shown;
    EXPECT_EQ(found.value_or(Coding::identity), one.coding.value_or(Coding::identity)) << shown;
  }
}

TEST(Coding, OfAnAnswerIsWhatTheClientTakes) {
  const struct {
    std::vector<std::string> values;
    Acceptable acceptable;
  } cases[] = {
      {{}, Acceptable::identity},
      {{""}, Acceptable::identity},
      {{"gzip"}, Acceptable::either},
      {{"x-gzip"}, Acceptable::either},
      {{"gzip, deflate, br"}, Acceptable::either},
      {{"deflate", "gzip"}, Acceptable::either},
      {{"deflate;q=1.0, GZIP ; q=0.5"}, Acceptable::either},
      {{"*"}, Acceptable::either},
      {{"*;q=0.1"}, Acceptable::either},
      {{"gzip;q=0"}, Acceptable::identity},
      {{"gzip;q=0.000, identity"}, Acceptable::identity},
      {{"gzip;q=0, *"}, Acceptable::identity},
      {{"gzip;Q=0"}, Acceptable::identity},
      {{"deflate"}, Acceptable::identity},
      {{"identity;q=0, gzip"}, Acceptable::gzip},
      {{"gzip, *;q=0"}, Acceptable::gzip},
      {{"identity, *;q=0"}, Acceptable::identity},
      {{"identity;q=0"}, Acceptable::neither},
      {{"*;q=0"}, Acceptable::neither},
      {{"br, identity;q=0"}, Acceptable::neither},
      {{",,gzip,,"}, Acceptable::either},
      {{"gzip;q=0.001"}, Acceptable::either},
      {{"gzip;q="}, Acceptable::either},
      {{"gzipped"}, Acceptable::identity},
  };
  for (const auto& one : cases) {
    std::vector<Field> fields{{"Host", "h1"}};
    for (const auto& value : one.values) fields.emplace_back("accept-Encoding", value);
    EXPECT_EQ(acceptable_coding(fields), one.acceptable) << (one.values.empty() ? "nothing" : one.values[0]);
  }
}

TEST(Gzip, WhatIsPackedUnpacksToTheSame) {
  std::string all;
  for (int c = 0; c < 256; ++c) all.push_back(static_cast<char>(c));
  std::string rows;
  for (int i = 0; i < 900; ++i) rows += "<p:Name>" + std::to_string(i * 7919) + "</p:Name>";
  for (const std::string& text : {std::string(), std::string("x"), all, rows}) {
    const auto back = gunzip(gzip(text), {});
    ASSERT_TRUE(back) << text.size();
    EXPECT_EQ(*back, text);
  }
  EXPECT_LT(gzip(rows).size() * 4, rows.size());
}

TEST(Gunzip, TakesOneWholeMemberAndNothingElse) {
  const std::string good = gzip("<s:Envelope/>");
  std::string flipped = good;
  flipped[flipped.size() - 6] = static_cast<char>(flipped[flipped.size() - 6] ^ 1);  // within the checksum
  const std::pair<const char*, std::string> cases[] = {
      {"nothing", ""},
      {"plain text", "<s:Envelope/>"},
      {"head alone", good.substr(0, 10)},
      {"cut before the checksum", good.substr(0, good.size() - 8)},
      {"cut by one", good.substr(0, good.size() - 1)},
      {"wrong checksum", flipped},
      {"one byte behind", good + "x"},
      {"a second member", good + good},
      {"a zlib stream", std::string("\x78\x01\x4b\x04\x00\x00\x62\x00\x62", 9)},
      {"an unknown method", good.substr(0, 2) + "\x07" + good.substr(3)},
  };
  for (const auto& [name, bytes] : cases) {
    const auto back = gunzip(bytes, {});
    ASSERT_FALSE(back) << name;
    EXPECT_EQ(back.error().code, Errc::malformed) << name;
  }
}

TEST(Gunzip, StopsWhereABombWouldGrow) {
  const std::string exact(4096, 'x');
  EXPECT_TRUE(gunzip(gzip(exact), {.bytes = 4096}));
  const auto large = gunzip(gzip(exact + "x"), {.bytes = 4096});
  ASSERT_FALSE(large);
  EXPECT_EQ(large.error().code, Errc::unsupported);

  const std::string bomb = gzip(std::string(400'000, ' '));
  ASSERT_LT(bomb.size(), 4'000U);
  const auto grown = gunzip(bomb, {});
  ASSERT_FALSE(grown);
  EXPECT_EQ(grown.error().code, Errc::unsupported);
  EXPECT_TRUE(gunzip(bomb, {.ratio = 1000}));
  EXPECT_TRUE(gunzip(gzip(std::string(16'000, ' ')), {}));  // small: the ratio tells nothing
}

}  // namespace
}  // namespace muster::http
