// SPDX-License-Identifier: GPL-2.0-or-later
#include "orchestrator/provision/credentials.h"

#include <array>
#include <cstdlib>

#include <fcntl.h>
#include <pwd.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include "core/base/fd.h"

namespace muster {
namespace {

constexpr std::size_t kSecretBytes = 4096;
constexpr std::size_t kKeyBytes = 64 * 1024;

Result<Secret> first_line(std::string& text, const std::string& object) {
  const auto end = text.find('\n');
  auto line = std::string_view(text).substr(0, end);
  if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
  Secret secret(line);
  wipe(text);
  if (secret.empty()) return fail(Errc::malformed, object + ": its first line is empty");
  return secret;
}

// Echo is off while this lives.
class Silence {
 public:
  explicit Silence(int terminal) : terminal_(terminal) {
    if (::tcgetattr(terminal_, &before_) != 0) return;
    termios quiet = before_;
    quiet.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    changed_ = ::tcsetattr(terminal_, TCSAFLUSH, &quiet) == 0;
  }
  ~Silence() {
    if (changed_) ::tcsetattr(terminal_, TCSAFLUSH, &before_);
  }
  Silence(const Silence&) = delete;
  Silence& operator=(const Silence&) = delete;

 private:
  int terminal_;
  termios before_{};
  bool changed_ = false;
};

const passwd* account() {
  return ::getpwuid(::getuid());  // NOLINT(concurrency-mt-unsafe): one thread
}

}  // namespace

Result<Secret> secret_from_file(const std::string& path) {
  const Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file) return fail(errno_error(path));
  struct stat status {};
  if (::fstat(file.get(), &status) != 0) return fail(errno_error(path));
  if (S_ISREG(status.st_mode) && (status.st_mode & 077U) != 0) {
    return fail(Errc::denied, path + ": others may read it", "chmod 600 " + path);
  }
  auto text = read_all(file.get(), path, kSecretBytes);
  if (!text) return fail(text.error());
  return first_line(*text, path);
}

Result<Secret> secret_from_descriptor(int fd) {
  const std::string object = "descriptor " + std::to_string(fd);
  auto text = read_all(fd, object, kSecretBytes);
  if (!text) return fail(text.error());
  return first_line(*text, object);
}

Result<Secret> secret_from_terminal(const std::string& prompt) {
  const Fd terminal(::open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY));
  if (!terminal) {
    return fail(Errc::denied, "no terminal to ask on", "give the password with --become-password-file FILE");
  }
  if (auto asked = write_all(terminal.get(), "/dev/tty", prompt); !asked) return fail(asked.error());
  std::string text(kSecretBytes, '\0');
  ssize_t got = 0;
  {
    const Silence silence(terminal.get());
    got = ::read(terminal.get(), text.data(), text.size());
  }
  static_cast<void>(write_all(terminal.get(), "/dev/tty", "\n").has_value());
  if (got < 0) return fail(errno_error("/dev/tty"));
  text.resize(static_cast<std::size_t>(got));
  return first_line(text, "password");
}

std::vector<LoginKey> default_login_keys() {
  std::vector<LoginKey> keys;
  for (const auto* name : {"id_ed25519", "id_ecdsa", "id_rsa"}) {
    const auto path = home_folder() + "/.ssh/" + name;
    auto pem = read_file(path, kKeyBytes);
    if (!pem) continue;
    keys.push_back({path, Secret(*pem)});
    wipe(*pem);
  }
  return keys;
}

std::string login_name() {
  const passwd* self = account();
  return self == nullptr ? "root" : self->pw_name;
}

std::string home_folder() {
  const char* home = ::getenv("HOME");  // NOLINT(concurrency-mt-unsafe): one thread
  if (home != nullptr && *home == '/') return home;
  const passwd* self = account();
  return self == nullptr ? "/root" : self->pw_dir;
}

}  // namespace muster
