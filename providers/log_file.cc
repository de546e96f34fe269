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

using cim::Direction;
using cim::Need;
using cim::Type;

// Carried out by agent/executor, as the caller.
constexpr cim::Parameter kElevation{"elevationType",    Type::string,
                                    Direction::in,      Need::optional,
                                    cim::Shape::scalar, "empty: the account reads what its groups let it"};
constexpr cim::Parameter kFileName{"filename",     Type::string,       Direction::in,
                                   Need::required, cim::Shape::scalar, "a whole path"};
constexpr cim::Parameter kQid{"qid",
                              Type::string,
                              Direction::in,
                              Need::required,
                              cim::Shape::scalar,
                              "whose position this is: every account has one for each file and qid"};
constexpr cim::Parameter kMatchParameters[] = {
    kFileName,
    {"regexps", Type::string, Direction::in, Need::required, cim::Shape::array,
     "expressions in the syntax of RE2"},
    kQid,
    {"rows", Type::string, Direction::out, Need::optional, cim::Shape::array,
     "InvalidRegexp;NUMBERS of those that cannot be used, NUMBERS;LINE for each line with the expressions "
     "that it "
     "matches, MoreRowsAvailable;true at the end when the rest is for the next call"},
    kElevation,
};
constexpr cim::Parameter kResetParameters[] = {
    kFileName,
    kQid,
    {"resetOnRead", Type::boolean, Direction::in, Need::optional, cim::Shape::scalar,
     "TRUE: the next call passes over what there is then; else over what there is now"},
    kElevation,
};
constexpr cim::Method kMethods[] = {
    {"GetMatchedRows", Type::uint32, kMatchParameters,
     "the number of rows; the first call of a qid has none"},
    {"ResetStateFile", Type::uint32, kResetParameters, "0"},
};

constexpr cim::ClassDecl kDecl{"SCX_LogFile",
                               &cim::kCimLogicalFile,
                               "1.3.0",
                               "A log file, to be asked for the lines that are new. It has no instances.",
                               {},
                               cim::Standing::concrete,
                               kMethods};

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
