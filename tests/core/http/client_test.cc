// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/http/client.h"

#include <algorithm>
#include <atomic>

#include <fcntl.h>

#include "tests/core/http/https_fixture.h"

namespace muster::http {
namespace {

using namespace testing;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr seconds kPatience{20};

Endpoint at(std::uint16_t port, std::string name = "localhost", std::string host = "127.0.0.1") {
  return {.host = std::move(host), .port = port, .name = std::move(name)};
}

Result<Response> ask(const Endpoint& endpoint, milliseconds deadline = kPatience,
                     const std::shared_ptr<tls::Context>& context = client_context()) {
  return post_and_wait(endpoint, context, "/wsman", {{"Content-Type", "text/plain"}}, "hello", deadline);
}

// A client whose answers are collected; run() goes on until as many as wanted are there.
class LoopedClient {
 public:
  explicit LoopedClient(const Endpoint& endpoint, std::size_t body_limit = std::size_t{1024} * 1024)
      : client_(Client::create(loop_, endpoint, client_context(), body_limit)) {}

  void post(std::string body, milliseconds deadline = kPatience, Repeat repeat = Repeat::safe) {
    client_->post("/wsman", {}, std::move(body), deadline, repeat, [this](Result<Response> answer) {
      answers_.push_back(std::move(answer));
      if (answers_.size() == wanted_) loop_.stop();
    });
  }
  std::vector<Result<Response>> run(std::size_t wanted) {
    wanted_ = wanted;
    loop_.run();
    return std::exchange(answers_, {});
  }
  Client& client() { return *client_; }
  Loop& loop() { return loop_; }

 private:
  Loop loop_;
  std::unique_ptr<Client> client_;
  std::size_t wanted_ = 0;
  std::vector<Result<Response>> answers_;
};

TEST(Client, GetsItsAnswer) {
  RunningServer server([](const Head& head, const Peer&, const Decide& decide) {
    Response response;
    response.status = 202;
    response.fields = {{"X-Method", head.method}, {"X-Target", head.target}, {"X-Host", *head.field("host")}};
    decide(std::move(response));
  });
  const auto answer = ask(at(server.port()));
  ASSERT_TRUE(answer) << answer.error().what;
  EXPECT_EQ(answer->status, 202);
  EXPECT_EQ(*find_field(answer->fields, "x-method"), "POST");
  EXPECT_EQ(*find_field(answer->fields, "x-target"), "/wsman");
  EXPECT_EQ(*find_field(answer->fields, "x-host"), "localhost:" + std::to_string(server.port()));
}

TEST(Client, FindsAHostByName) {
  RunningServer server(&echo, {}, server_context(loopback_identity()), "*");
  const auto answer = ask(at(server.port(), "", "localhost"));
  ASSERT_TRUE(answer) << answer.error().what;
  EXPECT_EQ(answer->body, "hello");
}

// "localhost" is ::1 first where IPv6 is there, and nothing listens on it.
TEST(Client, TriesTheNextAddressOfAName) {
  RunningServer server;
  const auto answer = ask(at(server.port(), "", "localhost"));
  ASSERT_TRUE(answer) << answer.error().what;
}

// The kept address is tried first and in vain: the error is about the name that was asked for.
TEST(Client, NamesTheHostAlsoWhenItsKeptAddressRefuses) {
  auto server = std::make_unique<RunningServer>();
  const auto port = server->port();
  LoopedClient client(at(port, "", "localhost"));
  client.post("first");
  ASSERT_TRUE(client.run(1).front());
  server.reset();
  client.post("nobody there");
  const auto refused = client.run(1);
  ASSERT_FALSE(refused.front());
  EXPECT_TRUE(refused.front().error().what.starts_with("localhost:" + std::to_string(port)))
      << refused.front().error().what;
}

TEST(Client, SpeaksIpv6AndChecksAddressesInCertificates) {
  RunningServer server(&echo, {}, server_context(loopback_identity()), "::1");
  const auto answer = ask(at(server.port(), "", "::1"));
  ASSERT_TRUE(answer) << answer.error().what;
  EXPECT_EQ(answer->body, "hello");
}

TEST(Client, KeepsItsConnectionForManyRequestsInOrder) {
  RunningServer server;
  LoopedClient client(at(server.port()));
  for (int i = 0; i < 50; ++i) client.post(std::to_string(i));
  const auto answers = client.run(50);
  ASSERT_EQ(answers.size(), 50U);
  for (std::size_t i = 0; i < 50; ++i) {
    ASSERT_TRUE(answers[i]) << answers[i].error().what;
    EXPECT_EQ(answers[i]->body, std::to_string(i));
  }
  EXPECT_EQ(server.statistics().accepted, 1U);
}

TEST(Client, RefusesWhatDoesNotFitItsQueue) {
  RunningServer server;
  LoopedClient client(at(server.port()));
  for (int i = 0; i < 65; ++i) client.post("x");
  const auto answers = client.run(65);
  ASSERT_EQ(answers.size(), 65U);
  EXPECT_EQ(std::count_if(answers.begin(), answers.end(), [](const auto& answer) { return !answer; }), 1);
}

TEST(Client, NeverAnswersFromInsidePost) {
  Loop loop;
  bool called = false;
  const auto client = Client::create(loop, at(1, "not a name!"), client_context());
  client->post("/", {}, "", kPatience, Repeat::safe, [&](const Result<Response>& answer) {
    called = true;
    EXPECT_FALSE(answer);
  });
  EXPECT_FALSE(called);
  loop.run();
  EXPECT_TRUE(called);
}

TEST(Client, RefusedPortIsUnreachableAndSaysWhatToTry) {
  std::uint16_t port = 0;
  {
    const Fd closed_again = value_of(listen_on("127.0.0.1", 0));
    port = value_of(local_port(closed_again.get()));
  }
  const auto answer = ask(at(port));
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, Errc::unreachable);
  EXPECT_TRUE(answer.error().what.starts_with("127.0.0.1:" + std::to_string(port) + ": "))
      << answer.error().what;
  EXPECT_NE(answer.error().hint.find("nothing listens"), std::string::npos);
}

TEST(Client, UnknownNameIsUnreachable) {
  const auto answer = ask(at(1270, "", "no-such-host.invalid"));
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, Errc::unreachable);
  EXPECT_NE(answer.error().what.find("name not found"), std::string::npos) << answer.error().what;
}

