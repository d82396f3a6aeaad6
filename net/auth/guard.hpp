#pragma once

#include "config/settings.hpp"
#include "net/auth/jwt.hpp"
#include "net/http/server.hpp"
#include "runtime/resilience/rate_limiter.hpp"

#include <mutex>
#include <optional>
#include <string>

namespace caly {

/// Rate limits of one node, shared by its io threads.
class request_limits {
public:
  using clock = std::chrono::steady_clock;

  explicit request_limits(const limit_settings& limits);

  /// What a limit says of one event.
  struct verdict {
    std::chrono::nanoseconds wait{0}; ///< zero: it may happen
    const char* name = "";            ///< of the limit
    rate limit;
  };

  /// Each takes one event.
  verdict request(const std::string& user, clock::time_point now);
  verdict import(const std::string& tenant, clock::time_point now);
  /// Counts an attempt to sign in for both the account and the address.
  verdict
  login(const std::string& account, const std::string& address, clock::time_point now);

private:
  static constexpr std::size_t keys_max = 50'000;

  std::mutex mutex_;

  struct named_limiter {
    const char* name;
    rate limit;
    keyed_rate_limiter<std::string> keys{limit, keys_max};

    verdict take(const std::string& key, clock::time_point now) {
      return {keys.take(key, now), name, limit};
    }
  };

  named_limiter users_;
  named_limiter imports_;
  named_limiter accounts_;
  named_limiter addresses_;
};

/// The answer to a request that came too soon: 429 with Retry-After and the fields
/// RateLimit and RateLimit-Policy of the IETF draft.
http_response too_many(std::string_view correlation_id,
                       const request_limits::verdict& verdict);

/// Lets a request pass to its handler or not: the token, the role that the route asks
/// for, the user's request rate. Fills in who it is.
request_guard
make_guard(const token_signer& signer, wall_clock clock, request_limits& limits);

} // namespace caly
