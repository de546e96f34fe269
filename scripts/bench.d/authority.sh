#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A certificate authority by openssl, of the shape of muster's: root, issuing authority, ECDSA P-256 leaves.
#
#   authority.sh make FOLDER                  root.pem, issuing.pem and their keys; client.pem holds chain and key
#   authority.sh sign FOLDER NAME ADDRESS     request on standard input; leaf, issuing authority and root come out
set -euo pipefail

extensions() {
  cat <<TEXT
[req]
distinguished_name = name
prompt = no
[name]
CN = $1
[root]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
[issuing]
basicConstraints = critical, CA:TRUE, pathlen:0
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
[client]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = clientAuth
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
TEXT
}

request() { # NAME KEYFILE
  openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$2" -config <(extensions "$1")
}

signed() { # SECTION NAME ISSUER
  openssl x509 -req -CA "$3.pem" -CAkey "$3.key" -CAcreateserial -days 30 -extfile <(extensions "$2") -extensions "$1"
}

make() {
  umask 077
  mkdir -p "$1"
  cd "$1"
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout root.key -out root.pem -days 30 \
    -config <(extensions "Benchmark root") -extensions root
  request "Benchmark issuing" issuing.key | signed issuing "Benchmark issuing" root >issuing.pem
  request "Benchmark client" client.key | signed client "Benchmark client" issuing >client.pem
  cat issuing.pem client.key >>client.pem
}

sign() {
  local uuid
  read -r uuid </proc/sys/kernel/random/uuid
  openssl x509 -req -CA "$1/issuing.pem" -CAkey "$1/issuing.key" -set_serial "0x1${uuid//-/}" -days 30 -extfile <(
    cat <<TEXT
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = serverAuth
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
subjectAltName = DNS:$2, IP:$3
TEXT
  )
  cat "$1/issuing.pem" "$1/root.pem"
}

verb=$1
shift
"$verb" "$@"
