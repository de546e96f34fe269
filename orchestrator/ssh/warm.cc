// SPDX-License-Identifier: GPL-2.0-or-later
#include "orchestrator/ssh/warm.h"

#include <array>

#include <libssh/libssh.h>

#include "core/base/unique_handle.h"

namespace muster {

void warm_up_ssh() {
  ssh_init();
  const UniqueHandle<ssh_session_struct, &ssh_free> session(ssh_new());
  const int off = 0;
  if (session) {
    ssh_options_set(session.get(), SSH_OPTIONS_PROCESS_CONFIG, &off);
    ssh_options_set(session.get(), SSH_OPTIONS_HOST, "localhost");
  }
  // A key pair and a signature fetch the digests, curves and the random generator.
  ssh_key made = nullptr;
  if (ssh_pki_generate(SSH_KEYTYPE_ED25519, 0, &made) == SSH_OK) {
    unsigned char* hash = nullptr;
    std::size_t size = 0;
    if (ssh_get_publickey_hash(made, SSH_PUBLICKEY_HASH_SHA256, &hash, &size) == 0) {
      ssh_clean_pubkey_hash(&hash);
    }
    ssh_key_free(made);
  }
  std::array<unsigned char, 32> random{};
  static_cast<void>(ssh_get_random(random.data(), static_cast<int>(random.size()), 1));
}

}  // namespace muster
