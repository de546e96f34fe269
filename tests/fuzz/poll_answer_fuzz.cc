// SPDX-License-Identifier: GPL-2.0-or-later
// Answers of an agent that went bad, on their way to samples and vital signs. The first byte chooses the class that
// was asked for. Figures are finite, and a sample has the name of a property that came.
// Dictionary  wsman
#include <cmath>
#include <string>

#include "orchestrator/poll/reading.h"
#include "tests/fuzz/input.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace muster;
  using fuzz::demand;
  fuzz::Input input(data, size);
  const auto& classes = default_collection();
  const auto& asked = classes[input.choice(static_cast<unsigned>(classes.size()))];
  auto page = wsman::parse_page(200, input.rest());
  if (!page) {
    demand(!page.error().what.empty());
    return 0;
  }
  demand(page->end == page->context.empty());
  Reading reading;
  reading.host = "h1";
  reading.classes.push_back({asked, std::move(page->items), {}});
  for (const auto& sample : samples_of(reading)) {
    demand(std::isfinite(sample.value) && !sample.property.empty());
  }
  const auto vitals = vitals_of(reading);
  for (const auto& figure :
       {vitals.cpu_percent, vitals.memory_percent, vitals.processes, vitals.fullest_percent}) {
    demand(!figure || std::isfinite(*figure));
  }
  demand(!vitals.up_time || vitals.up_time->count() >= 0);
  return 0;
}
