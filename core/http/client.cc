// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/http/client.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <deque>
#include <utility>

#include <netdb.h>
#include <sys/socket.h>

#include "core/base/secret.h"
#include "core/http/connector.h"
#include "core/http/message_text.h"
#include "core/http/response_reader.h"
#include "core/http/tls_stream.h"

namespace muster::http {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr std::size_t kMaxWaiting = 64;

// As digits; empty when the connection is gone already.
std::string address_of_peer(int fd) {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  std::array<char, NI_MAXHOST> text{};
  if (::getpeername(fd, generic, &size) != 0) return {};
  if (::getnameinfo(generic, size, text.data(), text.size(), nullptr, 0, NI_NUMERICHOST) != 0) return {};
  return text.data();
}

struct Job {
  std::uint64_t number;
  std::string text;  // may hold an Authorization: wiped at the end
  steady_clock::time_point until;
  milliseconds allowed;
  Repeat repeat;
  Client::Answer answer;
  std::unique_ptr<Subscription> deadline;
};

// Callbacks hold it weakly: nothing happens any more once its client is gone.
class Connection : public std::enable_shared_from_this<Connection> {
 public:
  Connection(Loop& loop, Endpoint endpoint, std::shared_ptr<tls::Context> context, std::size_t body_limit)
      : loop_(loop),
        endpoint_(std::move(endpoint)),
        context_(std::move(context)),
        body_limit_(body_limit),
        object_(host_and_port(endpoint_.host, endpoint_.port)) {}

  void post(std::string_view target, const std::vector<Field>& fields, std::string_view body,
            milliseconds deadline, Repeat repeat, Client::Answer answer);
  void close();
  // The client goes: requests get no answer.
  void abandon() {
    disconnect();
    for (auto& job : jobs_) wipe(job.text);
    jobs_.clear();
  }

 private:
  enum class State { idle, connecting, handshake, writing, reading };

  void begin();
  void connect();
  void connected(Result<Fd> socket);
  void prepare();
  bool kept_connection_lives() const;
  void pump();
  bool advance();  // true: call it again
  bool advance_handshake();
  bool advance_writing();
  bool advance_reading();
  bool wait(Step step);                // always false
  bool lose(Error error);              // always false
  bool give(Result<Response> result);  // always false
  void expire(std::uint64_t number);
  void disconnect();
  void soon(void (Connection::*step)());

