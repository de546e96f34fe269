// SPDX-License-Identifier: GPL-2.0-or-later
// What the WS-Man tests share: three small classes with instances in memory, a clock and a generator that
// stand still, and requests put together from their parts.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/cim/instance.h"
#include "core/cim/selection.h"
#include "core/wsman/item_shape.h"
#include "core/wsman/names.h"
#include "core/wsman/render.h"
#include "core/wsman/service.h"

namespace muster::wsman::testing {

inline constexpr cim::Property kBaseProperties[] = {
    {"Name", cim::Type::string, cim::Role::key},
    {"Caption", cim::Type::string},
};
inline constexpr cim::Property kDiskProperties[] = {
    {"BytesTotal", cim::Type::uint64},
    {"IsOnline", cim::Type::boolean},
    {"Load", cim::Type::real64},
    {"Mounts", cim::Type::string, cim::Role::value, cim::Unit::none, {}, cim::Shape::array},
};
inline constexpr cim::Property kAgentProperties[] = {{"Hostname", cim::Type::string}};
inline constexpr cim::ClassDecl kBase{"TEST_Element", nullptr, "1.0", "base", kBaseProperties};
inline constexpr cim::ClassDecl kDisk{"TEST_Disk", &kBase, "1.0", "disk", kDiskProperties};
inline constexpr cim::ClassDecl kAgent{"SCX_Agent", &kBase, "1.0", "agent", kAgentProperties};

inline const cim::Class& disk_class() {
  static const cim::Class kClass(kDisk);
  return kClass;
}
inline const cim::Class& agent_class() {
  static const cim::Class kClass(kAgent);
  return kClass;
}

inline cim::Instance disk(std::string name, std::uint64_t bytes) {
  return cim::Instance(disk_class())
      .set("Name", std::move(name))
      .set("BytesTotal", bytes)
      .set("IsOnline", true)
      .set("Mounts", std::vector<std::string>{"/", "/a&b"});
}

// Answers at once, unless told to hold.
class MemorySource : public InstanceSource {
 public:
  MemorySource() : classes_{&disk_class(), &agent_class()} {
    instances.push_back(
        cim::Instance(agent_class()).set("Name", std::string("scx")).set("Hostname", std::string("db1")));
  }

  void fetch(const Query& query, std::chrono::milliseconds deadline, Done done) override {
    asked.push_back(query);
    deadlines.push_back(deadline);
    if (hold) {
      held.emplace_back([this, query, done = std::move(done)] { answer(query, done); });
    } else {
      answer(query, done);
    }
  }
  const std::vector<const cim::Class*>& classes() const override { return classes_; }

  std::vector<cim::Instance> instances;
  std::optional<Error> error;
  std::string error_of;  // the class that it is for; empty: all
  bool hold = false;
  std::vector<std::function<void()>> held;
  std::vector<Query> asked;
  std::vector<std::chrono::milliseconds> deadlines;

