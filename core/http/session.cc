// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/http/session.h"

#include <algorithm>
#include <cassert>
#include <cerrno>
#include <utility>

#include <poll.h>
#include <sys/socket.h>

#include "core/http/date.h"
#include "core/http/message_text.h"

namespace muster::http {
namespace {

using std::chrono::steady_clock;

// A peer that still sends when it is refused must find the answer before the reset that its bytes would
// cause.
constexpr std::chrono::seconds kLingerTime{2};
constexpr std::size_t kLingerBytes = std::size_t{1024} * 1024;
// An error answer that the peer does not read ends no later.
constexpr std::chrono::seconds kRefusalTime{5};
constexpr int kFirstError = 400;  // of HTTP's statuses
// A smaller answer leaves in one segment anyway.
constexpr std::size_t kWorthPacking = 1400;

}  // namespace

Session::Session(std::shared_ptr<SessionSet> set, std::unique_ptr<TlsStream> stream, Peer peer,
                 std::string source)
    : set_(std::move(set)),
      stream_(std::move(stream)),
      peer_(std::move(peer)),
      source_(std::move(source)),
      repute_(set_->repute(source_)) {
  enter(State::handshake, set_->limits.handshake);
}

bool Session::has_request() const {
  return state_ != State::handshake && state_ != State::idle && state_ != State::closed;
}

void Session::enter(State state, steady_clock::duration limit) {
  state_ = state;
  deadline_ = steady_clock::now() + limit;
}

void Session::begin_pace(steady_clock::time_point end) {
  pace_began_ = steady_clock::now();
  pace_end_ = end;
  moved_bytes_ = 0;
  keep_pace(0);
}

void Session::keep_pace(std::size_t moved_bytes) {
  moved_bytes_ += moved_bytes;
  const std::chrono::seconds earned(moved_bytes_ / set_->limits.slow_bytes_per_second);
  deadline_ = std::min(pace_end_, pace_began_ + set_->limits.slow_grace + earned);
}

Worth Session::worth() const {
  return {repute_, promise(), began_};
}

Promise Session::promise() const {
  switch (state_) {
    case State::handshake: return stream_->heard() ? Promise::greeting : Promise::silent;
    case State::idle: return Promise::idle;
    case State::head: return Promise::asking;
    case State::deciding:
    case State::body:
    case State::serving: return Promise::deciding;
    case State::writing: return served_ ? Promise::deciding : Promise::over;
    case State::lingering:
    case State::closed: break;
  }
  return Promise::over;
}

void Session::rise(Standing to) {
  if (standing_ == to || standing_ == Standing::certified) return;
  set_->rises(*this, to);
  standing_ = to;
}

void Session::pump() {
  if (pumping_) return;  // called from inside a callback: the loop below goes on
  const auto self = shared_from_this();
  pumping_ = true;
  while (advance()) {
  }
  pumping_ = false;
}

void Session::close() {
  if (state_ == State::closed) return;
  state_ = State::closed;
  stream_.reset();
  serve_ = nullptr;
  gone_ = nullptr;
  set_->remove(*this);
}

void Session::finish() {
  if (state_ == State::closed) return;
  stream_->finish();
  close();
}

void Session::leave() {
  if (!has_request() && pending_.empty()) return finish();
  leaving_ = true;
}

// The end of the peer's half counts as well: nobody tells a client that only reads from one that is not there.
bool Session::has_left(short events) {
  if ((events & (POLLRDHUP | POLLHUP | POLLERR | POLLNVAL)) != 0) return true;
  // A stranger's body is not touched before the verdict.
  return (events & POLLIN) != 0 && state_ == State::serving && stream_->ended();
}

void Session::abandon() {
  ++set_->statistics.abandoned;
  unjudged_ = state_ == State::deciding;
  const auto tell = std::exchange(gone_, nullptr);
  close();
  if (tell) tell();
}

bool Session::wait(Step step) {
  if (waiting_) stream_->cancel();
  waiting_ = true;
  stream_->wait(step, [weak = weak_from_this()] {
    if (const auto self = weak.lock()) {
      self->waiting_ = false;
      self->pump();
    }
  });
  return false;
}

bool Session::advance() {
  switch (state_) {
    case State::handshake: return advance_handshake();
    case State::idle: return advance_idle();
    case State::head:
    case State::body: return advance_reading();
    case State::writing: return advance_writing();
    case State::lingering: return advance_lingering();
    case State::deciding:
    case State::serving:
    case State::closed: return false;
  }
  return false;
}

bool Session::advance_handshake() {
  const Step step = stream_->handshake();
  if (step == Step::want_read || step == Step::want_write) return wait(step);
  if (step != Step::done) {
    ++set_->statistics.handshake_failures;
    begin_linger();  // lets the alert arrive
    return true;
  }
  peer_.certificate = stream_->verified_peer();
  if (peer_.certificate) {
    certified_until_ = peer_.certificate->not_after();
    rise(Standing::certified);
  } else if (set_->only_reserved_left()) {
    ++set_->statistics.refused;
    finish();
    return false;
  }
  // A stranger has to ask; only whoever was let in may keep a connection for later.
  enter(State::idle, standing_ == Standing::stranger ? set_->limits.head : set_->limits.idle);
  return true;
}

bool Session::advance_idle() {
  if ((set_->draining || leaving_) && pending_.empty()) {
    finish();
    return false;
  }
  return advance_reading();
}

bool Session::advance_reading() {
  if (state_ == State::idle && !pending_.empty()) {
    enter(State::head, set_->limits.head);
    feed({});
    return true;
  }
  std::size_t size = 0;
  const Step step = stream_->read(read_buffer(), size);
  if (step == Step::want_read || step == Step::want_write) return wait(step);
  if (step != Step::done) {
    close();
    return false;
  }
  if (state_ == State::idle) enter(State::head, set_->limits.head);
  feed({read_buffer().data(), size});
  return true;
}

// Bytes go straight from the read buffer to the reader; only what it leaves is kept.
void Session::feed(std::string_view bytes) {
  if (state_ == State::body) keep_pace(bytes.size());
  if (!reader_) reader_ = std::make_unique<RequestReader>(set_->limits);
  if (pending_.empty()) {
    pending_.assign(bytes.substr(reader_->put(bytes)));
  } else {
    pending_.append(bytes);
    pending_.erase(0, reader_->put(pending_));
  }
  follow_reader();
}

void Session::follow_reader() {
  switch (reader_->state()) {
    case RequestReader::State::refused: refuse(reader_->refusal().status, reader_->refusal().reason); return;
    case RequestReader::State::head: return;
    case RequestReader::State::body:
      if (state_ == State::head) ask_authority();
      return;
    case RequestReader::State::complete:
      if (state_ == State::head) return ask_authority();
      return serve_request();
  }
}

void Session::ask_authority() {
  ++set_->statistics.requests;
  ++request_;
  enter(State::deciding, set_->limits.response);
  // The handler may drop the server: what it was called through must outlive the call.
  const auto set = set_;
  set->authorise(reader_->head(), peer_, [weak = weak_from_this(), request = request_](Verdict verdict) {
    if (const auto self = weak.lock()) self->decided(request, std::move(verdict));
  });
}

void Session::decided(std::uint64_t request, Verdict verdict) {
  assert(decided_ != request && "a verdict given twice");
  if (state_ != State::deciding || request != request_ || decided_ == request) return;
  decided_ = request;
  if (auto* refusal = std::get_if<Response>(&verdict)) {
    // An unread body would be taken for the next request.
    if (reader_->state() != RequestReader::State::complete) refusal->close = true;
    answer(*refusal);
  } else if (auto* anybody = std::get_if<ServeStranger>(&verdict)) {
    admitted(std::move(anybody->serve));
  } else {
    rise(Standing::admitted);
    admitted(std::move(std::get<Serve>(verdict)));
  }
  pump();
}

void Session::admitted(Serve serve) {
  if (!agree_on_codings()) return;
  serve_ = std::move(serve);
  if (reader_->state() == RequestReader::State::complete) return serve_request();
  enter(State::body, set_->limits.body);
  begin_pace(deadline_);
  if (!pending_.empty()) return feed({});
  if (reader_->expects_continue()) write_then(std::string(kContinue), State::body);
}

// By the head alone: a body that could not be read, or not answered, is not waited for.
bool Session::agree_on_codings() {
  const auto& fields = reader_->head().fields;
  const auto coding = coding_of(fields);
  acceptable_ = acceptable_coding(fields);
  if (coding && acceptable_ != Acceptable::neither) {
    coding_ = *coding;
    return true;
  }
  auto refusal = coding ? plain_refusal(406, "accept-encoding: neither gzip nor identity")
                        : plain_refusal(415, coding.error().what);
  if (!coding) refusal.fields.emplace_back("Accept-Encoding", "gzip");
  answer(refusal);
  return false;
}

void Session::serve_request() {
  enter(State::serving, set_->limits.response);
  const Serve serve = std::exchange(serve_, nullptr);
  Request request = reader_->take();
  if (coding_ == Coding::gzip) {
    auto plain = gunzip(request.body, {.bytes = set_->limits.body_bytes});
    if (!plain) return refuse(plain.error().code == Errc::unsupported ? 413 : 400, plain.error().what);
    request.body = *std::move(plain);
  }
  request.when_gone = [weak = weak_from_this(), number = request_](std::function<void()> call) {
    if (const auto self = weak.lock()) self->when_gone(number, std::move(call));
  };
  serve(std::move(request), [weak = weak_from_this(), request = request_](Response response) {
    if (const auto self = weak.lock()) self->responded(request, std::move(response));
  });
}

void Session::when_gone(std::uint64_t request, std::function<void()> call) {
  if (state_ == State::serving && request == request_) gone_ = std::move(call);
}

void Session::responded(std::uint64_t request, Response response) {
  assert(responded_ != request && "a request answered twice");
  if (state_ != State::serving || request != request_ || responded_ == request) return;
  responded_ = request;
  served_ = served_ || response.status < kFirstError;
  pack(response);
  answer(response);
  pump();
}

// Compresses where the client takes it and it pays.
void Session::pack(Response& response) const {
  if (acceptable_ == Acceptable::identity || response.body.empty()) return;
  if (acceptable_ == Acceptable::either && response.body.size() < kWorthPacking) return;
  auto packed = gzip(response.body);
  if (packed.empty()) return;
  response.body = std::move(packed);
  response.fields.emplace_back("Content-Encoding", "gzip");
}

void Session::refuse(int status, std::string_view reason) {
  answer(plain_refusal(status, reason));
  begin_pace(steady_clock::now() + kRefusalTime);
}

void Session::answer(const Response& response) {
  gone_ = nullptr;
  const bool keep = !response.close && !set_->draining && !leaving_ && reader_ && reader_->keeps_alive();
  const auto deadline = deadline_;  // `response` covers handler and writing together
  write_then(response_text(response, keep ? AfterResponse::keep : AfterResponse::close, current_date()),
             keep ? State::idle : State::lingering);
  begin_pace(deadline);
}

void Session::write_then(std::string text, State next) {
  output_ = std::move(text);
  written_ = 0;
  next_ = next;
  state_ = State::writing;
}

bool Session::advance_writing() {
  while (written_ < output_.size()) {
    std::size_t size = 0;
    const Step step = stream_->write(std::string_view(output_).substr(written_), size);
    if (step == Step::want_read || step == Step::want_write) return wait(step);
    if (step != Step::done) {
      close();
      return false;
    }
    written_ += size;
    keep_pace(size);
  }
  output_ = std::string();
  if (next_ == State::lingering) {
    begin_linger();
    return true;
  }
  if (next_ == State::body) {
    state_ = State::body;
    return true;
  }
  reader_.reset();
  enter(State::idle, set_->limits.idle);
  if ((set_->draining || leaving_) && pending_.empty()) return true;
  if (pending_.empty() && !stream_->holds_input()) {
    pending_ = std::string();
    return wait(Step::want_read);
  }
  // Another request is here already: others have their turn first.
  set_->loop.post([weak = weak_from_this()] {
    if (const auto self = weak.lock()) self->pump();
  });
  return false;
}

void Session::begin_linger() {
  reader_.reset();
  pending_ = std::string();
  stream_->finish();
  enter(State::lingering, kLingerTime);
}

// Bytes that come after the end are taken from the socket and dropped.
bool Session::advance_lingering() {
  const auto buffer = read_buffer();
  while (lingered_ < kLingerBytes) {
    const auto size = ::recv(stream_->fd(), buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (size < 0 && errno == EINTR) continue;
    if (size < 0 && errno == EAGAIN) return wait(Step::want_read);
    if (size <= 0) break;
    lingered_ += static_cast<std::size_t>(size);
  }
  close();
  return false;
}

void Session::expire() {
  switch (state_) {
    case State::head:
    case State::body: refuse(408, "the request did not arrive in time"); break;
    case State::deciding:
    case State::serving: refuse(503, "the answer was not ready in time"); break;
    case State::handshake: ++set_->statistics.handshake_failures; return close();
    case State::idle: return finish();
    case State::writing:
    case State::lingering: return close();
    case State::closed: return;
  }
  pump();
}

}  // namespace muster::http