  Loop& loop_;
  Endpoint endpoint_;
  std::shared_ptr<tls::Context> context_;
  std::size_t body_limit_;
  std::string object_;
  std::string known_address_;  // connected to last time, so that a reconnect waits for no resolver
  std::deque<Job> jobs_;       // the first is in work unless the state is idle
  std::uint64_t numbered_ = 0;
  State state_ = State::idle;
  std::unique_ptr<Connector> connector_;
  std::unique_ptr<TlsStream> stream_;
  std::unique_ptr<ResponseReader> reader_;
  std::string pending_;  // received, not consumed by the reader yet
  std::size_t written_ = 0;
  bool reused_ = false;    // the request in work went out over a kept connection,
  bool answered_ = false;  // and bytes of its answer have come
  bool close_after_ = false;
};

void Connection::soon(void (Connection::*step)()) {
  loop_.post([weak = weak_from_this(), step] {
    if (const auto self = weak.lock()) (self.get()->*step)();
  });
}

void Connection::post(std::string_view target, const std::vector<Field>& fields, std::string_view body,
                      milliseconds deadline, Repeat repeat, Client::Answer answer) {
  if (jobs_.size() >= kMaxWaiting) {
    loop_.post([weak = weak_from_this(), answer = std::move(answer), object = object_] {
      if (weak.expired()) return;
      answer(fail(Errc::internal, object + ": too many requests wait for this connection"));
    });
    return;
  }
  const auto number = ++numbered_;
  const std::string& name = endpoint_.name.empty() ? endpoint_.host : endpoint_.name;
  Job job{number,
          post_text(target, host_and_port(name, endpoint_.port), fields, body),
          steady_clock::now() + deadline,
          deadline,
          repeat,
          std::move(answer),
          {}};
  job.deadline = loop_.after(deadline, [weak = weak_from_this(), number] {
    if (const auto self = weak.lock()) self->expire(number);
  });
  jobs_.push_back(std::move(job));
  if (jobs_.size() == 1) soon(&Connection::begin);
}

void Connection::close() {
  close_after_ = state_ != State::idle;
  if (close_after_ || !stream_) return;
  stream_->finish();
  disconnect();
}

void Connection::disconnect() {
  connector_.reset();
  stream_.reset();
  reader_.reset();
  pending_ = std::string();
  state_ = State::idle;
}

// Takes up the first request that waits.
void Connection::begin() {
  if (state_ != State::idle || jobs_.empty()) return;
  answered_ = false;
  reused_ = kept_connection_lives();
  if (reused_) {
    prepare();
    return pump();
  }
  disconnect();
  connect();
}

// False when the server has closed it meanwhile; that is also how a half-open connection shows here. Nothing is to
// come between two requests: bytes that wait are its close_notify, or what no request asked for.
bool Connection::kept_connection_lives() const {
  if (!stream_ || stream_->holds_input()) return false;
  char byte = 0;
  const auto size = ::recv(stream_->fd(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  return size < 0 && errno == EAGAIN;
}

void Connection::connect() {
  state_ = State::connecting;
  const auto left = std::chrono::duration_cast<milliseconds>(jobs_.front().until - steady_clock::now());
  const auto& where = known_address_.empty() ? endpoint_.host : known_address_;
  connector_ = Connector::start(loop_, where, endpoint_.port, std::max(left, milliseconds(0)),
                                [weak = weak_from_this()](Result<Fd> socket) {
                                  if (const auto self = weak.lock()) self->connected(std::move(socket));
                                });
}

void Connection::connected(Result<Fd> socket) {
  const auto over = std::move(connector_);  // its callback is what runs here
  if (!socket && !std::exchange(known_address_, {}).empty()) return connect();  // it may have moved
  if (!socket) return static_cast<void>(give(fail(std::move(socket.error()))));
  known_address_ = address_of_peer(socket->get());
  if (known_address_ == endpoint_.host) known_address_.clear();
  const std::string& name = endpoint_.name.empty() ? endpoint_.host : endpoint_.name;
  auto stream = TlsStream::connect(loop_, *std::move(socket), *context_, name);
  if (!stream) return static_cast<void>(give(fail(std::move(stream.error()).during(object_))));
  stream_ = *std::move(stream);
  state_ = State::handshake;
  pump();
}

void Connection::prepare() {
  reader_ = std::make_unique<ResponseReader>(body_limit_);
  written_ = 0;
  state_ = State::writing;
}

bool Connection::wait(Step step) {
  stream_->wait(step, [weak = weak_from_this()] {
    if (const auto self = weak.lock()) self->pump();
  });
  return false;
}

void Connection::pump() {
  const auto self = shared_from_this();
  while (advance()) {
  }
}

bool Connection::advance() {
  switch (state_) {
    case State::handshake: return advance_handshake();
    case State::writing: return advance_writing();
    case State::reading: return advance_reading();
    case State::idle:
    case State::connecting: return false;
  }
  return false;
}

bool Connection::advance_handshake() {
  const Step step = stream_->handshake();
  if (step == Step::want_read || step == Step::want_write) return wait(step);
  if (step != Step::done) return lose(stream_->failure(object_));
  prepare();
  return true;
}

bool Connection::advance_writing() {
  const std::string_view text = jobs_.front().text;
  while (written_ < text.size()) {
    std::size_t size = 0;
    const Step step = stream_->write(text.substr(written_), size);
    if (step == Step::want_read || step == Step::want_write) return wait(step);
    if (step != Step::done) break;  // why, the server may have said before it stopped reading
    written_ += size;
  }
  state_ = State::reading;
  return true;
}

bool Connection::advance_reading() {
  std::size_t size = 0;
  const Step step = stream_->read(read_buffer(), size);
  if (step == Step::want_read || step == Step::want_write) return wait(step);
  if (step == Step::failed) return lose(stream_->failure(object_));
  if (step == Step::closed) {
    reader_->end();
    if (reader_->complete()) return give(reader_->take());
    return lose(Error{Errc::unreachable,
                      object_ + ": the server closed the connection before its answer was whole",
                      "the server's own log may say why"});
  }
  answered_ = true;
  pending_.append(read_buffer().data(), size);
  const auto used = reader_->put(pending_);
  if (!used) {
    Error error = used.error();
    return give(fail(std::move(error).during(object_)));
  }
  pending_.erase(0, *used);
  if (!reader_->complete()) return true;
  return give(reader_->take());
}

// The connection broke. One that was kept may have been closed while the request was on its way: try anew, if
// the server may see the request twice.
bool Connection::lose(Error error) {
  if (!reused_ || answered_ || jobs_.front().repeat == Repeat::never) return give(fail(std::move(error)));
  disconnect();
  reused_ = false;
  connect();
  return false;
}

bool Connection::give(Result<Response> result) {
  Job job = std::move(jobs_.front());
  jobs_.pop_front();
  wipe(job.text);
  if (!result && state_ <= State::handshake) known_address_.clear();  // perhaps somebody else's by now
  const bool close_after = std::exchange(close_after_, false);
  const bool keep = result && !result->close && pending_.empty() && !close_after;
  if (keep) {
    reader_.reset();
    state_ = State::idle;
  } else {
    if (stream_ && result) stream_->finish();
    disconnect();
  }
  if (!jobs_.empty()) soon(&Connection::begin);
  job.deadline.reset();
  job.answer(std::move(result));
  return false;
}

void Connection::expire(std::uint64_t number) {
  const auto found =
      std::find_if(jobs_.begin(), jobs_.end(), [number](const Job& job) { return job.number == number; });
  if (found == jobs_.end()) return;
  static constexpr std::string_view kDoing[] = {"waiting for another request", "connecting",
                                                "in the TLS handshake", "sending the request",
                                                "waiting for the answer"};
  const bool in_work = found == jobs_.begin();
  const auto doing = kDoing[in_work ? static_cast<std::size_t>(state_) : 0];
  auto error = fail(Errc::timeout,
                    object_ + ": no answer within " + std::to_string(found->allowed.count()) + " ms (" +
                        std::string(doing) + ")",
                    "is the host up, the port open in its firewall, and the service not overloaded?");
  if (in_work) return static_cast<void>(give(std::move(error)));
  Job job = std::move(*found);
  jobs_.erase(found);
  wipe(job.text);
  job.answer(std::move(error));
}

class HttpsClient final : public Client {
 public:
  explicit HttpsClient(std::shared_ptr<Connection> connection) : connection_(std::move(connection)) {}
  ~HttpsClient() override { connection_->abandon(); }
  HttpsClient(const HttpsClient&) = delete;
  HttpsClient& operator=(const HttpsClient&) = delete;
  HttpsClient(HttpsClient&&) = delete;
  HttpsClient& operator=(HttpsClient&&) = delete;

  void post(std::string target, std::vector<Field> fields, std::string body, milliseconds deadline,
            Repeat repeat, Answer answer) override {
    connection_->post(target, fields, body, deadline, repeat, std::move(answer));
    for (auto& [name, value] : fields) wipe(value);
  }
  void close() override { connection_->close(); }

 private:
  std::shared_ptr<Connection> connection_;
};

}  // namespace

std::unique_ptr<Client> Client::create(Loop& loop, Endpoint endpoint, std::shared_ptr<tls::Context> context,
                                       std::size_t body_limit_bytes) {
  return std::make_unique<HttpsClient>(
      std::make_shared<Connection>(loop, std::move(endpoint), std::move(context), body_limit_bytes));
}

Result<Response> post_and_wait(const Endpoint& endpoint, const std::shared_ptr<tls::Context>& context,
                               std::string target, std::vector<Field> fields, std::string body,
                               milliseconds deadline) {
  Loop loop;
  Result<Response> result = fail(Errc::internal, host_and_port(endpoint.host, endpoint.port) + ": no answer");
  const auto client = Client::create(loop, endpoint, context);
  client->post(std::move(target), std::move(fields), std::move(body), deadline, Repeat::never,
               [&](Result<Response> answer) {
                 result = std::move(answer);
                 loop.stop();
               });
  loop.run();
  return result;
}

}  // namespace muster::http
