// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/tls/context.h"

#include <optional>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/tls/verify.h"
#include "tests/core/tls/authority.h"
#include "tests/core/tls/handshake.h"

namespace muster::tls {
namespace {

using testing::Authority;
using testing::carry;
using testing::Ends;
using testing::forge;
using ::testing::HasSubstr;
using testing::join;
using testing::key_of;
using testing::leaf_extensions;
using testing::our_authority;
using testing::pending;
using testing::shake;
using testing::value_of;

constexpr const char* kName = "db1.site.example";
using Chain = std::vector<Certificate>;
using Shared = std::shared_ptr<Context>;

const Key& own_key() {
  return key_of(KeyKind::p256);
}

Chain chain_of(const Authority& authority, Purpose purpose) {
  return {authority.leaf(own_key(), {kName}, purpose), authority.issuing};
}

Shared server(ClientCertificates clients, const Chain& chain) {
  return value_of(Context::server({chain, own_key()}, {our_authority().root}, clients));
}

Shared server(ClientCertificates clients) {
  return server(clients, chain_of(our_authority(), Purpose::agent));
}

Shared client(const Chain* chain = nullptr) {
  if (chain == nullptr) return value_of(Context::client({our_authority().root}, nullptr));
  const Context::Identity identity{*chain, own_key()};
  return value_of(Context::client({our_authority().root}, &identity));
}

Ends connect(const Shared& from, const Shared& to, std::string_view name = kName) {
  Ends ends = join(from->get(), to->get());
  if (auto expected = expect_name(ends.client.get(), name); !expected) {
    throw std::runtime_error(expected.error().what);
  }
  shake(ends);
  return ends;
}

// OpenSSL forgets a certificate that it refuses: whoever wants to name it keeps it as this does.
int keep_refused(int fine, X509_STORE_CTX* store) {
  auto* ssl = static_cast<SSL*>(X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx()));
  if (X509* at = X509_STORE_CTX_get_current_cert(store); fine == 0 && at != nullptr && X509_up_ref(at) == 1) {
    static_cast<std::optional<Certificate>*>(SSL_get_app_data(ssl))->emplace(CertificateHandle(at));
  }
  return fine;
}

// What a client says about the server that it refuses; "" when it connects.
std::string verdict(const Shared& from, const Shared& to, const std::string& name) {
  std::optional<Certificate> refused;
  Ends ends = join(from->get(), to->get());
  SSL_set_app_data(ends.client.get(), &refused);
  SSL_set_verify(ends.client.get(), SSL_VERIFY_PEER, &keep_refused);
  EXPECT_TRUE(expect_name(ends.client.get(), name));
  shake(ends);
  if (ends.connected()) return "";
  return verification_error(SSL_get_verify_result(ends.client.get()), refused ? &*refused : nullptr, name)
      .what;
}

TEST(Context, ConnectsWithModernProtocolsOnly) {
  const struct {
    int version;
    bool connects;
  } cases[] = {
      {TLS1_VERSION, false}, {TLS1_1_VERSION, false}, {TLS1_2_VERSION, true}, {TLS1_3_VERSION, true}};
  for (const auto& [version, connects] : cases) {
    const Shared from = client();
    const Shared to = server(ClientCertificates::ignored);
    // Loosened, so that an old version fails at the server and not within the client.
    SSL_CTX_set_security_level(from->get(), 0);
    ASSERT_EQ(SSL_CTX_set_min_proto_version(from->get(), version), 1);
    ASSERT_EQ(SSL_CTX_set_max_proto_version(from->get(), version), 1);
    ASSERT_EQ(SSL_CTX_set_cipher_list(from->get(), "ALL:@SECLEVEL=0"), 1);
    const Ends ends = connect(from, to);
    EXPECT_EQ(ends.connected(), connects) << version;
    if (connects) {
      EXPECT_EQ(SSL_version(ends.server.get()), version);
    }
  }
}

TEST(Context, OldClientsWithoutForwardSecrecyOrAeadAreRefused) {
  for (const char* ciphers : {"AES128-GCM-SHA256", "ECDHE-ECDSA-AES128-SHA", "ECDHE-ECDSA-AES128-SHA256"}) {
    const Shared from = client();
    ASSERT_EQ(SSL_CTX_set_max_proto_version(from->get(), TLS1_2_VERSION), 1);
    ASSERT_EQ(SSL_CTX_set_cipher_list(from->get(), ciphers), 1);
    EXPECT_FALSE(connect(from, server(ClientCertificates::ignored)).connected()) << ciphers;
  }
}

TEST(Context, ServesRsaCertificatesToo) {
  const Key& rsa = key_of(KeyKind::rsa3072);
  const Chain chain = {our_authority().leaf(rsa, {kName}, Purpose::agent), our_authority().issuing};
  const Shared to = value_of(Context::server({chain, rsa}, {}, ClientCertificates::ignored));
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    const Shared from = client();
    ASSERT_EQ(SSL_CTX_set_max_proto_version(from->get(), version), 1);
    EXPECT_TRUE(connect(from, to).connected());
  }
}

