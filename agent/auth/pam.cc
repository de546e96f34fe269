// SPDX-License-Identifier: GPL-2.0-or-later
#include "agent/auth/pam.h"

#include <cstdlib>
#include <cstring>
#include <memory>
#include <vector>

#include <pwd.h>
#include <security/pam_appl.h>

namespace muster::auth {
namespace {

// PAM frees the answers with free(3), so they come from malloc.
char* copy_for_pam(std::string_view text) {
  auto* copy = static_cast<char*>(std::malloc(text.size() + 1));
  if (copy == nullptr) return nullptr;
  if (!text.empty()) std::memcpy(copy, text.data(), text.size());  // an empty one may point nowhere
  copy[text.size()] = '\0';
  return copy;
}

// Answers every prompt without echo with the password, and nothing else.
int converse(int count, const pam_message** messages, pam_response** responses, void* data) {
  if (count <= 0 || count > PAM_MAX_NUM_MSG) return PAM_CONV_ERR;
  const auto* attempt = static_cast<const Attempt*>(data);
  auto* answers =
      static_cast<pam_response*>(std::calloc(static_cast<std::size_t>(count), sizeof(pam_response)));
  if (answers == nullptr) return PAM_BUF_ERR;
  for (int i = 0; i < count; ++i) {
    if (messages[i]->msg_style != PAM_PROMPT_ECHO_OFF) continue;
    answers[i].resp = copy_for_pam(attempt->password.reveal());
  }
  *responses = answers;
  return PAM_SUCCESS;
}

// The monitor holds every refusal back for the same time (agent/monitor/logins.h): a pause in here would add nothing
// but a process that sleeps in somebody else's place.
void no_pause(int /*status*/, unsigned /*microseconds*/, void* /*data*/) {}

// Ends the transaction with the status of its last call, as pam_end(3) wants.
class Transaction {
 public:
  Transaction() = default;
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  Transaction(Transaction&&) = delete;
  Transaction& operator=(Transaction&&) = delete;
  ~Transaction() {
    if (handle_ != nullptr) ::pam_end(handle_, status_);
  }
  pam_handle_t** out() { return &handle_; }
  pam_handle_t* get() const { return handle_; }
  bool ok(int status) {
    status_ = status;
    return status == PAM_SUCCESS;
  }
  std::string words() const { return ::pam_strerror(handle_, status_); }

 private:
  pam_handle_t* handle_ = nullptr;
  int status_ = PAM_SUCCESS;
};

// The modules may have changed the name; what cannot be looked up counts as root.
bool is_root(pam_handle_t* pam) {
  const void* name = nullptr;
  if (::pam_get_item(pam, PAM_USER, &name) != PAM_SUCCESS || name == nullptr) return true;
  std::vector<char> buffer(16384);
  passwd entry{};
  passwd* found = nullptr;
  ::getpwnam_r(static_cast<const char*>(name), &entry, buffer.data(), buffer.size(), &found);
  return found == nullptr || found->pw_uid == 0;
}

}  // namespace

Result<void> check_with_pam(const std::string& service, const Attempt& attempt, RootLogin root) {
  const pam_conv conversation{&converse, const_cast<Attempt*>(&attempt)};
  Transaction pam;
  if (!pam.ok(::pam_start(service.c_str(), attempt.user.c_str(), &conversation, pam.out()))) {
    return fail(Errc::internal, "pam_start: service " + service + " cannot be used",
                "look at /etc/pam.d/" + service);
  }
  ::pam_set_item(pam.get(), PAM_RHOST, attempt.source.c_str());
  ::pam_set_item(pam.get(), PAM_FAIL_DELAY, reinterpret_cast<const void*>(&no_pause));
  if (!pam.ok(::pam_authenticate(pam.get(), PAM_SILENT | PAM_DISALLOW_NULL_AUTHTOK)) ||
      !pam.ok(::pam_acct_mgmt(pam.get(), PAM_SILENT | PAM_DISALLOW_NULL_AUTHTOK))) {
    return fail(Errc::denied, attempt.user + ": " + pam.words(), "look at /etc/pam.d/" + service);
  }
  if (root == RootLogin::refused && is_root(pam.get())) {
    return fail(Errc::denied, attempt.user + ": root may not log in",
                "use an ordinary account, or set basic.allow_root");
  }
  return {};
}

}  // namespace muster::auth
