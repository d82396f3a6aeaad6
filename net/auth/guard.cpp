#include "net/auth/guard.hpp"

#include "net/auth/verified_tokens.hpp"
#include "net/http/answers.hpp"
#include "net/http/client_address.hpp"
#include "net/http/router.hpp"
#include "runtime/base/text.hpp"

#include <algorithm>

namespace caly {

namespace {

rate per(int count, std::chrono::nanoseconds period, int burst) {
  return {static_cast<std::size_t>(std::max(1, count)),
          period,
          static_cast<std::size_t>(std::max(1, burst))};
}

} // namespace

request_limits::request_limits(const limit_settings& limits)
    : users_{"requests", per(limits.requests_per_minute, 1min, limits.requests_burst)},
      imports_{"imports", per(limits.imports_per_hour, 1h, limits.imports_per_hour)},
      accounts_{"logins_of_account",
                per(limits.logins_per_minute_per_account,
                    1min,
                    limits.logins_per_minute_per_account)},
      addresses_{
          "logins_of_address",
          per(limits.logins_per_minute_per_ip, 1min, limits.logins_per_minute_per_ip)} {}

request_limits::verdict request_limits::request(const std::string& user,
                                                clock::time_point now) {
  std::lock_guard guard{mutex_};
  return users_.take(user, now);
}

request_limits::verdict request_limits::import(const std::string& tenant,
                                               clock::time_point now) {
  std::lock_guard guard{mutex_};
  return imports_.take(tenant, now);
}

request_limits::verdict request_limits::login(const std::string& account,
                                              const std::string& address,
                                              clock::time_point now) {
  std::lock_guard guard{mutex_};
  const auto by_address = addresses_.take(address_group(address), now);
  if (by_address.wait.count() > 0)
    return by_address;
  return accounts_.take(to_lower(account), now);
}

http_response too_many(std::string_view correlation_id,
                       const request_limits::verdict& verdict) {
  using std::chrono::ceil;
  using std::chrono::seconds;
  const auto wait =
      static_cast<int>(std::max<std::int64_t>(1, ceil<seconds>(verdict.wait).count()));
  const auto name = '"' + std::string{verdict.name} + '"';
  auto response =
      problem(correlation_id, 429, "rate_limited", "Too many requests.", {}, wait);
  response.with("RateLimit", name + ";r=0;t=" + std::to_string(wait));
  response.with("RateLimit-Policy",
                name + ";q=" + std::to_string(verdict.limit.count) +
                    ";w=" + std::to_string(ceil<seconds>(verdict.limit.period).count()));
  return response;
}

request_guard
make_guard(const token_signer& signer, wall_clock clock, request_limits& limits) {
  return [tokens = std::make_shared<verified_tokens>(signer),
          clock = std::move(clock),
          &limits](http_request& request) -> std::optional<http_response> {
    const auto needed = role_of(request.matched->policy);
    if (needed == user_role::none)
      return std::nullopt;
    const auto& id = request.correlation_id;
    const auto header = request.header("Authorization");
    constexpr std::string_view scheme = "Bearer ";
    if (header.size() <= scheme.size() ||
        !iequals(header.substr(0, scheme.size()), scheme))
      return problem(id, 401, "unauthorized", "Sign in first.");
    const auto who = tokens->verify(header.substr(scheme.size()), clock());
    if (!who)
      return problem(id, 401, "invalid_token", "The token is not valid; sign in again.");
    request.who = *who;
    if (request.who.role < needed)
      return problem(id,
                     403,
                     "forbidden",
                     "This needs the role " + std::string{to_string(needed)} + ".");
    const auto limit = limits.request(request.who.user.str(), http_request::clock::now());
    if (limit.wait.count() > 0)
      return too_many(id, limit);
    return std::nullopt;
  };
}

} // namespace caly