TEST(Context, ClientRefusesEveryServerButTheRightOneAndSaysWhy) {
  static const Authority kOther("Other");
  const Authority& ours = our_authority();
  const auto forged = [&ours](const char* names, const char* usage, const EVP_MD* digest) {
    return Chain{
        forge(own_key(), {.extensions = leaf_extensions(names, usage), .digest = digest}, ours.signer()),
        ours.issuing};
  };
  const struct {
    const char* name;
    Chain chain;
    const char* reason;
  } cases[] = {
      {kName, chain_of(ours, Purpose::agent), nullptr},
      {"10.0.0.1", forged("IP:10.0.0.1", "serverAuth", EVP_sha256()), nullptr},
      {kName, chain_of(ours, Purpose::gateway), nullptr},
      {"db2.example", chain_of(ours, Purpose::agent), "issued for db1.site.example but expected db2.example"},
      {"10.0.0.1", chain_of(ours, Purpose::agent), "issued for db1.site.example but expected 10.0.0.1"},
      {kName, forged("DNS:*.site.example", "serverAuth", EVP_sha256()), "issued for *.site.example"},
      {"forged", forged(nullptr, "serverAuth", EVP_sha256()), "no subject alternative name"},
      {kName, chain_of(ours, Purpose::client), "wrong usage: it is for clientAuth only"},
      {kName, chain_of(kOther, Purpose::agent), "unknown issuer"},
      {kName, {value_of(self_signed(own_key(), {kName}, std::chrono::hours(1)))}, "self-signed"},
  };
  for (const auto& [name, chain, reason] : cases) {
    SCOPED_TRACE(std::string(name) + " " + (reason != nullptr ? reason : "is right"));
    EXPECT_EQ(connect(client(), server(ClientCertificates::ignored, chain), name).connected(),
              reason == nullptr);
    const std::string said = verdict(client(), server(ClientCertificates::ignored, chain), name);
    if (reason == nullptr) {
      EXPECT_EQ(said, "");
    } else {
      EXPECT_THAT(said, HasSubstr(reason));
    }
  }
}

