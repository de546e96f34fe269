// SPDX-License-Identifier: GPL-2.0-or-later
// Log files. There is no list of them: which ones matter is known to the client, which asks by name.
//
// Errors  unsupported: any attempt to list or get them, as with the original agent.
#include <memory>

#include "core/cim/schema.h"
#include "providers/provider.h"
#include "providers/registry.gen.h"

namespace muster {
namespace {

constexpr cim::ClassDecl kDecl{"SCX_LogFile",
                               &cim::kCimLogicalFile,
                               "1.3.0",
                               "A log file, to be asked for the lines that are new. It has no instances.",
                               {}};

class LogFile final : public Provider {
 public:
  const cim::Class& cim_class() const override { return class_; }

  Result<void> enumerate(const Emit& /*emit*/) override {
    return fail(Errc::unsupported, "SCX_LogFile: log files are not listed");
  }

 private:
  const cim::Class class_{kDecl};
};

}  // namespace

std::unique_ptr<Provider> make_log_file(const Host& /*host*/) {
  return std::make_unique<LogFile>();
}

}  // namespace muster
