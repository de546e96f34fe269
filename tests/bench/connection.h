// SPDX-License-Identifier: GPL-2.0-or-later
// One client connection of the load: connects, shakes hands, then asks and reads, over and over.
//
// Errors  any answer but 200, or a broken connection, ends the program: figures with errors in them mean
//         nothing.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include <openssl/ssl.h>

namespace muster::bench {

using Clock = std::chrono::steady_clock;

struct Options {
  std::uint16_t port = 0;
  std::vector<std::string> body_files;
  std::string certificate;  // PEM chain and key in one file; empty: none shown
  unsigned connections = 1;
  unsigned threads = 1;
  std::uint64_t requests = ~0ULL;
  double seconds = 1e9;
  bool fresh = false;  // a new connection for each request
  bool hold = false;   // keep the connections open until standard input ends
};

[[noreturn]] void give_up(const std::string& what);

// What all threads share. The server's chain is not verified: that would be the client's CPU, not the
// server's.
struct Load {
  Options options;
  std::vector<std::string> posts;
  SSL_CTX* context = nullptr;  // lives as long as the process
  std::atomic<std::uint64_t> started{0};
  std::atomic<std::uint64_t> bytes{0};
  Clock::time_point end;

  bool take_turn(std::uint64_t& number);
};

class Connection {
 public:
  // Latencies are appended in microseconds.
  Connection(Load& load, int epoll, std::vector<float>& latencies);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  Connection(Connection&&) = delete;
  Connection& operator=(Connection&&) = delete;

  void open();
  // Connected and shaken hands.
  bool ready();
  // Goes on as far as the socket allows. false: it is done, there is no turn left.
  bool advance();
  bool done() const { return done_; }

 private:
  bool begin();
  void finish();
  bool finished(int result);
  void close();

  Load& load_;
  int epoll_;
  std::vector<float>& latencies_;
  int fd_ = -1;
  SSL* tls_ = nullptr;
  const std::string* post_ = nullptr;
  bool sent_ = false;
  bool done_ = false;
  std::string answer_;
  Clock::time_point begun_;
};

}  // namespace muster::bench
