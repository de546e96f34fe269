// SPDX-License-Identifier: GPL-2.0-or-later
// What every provider owes its clients, checked for all of them on every recorded machine.
#include <fstream>
#include <map>
#include <memory>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "core/base/linux_host.h"
#include "core/cim/mof.h"
#include "providers/registry.gen.h"
#include "tests/fakes/crowded_host.h"
#include "tests/fakes/fake_host.h"
#include "tests/fakes/golden.h"

namespace muster {
namespace {

using testing::FakeHost;

std::string type_text(const cim::Property& property) {
  static const std::map<cim::Type, std::string> kNames = {
      {cim::Type::boolean, "boolean"}, {cim::Type::uint8, "uint8"},      {cim::Type::uint16, "uint16"},
      {cim::Type::uint32, "uint32"},   {cim::Type::uint64, "uint64"},    {cim::Type::sint16, "sint16"},
      {cim::Type::sint32, "sint32"},   {cim::Type::sint64, "sint64"},    {cim::Type::real64, "real64"},
      {cim::Type::string, "string"},   {cim::Type::datetime, "datetime"}};
  return kNames.at(property.type) + (property.shape == cim::Shape::array ? "[]" : "");
}

std::string unit_text(cim::Unit unit) {
  static const std::map<cim::Unit, std::string> kNames = {
      {cim::Unit::none, "-"},
      {cim::Unit::bits, "Bits"},
      {cim::Unit::bytes, "Bytes"},
      {cim::Unit::kilobytes, "KiloBytes"},
      {cim::Unit::megabytes, "MegaBytes"},
      {cim::Unit::percent, "Percent"},
      {cim::Unit::seconds, "Seconds"},
      {cim::Unit::milliseconds, "MilliSeconds"},
      {cim::Unit::minutes, "Minutes"},
      {cim::Unit::hours, "Hours"},
      {cim::Unit::days, "Days"},
      {cim::Unit::clock_ticks, "Clock_Ticks"},
      {cim::Unit::bytes_per_second, "Bytes_per_Second"},
      {cim::Unit::kilobytes_per_second, "KiloBytes_per_Second"},
      {cim::Unit::transfers_per_second, "Transfers_per_Second"},
      {cim::Unit::pages_per_second, "Pages_per_Second"}};
  return kNames.at(unit);
}

// One class in the form of tests/golden/scx_classes.txt.
std::string described(const cim::Class& of) {
  const auto& decl = of.decl();
  std::ostringstream out;
  out << "class " << decl.name << " " << (decl.parent != nullptr ? decl.parent->name : "-") << " "
      << decl.version << "\n";
  for (const auto& property : of.properties()) {
    out << "  " << property.name << " " << type_text(property) << " "
        << (property.role == cim::Role::key ? "key" : "value") << " " << unit_text(property.unit) << "\n";
  }
  return out.str();
}

// Class name -> its block.
std::map<std::string, std::string> contracts() {
  std::map<std::string, std::string> blocks;
  std::ifstream file(MUSTER_SOURCE_DIR "/tests/golden/scx_classes.txt");
  std::string current;
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("#")) continue;
    if (line.starts_with("class ")) current = line.substr(6, line.find(' ', 6) - 6);
    blocks[current] += line + "\n";
  }
  return blocks;
}

std::string key_of(const cim::Instance& row) {
  std::string key;
  for (std::size_t i = 0; i < row.values().size(); ++i) {
    if (row.of().properties()[i].role == cim::Role::key) key += cim::scalar_text(row.values()[i]) + '\x1f';
  }
  return key;
}

std::vector<cim::Selector> selectors_of(const cim::Instance& row) {
  std::vector<cim::Selector> selectors;
  for (std::size_t i = 0; i < row.values().size(); ++i) {
    const auto& property = row.of().properties()[i];
    if (property.role == cim::Role::key) {
      selectors.push_back({std::string(property.name), cim::scalar_text(row.values()[i])});
    }
  }
  return selectors;
}

void expect_well_formed(const cim::Instance& row) {
  for (std::size_t i = 0; i < row.values().size(); ++i) {
    const auto& property = row.of().properties()[i];
    const auto& value = row.values()[i];
    EXPECT_TRUE(cim::fits(property, value)) << property.name << " = " << cim::scalar_text(value);
    const auto text = cim::scalar_text(value);
    EXPECT_FALSE(property.role == cim::Role::key && text.empty()) << property.name;
    if (property.unit == cim::Unit::percent) {
      const auto* percent = std::get_if<std::uint64_t>(&value);
      EXPECT_TRUE(percent == nullptr || *percent <= 100) << property.name << " = " << text;
    }
  }
}

enum class Says { nothing, what_is_listed, anything };

// A machine, and what the classes have to say about it.
struct Machine {
  std::string name;
  Says says = Says::what_is_listed;
  std::set<std::string_view> silent = {};  // classes without instances here; all others have some
};

// NOLINTNEXTLINE(readability-identifier-naming): gtest's name
void PrintTo(const Machine& machine, std::ostream* out) {
  *out << machine.name;
}

std::unique_ptr<Host> open_machine(const std::string& name) {
  if (name == "live") return std::make_unique<LinuxHost>();
  if (name == "empty") return std::make_unique<FakeHost>();
  if (name == "many_mounts") return std::make_unique<FakeHost>(testing::host_with_many_mounts());
  if (name == "many_processes") return std::make_unique<FakeHost>(testing::host_with_many_processes());
  return std::make_unique<FakeHost>(
      FakeHost::from_tree(std::string(MUSTER_SOURCE_DIR "/tests/trees/") + name));
}

