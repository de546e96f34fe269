// SPDX-License-Identifier: GPL-2.0-or-later
// A sink in a process of its own: a real HTTPS server that writes down what it gets and answers as it is told. The
// test's process stays free of threads, so that it can fork couriers.
#pragma once

#include <atomic>
#include <csignal>
#include <string>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/http/server.h"
#include "core/wsman/names.h"
#include "tests/agent/temporary_folder.h"
#include "tests/core/http/https_fixture.h"

namespace muster::courier::testing {

enum class Manner : int { acknowledges, answers_without_ack, refuses, fails, hangs };

class SinkProcess {
 public:
  SinkProcess() : orders_(shared()) {
    listening_ = http::testing::value_of(http::listen_on("127.0.0.1", 0));
    port_ = http::testing::value_of(http::local_port(listening_.get()));
    http::testing::loopback_identity();  // made once, before processes part
    start();
  }
  ~SinkProcess() {
    stop();
    ::munmap(orders_, sizeof *orders_);
  }
  SinkProcess(const SinkProcess&) = delete;
  SinkProcess& operator=(const SinkProcess&) = delete;
  SinkProcess(SinkProcess&&) = delete;
  SinkProcess& operator=(SinkProcess&&) = delete;

  void behave(Manner manner) { orders_->manner = static_cast<int>(manner); }
  std::string authority() const { return "localhost:" + std::to_string(port_); }
  // Every message so far, oldest first.
  std::vector<std::string> messages() const {
    std::vector<std::string> all;
    const std::string content = read_file(file_, 1 << 28).value_or("");
    for (std::size_t at = 0; at < content.size();) {
      const std::size_t end = content.find('\0', at);
      if (end == std::string::npos) break;
      all.push_back(content.substr(at, end - at));
      at = end + 1;
    }
    return all;
  }
  void stop() {
    if (child_ <= 0) return;
    ::kill(child_, SIGKILL);
    ::waitpid(child_, nullptr, 0);
    child_ = -1;
  }
  void start() {
    child_ = ::fork();
    if (child_ == 0) serve();
  }

 private:
  struct Orders {
    std::atomic<int> manner{0};
  };
  static Orders* shared() {
    void* page = ::mmap(nullptr, sizeof(Orders), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    return new (page) Orders;
  }

  [[noreturn]] void serve() {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    const int file = ::open(file_.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    http::Loop loop;
    std::vector<Fd> sockets;
    sockets.emplace_back(::dup(listening_.get()));
    const auto serve_one = [this, file](http::Request request, const http::Respond& respond) {
      request.body.push_back('\0');
      if (::write(file, request.body.data(), request.body.size()) < 0) ::_exit(3);
      answer(request.body, respond);
    };
    auto server = http::Server::start(loop, std::move(sockets),
                                      http::testing::server_context(http::testing::loopback_identity()), {},
                                      [&](const http::Head&, const http::Peer&, const http::Decide& decide) {
                                        decide(http::Serve(serve_one));
                                      });
    if (!server) ::_exit(2);
    loop.run();
    ::_exit(0);
  }

  static std::string between(const std::string& text, std::string_view open, std::string_view close) {
    const auto begin = text.find(open) + open.size();
    return text.substr(begin, text.find(close, begin) - begin);
  }

  void answer(const std::string& body, const http::Respond& respond) {
    static std::vector<http::Respond> hanging;
    http::Response response;
    const std::string open =
        "<s:Envelope xmlns:s=\"http://www.w3.org/2003/05/soap-envelope\" "
        "xmlns:a=\"http://schemas.xmlsoap.org/ws/2004/08/addressing\" "
        "xmlns:w=\"http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd\">";
    const std::string id = between(body, "<wsa:MessageID>", "</wsa:MessageID>");
    switch (static_cast<Manner>(orders_->manner.load())) {
      case Manner::acknowledges:
        response.body = open + "<s:Header><a:Action>" + std::string(wsman::names::kAck) +
                        "</a:Action><a:RelatesTo>" + id + "</a:RelatesTo></s:Header><s:Body/></s:Envelope>";
        break;
      case Manner::answers_without_ack: break;
      case Manner::refuses:
        response.status = 500;
        response.body = open +
                        "<s:Body><s:Fault><s:Code><s:Value>s:Receiver</s:Value><s:Subcode><s:Value>"
                        "w:DeliveryRefused</s:Value></s:Subcode></s:Code></s:Fault></s:Body></s:Envelope>";
        break;
      case Manner::fails: response.status = 503; break;
      case Manner::hangs: hanging.push_back(respond); return;
    }
    respond(std::move(response));
  }

  muster::testing::TemporaryFolder folder_;
  std::string file_ = folder_ / "messages";
  Fd listening_;
  std::uint16_t port_ = 0;
  Orders* orders_;
  pid_t child_ = -1;
};

}  // namespace muster::courier::testing