// It accepts connections (the kernel does) and never says a word.
TEST(Client, SilentServerIsATimeoutThatNamesThePhase) {
  const Fd listening = value_of(listen_on("127.0.0.1", 0));
  const auto answer = ask(at(value_of(local_port(listening.get()))), milliseconds(300));
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, Errc::timeout);
  EXPECT_NE(answer.error().what.find("in the TLS handshake"), std::string::npos) << answer.error().what;
}

// A full backlog drops what comes after: packets into the void.
TEST(Client, BlackHoleIsATimeoutThatNamesThePhase) {
  const Fd listening = value_of(listen_on("127.0.0.1", 0));
  ASSERT_EQ(::listen(listening.get(), 0), 0);
  const auto port = value_of(local_port(listening.get()));
  std::vector<Fd> filling;
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(port);
  for (int i = 0; i < 4; ++i) {
    filling.emplace_back(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    static_cast<void>(
        ::connect(filling.back().get(), reinterpret_cast<const sockaddr*>(&address), sizeof address));
  }
  const auto answer = ask(at(port), milliseconds(300));
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, Errc::timeout);
  EXPECT_NE(answer.error().what.find("(connecting)"), std::string::npos) << answer.error().what;
}

TEST(Client, AnswerThatDoesNotComeIsATimeoutThatNamesThePhase) {
  RunningServer server([](const Head&, const Peer&, const Decide&) {});
  const auto answer = ask(at(server.port()), milliseconds(500));
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, Errc::timeout);
  EXPECT_NE(answer.error().what.find("waiting for the answer"), std::string::npos) << answer.error().what;
}

TEST(Client, ServerOfAnotherAuthorityIsUntrustedWithTheReason) {
  RunningServer server;
  const Authority other("Other");
  const auto answer = ask(at(server.port()), kPatience, client_context(other));
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, Errc::untrusted);
  EXPECT_TRUE(answer.error().what.starts_with("127.0.0.1:")) << answer.error().what;
  EXPECT_NE(answer.error().what.find("issue"), std::string::npos) << answer.error().what;
  EXPECT_FALSE(answer.error().hint.empty());
  EXPECT_EQ(server.statistics().requests, 0U);
}

TEST(Client, ServerOfAnotherNameIsUntrustedNamingBoth) {
  RunningServer server;
  const auto answer = ask(at(server.port(), "db1.example"));
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, Errc::untrusted);
  EXPECT_NE(answer.error().what.find("db1.example"), std::string::npos) << answer.error().what;
  EXPECT_NE(answer.error().what.find("localhost"), std::string::npos) << answer.error().what;
  EXPECT_EQ(server.statistics().requests, 0U);
}

TEST(Client, ServerThatWantsACertificateSaysSo) {
  RunningServer server(&echo, {}, server_context(loopback_identity(), tls::ClientCertificates::required));
  const auto none = ask(at(server.port()));
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().code, Errc::untrusted) << none.error().what;
  EXPECT_NE(none.error().what.find("refused our certificate"), std::string::npos) << none.error().what;
  const Identity poller(tls::testing::our_authority(), {"poller.example"}, tls::Purpose::client);
  EXPECT_TRUE(ask(at(server.port()), kPatience, client_context(tls::testing::our_authority(), &poller)));
}