class EveryProvider : public ::testing::TestWithParam<Machine> {
 protected:
  static void expect_to_speak(const Provider& provider, bool spoke) {
    const auto& machine = GetParam();
    if (machine.says == Says::anything) return;
    const bool listed = !machine.silent.contains(provider.cim_class().name());
    EXPECT_EQ(spoke, machine.says == Says::what_is_listed && listed);
  }

  std::unique_ptr<Host> host_ = open_machine(GetParam().name);
  std::vector<std::unique_ptr<Provider>> providers_ = all_providers(*host_);
};

TEST_P(EveryProvider, SendsWellFormedRowsWithUniqueKeys) {
  for (const auto& provider : providers_) {
    SCOPED_TRACE(std::string(provider->cim_class().name()));
    for (int round = 0; round < 2; ++round) {
      provider->sample();
      std::set<std::string> keys;
      const auto done = provider->enumerate([&](const cim::Instance& row) {
        EXPECT_EQ(&row.of(), &provider->cim_class());
        EXPECT_TRUE(keys.insert(key_of(row)).second) << "twice: " << key_of(row);
        expect_well_formed(row);
      });
      expect_to_speak(*provider, done.has_value() && !keys.empty());
      EXPECT_TRUE(done.has_value() || done.error().what.find(": ") != std::string::npos) << "names no object";
    }
  }
}

TEST_P(EveryProvider, FindsEachRowByItsKeysAndOnlyThat) {
  for (const auto& provider : providers_) {
    SCOPED_TRACE(std::string(provider->cim_class().name()));
    std::vector<cim::Instance> seen;
    static_cast<void>(
        provider->enumerate([&](cim::Instance row) { seen.push_back(std::move(row)); }).has_value());
    if (seen.size() > 20) seen.erase(seen.begin() + 20, seen.end());
    for (const auto& row : seen) {
      ASSERT_EQ(cim::check_selectors(row.of(), selectors_of(row)), cim::SelectorProblem::none);
      std::vector<std::string> found;
      const auto done =
          provider->find(selectors_of(row), [&](const cim::Instance& r) { found.push_back(key_of(r)); });
      EXPECT_TRUE(done.has_value());
      const bool may_have_ended = GetParam().name == "live" && found.empty();
      if (may_have_ended) continue;
      EXPECT_EQ(found, std::vector<std::string>{key_of(row)});
    }
  }
}

// Without instances everywhere, unless a test gives them some; and on machines without a Java server.
const std::set<std::string_view> kQuiet = {"SCX_LogFile", "SCX_Application_Server", "Muster_CertificateFile",
                                           "Muster_Provider"};

INSTANTIATE_TEST_SUITE_P(
    On, EveryProvider,
    ::testing::Values(
        Machine{"empty", Says::nothing, {}},
        Machine{"debian12",
                Says::what_is_listed,
                {"SCX_LogFile", "Muster_CertificateFile", "Muster_ControlGroup", "Muster_Pressure",
                 "Muster_Provider", "Muster_SystemdUnit"}},
        Machine{"container",
                Says::what_is_listed,
                {"SCX_LogFile", "SCX_Application_Server", "SCX_DiskDrive",
                 "SCX_DiskDriveStatisticalInformation", "Muster_CertificateFile", "Muster_ControlGroup",
                 "Muster_Pressure", "Muster_Provider", "Muster_SystemdUnit", "Muster_TimeSynchronisation"}},
        Machine{"bookworm", Says::what_is_listed, kQuiet}, Machine{"bullseye", Says::what_is_listed, kQuiet},
        Machine{"trixie", Says::what_is_listed, kQuiet}, Machine{"many_mounts", Says::what_is_listed, kQuiet},
        Machine{"many_processes", Says::what_is_listed, kQuiet}, Machine{"live", Says::anything}),
    [](const auto& machine) { return machine.param.name; });

TEST(EveryClass, IsTheOneThatExistingClientsKnow) {
  const FakeHost host;
  const auto known = contracts();
  ASSERT_GT(known.size(), 30U);
  for (const auto& provider : all_providers(host)) {
    for (const auto* decl = &provider->cim_class().decl(); decl != nullptr; decl = decl->parent) {
      const cim::Class of(*decl);
      const auto block = known.find(std::string(of.name()));
      if (block == known.end()) {
        EXPECT_FALSE(of.name().starts_with("SCX_") || of.name().starts_with("CIM_"))
            << of.name() << " has no contract";
        continue;
      }
      EXPECT_EQ(described(of), block->second);
    }
  }
}

TEST(EveryClass, OfTheContractIsOffered) {
  const FakeHost host;
  std::set<std::string> offered;
  for (const auto& provider : all_providers(host)) {
    for (const auto* decl = &provider->cim_class().decl(); decl != nullptr; decl = decl->parent) {
      offered.insert(std::string(decl->name));
    }
  }
  for (const auto& [name, block] : contracts()) {
    EXPECT_TRUE(!name.starts_with("SCX_") || offered.contains(name)) << name;
  }
}

TEST(EveryClass, SaysWhereEachOfItsFiguresComesFrom) {
  const FakeHost host;
  for (const auto& provider : all_providers(host)) {
    const auto& decl = provider->cim_class().decl();
    EXPECT_NE(decl.summary, "") << decl.name;
    for (const auto& property : decl.properties) {
      EXPECT_NE(property.source, "") << decl.name << "." << property.name;
    }
  }
}

TEST(EveryClass, HasItsGoldenMof) {
  const FakeHost host;
  for (const auto& provider : all_providers(host)) {
    const auto text = cim::mof(provider->cim_class().decl());
    EXPECT_EQ(text, testing::golden("mof/" + std::string(provider->cim_class().name()) + ".mof", text));
  }
}

}  // namespace
}  // namespace muster
