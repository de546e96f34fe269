// SPDX-License-Identifier: GPL-2.0-or-later
// The only header that lets OpenSSL types out of core/tls.
//
// Ownership  each alias owns exactly one reference; pass `.get()` to calls that borrow, and
//            `.release()` only to calls documented to take the reference ("set0", "add0").
#pragma once

#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include "core/base/unique_handle.h"

namespace muster::tls {

using Context = UniqueHandle<SSL_CTX, &SSL_CTX_free>;
using Connection = UniqueHandle<SSL, &SSL_free>;
using Certificate = UniqueHandle<X509, &X509_free>;
using Request = UniqueHandle<X509_REQ, &X509_REQ_free>;
using Key = UniqueHandle<EVP_PKEY, &EVP_PKEY_free>;

static_assert(sizeof(Certificate) == sizeof(X509*));

}  // namespace muster::tls