TEST(Client, ServerWithoutTlsIsUnreachableAndSaysWhy) {
  const Fd listening = value_of(listen_on("127.0.0.1", 0));
  const std::jthread plain([&listening] {
    Fd socket;
    while (!socket) socket = Fd(::accept(listening.get(), nullptr, nullptr));
    static_cast<void>(::send(socket.get(), "220 mail ready\r\n", 16, MSG_NOSIGNAL));
    std::array<char, 2048> ignored{};
    static_cast<void>(::recv(socket.get(), ignored.data(), ignored.size(), 0));
  });
  const auto answer = ask(at(value_of(local_port(listening.get()))));
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, Errc::unreachable);
  EXPECT_NE(answer.error().what.find("wrong version number"), std::string::npos) << answer.error().what;
}

TEST(Client, ReconnectsWhenTheKeptConnectionWasClosed) {
  RunningServer server(&echo, Limits{.idle = seconds(1)});
  LoopedClient client(at(server.port()));
  client.post("one");
  ASSERT_TRUE(client.run(1).at(0));
  EXPECT_TRUE(server.becomes_empty());  // the idle deadline
  client.post("two");
  const auto second = client.run(1);
  ASSERT_TRUE(second.at(0)) << second.at(0).error().what;
  EXPECT_EQ(second.at(0)->body, "two");
  EXPECT_EQ(server.statistics().accepted, 2U);
}

// Its close_notify waits on the socket: bytes that are no sign of life.
TEST(Client, SeesAProperCloseBeforeItSendsWhatMayNotBeRepeated) {
  RunningServer server(&echo, Limits{.idle = seconds(1)});
  LoopedClient client(at(server.port()));
  client.post("one");
  ASSERT_TRUE(client.run(1).at(0));
  EXPECT_TRUE(server.becomes_empty());
  client.post("two", kPatience, Repeat::never);
  const auto second = client.run(1);
  ASSERT_TRUE(second.at(0)) << second.at(0).error().what;
  EXPECT_EQ(second.at(0)->body, "two");
}

// Serves one connection after the other, each with its own list of answers, and closes after the last.
class ScriptedServer {
 public:
  explicit ScriptedServer(std::vector<std::vector<std::string>> connections)
      : listening_(value_of(listen_on("127.0.0.1", 0))),
        thread_([this, connections = std::move(connections)] {
          ::fcntl(listening_.get(), F_SETFL, 0);
          for (const auto& answers : connections) serve(answers);
        }) {}
  std::uint16_t port() const { return value_of(local_port(listening_.get())); }
  int requests() const { return requests_; }

 private:
  // An empty answer is none: the connection closes instead.
  void serve(const std::vector<std::string>& answers) {
    const Fd socket(::accept(listening_.get(), nullptr, nullptr));
    const tls::ConnectionHandle ssl(SSL_new(context_->get()));
    SSL_set_fd(ssl.get(), socket.get());
    SSL_accept(ssl.get());
    for (const auto& answer : answers) {
      std::array<char, 4096> request{};
      if (SSL_read(ssl.get(), request.data(), static_cast<int>(request.size())) > 0) ++requests_;
      if (!answer.empty()) SSL_write(ssl.get(), answer.data(), static_cast<int>(answer.size()));
    }
    SSL_shutdown(ssl.get());
  }

  std::shared_ptr<tls::Context> context_ = server_context(loopback_identity());
  Fd listening_;
  std::atomic<int> requests_ = 0;
  std::jthread thread_;
};

const std::string kOk = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

TEST(Client, ReconnectsOnceWhenTheServerClosesInsteadOfAnswering) {
  ScriptedServer server({{kOk, ""}, {kOk, ""}, {""}});
  LoopedClient client(at(server.port()));
  for (int i = 0; i < 2; ++i) {
    client.post("x");
    const auto answers = client.run(1);
    ASSERT_TRUE(answers.at(0)) << answers.at(0).error().what;
    EXPECT_EQ(answers.at(0)->body, "ok");
  }
  EXPECT_EQ(server.requests(), 3);
  client.post("x");
  const auto last = client.run(1);
  ASSERT_FALSE(last.at(0));
  EXPECT_EQ(last.at(0).error().code, Errc::unreachable);
  EXPECT_EQ(server.requests(), 5);
}

