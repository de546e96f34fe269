// SPDX-License-Identifier: GPL-2.0-or-later
// Whole messages of any content, given to the service and to the client. Each answer of the service must pass
// the pre-scan and be readable by the client: nothing in a request may break the envelope of its answer.
// Dictionary  wsman
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>
#include <string>
#include <string_view>

#include "core/wsman/client.h"
#include "core/wsman/prescan.h"
#include "core/wsman/service.h"
#include "tests/core/wsman/fixture.h"

namespace {

using namespace muster::wsman;

struct Bench {
  testing::Lab lab;
  Bench() {
    lab.source.instances.push_back(testing::disk("sda", 1));
    lab.source.instances.push_back(testing::disk("sdb", 2));
    // Its context is 0001 and zeros, which the corpus pulls.
    (void)lab.ask(testing::enumerate("TEST_Disk", ""), "caller");
  }
};

// Every reader of answers, so that hostile agents meet all of them.
void read_as_answer(int status, std::string_view body) {
  (void)parse_identify(status, body);
  (void)parse_page(status, body);
  (void)parse_get(status, body);
  (void)parse_release(status, body);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string body(reinterpret_cast<const char*>(data), size);
  Bench bench;
  for (int i = 0; i < 2; ++i) {  // the second meets what the first left
    const Reply reply = bench.lab.ask(body, "caller", "application/soap+xml");
    if (reply.status != 200 && reply.status != 500) std::abort();
    if (reply.content_type.ends_with("UTF-8") && !prescan(reply.body)) std::abort();
    if (reply.body.size() > 512000) std::abort();
    read_as_answer(reply.status, reply.body);
  }
  read_as_answer(200, body);
  return 0;
}
