// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/http/response_reader.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

namespace muster::http {
namespace {

constexpr std::size_t kLimit = 100;

// Feeds the bytes in pieces as a connection would; nothing when the reader refused or wants more.
std::optional<Response> read(std::string_view all, std::size_t piece, bool ends) {
  ResponseReader reader(kLimit);
  std::string pending;
  for (std::size_t at = 0; at < all.size(); at += piece) {
    pending.append(all.substr(at, piece));
    const auto used = reader.put(pending);
    if (!used) return std::nullopt;
    pending.erase(0, *used);
  }
  if (ends) reader.end();
  if (!reader.complete()) return std::nullopt;
  return reader.take();
}

struct Case {
  const char* name;
  std::string text;
  int status;
  std::string body;
  bool keeps;
};

TEST(ResponseReader, ReadsEveryFramingInPiecesOfAnySize) {
  const std::vector<Case> cases = {
      {"length", "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc", 200, "abc", true},
      {"empty", "HTTP/1.1 500 Error\r\nContent-Length: 0\r\n\r\n", 500, "", true},
      {"chunked", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n1\r\nc\r\n0\r\n\r\n", 200,
       "abc", true},
      {"empty and chunked", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 200, "", true},
      {"until the end", "HTTP/1.0 200 OK\r\n\r\nabc", 200, "abc", false},
      {"close", "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 1\r\n\r\na", 200, "a", false},
      {"no content", "HTTP/1.1 204 No Content\r\n\r\n", 204, "", true},
      {"continue first", "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\na", 200,
       "a", true},
  };
  for (const auto& [name, text, status, body, keeps] : cases) {
    for (std::size_t piece = 1; piece <= text.size(); ++piece) {
      SCOPED_TRACE(std::string(name) + " in pieces of " + std::to_string(piece));
      const auto response = read(text, piece, true);
      ASSERT_TRUE(response.has_value());
      EXPECT_EQ(response->status, status);
      EXPECT_EQ(response->body, body);
      EXPECT_EQ(!response->close, keeps);
    }
  }
}

TEST(ResponseReader, RefusesOrWaitsForWhatIsNotAWholeAnswer) {
  std::string interim;
  for (int i = 0; i < 9; ++i) interim += "HTTP/1.1 100 Continue\r\n\r\n";
  const std::vector<std::pair<const char*, std::string>> cases = {
      {"cut head", "HTTP/1.1 200 OK\r\nContent-Len"},
      {"cut body", "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nab"},
      {"cut chunk", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nab"},
      {"too long", "HTTP/1.1 200 OK\r\nContent-Length: 101\r\n\r\n"},
      {"too long until the end", "HTTP/1.1 200 OK\r\n\r\n" + std::string(101, 'x')},
      {"too long in chunks",
       "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nFF\r\n" + std::string(255, 'x')},
      {"two framings",
       "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n"},
      {"endless head", "HTTP/1.1 200 OK\r\nX: " + std::string(70000, 'x')},
      {"only interim answers", interim},
      {"too many interim answers", interim + "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"},
      {"no HTTP", "220 mail ready\r\n\r\n"},
      {"nothing", ""},
  };
  for (const auto& [name, text] : cases) {
    SCOPED_TRACE(name);
    EXPECT_FALSE(read(text, 4096, true).has_value());
  }
}

TEST(ResponseReader, LeavesWhatFollowsTheAnswer) {
  ResponseReader reader(kLimit);
  const std::string answer = "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\na";
  const auto used = reader.put(answer + "more");
  ASSERT_TRUE(used);
  EXPECT_EQ(*used, answer.size());
  EXPECT_TRUE(reader.complete());
}

}  // namespace
}  // namespace muster::http