TEST(Client, SendsNothingTwiceThatMayNotBeRepeated) {
  ScriptedServer server({{kOk, ""}, {kOk}});
  LoopedClient client(at(server.port()));
  client.post("x");
  ASSERT_TRUE(client.run(1).at(0));
  client.post("pull", kPatience, Repeat::never);
  const auto lost = client.run(1);
  ASSERT_FALSE(lost.at(0));
  EXPECT_EQ(lost.at(0).error().code, Errc::unreachable);
  EXPECT_EQ(server.requests(), 2);
  client.post("y", kPatience, Repeat::never);  // on a new connection: nothing of the old one is left
  EXPECT_TRUE(client.run(1).at(0));
}

TEST(Client, DoesNotReuseAConnectionThatSaidMoreThanItsAnswer) {
  ScriptedServer server({{kOk + "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil"}, {kOk}});
  LoopedClient client(at(server.port()));
  for (int i = 0; i < 2; ++i) {
    client.post("x");
    const auto answers = client.run(1);
    ASSERT_TRUE(answers.at(0)) << answers.at(0).error().what;
    EXPECT_EQ(answers.at(0)->body, "ok");
  }
}

TEST(Client, AnswerCutShortIsUnreachable) {
  ScriptedServer server({{"HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\nhalf"}});
  const auto answer = ask(at(server.port()));
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, Errc::unreachable);
  EXPECT_NE(answer.error().what.find("before its answer was whole"), std::string::npos)
      << answer.error().what;
}

TEST(Client, AnswerThatIsNoHttpIsMalformed) {
  ScriptedServer server({{"SSH-2.0-OpenSSH\r\n\r\n"}});
  const auto answer = ask(at(server.port()));
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, Errc::malformed);
}

TEST(Client, AnswerLargerThanTheLimitIsMalformed) {
  RunningServer server;
  LoopedClient client(at(server.port()), 1000);
  client.post(std::string(1001, 'x'));
  const auto answers = client.run(1);
  ASSERT_FALSE(answers.at(0));
  EXPECT_EQ(answers.at(0).error().code, Errc::malformed);
  client.post(std::string(1000, 'x'));
  EXPECT_TRUE(client.run(1).at(0));
}

TEST(Client, RefusalWhileTheBodyIsBeingSentIsTheAnswer) {
  RunningServer server([](const Head&, const Peer&, const Decide& decide) {
    Response refusal;
    refusal.status = 401;
    decide(std::move(refusal));
  });
  LoopedClient client(at(server.port()));
  client.post(std::string(std::size_t{400} * 1024, 'x'));
  const auto answers = client.run(1);
  ASSERT_TRUE(answers.at(0)) << answers.at(0).error().what;
  EXPECT_EQ(answers.at(0)->status, 401);
}

TEST(Client, MayBeDroppedInItsOwnAnswer) {
  RunningServer server;
  Loop loop;
  auto client = Client::create(loop, at(server.port()), client_context());
  int answers = 0;
  for (int i = 0; i < 3; ++i) {
    client->post("/", {}, "x", kPatience, Repeat::safe, [&](const Result<Response>& answer) {
      EXPECT_TRUE(answer);
      ++answers;
      client.reset();
    });
  }
  loop.run();
  EXPECT_EQ(answers, 1);
  EXPECT_TRUE(server.becomes_empty());
}

TEST(Client, DroppedWithARequestInWorkItStaysSilent) {
  std::atomic<bool> asked = false;
  RunningServer server([&](const Head&, const Peer&, const Decide&) { asked = true; });
  Loop loop;
  auto client = Client::create(loop, at(server.port()), client_context());
  client->post("/", {}, "x", kPatience, Repeat::safe, [](const Result<Response>&) { FAIL() << "answered"; });
  std::unique_ptr<Subscription> watch;
  watch = loop.every(milliseconds(5), [&] {
    if (!asked) return;
    client.reset();
    watch.reset();
  });
  loop.run();  // ends: nothing is left to wait for
  EXPECT_TRUE(asked);
}

TEST(Client, CloseGivesTheKeptConnectionBack) {
  RunningServer server;
  LoopedClient client(at(server.port()));
  client.post("x");
  ASSERT_TRUE(client.run(1).at(0));
  EXPECT_EQ(server.statistics().open, 1U);
  client.client().close();
  EXPECT_TRUE(server.becomes_empty());
  client.post("y");
  EXPECT_TRUE(client.run(1).at(0));
}

TEST(Client, CloseDuringARequestThatFailsDoesNotCloseLaterConnections) {
  ScriptedServer server({{""}, {kOk, kOk}});
  LoopedClient client(at(server.port()));
  client.post("x");
  client.loop().post([&] { client.client().close(); });  // comes when the request is in work
  ASSERT_FALSE(client.run(1).at(0));
  for (int i = 0; i < 2; ++i) {
    client.post("y");
    const auto answers = client.run(1);
    ASSERT_TRUE(answers.at(0)) << answers.at(0).error().what;
  }
  EXPECT_EQ(server.requests(), 3);
}

}  // namespace
}  // namespace muster::http
