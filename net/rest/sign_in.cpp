#include "net/auth/secrets.hpp"
#include "net/rest/api.hpp"
#include "net/rest/inputs.hpp"
#include "runtime/base/error.hpp"
#include "runtime/base/text.hpp"

#include <sodium.h>

namespace caly {

namespace {

constexpr json_limits row_limits{.bytes_max = 1 << 20};

/// An id that the same registration gets again when its answer was lost on the way.
template <class Id>
Id id_from(std::string_view seed, std::string_view kind) {
  const auto hash = fingerprint(std::string{kind} + '\n' + std::string{seed});
  auto value = *parse_uuid(std::string_view{hash}.substr(0, 32));
  // Version 8 (free form), RFC 9562 variant.
  value.bytes[6] = static_cast<std::uint8_t>((value.bytes[6] & 0x0f) | 0x80);
  value.bytes[8] = static_cast<std::uint8_t>((value.bytes[8] & 0x3f) | 0x80);
  return Id{value};
}

template <class Duration>
std::chrono::seconds seconds(Duration x) {
  return std::chrono::duration_cast<std::chrono::seconds>(x);
}

} // namespace

void rest_api::add_sign_in(router& routes) {
  const auto open = [&](const char* pattern, request_handler handler) {
    change(routes, http_method::post, pattern, route_policy::open, std::move(handler));
  };
  open("/api/auth/register", [this](const request_ptr& r) { register_tenant(r); });
  open("/api/auth/login", [this](const request_ptr& r) { sign_in(r); });
  open("/api/auth/refresh", [this](const request_ptr& r) { refresh(r); });
  open("/api/auth/logout", [this](const request_ptr& request) {
    const auto body = body_object(request);
    if (!body)
      return;
    json_reader reader{*body};
    const auto token = reader.text("refresh_token", 200);
    reader.refuse_unknown();
    if (refuse_problems(request, reader))
      return;
    run(request,
        {},
        "refresh.revoke",
        {fingerprint(token)},
        0,
        [](const request_ptr& r, const record_answer&) {
          r->respond(success(r->correlation_id, "{}"));
        });
  });
  get(routes, "/api/auth/me", route_policy::viewer, [this](const request_ptr& request) {
    run(
        request,
        request->who.tenant,
        "me.get",
        {request->who.user.str()},
        0,
        [](const request_ptr& r, const record_answer& answer) {
          r->respond(success(r->correlation_id, answer.json));
        },
        [](const request_ptr& r, const caf::error& reason) {
          // The account is gone or asleep; its token is worth nothing.
          if (reason != errc::not_found)
            return refuse(r, reason);
          r->respond(problem(r->correlation_id, 401, "unauthorized", "Sign in again."));
        });
  });
}

bool rest_api::may_sign_in(const request_ptr& request, const std::string& email) {
  const auto limit =
      parts_.limits.login(email, request->remote_ip, http_request::clock::now());
  if (limit.wait.count() <= 0)
    return true;
  request->respond(too_many(request->correlation_id, limit));
  return false;
}

void rest_api::register_tenant(const request_ptr& request) {
  const auto body = body_object(request);
  if (!body)
    return;
  json_reader reader{*body};
  const auto email = email_text(reader, "email");
  const auto password = reader.text("password", 1024);
  const std::string name{trim(reader.text("tenant_name", 200))};
  const auto time_zone = text_argument(reader, "time_zone", 64);
  const auto country = text_argument(reader, "default_country", 2);
  const auto weakness = weakness_of(
      password, email, static_cast<std::size_t>(parts_.config.auth.password_chars_min));
  if (!password.empty() && !weakness.empty())
    reader.fail("password", weakness);
  reader.refuse_unknown();
  if (refuse_problems(request, reader) || !may_sign_in(request, email))
    return;
  const auto key = request->header("Idempotency-Key");
  const auto seed = std::string{key} + '\n' + to_lower(email) + '\n' + password;
  const auto tenant = key.empty() ? tenant_id::make() : id_from<tenant_id>(seed, "ten");
  const auto user = key.empty() ? user_id::make() : id_from<user_id>(seed, "usr");
  arguments values{user.str(),
                   email,
                   std::nullopt, // the hash
                   name,
                   std::to_string(parts_.config.billing.signup_credits_micros),
                   std::to_string(parts_.config.dial.tenant_concurrent_calls_default),
                   parts_.sector_agents,
                   time_zone,
                   country};
  parts_.passwords.hash(password,
                        back_to<std::string>(request, [=, this](const std::string& hash) {
                          auto filled = values;
                          filled[2] = hash;
                          run(request,
                              tenant,
                              "tenants.register",
                              std::move(filled),
                              0,
                              [this](const request_ptr& r, const record_answer& answer) {
                                const auto account = json::parse(answer.json, row_limits);
                                if (!account)
                                  return refuse(r, account.error());
                                give_tokens(r, *account, 201);
                              });
                        }));
}

void rest_api::sign_in(const request_ptr& request) {
  const auto body = body_object(request);
  if (!body)
    return;
  json_reader reader{*body};
  const auto email = email_text(reader, "email");
  const auto password = reader.text("password", 1024);
  reader.refuse_unknown();
  if (refuse_problems(request, reader) || !may_sign_in(request, email))
    return;
  run(
      request,
      {},
      "users.find_login",
      {email},
      0,
      [this, password](const request_ptr& r, const record_answer& answer) {
        auto account = json::parse(answer.json, row_limits);
        if (!account)
          return refuse(r, account.error());
        check_password(r, password, std::move(*account));
      },
      [this, password](const request_ptr& r, const caf::error& reason) {
        if (reason == errc::not_found)
          check_password(r, password, std::nullopt);
        else
          refuse(r, reason);
      });
}

void rest_api::check_password(const request_ptr& request,
                              std::string password,
                              std::optional<json> account) {
  std::optional<std::string> stored;
  if (account && (*account)["is_active"].bool_or(false) &&
      (*account)["password_hash"].is_string())
    stored = (*account)["password_hash"].text_or("");
  parts_.passwords.verify(
      std::move(password),
      std::move(stored),
      back_to<bool>(request, [this, request, account = std::move(account)](bool same) {
        if (!same)
          return request->respond(problem(request->correlation_id,
                                          401,
                                          "wrong_credentials",
                                          "E-mail address or password is wrong."));
        give_tokens(request, *account, 200);
      }));
}

void rest_api::give_tokens(const request_ptr& request,
                           const json& account,
                           unsigned status) {
  const auto& user = account["user"];
  const auto tenant = tenant_id::parse(user["tenant_id"].text_or(""));
  const auto id = user_id::parse(user["id"].text_or(""));
  if (!tenant || !id)
    return request->respond(
        problem(request->correlation_id, 500, "internal", "The account is broken."));
  const principal who{*tenant, *id, parse_role(user["role"].text_or(""))};
  const auto secret = make_secret();
  const auto now = parts_.clock();
  json_writer data;
  data.begin_object()
      .field("token",
             parts_.signer.sign(
                 token_kind::access, who, now, seconds(parts_.config.auth.access_ttl)))
      .field("refresh_token", secret)
      .field("expires_in", seconds(parts_.config.auth.access_ttl).count())
      .field("user", user)
      .field("tenant", account["tenant"])
      .end_object();
  run(request,
      who.tenant,
      "refresh.issue",
      {who.user.str(),
       fingerprint(secret),
       to_string(make_uuid()),
       to_rfc3339(now + parts_.config.auth.refresh_ttl)},
      0,
      [text = std::move(data).str(), status](const request_ptr& r, const record_answer&) {
        r->respond(success(r->correlation_id, text, status));
      });
}

void rest_api::refresh(const request_ptr& request) {
  const auto body = body_object(request);
  if (!body)
    return;
  json_reader reader{*body};
  const auto token = reader.text("refresh_token", 200);
  reader.refuse_unknown();
  if (refuse_problems(request, reader))
    return;
  const auto secret = make_secret();
  const auto now = parts_.clock();
  run(request,
      {},
      "refresh.rotate",
      {fingerprint(token),
       fingerprint(secret),
       to_rfc3339(now + parts_.config.auth.refresh_ttl),
       to_rfc3339(now)},
      0,
      [this, secret, now](const request_ptr& r, const record_answer& answer) {
        const auto found = json::parse(answer.json, row_limits);
        const auto status = found ? (*found)["status"].text_or("") : "";
        if (status != "rotated")
          return r->respond(problem(r->correlation_id,
                                    401,
                                    status == "reused" ? "refresh_token_reused"
                                                       : "invalid_refresh_token",
                                    "The session is over; sign in again."));
        const auto& user = (*found)["user"];
        const auto tenant = tenant_id::parse(user["tenant_id"].text_or(""));
        const auto id = user_id::parse(user["id"].text_or(""));
        if (!tenant || !id)
          return r->respond(
              problem(r->correlation_id, 500, "internal", "The account is broken."));
        json_writer data;
        data.begin_object()
            .field(
                "token",
                parts_.signer.sign(token_kind::access,
                                   {*tenant, *id, parse_role(user["role"].text_or(""))},
                                   now,
                                   seconds(parts_.config.auth.access_ttl)))
            .field("refresh_token", secret)
            .field("expires_in", seconds(parts_.config.auth.access_ttl).count())
            .field("user", user)
            .field("tenant", (*found)["tenant"])
            .end_object();
        r->respond(success(r->correlation_id, data.str()));
      });
}

} // namespace caly
