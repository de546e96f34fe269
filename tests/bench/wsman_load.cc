// SPDX-License-Identifier: GPL-2.0-or-later
// Load on an HTTPS server on loopback: POSTs the same bodies over and over, on connections that stay open or
// on a fresh one per request, and prints one line of JSON. wrk cannot show client certificates.
//
// Units   rates per second; latencies in microseconds, from the first byte written to the last one read.
// Threads each has its share of the connections and an epoll of its own.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <CLI/CLI.hpp>
#include <openssl/ssl.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <unistd.h>

#include "tests/bench/connection.h"

namespace muster::bench {
namespace {

std::string read_whole(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) give_up(path + ": cannot be read");
  return {std::istreambuf_iterator<char>(in), {}};
}

std::string post_of(const std::string& body) {
  return "POST /wsman HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/soap+xml;charset=UTF-8\r\n"
         "Content-Length: " +
         std::to_string(body.size()) + "\r\n\r\n" + body;
}

SSL_CTX* client_context(const std::string& certificate) {
  SSL_CTX* context = SSL_CTX_new(TLS_client_method());
  SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
  SSL_CTX_set_cert_verify_callback(
      context, [](X509_STORE_CTX*, void*) { return 1; }, nullptr);
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_read_ahead(context, 1);
  if (certificate.empty()) return context;
  if (SSL_CTX_use_certificate_chain_file(context, certificate.c_str()) != 1 ||
      SSL_CTX_use_PrivateKey_file(context, certificate.c_str(), SSL_FILETYPE_PEM) != 1) {
    give_up(certificate + ": no certificate with its key");
  }
  return context;
}

// The connections of one thread.
class Worker {
 public:
  Worker(Load& load, unsigned connections) : load_(load), connections_(connections) {
    for (auto& each : connections_) each = std::make_unique<Connection>(load, epoll_, latencies_);
  }
  void connect() {
    for (auto& each : connections_) each->open();
    if (load_.options.fresh) return;  // there the handshake is what is measured
    std::vector<bool> up(connections_.size());
    while (std::count(up.begin(), up.end(), false) > 0) {
      for (std::size_t i = 0; i < up.size(); ++i) up[i] = up[i] || connections_[i]->ready();
      std::this_thread::yield();
    }
  }
  void run() {
    std::size_t going = 0;
    for (auto& each : connections_) going += each->advance() ? 1U : 0U;
    epoll_event events[64];
    while (going > 0) {
      const int count = ::epoll_wait(epoll_, events, 64, 10'000);
      if (count == 0) give_up("no answer for 10 s");
      for (int i = 0; i < count; ++i) going -= ended(*static_cast<Connection*>(events[i].data.ptr)) ? 1U : 0U;
    }
  }
  static bool ended(Connection& connection) { return !connection.done() && !connection.advance(); }
  const std::vector<float>& latencies() const { return latencies_; }

 private:
  Load& load_;
  int epoll_ = ::epoll_create1(EPOLL_CLOEXEC);
  std::vector<float> latencies_;
  std::vector<std::unique_ptr<Connection>> connections_;
};

double own_cpu_seconds() {
  rusage used{};
  ::getrusage(RUSAGE_SELF, &used);
  return static_cast<double>(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
         static_cast<double>(used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6;
}

std::vector<float> sorted_latencies(const std::vector<std::unique_ptr<Worker>>& workers) {
  std::vector<float> all;
  for (const auto& each : workers) all.insert(all.end(), each->latencies().begin(), each->latencies().end());
  if (all.empty()) give_up("no request was answered");
  std::sort(all.begin(), all.end());
  return all;
}

void run(Load& load) {
  const auto& options = load.options;
  std::vector<std::unique_ptr<Worker>> workers;
  for (unsigned i = 0; i < options.threads; ++i) {
    workers.push_back(std::make_unique<Worker>(load, std::max(1U, options.connections / options.threads)));
  }
  for (auto& each : workers) each->connect();
  const double cpu = own_cpu_seconds();
  const auto began = Clock::now();
  load.end =
      began + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(options.seconds));
  std::vector<std::jthread> threads;
  threads.reserve(workers.size());
  for (auto& each : workers) threads.emplace_back([&each] { each->run(); });
  threads.clear();
  const double seconds = std::chrono::duration<double>(Clock::now() - began).count();
  const double used = own_cpu_seconds() - cpu;
  const auto all = sorted_latencies(workers);
  const auto at = [&](double part) {
    return static_cast<double>(all[static_cast<std::size_t>(part * static_cast<double>(all.size() - 1))]);
  };
  std::printf(R"({"requests":%zu,"seconds":%.4f,"rate":%.1f,"p50_us":%.1f,"p99_us":%.1f,)", all.size(),
              seconds, static_cast<double>(all.size()) / seconds, at(0.5), at(0.99));
  std::printf("\"cpu_seconds\":%.4f,\"bytes\":%llu}\n", used, static_cast<unsigned long long>(load.bytes));
  std::fflush(stdout);
  if (options.hold) static_cast<void>(std::getchar());
}

int run_command_line(int count, char** words) {
  Load load;
  auto& options = load.options;
  CLI::App app("Load on a WS-Management (or any HTTPS) server on loopback");
  app.add_option("--port", options.port)->required();
  app.add_option("--body", options.body_files, "file with a request body; several are sent in turn")
      ->required();
  app.add_option("--certificate", options.certificate, "client certificate, its chain and its key, PEM");
  app.add_option("--connections", options.connections);
  app.add_option("--threads", options.threads);
  app.add_option("--requests", options.requests, "stop after so many");
  app.add_option("--seconds", options.seconds, "stop after that time");
  app.add_flag("--fresh", options.fresh, "a new connection for each request");
  app.add_flag("--hold", options.hold, "keep the connections open until standard input ends");
  CLI11_PARSE(app, count, words);
  for (const auto& file : options.body_files) load.posts.push_back(post_of(read_whole(file)));
  load.context = client_context(options.certificate);
  run(load);
  return 0;
}

}  // namespace
}  // namespace muster::bench

int main(int count, char** words) {
  try {
    return muster::bench::run_command_line(count, words);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "wsman_load: %s\n", error.what());
    return 1;
  }
}
