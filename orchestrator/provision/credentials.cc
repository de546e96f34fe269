// SPDX-License-Identifier: GPL-2.0-or-later
#include "orchestrator/provision/credentials.h"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>

#include <fcntl.h>
#include <poll.h>
#include <pwd.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include "core/base/fd.h"
#include "core/base/log.h"

namespace muster {
namespace {

constexpr std::size_t kSecretBytes = 4096;
constexpr std::size_t kKeyBytes = std::size_t{256} * 1024;

Result<Secret> first_line(std::string& text, const std::string& object) {
  const auto end = text.find('\n');
  auto line = std::string_view(text).substr(0, end);
  if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
  Secret secret(line);
  wipe(text);
  if (secret.empty()) return fail(Errc::malformed, object + ": its first line is empty");
  return secret;
}

// `own`: what another user could replace is refused, too. A key of somebody else does, as it does for ssh.
enum class Owner { own, any };

// Closed to group and others.
Result<Fd> open_private(const std::string& path, Owner owner) {
  Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file) return fail(errno_error(path));
  struct stat status {};
  if (::fstat(file.get(), &status) != 0) return fail(errno_error(path));
  if (S_ISREG(status.st_mode) && (status.st_mode & 077U) != 0) {
    return fail(Errc::denied, path + ": others may read it", "chmod 600 " + path);
  }
  const bool foreign = status.st_uid != ::geteuid() && status.st_uid != 0;
  if (owner == Owner::own && S_ISREG(status.st_mode) && foreign) {
    return fail(Errc::denied,
                path + ": belongs to user " + std::to_string(status.st_uid) + ", who may change it",
                "keep secrets in files of your own: chown " + std::to_string(::geteuid()) + " " + path);
  }
  return file;
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
  Silence(Silence&&) = delete;
  Silence& operator=(Silence&&) = delete;

 private:
  int terminal_;
  termios before_{};
  bool changed_ = false;
};

// The signals that would end or stop the program wait in a descriptor while this lives: the terminal must not
// be left without echo.
class HeldSignals {
 public:
  HeldSignals() {
    sigset_t held;
    sigemptyset(&held);
    for (const int number : {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP}) sigaddset(&held, number);
    ::pthread_sigmask(SIG_BLOCK, &held, &before_);
    arrived_ = Fd(::signalfd(-1, &held, SFD_CLOEXEC | SFD_NONBLOCK));
  }
  ~HeldSignals() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  HeldSignals(const HeldSignals&) = delete;
  HeldSignals& operator=(const HeldSignals&) = delete;
  HeldSignals(HeldSignals&&) = delete;
  HeldSignals& operator=(HeldSignals&&) = delete;

  // Waits for input. The signal that came first, or 0.
  int wait_for(int input) const {
    std::array<pollfd, 2> waits{pollfd{input, POLLIN, 0}, pollfd{arrived_.get(), POLLIN, 0}};
    while (::poll(waits.data(), waits.size(), -1) < 0 && errno == EINTR) {
    }
    signalfd_siginfo arrived{};
    if (::read(arrived_.get(), &arrived, sizeof arrived) != static_cast<ssize_t>(sizeof arrived)) return 0;
    return static_cast<int>(arrived.ssi_signo);
  }

 private:
  sigset_t before_{};
  Fd arrived_;
};

struct Answer {
  int signal = 0;  // that interrupted the question
  ssize_t bytes = 0;
};

Answer read_without_echo(int terminal, std::string& text) {
  const HeldSignals signals;
  const Silence silence(terminal);
  if (const int signal = signals.wait_for(terminal); signal != 0) return {signal, 0};
  return {0, ::read(terminal, text.data(), text.size())};
}

const passwd* account() {
  return ::getpwuid(::getuid());  // NOLINT(concurrency-mt-unsafe): one thread
}

}  // namespace

Result<Secret> secret_from_file(const std::string& path) {
  const auto file = open_private(path, Owner::own);
  if (!file) return fail(file.error());
  auto text = read_all(file->get(), path, kSecretBytes);
  if (!text) return fail(text.error());
  return first_line(*text, path);
}

Result<LoginKey> login_key_from_file(const std::string& path) {
  const auto file = open_private(path, Owner::any);
  if (!file) return fail(file.error());
  auto pem = read_all(file->get(), path, kKeyBytes);
  if (!pem) return fail(pem.error());
  LoginKey key{path, Secret(*pem)};
  wipe(*pem);
  return key;
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
  std::string text(kSecretBytes, '\0');
  Answer answer;
  do {
    if (auto asked = write_all(terminal.get(), "/dev/tty", prompt); !asked) return fail(asked.error());
    answer = read_without_echo(terminal.get(), text);
    static_cast<void>(write_all(terminal.get(), "/dev/tty", "\n").has_value());
    if (answer.signal != 0) ::raise(answer.signal);  // ends the program, unless it was to stop it for a while
  } while (answer.signal == SIGTSTP);
  if (answer.signal != 0) return fail(Errc::denied, "/dev/tty: no password, the question was interrupted");
  if (answer.bytes < 0) return fail(errno_error("/dev/tty"));
  text.resize(static_cast<std::size_t>(answer.bytes));
  return first_line(text, "password");
}

std::vector<LoginKey> default_login_keys() {
  std::vector<LoginKey> keys;
  for (const auto* name : {"id_ed25519", "id_ecdsa", "id_rsa"}) {
    auto key = login_key_from_file(home_folder() + "/.ssh/" + name);
    if (key) keys.push_back(std::move(*key));
    if (!key && key.error().code != Errc::not_found) {
      log::warning("ssh", "key not used: " + key.error().what + "; " + key.error().hint);
    }
  }
  return keys;
}

bool is_encrypted_key(std::string_view pem) {
  constexpr std::string_view kOpenSsh = "-----BEGIN OPENSSH PRIVATE KEY-----";
  constexpr std::string_view kNoCipher =
      "b3BlbnNzaC1rZXktdjEAAAAABG5vbmU";  // "openssh-key-v1", cipher "none"
  const auto begin = pem.find(kOpenSsh);
  if (begin == std::string_view::npos) return pem.find("ENCRYPTED") != std::string_view::npos;
  return pem.substr(begin).find(kNoCipher) == std::string_view::npos;
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
