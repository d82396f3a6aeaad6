#include "net/auth/jwt.hpp"

#include "runtime/base/error.hpp"
#include "runtime/base/json.hpp"
#include "runtime/base/text.hpp"

#include <sodium.h>

namespace caly {

namespace {

struct kind_face {
  const char* type;
  const char* audience;
};

kind_face face_of(token_kind kind) {
  return kind == token_kind::access ? kind_face{"at+jwt", "caly-api"}
                                    : kind_face{"ws+jwt", "caly-ws"};
}

std::string hmac(std::string_view key, std::string_view text) {
  crypto_auth_hmacsha256_state state;
  crypto_auth_hmacsha256_init(
      &state, reinterpret_cast<const unsigned char*>(key.data()), key.size());
  crypto_auth_hmacsha256_update(
      &state, reinterpret_cast<const unsigned char*>(text.data()), text.size());
  std::string mac(crypto_auth_hmacsha256_BYTES, '\0');
  crypto_auth_hmacsha256_final(&state, reinterpret_cast<unsigned char*>(mac.data()));
  return mac;
}

std::int64_t unix_seconds(wall_time at) {
  return to_unix_ms(at) / 1000;
}

caf::error refuse(const char* why) {
  return caf::make_error(errc::unauthorized, std::string{why});
}

} // namespace

token_signer::token_signer(const std::vector<std::string>& secrets,
                           std::string issuer,
                           std::chrono::seconds skew)
    : issuer_{std::move(issuer)}, skew_{skew} {
  if (sodium_init() < 0)
    throw std::runtime_error("libsodium does not start");
  if (secrets.empty())
    throw std::invalid_argument("no secret to sign tokens with");
  const auto make_key = [](token_kind kind, const std::string& secret) {
    // One secret, a key for each kind.
    const auto derived = hmac(secret, std::string{"caly "} + face_of(kind).type);
    const auto kid = to_hex(std::string_view{hmac(secret, "caly kid")}.substr(0, 4));
    return key{to_base64url(R"({"alg":"HS256","kid":")" + kid + R"(","typ":")" +
                            face_of(kind).type + R"("})"),
               derived};
  };
  for (const auto& secret : secrets) {
    if (secret.size() < 32)
      throw std::invalid_argument("a secret for tokens has less than 32 bytes");
    access_.push_back(make_key(token_kind::access, secret));
    websocket_.push_back(make_key(token_kind::websocket, secret));
  }
}

const std::vector<token_signer::key>& token_signer::keys(token_kind kind) const {
  return kind == token_kind::access ? access_ : websocket_;
}

std::string token_signer::sign(token_kind kind,
                               const principal& who,
                               wall_time now,
                               std::chrono::seconds lives) const {
  const auto& [header, secret] = keys(kind).front();
  json_writer claims;
  claims.begin_object()
      .field("iss", issuer_)
      .field("aud", face_of(kind).audience)
      .field("sub", who.user.str())
      .field("tid", who.tenant.str())
      .field("role", to_string(who.role))
      .field("iat", unix_seconds(now))
      .field("nbf", unix_seconds(now))
      .field("exp", unix_seconds(now + lives))
      .field("jti", to_hex(make_uuid()))
      .end_object();
  auto token = header + '.' + to_base64url(claims.str());
  token += '.' + to_base64url(hmac(secret, token));
  return token;
}

caf::expected<token_claims>
token_signer::verify(token_kind kind, std::string_view token, wall_time now) const {
  if (token.size() > token_bytes_max)
    return refuse("token too long");
  const auto first = token.find('.');
  const auto last = token.rfind('.');
  if (first == std::string_view::npos || first == last ||
      token.substr(first + 1, last - first - 1).find('.') != std::string_view::npos)
    return refuse("not three parts");
  const key* found = nullptr;
  for (const auto& each : keys(kind))
    if (token.substr(0, first) == each.header)
      found = &each;
  if (found == nullptr)
    return refuse("foreign header");
  std::string mac, payload;
  if (!from_base64url(token.substr(last + 1), mac) ||
      !equal_constant_time(mac, hmac(found->secret, token.substr(0, last))))
    return refuse("wrong signature");
  if (!from_base64url(token.substr(first + 1, last - first - 1), payload))
    return refuse("broken payload");
  const auto claims = json::parse(payload);
  if (!claims || !claims->is_object())
    return refuse("broken payload");
  if ((*claims)["iss"].text_or("") != issuer_)
    return refuse("wrong issuer");
  if ((*claims)["aud"].as_string() != std::string_view{face_of(kind).audience})
    return refuse("wrong audience");
  const auto at = unix_seconds(now);
  const auto expires = (*claims)["exp"].as_int();
  const auto begins = (*claims)["nbf"].as_int();
  if (!expires || at >= *expires + skew_.count())
    return refuse("expired");
  if (!begins || at < *begins - skew_.count())
    return refuse("not valid yet");
  const auto tenant = tenant_id::parse((*claims)["tid"].text_or(""));
  const auto user = user_id::parse((*claims)["sub"].text_or(""));
  const auto role = parse_role((*claims)["role"].text_or(""));
  if (!tenant || !user || role == user_role::none)
    return refuse("no subject");
  return token_claims{{*tenant, *user, role},
                      std::string{(*claims)["jti"].text_or("")},
                      wall_time{std::chrono::seconds{*expires}}};
}

} // namespace caly
