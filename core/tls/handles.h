// SPDX-License-Identifier: GPL-2.0-or-later
// The only header that lets OpenSSL types out of core/tls.
//
// Ownership  each alias owns exactly one reference; pass `.get()` to calls that borrow, and
//            `.release()` only to calls documented to take the reference ("set0", "add0").
#pragma once

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "core/base/unique_handle.h"

namespace muster::tls {

using ContextHandle = UniqueHandle<SSL_CTX, &SSL_CTX_free>;
using ConnectionHandle = UniqueHandle<SSL, &SSL_free>;
using CertificateHandle = UniqueHandle<X509, &X509_free>;
using RequestHandle = UniqueHandle<X509_REQ, &X509_REQ_free>;
using KeyHandle = UniqueHandle<EVP_PKEY, &EVP_PKEY_free>;
using StoreHandle = UniqueHandle<X509_STORE, &X509_STORE_free>;

}  // namespace muster::tls
