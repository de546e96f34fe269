// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/http/coding.h"

#include <algorithm>
#include <array>
#include <memory>

#include <zlib.h>

namespace muster::http {
namespace {

constexpr int kGzipWindow = 15 + 16;  // the largest window; 16: gzip alone, no zlib or raw stream
constexpr int kLevel = 1;             // XML shrinks to a tenth with the least effort already
constexpr int kMemory = 8;            // zlib's default
constexpr std::size_t kStep = std::size_t{16} * 1024;

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

// Takes what stands before the separator off the front of `rest`.
std::string_view take_word(std::string_view& rest, char separator) {
  const auto end = rest.find(separator);
  const auto word = trimmed(rest.substr(0, end));
  rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
  return word;
}

bool is_gzip(std::string_view name) {
  return same_name(name, "gzip") || same_name(name, "x-gzip");
}

// The weight of one choice: only whether it is zero matters here. "q=0", "q=0.", "q=0.000".
bool is_forbidden(std::string_view parameters) {
  while (!parameters.empty()) {
    auto value = take_word(parameters, ';');
    const auto name = take_word(value, '=');
    if (!same_name(name, "q")) continue;
    value = trimmed(value);
    return !value.empty() && value.find_first_not_of("0.") == std::string_view::npos;
  }
  return false;
}

// What was said of one coding.
enum class Said : std::uint8_t { nothing, yes, no };

struct Wishes {
  Said gzip = Said::nothing;
  Said identity = Said::nothing;
  Said rest = Said::nothing;  // "*"

  void add(std::string_view choice) {
    const auto name = take_word(choice, ';');
    const Said said = is_forbidden(choice) ? Said::no : Said::yes;
    if (is_gzip(name)) gzip = said;
    if (same_name(name, "identity")) identity = said;
    if (name == "*") rest = said;
  }
};

struct StreamEnd {
  int (*end)(z_stream*);
  void operator()(z_stream* stream) const { end(stream); }
};
using Stream = std::unique_ptr<z_stream, StreamEnd>;

// zlib reads what it is given and does not change it.
void give(z_stream& stream, std::string_view bytes) {
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
}

Result<void> check_growth(std::size_t inflated, std::size_t compressed, const InflateLimits& limits) {
  if (inflated > limits.bytes) return fail(Errc::unsupported, "body: too large when it is inflated");
  if (inflated > limits.bytes_at_once && inflated / limits.ratio > compressed) {
    return fail(Errc::unsupported,
                "body: inflates to more than " + std::to_string(limits.ratio) + " times its size");
  }
  return {};
}

}  // namespace

Result<Coding> coding_of(const std::vector<Field>& fields) {
  Coding found = Coding::identity;
  bool seen = false;
  for (const auto& [name, value] : fields) {
    if (!same_name(name, "content-encoding")) continue;
    const auto coding = trimmed(value);
    if (coding.empty() || same_name(coding, "identity")) continue;
    if (seen || !is_gzip(coding)) return fail(Errc::unsupported, "content-encoding: only gzip is understood");
    seen = true;
    found = Coding::gzip;
  }
  return found;
}

Acceptable acceptable_coding(const std::vector<Field>& fields) {
  Wishes wishes;
  for (const auto& [name, value] : fields) {
    if (!same_name(name, "accept-encoding")) continue;
    std::string_view rest = value;
    while (!rest.empty()) wishes.add(take_word(rest, ','));
  }
  const bool gzip = wishes.gzip == Said::nothing ? wishes.rest == Said::yes : wishes.gzip == Said::yes;
  const bool identity =
      wishes.identity == Said::nothing ? wishes.rest != Said::no : wishes.identity == Said::yes;
  if (gzip) return identity ? Acceptable::either : Acceptable::gzip;
  return identity ? Acceptable::identity : Acceptable::neither;
}

Result<std::string> gunzip(std::string_view compressed, const InflateLimits& limits) {
  const auto damaged = [] { return fail(Errc::malformed, "body: not one whole gzip member"); };
  z_stream raw{};
  if (::inflateInit2(&raw, kGzipWindow) != Z_OK) return fail(Errc::internal, "zlib: out of memory");
  const Stream stream(&raw, {::inflateEnd});
  give(*stream, compressed);
  std::string out;
  std::array<char, kStep> step;  // NOLINT(cppcoreguidelines-pro-type-member-init): zlib fills it
  int state = Z_OK;
  while (state == Z_OK) {
    stream->next_out = reinterpret_cast<Bytef*>(step.data());
    stream->avail_out = static_cast<uInt>(step.size());
    state = ::inflate(stream.get(), Z_NO_FLUSH);
    out.append(step.data(), step.size() - stream->avail_out);
    if (auto good = check_growth(out.size(), compressed.size(), limits); !good) return fail(good.error());
  }
  if (state == Z_MEM_ERROR) return fail(Errc::internal, "zlib: out of memory");
  if (state != Z_STREAM_END || stream->avail_in != 0) return damaged();
  return out;
}

std::string gzip(std::string_view plain) {
  z_stream raw{};
  if (::deflateInit2(&raw, kLevel, Z_DEFLATED, kGzipWindow, kMemory, Z_DEFAULT_STRATEGY) != Z_OK) return {};
  const Stream stream(&raw, {::deflateEnd});
  give(*stream, plain);
  std::string out(::deflateBound(stream.get(), static_cast<uLong>(plain.size())), '\0');
  stream->next_out = reinterpret_cast<Bytef*>(out.data());
  stream->avail_out = static_cast<uInt>(out.size());
  if (::deflate(stream.get(), Z_FINISH) != Z_STREAM_END) return {};
  out.resize(out.size() - stream->avail_out);
  return out;
}

}  // namespace muster::http
