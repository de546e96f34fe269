// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/http/tls_stream.h"

#include <array>
#include <cerrno>
#include <utility>

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/basic_stream_descriptor.hpp>
#include <sys/socket.h>

#include "core/tls/verify.h"

namespace muster::http {
namespace {

using Descriptor = boost::asio::posix::basic_stream_descriptor<boost::asio::io_context::executor_type>;

constexpr char kOtherLogHint[] = "does a TLS server listen there? The other side's log may say more";

// Alerts with which a peer says that it does not accept our certificate, or misses one.
bool refuses_certificate(unsigned long code) {
  if (ERR_GET_LIB(code) != ERR_LIB_SSL) return false;
  switch (ERR_GET_REASON(code)) {
    case SSL_R_SSLV3_ALERT_BAD_CERTIFICATE:
    case SSL_R_SSLV3_ALERT_UNSUPPORTED_CERTIFICATE:
    case SSL_R_SSLV3_ALERT_CERTIFICATE_REVOKED:
    case SSL_R_SSLV3_ALERT_CERTIFICATE_EXPIRED:
    case SSL_R_SSLV3_ALERT_CERTIFICATE_UNKNOWN:
    case SSL_R_TLSV1_ALERT_UNKNOWN_CA:
    case SSL_R_TLSV1_ALERT_ACCESS_DENIED:
    case SSL_R_TLSV13_ALERT_CERTIFICATE_REQUIRED: return true;
    default: return false;
  }
}

}  // namespace

struct TlsStream::State {
  State(boost::asio::io_context& context, int fd) : descriptor(context, fd) {}

  Descriptor descriptor;
  tls::ConnectionHandle ssl;
  std::string expected_name;
  std::optional<tls::Certificate> refused;  // the peer's certificate that failed verification
  unsigned long last_code = 0;              // of OpenSSL's queue
  int last_errno = 0;
};

namespace {

// SSL_get_error() looks at the whole queue. Clearing an empty one costs more than looking.
void forget_errors() {
  if (ERR_peek_error() != 0) ERR_clear_error();
}

int remember_refused(int verified, X509_STORE_CTX* store) {
  if (verified == 1) return 1;
  auto* ssl = static_cast<SSL*>(X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx()));
  auto* refused = static_cast<std::optional<tls::Certificate>*>(SSL_get_app_data(ssl));
  X509* at = X509_STORE_CTX_get_current_cert(store);
  if (refused != nullptr && at != nullptr && X509_up_ref(at) == 1) {
    *refused = tls::Certificate(tls::CertificateHandle(at));
  }
  return verified;
}

}  // namespace

std::span<char> read_buffer() {
  static thread_local std::array<char, 16UL * 1024> buffer;  // a TLS record's payload
  return buffer;
}

TlsStream::TlsStream(std::unique_ptr<State> state) : state_(std::move(state)) {}
TlsStream::~TlsStream() = default;

Result<std::unique_ptr<TlsStream>> TlsStream::create(Loop& loop, Fd socket, const tls::Context& context) {
  tls::ConnectionHandle ssl(SSL_new(context.get()));
  if (!ssl || SSL_set_fd(ssl.get(), socket.get()) != 1) {
    return fail(tls::openssl_error(Errc::internal, "TLS connection"));
  }
  SSL_set_mode(ssl.get(), SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                              SSL_MODE_RELEASE_BUFFERS);
  SSL_set_read_ahead(ssl.get(), 1);  // header and payload of a record in one read(2)
  std::unique_ptr<State> state;
  try {
    state = std::make_unique<State>(loop.asio(), socket.get());
  } catch (const boost::system::system_error& error) {
    return fail(Errc::internal, std::string("TLS connection: ") + error.what());
  }
  static_cast<void>(socket.release());  // now the descriptor's
  boost::system::error_code ignored;    // accept4 and socket made it so already; this tells Asio
  state->descriptor.non_blocking(true, ignored);
  state->ssl = std::move(ssl);
  return std::unique_ptr<TlsStream>(new TlsStream(std::move(state)));
}

Result<std::unique_ptr<TlsStream>> TlsStream::accept(Loop& loop, Fd socket, const tls::Context& context) {
  auto stream = create(loop, std::move(socket), context);
  if (stream) SSL_set_accept_state((*stream)->state_->ssl.get());
  return stream;
}