TEST(Context, ServerAdmitsClientsAsConfigured) {
  static const Authority kOther("Other");
  const Chain right = chain_of(our_authority(), Purpose::client);
  const Chain wrong_usage = chain_of(our_authority(), Purpose::agent);
  const Chain stranger = chain_of(kOther, Purpose::client);
  const struct {
    const Chain* chain;
    ClientCertificates clients;
    bool admitted;
    bool identified;
  } cases[] = {
      {nullptr, ClientCertificates::ignored, true, false},
      {&right, ClientCertificates::ignored, true, false},
      {&stranger, ClientCertificates::ignored, true, false},
      {nullptr, ClientCertificates::requested, true, false},
      {&right, ClientCertificates::requested, true, true},
      {&wrong_usage, ClientCertificates::requested, false, false},
      {&stranger, ClientCertificates::requested, false, false},
      {nullptr, ClientCertificates::required, false, false},
      {&right, ClientCertificates::required, true, true},
      {&wrong_usage, ClientCertificates::required, false, false},
      {&stranger, ClientCertificates::required, false, false},
  };
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    for (const auto& [chain, clients, admitted, identified] : cases) {
      SCOPED_TRACE(::testing::Message() << version << " case " << static_cast<int>(clients) << " "
                                        << (chain == nullptr ? "nobody" : chain->front().subject()));
      const Shared from = client(chain);
      ASSERT_EQ(SSL_CTX_set_max_proto_version(from->get(), version), 1);
      const Ends ends = connect(from, server(clients));
      EXPECT_EQ(ends.server_done, admitted);
      EXPECT_EQ(carry(ends.client.get(), ends.server.get(), "hello"), admitted ? "hello" : "");
      const CertificateHandle seen(SSL_get1_peer_certificate(ends.server.get()));
      EXPECT_EQ(admitted && seen != nullptr, identified);
    }
  }
}

TEST(Context, ServerNamesTheAuthoritiesThatItAccepts) {
  const Ends ends = connect(client(), server(ClientCertificates::requested));
  ASSERT_TRUE(ends.connected());
  const STACK_OF(X509_NAME)* names = SSL_get0_peer_CA_list(ends.client.get());
  ASSERT_EQ(sk_X509_NAME_num(names), 1);
  EXPECT_EQ(X509_NAME_cmp(sk_X509_NAME_value(names, 0), X509_get_subject_name(our_authority().root.get())),
            0);
}

TEST(Context, PinnedIssuingAuthorityShutsOutItsSiblings) {
  const Authority& ours = our_authority();
  const Key sibling_key = testing::new_key();
  const Certificate sibling =
      value_of(make_issuing(sibling_key, "Sibling", ours.root_key, ours.root, Authority::kLong));
  const auto request = value_of(CertificateRequest::create(own_key(), "x", {}));
  const Chain strange = {
      value_of(issue_leaf(request, {kName}, {.purpose = Purpose::client}, sibling_key, sibling)), sibling,
      ours.root};
  const Chain right = chain_of(ours, Purpose::client);
  const Chain chain = chain_of(ours, Purpose::agent);
  const Shared to =
      value_of(Context::server({chain, own_key()}, {ours.issuing}, ClientCertificates::required));
  EXPECT_TRUE(connect(client(&right), to).server_done);
  EXPECT_FALSE(connect(client(&strange), to).server_done);
}

// Connects twice, offering what the first connection left behind.
bool second_connection_resumes(ClientCertificates clients, int version) {
  const Chain chain = chain_of(our_authority(), Purpose::client);
  const Shared from = client(&chain);
  const Shared to = server(clients);
  SSL_CTX_set_max_proto_version(from->get(), version);
  SSL_CTX_set_session_cache_mode(from->get(), SSL_SESS_CACHE_CLIENT);
  Ends first = connect(from, to);
  EXPECT_TRUE(first.connected());
  carry(first.server.get(), first.client.get(), "tickets travel along with this");
  const UniqueHandle<SSL_SESSION, &SSL_SESSION_free> session(SSL_get1_session(first.client.get()));
  SSL_shutdown(first.client.get());
  Ends second = join(from->get(), to->get());
  EXPECT_TRUE(expect_name(second.client.get(), kName));
  SSL_set_session(second.client.get(), session.get());
  shake(second);
  EXPECT_TRUE(second.connected());
  return SSL_session_reused(second.client.get()) == 1;
}

TEST(Context, SessionsResumeOnlyWhereNoClientCertificateIsAskedFor) {
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    EXPECT_TRUE(second_connection_resumes(ClientCertificates::ignored, version));
    EXPECT_FALSE(second_connection_resumes(ClientCertificates::requested, version));
    EXPECT_FALSE(second_connection_resumes(ClientCertificates::required, version));
  }
}

