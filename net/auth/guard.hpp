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

  /// Each takes one event; zero when it may happen, else how long to wait.
  std::chrono::nanoseconds request(const std::string& user, clock::time_point now);
  std::chrono::nanoseconds import(const std::string& tenant, clock::time_point now);
  /// Counts an attempt to sign in for both the account and the address.
  std::chrono::nanoseconds
  login(const std::string& account, const std::string& address, clock::time_point now);

private:
  static constexpr std::size_t keys_max = 50'000;

  std::mutex mutex_;
  keyed_rate_limiter<std::string> users_;
  keyed_rate_limiter<std::string> imports_;
  keyed_rate_limiter<std::string> accounts_;
  keyed_rate_limiter<std::string> addresses_;
};

/// The answer to a request that came too soon.
http_response too_many(std::string_view correlation_id, std::chrono::nanoseconds wait);

/// Lets a request pass to its handler or not: the token, the role that the route asks
/// for, the user's request rate. Fills in who it is.
request_guard
make_guard(const token_signer& signer, wall_clock clock, request_limits& limits);

} // namespace caly