Result<std::unique_ptr<TlsStream>> TlsStream::connect(Loop& loop, Fd socket, const tls::Context& context,
                                                      const std::string& name) {
  auto stream = create(loop, std::move(socket), context);
  if (!stream) return stream;
  State& state = *(*stream)->state_;
  SSL* ssl = state.ssl.get();
  state.expected_name = name;
  SSL_set_connect_state(ssl);
  SSL_set_hostflags(ssl, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  if (auto named = tls::expect_name(ssl, name); !named) return fail(std::move(named.error()));
  SSL_set_app_data(ssl, &state.refused);
  SSL_set_verify(ssl, SSL_VERIFY_PEER, &remember_refused);
  return stream;
}

Step TlsStream::outcome(int returned) {
  const int error = errno;
  switch (SSL_get_error(state_->ssl.get(), returned)) {
    case SSL_ERROR_NONE: return Step::done;
    case SSL_ERROR_WANT_READ: return Step::want_read;
    case SSL_ERROR_WANT_WRITE: return Step::want_write;
    case SSL_ERROR_ZERO_RETURN: return Step::closed;
    case SSL_ERROR_SYSCALL: state_->last_errno = error; [[fallthrough]];
    default: state_->last_code = ERR_peek_error(); return Step::failed;
  }
}

Step TlsStream::handshake() {
  forget_errors();
  errno = 0;
  return outcome(SSL_do_handshake(state_->ssl.get()));
}

Step TlsStream::read(std::span<char> into, std::size_t& moved) {
  forget_errors();
  errno = 0;
  return outcome(SSL_read_ex(state_->ssl.get(), into.data(), into.size(), &moved));
}

Step TlsStream::write(std::string_view bytes, std::size_t& moved) {
  forget_errors();
  errno = 0;
  return outcome(SSL_write_ex(state_->ssl.get(), bytes.data(), bytes.size(), &moved));
}

bool TlsStream::holds_input() const {
  return SSL_has_pending(state_->ssl.get()) == 1;
}

bool TlsStream::heard() const {
  return BIO_number_read(SSL_get_rbio(state_->ssl.get())) > 0;
}

bool TlsStream::ended() {
  forget_errors();
  errno = 0;
  char first = 0;
  std::size_t size = 0;
  const Step step = outcome(SSL_peek_ex(state_->ssl.get(), &first, sizeof first, &size));
  return step == Step::closed || step == Step::failed;
}

void TlsStream::finish() {
  ERR_clear_error();
  if (SSL_is_init_finished(state_->ssl.get()) == 1) SSL_shutdown(state_->ssl.get());
  ERR_clear_error();
  ::shutdown(fd(), SHUT_WR);
}

void TlsStream::wait(Step step, std::function<void()> ready) {
  const auto what = step == Step::want_write ? Descriptor::wait_write : Descriptor::wait_read;
  state_->descriptor.async_wait(what, [ready = std::move(ready)](boost::system::error_code error) {
    if (error != boost::asio::error::operation_aborted) ready();
  });
}

void TlsStream::cancel() {
  boost::system::error_code ignored;
  state_->descriptor.cancel(ignored);
}

int TlsStream::fd() const {
  return const_cast<State&>(*state_).descriptor.native_handle();
}

std::optional<tls::Certificate> TlsStream::verified_peer() const {
  tls::CertificateHandle peer(SSL_get1_peer_certificate(state_->ssl.get()));
  if (!peer || SSL_get_verify_result(state_->ssl.get()) != X509_V_OK) return std::nullopt;
  return tls::Certificate(std::move(peer));
}

Error TlsStream::failure(const std::string& object) const {
  const long verified = SSL_get_verify_result(state_->ssl.get());
  if (verified != X509_V_OK) {
    const auto& refused = state_->refused;
    const auto* at = refused ? &*refused : nullptr;
    return tls::verification_error(verified, at, state_->expected_name).during(object);
  }
  if (state_->last_errno != 0) {
    errno = state_->last_errno;
    auto error = errno_error(object);
    return Error{Errc::unreachable, std::move(error.what), "is the service running and listening there?"};
  }
  if (state_->last_code == 0) {
    return Error{Errc::unreachable, object + ": the peer closed the connection", kOtherLogHint};
  }
  if (refuses_certificate(state_->last_code)) {
    auto error = tls::openssl_error(Errc::untrusted, object + ": the peer refused our certificate");
    error.hint = "is it issued by an authority that the peer accepts, for this use, and not expired?";
    return error;
  }
  auto error = tls::openssl_error(Errc::unreachable, object + ": TLS");
  error.hint = kOtherLogHint;
  return error;
}

}  // namespace muster::http