TEST(Context, RenegotiationIsRefused) {
  const Shared from = client();
  SSL_CTX_set_max_proto_version(from->get(), TLS1_2_VERSION);
  SSL_CTX_clear_options(from->get(), SSL_OP_NO_RENEGOTIATION);
  Ends ends = connect(from, server(ClientCertificates::ignored));
  ASSERT_TRUE(ends.connected());
  ASSERT_EQ(SSL_renegotiate(ends.client.get()), 1);
  int asked = SSL_do_handshake(ends.client.get());
  char byte = 0;
  for (int turn = 0; turn < 10 && asked != 1 && pending(ends.client.get(), asked); ++turn) {
    SSL_read(ends.server.get(), &byte, 1);
    asked = SSL_do_handshake(ends.client.get());
  }
  EXPECT_NE(asked, 1);
  EXPECT_EQ(SSL_total_renegotiations(ends.server.get()), 0);
}

TEST(Context, CompressionIsOffAndIdleBuffersAreReleased) {
  const Ends ends = connect(client(), server(ClientCertificates::ignored));
  EXPECT_EQ(SSL_get_current_compression(ends.server.get()), nullptr);
  EXPECT_NE(SSL_get_mode(ends.server.get()) & SSL_MODE_RELEASE_BUFFERS, 0);
  EXPECT_NE(SSL_get_options(ends.server.get()) & SSL_OP_NO_COMPRESSION, 0U);
}

TEST(Context, KeyMustBelongToTheCertificate) {
  const Chain chain = chain_of(our_authority(), Purpose::agent);
  const auto made = Context::server({chain, key_of(KeyKind::p384)}, {}, ClientCertificates::ignored);
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().code, Errc::untrusted);
  EXPECT_THAT(made.error().what, HasSubstr("CN=db1.site.example does not belong to"));
}

TEST(Context, WeakIdentityIsRefusedWithItsName) {
  const Key weak = testing::rsa_key(1024);
  const Chain chain = {forge(weak, {.common_name = "weak"})};
  const auto made = Context::server({chain, weak}, {}, ClientCertificates::ignored);
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().code, Errc::untrusted);
  EXPECT_EQ(made.error().what, "certificate CN=weak: ee key too small");
  EXPECT_EQ(ERR_peek_error(), 0UL);
}

TEST(Context, TrustingNobodyIsAMistake) {
  const Chain chain = chain_of(our_authority(), Purpose::agent);
  EXPECT_FALSE(Context::client({}, nullptr));
  EXPECT_FALSE(Context::server({{}, own_key()}, {}, ClientCertificates::ignored));
  for (const auto clients : {ClientCertificates::requested, ClientCertificates::required}) {
    const auto made = Context::server({chain, own_key()}, {}, clients);
    ASSERT_FALSE(made);
    EXPECT_EQ(made.error().code, Errc::malformed);
  }
}

TEST(ExpectName, SendsDnsNamesButNotAddressesAsServerName) {
  const Shared to = server(ClientCertificates::ignored);
  const Ends by_name = connect(client(), to, kName);
  EXPECT_STREQ(SSL_get_servername(by_name.server.get(), TLSEXT_NAMETYPE_host_name), kName);
  const Ends by_address = connect(client(), to, "10.0.0.1");
  EXPECT_EQ(SSL_get_servername(by_address.server.get(), TLSEXT_NAMETYPE_host_name), nullptr);
}

TEST(ExpectName, RefusesWhatIsNoName) {
  const ConnectionHandle connection(SSL_new(client()->get()));
  for (const std::string& name : {std::string(), std::string("a b"), std::string("a\0b", 3)}) {
    const auto set = expect_name(connection.get(), name);
    ASSERT_FALSE(set);
    EXPECT_EQ(set.error().code, Errc::malformed);
  }
}

}  // namespace
}  // namespace muster::tls
