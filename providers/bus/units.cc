// SPDX-License-Identifier: GPL-2.0-or-later
#include "providers/bus/units.h"

#include <optional>

#include "providers/bus/message.h"

namespace muster::bus {
namespace {

constexpr std::uint32_t kHello = 1;
constexpr std::uint32_t kListUnits = 2;
// name, description, load, active and sub state, followed unit, path, job, its type and path
constexpr std::string_view kUnits = "a(ssssssouso)";

// The answer to ListUnits; nullopt while it is not there.
Result<std::optional<Message>> find_answer(std::string_view conversation) {
  const auto login = take_login(conversation);
  if (!login) return fail(login.error());
  if (!*login) return std::optional<Message>();
  for (;;) {
    auto message = next_message(conversation);
    if (!message || !*message) return message;
    const auto& found = **message;
    if (found.kind == Kind::error) {
      return fail(Errc::denied, "system bus: " + std::string(found.error_name),
                  "does `busctl call org.freedesktop.systemd1 /org/freedesktop/systemd1 "
                  "org.freedesktop.systemd1.Manager ListUnits` answer the agent's user?");
    }
    if (found.kind == Kind::answer && found.answers == kListUnits) return message;
  }
}

Unit read_unit(Reader& reader) {
  Unit unit;
  reader.align(8);
  unit.name = reader.text();
  unit.description = reader.text();
  unit.load_state = reader.text();
  unit.active_state = reader.text();
  unit.sub_state = reader.text();
  reader.text();    // followed
  reader.text();    // path
  reader.number();  // job
  reader.text();    // its type
  reader.text();    // its path
  return unit;
}

}  // namespace

std::string units_request() {
  return login_bytes() +
         call_bytes(
             {kHello, "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", "Hello"}) +
         call_bytes({kListUnits, "org.freedesktop.systemd1", "/org/freedesktop/systemd1",
                     "org.freedesktop.systemd1.Manager", "ListUnits"});
}

Result<bool> has_units(std::string_view conversation) {
  const auto answer = find_answer(conversation);
  if (!answer) return fail(answer.error());
  return answer->has_value();
}

Result<std::vector<Unit>> parse_units(std::string_view conversation) {
  const auto answer = find_answer(conversation);
  if (!answer) return fail(answer.error());
  if (!*answer || (*answer)->signature != kUnits) {
    return fail(Errc::malformed, "system bus: the answer is no list of units");
  }
  Reader reader((*answer)->body, (*answer)->order);
  const std::size_t size = reader.number();
  reader.align(8);
  const auto end = reader.position() + size;
  std::vector<Unit> units;
  while (reader.sound() && reader.position() < end) units.push_back(read_unit(reader));
  if (!reader.sound() || reader.position() != end) {
    return fail(Errc::malformed, "system bus: the list of units is cut");
  }
  return units;
}

}  // namespace muster::bus
