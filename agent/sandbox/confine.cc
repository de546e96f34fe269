// SPDX-License-Identifier: GPL-2.0-or-later
#include "agent/sandbox/confine.h"

#include <array>
#include <cerrno>
#include <cstdint>
#include <ctime>

#include <seccomp.h>

#include "agent/sandbox/breach.h"
#include "agent/sandbox/landlock.h"
#include "core/base/sanitized.h"
#include "core/base/unique_handle.h"

namespace muster::sandbox {
namespace {

using Filter = UniqueHandle<void, &seccomp_release>;

scmp_arg_cmp comparison(const Condition& when) {
  if (when.compare == Compare::not_equal) return {when.argument, SCMP_CMP_NE, when.value, 0};
  return {when.argument, SCMP_CMP_MASKED_EQ, when.mask, when.value};
}

constexpr std::uint32_t kAbsent = SCMP_ACT_ERRNO(ENOSYS);

bool add(scmp_filter_ctx filter, std::uint32_t action, const CallRule& rule) {
  if (!rule.when) return ::seccomp_rule_add_array(filter, action, rule.call, 0, nullptr) == 0;
  const std::array<scmp_arg_cmp, 2> all{comparison(*rule.when), comparison(rule.also.value_or(Condition{}))};
  return ::seccomp_rule_add_array(filter, action, rule.call, rule.also ? 2 : 1, all.data()) == 0;
}

// The filter traps already whatever no row allows, unless the table says that it is absent.
bool forbid(scmp_filter_ctx filter, const CallTable& table, const CallRule& rule) {
  return table.otherwise != Verdict::absent || add(filter, SCMP_ACT_TRAP, rule);
}

// Whatever is not allowed traps, and the handler decides; a call by another machine's numbers (32 bit) kills.
Result<void> filter_system_calls(const CallTable& table) {
  const Filter filter(::seccomp_init(table.otherwise == Verdict::absent ? kAbsent : SCMP_ACT_TRAP));
  bool made = static_cast<bool>(filter) &&
              ::seccomp_attr_set(filter.get(), SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS) == 0;
  for (const CallRule& rule : table.rules) {
    made = made && (rule.verdict == Verdict::allowed ? add(filter.get(), SCMP_ACT_ALLOW, rule)
                                                     : forbid(filter.get(), table, rule));
  }
  if (!made) return fail(Errc::internal, "seccomp: the filter could not be made");
  if (::seccomp_load(filter.get()) != 0) {
    return fail(Errc::internal, "seccomp: the kernel refused the filter");
  }
  return {};
}

}  // namespace

Result<Confinement> confine(Process process, const std::string& writable) {
  ::tzset();  // the first gmtime_r(3) would want to read /etc/localtime
  if (kSanitized) return Confinement::off;
  const auto landlocked =
      restrict_files(process == Process::front ? Files::none : Files::read_only, writable);
  if (!landlocked) return fail(landlocked.error());
  const CallTable& table = calls_of(process);
  if (auto handled = handle_breaches(table); !handled) return fail(handled.error());
  if (auto filtered = filter_system_calls(table); !filtered) return fail(filtered.error());
  return *landlocked ? Confinement::full : Confinement::without_landlock;
}

bool is_sanitized() {
  return kSanitized;
}

std::string_view to_string(Confinement confinement) {
  switch (confinement) {
    case Confinement::full: return "seccomp and Landlock";
    case Confinement::without_landlock: return "seccomp (this kernel has no Landlock)";
    case Confinement::off: return "off (built with a sanitizer)";
  }
  return "off";
}

}  // namespace muster::sandbox
