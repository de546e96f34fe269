// SPDX-License-Identifier: GPL-2.0-or-later
#include "agent/host/rows_writer.h"

#include <gtest/gtest.h>

namespace muster::agent {
namespace {

constexpr std::size_t kEnough = 64U << 20;

struct Sent {
  std::vector<ipc::Frame> frames;
  RowsWriter::Send into() {
    return [this](const ipc::Frame& frame) {
      frames.push_back(frame);
      return Result<void>{};
    };
  }
};

std::vector<ipc::Frame> written(const std::vector<std::string>& rows) {
  Sent sent;
  RowsWriter writer(42, sent.into());
  for (const auto& row : rows) writer.add(row);
  EXPECT_TRUE(writer.finish({}).has_value());
  return sent.frames;
}

// As they would cross the socket: every frame encoded and decoded.
std::vector<std::string> read_back(const std::vector<ipc::Frame>& frames) {
  RowsReader reader;
  for (const auto& frame : frames) {
    EXPECT_LE(ipc::encoded_size(frame), ipc::kMaxFrameBytes);
    const auto crossed = ipc::decode(ipc::encode(frame));
    EXPECT_TRUE(crossed.has_value());
    if (crossed->tag == ipc::Tag::done) {
      EXPECT_EQ(&frame, &frames.back());
      EXPECT_TRUE(outcome_of(*crossed).has_value());
      continue;
    }
    EXPECT_EQ(crossed->id, 42U);
    EXPECT_TRUE(reader.add(*crossed, kEnough).has_value());
    EXPECT_EQ(reader.over(), &frame == &frames.back());
  }
  return reader.take();
}

std::string row_of(std::size_t size, std::size_t seed = 0) {
  std::string row(size, '\0');
  for (std::size_t i = 0; i < size; ++i) row[i] = static_cast<char>('a' + (i * 7 + seed) % 26);
  return row;
}

TEST(Rows, ComeBackAsTheyWent) {
  const std::vector<std::string> table[] = {
      {},
      {"one"},
      {""},
      {"", "", "x", ""},
      std::vector<std::string>(2000, "small"),
      {row_of(ipc::kMaxFrameBytes)},
      {row_of(1 << 20), "after", row_of(300'000, 3)},
      {"before", row_of(200'000), row_of(200'000, 1), ""},
      std::vector<std::string>(30, row_of(30'000)),
  };
  for (const auto& rows : table) EXPECT_EQ(read_back(written(rows)), rows) << rows.size() << " rows";
}

// The sizes around the edge of a frame are where a packer goes wrong.
TEST(Rows, OfEverySizeAroundAFrameComeBack) {
  for (std::size_t size = ipc::kMaxFrameBytes - 200; size < ipc::kMaxFrameBytes + 200; ++size) {
    const std::vector<std::string> rows = {"a", row_of(size, size), "b", row_of(2 * size), "c"};
    ASSERT_EQ(read_back(written(rows)), rows) << size;
  }
}

TEST(Rows, ThatAreSmallShareAFrame) {
  EXPECT_EQ(written(std::vector<std::string>(ipc::kMaxFields - 1, "r")).size(), 1U);
  EXPECT_EQ(written(std::vector<std::string>(ipc::kMaxFields, "r")).size(), 2U);
}

TEST(Rows, OfAnAnswerThatFailedDoNotSayThatItIsOver) {
  Sent sent;
  RowsWriter writer(1, sent.into());
  writer.add("row");
  ASSERT_TRUE(writer.finish(fail(Errc::internal, "the disk: gone")).has_value());
  ASSERT_EQ(sent.frames.size(), 2U);
  RowsReader reader;
  ASSERT_TRUE(reader.add(sent.frames[0], kEnough).has_value());
  EXPECT_FALSE(reader.over());
  EXPECT_EQ(sent.frames[1].tag, ipc::Tag::done);
}

TEST(Rows, SendingStopsAtTheFirstError) {
  int calls = 0;
  RowsWriter writer(1, [&](const ipc::Frame&) -> Result<void> {
    ++calls;
    return fail(Errc::unreachable, "front: gone");
  });
  for (int i = 0; i < 10; ++i) writer.add(row_of(ipc::kMaxFrameBytes));
  const auto done = writer.finish({});
  ASSERT_FALSE(done.has_value());
  EXPECT_EQ(done.error().code, Errc::unreachable);
  EXPECT_EQ(calls, 1);
}

TEST(RowsReader, RefusesFramesThatAreNoRows) {
  for (const auto& fields :
       {std::vector<std::string>{}, {"."}, {"+"}, {"!"}, {"?", "row"}, {"", "row"}, {"..", "row"}}) {
    RowsReader reader;
    EXPECT_FALSE(reader.add({ipc::Tag::rows, 1, fields}, kEnough).has_value());
  }
}

TEST(RowsReader, RefusesAnAnswerThatOutgrowsItsLimit) {
  RowsReader reader;
  const ipc::Frame frame{ipc::Tag::rows, 1, {"+", row_of(1000)}};
  int taken = 0;
  while (taken < 1000 && reader.add(frame, 100'000)) ++taken;
  EXPECT_GT(taken, 10);
  EXPECT_LE(taken, 100);
}

TEST(Outcome, OfEveryKindCrossesTheChannel) {
  EXPECT_TRUE(outcome_of(done_frame(1, {})).has_value());
  for (const auto code : {Errc::not_found, Errc::denied, Errc::untrusted, Errc::timeout, Errc::unreachable,
                          Errc::malformed, Errc::unsupported, Errc::internal}) {
    const auto outcome = outcome_of(done_frame(1, fail(code, "object: why", "for the operator")));
    ASSERT_FALSE(outcome.has_value());
    EXPECT_EQ(outcome.error().code, code);
    EXPECT_EQ(outcome.error().what, "object: why");
    EXPECT_EQ(outcome.error().hint, "");
  }
}

TEST(Outcome, OfAStrangerIsAnError) {
  EXPECT_FALSE(outcome_of({ipc::Tag::done, 1, {}}).has_value());
  EXPECT_FALSE(outcome_of({ipc::Tag::done, 1, {"ok"}}).has_value());
  EXPECT_FALSE(outcome_of({ipc::Tag::done, 1, {"ok", "", ""}}).has_value());
  const auto odd = outcome_of({ipc::Tag::done, 1, {"no such code", "x"}});
  ASSERT_FALSE(odd.has_value());
  EXPECT_EQ(odd.error().code, Errc::internal);
}

TEST(Outcome, IsCutToALengthThatFitsAFault) {
  const auto frame = done_frame(1, fail(Errc::internal, std::string(100'000, 'x')));
  EXPECT_LE(ipc::encoded_size(frame), 2048U);
}

// A host that was taken over sends rows without a byte for as long as it likes: they take memory too.
TEST(RowsReader, CountsRowsWithoutContentToo) {
  RowsReader reader;
  const ipc::Frame frame{ipc::Tag::rows, 1, {".", "", "", "", "", "", "", "", "", ""}};
  int taken = 0;
  while (taken < 100'000 && reader.add(frame, 100'000)) ++taken;
  EXPECT_LT(taken, 100'000);
}

}  // namespace
}  // namespace muster::agent
