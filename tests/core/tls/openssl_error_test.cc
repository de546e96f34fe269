// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/tls/openssl_error.h"

#include <gtest/gtest.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

#include "core/tls/context.h"

namespace muster::tls {
namespace {

TEST(OpensslError, SaysTheReasonAndEmptiesTheQueue) {
  initialise();  // which keeps OpenSSL from loading its strings by itself
  ERR_raise(ERR_LIB_SSL, SSL_R_NO_SHARED_CIPHER);
  ERR_raise(ERR_LIB_SSL, ERR_R_INTERNAL_ERROR);
  const Error error = openssl_error(Errc::unreachable, "db1:1270");
  EXPECT_EQ(error.code, Errc::unreachable);
  EXPECT_EQ(error.what, "db1:1270: no shared cipher");
  EXPECT_EQ(ERR_peek_error(), 0UL);
  EXPECT_EQ(openssl_error(Errc::internal, "db1").what, "db1: OpenSSL gave no reason");
}

TEST(OpensslError, SaysSystemErrorsInTheWordsOfTheSystem) {
  ERR_raise(ERR_LIB_SYS, ECONNRESET);
  EXPECT_EQ(openssl_error(Errc::unreachable, "db1").what, "db1: Connection reset by peer");
}

}  // namespace
}  // namespace muster::tls
