// SPDX-License-Identifier: GPL-2.0-or-later
#include "orchestrator/poll/peer.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "core/base/fd.h"
#include "core/base/secret.h"
#include "orchestrator/ca/authority.h"
#include "orchestrator/ca/client_pair.h"
#include "orchestrator/ca/key_file.h"
#include "orchestrator/poll/poll_host.h"
#include "orchestrator/provision/credentials.h"
#include "orchestrator/store/store.h"

namespace muster {
namespace {

constexpr std::size_t kTrustedBytes = std::size_t{2} << 20;
constexpr std::size_t kMostTrusted = 512;
constexpr std::string_view kPemEnd = "-----END CERTIFICATE-----\n";
constexpr std::string_view kScheme = "https://";
constexpr std::string_view kBasic = "Basic ";

// A system's own bundle holds hundreds, more than a chain or a bundle of ours may.
Result<std::vector<tls::Certificate>> load_trusted(const std::string& path) {
  const auto text = read_file(path, kTrustedBytes);
  if (!text) return fail(Error(text.error()).during("--ca"));
  std::vector<tls::Certificate> trusted;
  std::string_view rest = *text;
  for (auto end = rest.find(kPemEnd); end != std::string_view::npos; end = rest.find(kPemEnd)) {
    if (trusted.size() == kMostTrusted) {
      return fail(Errc::malformed,
                  path + ": holds more than " + std::to_string(kMostTrusted) + " certificates",
                  "leave those that sign the servers that you ask");
    }
    auto one = tls::Certificate::from_pem(rest.substr(0, end + kPemEnd.size()), path);
    if (!one) return fail(one.error());
    trusted.push_back(std::move(*one));
    rest.remove_prefix(end + kPemEnd.size());
  }
  if (trusted.empty()) return fail(Errc::malformed, path + ": no certificate in it", "--ca wants PEM");
  return trusted;
}

Result<Secret> load_password(const PeerOptions& options) {
  if (options.password_fd >= 0) return secret_from_descriptor(options.password_fd);
  if (!options.password_file.empty()) return secret_from_file(options.password_file);
  return fail(Errc::malformed, "--user " + options.user + ": no password",
              "--password-file FILE or --password-fd N; never on the command line");
}

Result<std::vector<http::Field>> login_fields(const PeerOptions& options) {
  if (options.user.empty()) return std::vector<http::Field>{};
  const auto password = load_password(options);
  if (!password) return fail(password.error());
  std::string pair;
  pair.reserve(options.user.size() + 1 + password->size());
  pair.append(options.user).append(":").append(password->reveal());
  auto encoded = base64(pair);
  wipe(pair);
  std::string value;
  value.reserve(kBasic.size() + encoded.size());
  value.append(kBasic).append(encoded);
  wipe(encoded);
  std::vector<http::Field> fields;
  fields.emplace_back("Authorization", std::move(value));
  return fields;
}

Result<std::shared_ptr<tls::Context>> own_context(const PeerOptions& options,
                                                  const std::vector<tls::Certificate>& roots) {
  if (options.certificate_file.empty()) return tls::Context::client(roots, nullptr);
  const auto chain = load_certificates(options.certificate_file);
  if (!chain) return fail(chain.error());
  const auto key = load_key_file(options.key_file);
  if (!key) return fail(key.error());
  const tls::Context::Identity identity{*chain, *key};
  return tls::Context::client(roots, &identity);
}

// What is not given on the command line comes from the state folder, when it has it.
Result<std::shared_ptr<tls::Context>> context_for(const PeerOptions& options,
                                                  const std::string& state_folder) {
  const bool login = !options.user.empty() || !options.certificate_file.empty();
  if (options.ca_file.empty()) {
    const auto authority = Authority::open(state_folder);
    if (!authority) {
      return fail(Error{authority.error().code, authority.error().what,
                        authority.error().hint + "; or name the trusted certificates with --ca FILE"});
    }
    return login ? own_context(options, {authority->root()}) : authority->client_context();
  }
  const auto roots = load_trusted(options.ca_file);
  if (!roots) return fail(roots.error());
  if (!login) {
    if (const auto authority = Authority::open(state_folder)) return authority->client_context(*roots);
  }
  return own_context(options, *roots);
}

}  // namespace

std::string base64(std::string_view bytes) {
  static constexpr char kDigits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  out.reserve((bytes.size() + 2) / 3 * 4);  // of a secret, growing would leave pieces behind
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const auto byte = [&](std::size_t k) {
      return i + k < bytes.size() ? static_cast<unsigned char>(bytes[i + k]) : 0U;
    };
    const unsigned group = byte(0) << 16U | byte(1) << 8U | byte(2);
    const auto digits = std::min<std::size_t>(3, bytes.size() - i) + 1;
    for (std::size_t k = 0; k < 4; ++k) {
      out.push_back(k < digits ? kDigits[(group >> (18 - 6 * k)) & 63U] : '=');
    }
  }
  return out;
}

Result<Url> parse_url(std::string_view text) {
  const auto bad = [&](const char* why) {
    return fail(Errc::malformed, std::string(text) + ": " + why, "https://HOST[:PORT][/PATH]");
  };
  if (text.starts_with("http://")) {
    return fail(Errc::unsupported, std::string(text) + ": without TLS anybody could listen", "use https://");
  }
  if (!text.starts_with(kScheme)) return bad("not a URL");
  const bool odd =
      std::any_of(text.begin(), text.end(), [](char c) { return c <= ' ' || c >= 0x7f || c == '@'; });
  if (odd) return bad("blanks, user names and other than ASCII have no place here");
  auto rest = text.substr(kScheme.size());
  Url url;
  const auto slash = rest.find('/');
  if (slash != std::string_view::npos && slash + 1 < rest.size()) url.path = rest.substr(slash);
  rest = rest.substr(0, slash);
  const auto bracket = rest.starts_with('[') ? rest.find(']') : std::string_view::npos;
  if (rest.starts_with('[') && bracket == std::string_view::npos) return bad("the bracket is not closed");
  const auto colon = rest.find(':', bracket == std::string_view::npos ? 0 : bracket);
  url.host = bracket == std::string_view::npos ? rest.substr(0, colon) : rest.substr(1, bracket - 1);
  if (url.host.empty()) return bad("no host in it");
  if (colon == std::string_view::npos) {
    const bool ends = bracket == std::string_view::npos || bracket + 1 == rest.size();
    return ends ? Result<Url>(url) : bad("wants a colon after the bracket");
  }
  const auto digits = rest.substr(colon + 1);
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), url.port);
  if (error != std::errc() || end != digits.data() + digits.size() || url.port == 0) {
    return bad("no such port");
  }
  return url;
}

Result<Peer> resolve_peer(const PeerOptions& options, const std::string& state_folder) {
  Peer peer;
  if (options.where.find("://") != std::string::npos) {
    auto url = parse_url(options.where);
    if (!url) return fail(url.error());
    peer.endpoint = {url->host, url->port, {}};
    peer.path = url->path;
  } else {
    auto store = Store::open(state_folder);
    if (!store) return fail(store.error());
    const auto host = store->host(options.where);
    if (!host) return fail(host.error());
    peer.endpoint = endpoint_of(*host);
    peer.path = "/wsman";
  }
  auto context = context_for(options, state_folder);
  if (!context) return fail(context.error());
  peer.context = std::move(*context);
  auto fields = login_fields(options);  // last: whoever has them has to wipe them
  if (!fields) return fail(fields.error());
  peer.fields = std::move(*fields);
  return peer;
}

}  // namespace muster
