// SPDX-License-Identifier: GPL-2.0-or-later
// A front that was taken over asks the provider host: any frame is answered with rows that stand in an envelope, or
// refused. The real providers, on a machine that has nothing, and one that has rows of every type.
// Dictionary  query
#include <memory>
#include <string>

#include "agent/host/provider_host.h"
#include "core/wsman/prescan.h"
#include "core/wsman/writer.h"
#include "providers/registry.gen.h"
#include "tests/fakes/fake_host.h"
#include "tests/fuzz/ipc_conversation.h"

namespace {

using namespace muster;
using fuzz::demand;

constexpr cim::Property kProperties[] = {
    {"Name", cim::Type::string, cim::Role::key},
    {"Size", cim::Type::uint64},
    {"Zone", cim::Type::sint64},
    {"Live", cim::Type::boolean},
    {"Load", cim::Type::real64},
    {"Since", cim::Type::datetime},
    {"Tags", cim::Type::string, cim::Role::value, cim::Unit::none, {}, cim::Shape::array},
};
constexpr cim::ClassDecl kBase{"Base", nullptr, "1.0.0", "Above.", {}};
constexpr cim::ClassDecl kThing{"A", &kBase, "1.0.0", "A row.", kProperties};

class Things final : public Provider {
 public:
  const cim::Class& cim_class() const override { return class_; }
  Result<void> enumerate(const Emit& emit) override {
    emit(cim::Instance(class_).set("Name", std::string("empty")));
    emit(cim::Instance(class_)
             .set("Name", std::string("a/b%c[d]<&>\"' \xff\x01"))
             .set("Size", ~std::uint64_t{0})
             .set("Zone", std::int64_t{-1})
             .set("Live", true)
             .set("Load", 0.1)
             .set("Since", std::string("2026-11-20T09:14:56.882936Z"))
             .set("Tags", std::vector<std::string>{"", "]]>", "two"}));
    return {};
  }

 private:
  cim::Class class_{kThing};
};

agent::ProviderList make_providers() {
  static const testing::FakeHost kHost;
  auto list = all_providers(kHost);
  list.push_back(std::make_unique<Things>());
  return list;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const agent::ProviderList kProviders = make_providers();
  fuzz::Input input(data, size);
  auto frame = fuzz::take_frame(input);
  frame.tag = ipc::Tag::fetch;
  const auto outcome = agent::answer(frame, kProviders, [](const std::string& row) {
    demand(wsman::prescan(wsman::bare_envelope().with(row)).has_value());
  });
  demand(outcome.has_value() || !outcome.error().what.empty());
  return 0;
}