 private:
  void answer(const Query& query, const Done& done) const {
    if (error && (error_of.empty() || error_of == query.class_name)) return done(fail(*error));
    Rows rows;
    for (const cim::Instance& each : instances) {
      if (each.of().name() != query.class_name || !cim::selects(query.keys, each)) continue;
      const Result<ItemWriter> writer = ItemWriter::make(query.shape, each.of());
      if (!writer) return done(fail(writer.error()));
      if (auto row = writer->write(each)) rows.push_back(std::move(*row));
    }
    done(std::move(rows));
  }
  std::vector<const cim::Class*> classes_;
};

inline constexpr std::string_view kAnonymousReply =
    "<a:ReplyTo><a:Address>http://schemas.xmlsoap.org/ws/2004/08/addressing/role/anonymous</a:Address></"
    "a:ReplyTo>";

inline std::string envelope(std::string_view headers, std::string_view body) {
  std::string out =
      "<s:Envelope xmlns:s=\"http://www.w3.org/2003/05/soap-envelope\""
      " xmlns:a=\"http://schemas.xmlsoap.org/ws/2004/08/addressing\""
      " xmlns:w=\"http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd\""
      " xmlns:n=\"http://schemas.xmlsoap.org/ws/2004/09/enumeration\""
      " xmlns:b=\"http://schemas.dmtf.org/wbem/wsman/1/cimbinding.xsd\""
      " xmlns:i=\"http://schemas.dmtf.org/wbem/wsman/identity/1/wsmanidentity.xsd\""
      " xmlns:p=\"http://schemas.microsoft.com/wbem/wsman/1/wsman.xsd\"><s:Header>";
  out.append(headers).append("</s:Header><s:Body>").append(body).append("</s:Body></s:Envelope>");
  return out;
}

inline std::string header(std::string_view name, std::string_view value) {
  return "<" + std::string(name) + ">" + std::string(value) + "</" + std::string(name) + ">";
}

// The headers of a sound request; `more` follows them.
inline std::string headers(std::string_view action, std::string_view class_name, std::string_view more = {}) {
  return header("a:To", "https://db1:1270/wsman") + header("a:Action", action) +
         header("a:MessageID", "uuid:1") + std::string(kAnonymousReply) +
         header("w:ResourceURI", std::string(names::kMicrosoftClass) + std::string(class_name)) +
         std::string(more);
}

inline std::string get(std::string_view class_name, std::string_view more = {}) {
  return envelope(headers(names::kGet, class_name, more), "");
}
inline std::string enumerate(std::string_view class_name, std::string_view inside,
                             std::string_view more = {}) {
  return envelope(headers(names::kEnumerate, class_name, more), header("n:Enumerate", inside));
}
inline std::string optimized(unsigned max_elements) {
  return "<w:OptimizeEnumeration/><w:MaxElements>" + std::to_string(max_elements) + "</w:MaxElements>";
}
inline std::string pull(std::string_view class_name, std::string_view context, std::string_view more = {},
                        std::string_view more_headers = {}) {
  return envelope(headers(names::kPull, class_name, more_headers),
                  header("n:Pull", header("n:EnumerationContext", context) + std::string(more)));
}
inline std::string release(std::string_view class_name, std::string_view context) {
  return envelope(headers(names::kRelease, class_name),
                  header("n:Release", header("n:EnumerationContext", context)));
}
inline std::string selectors(std::initializer_list<std::pair<std::string_view, std::string_view>> list) {
  std::string out = "<w:SelectorSet>";
  for (const auto& [name, value] : list) {
    out += "<w:Selector Name=\"" + std::string(name) + "\">" + std::string(value) + "</w:Selector>";
  }
  return out + "</w:SelectorSet>";
}

// A service over a MemorySource, with a clock that the test moves and octets that count up.
struct Lab {
  MemorySource source;
  std::chrono::steady_clock::time_point now{};
  unsigned drawn = 0;
  Service service{source,
                  {"Muster", "0.1.0", {"http://schemas.dmtf.org/wbem/wsman/1/wsman/secprofile/https/mutual"}},
                  {[this] { return now; }, [this](std::span<unsigned char> out) { draw(out); }}};

  void draw(std::span<unsigned char> out) {
    ++drawn;
    for (unsigned char& octet : out) octet = 0;
    out[0] = static_cast<unsigned char>(drawn >> 8U);
    out[1] = static_cast<unsigned char>(drawn);
  }

  Reply ask(std::string_view body, const std::string& principal = "alice",
            const std::string& content_type = "application/soap+xml;charset=UTF-8") {
    std::optional<Reply> answer;
    service.handle(principal, {content_type, "", body},
                   [&answer](Reply reply) { answer = std::move(reply); });
    return answer.value_or(Reply{0, "", "no answer"});
  }
};

// The text between two others, empty when it is not there.
inline std::string between(const std::string& text, std::string_view open, std::string_view close) {
  const std::size_t begin = text.find(open);
  if (begin == std::string::npos) return {};
  const std::size_t end = text.find(close, begin + open.size());
  return text.substr(begin + open.size(), end - begin - open.size());
}

// "wsman:EncodingLimit/MaxEnvelopeSize", or "200" for an answer that is no fault.
inline std::string verdict(const Reply& reply) {
  if (reply.status != 500) return std::to_string(reply.status);
  const std::string code = between(reply.body, "<SOAP-ENV:Value>", "</SOAP-ENV:Value>");
  const std::string sub = between(reply.body, "<SOAP-ENV:Subcode><SOAP-ENV:Value>", "</SOAP-ENV:Value>");
  const std::string detail = between(reply.body, "/faultDetail/", "</wsman:FaultDetail>");
  return (sub.empty() ? code : sub) + (detail.empty() ? "" : "/" + detail);
}

// The items of an answer, as text.
inline std::string items_of(const Reply& reply) {
  const std::string items = between(reply.body, "<wsman:Items>", "</wsman:Items>");
  return items.empty() ? between(reply.body, "<wsen:Items>", "</wsen:Items>") : items;
}

inline std::string filter(std::string_view dialect, std::string_view text) {
  return "<w:Filter Dialect=\"" + std::string(dialect) + "\">" + std::string(text) + "</w:Filter>";
}

}  // namespace muster::wsman::testing
