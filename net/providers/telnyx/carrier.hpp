#pragma once

#include "actors/api/carrier.hpp"
#include "net/client/http_requests.hpp"
#include "net/client/still_sending.hpp"
#include "runtime/observe/spawn.hpp"
#include "runtime/resilience/circuit_breaker.hpp"
#include "runtime/resilience/rate_limiter.hpp"

namespace caly::telnyx {

inline constexpr carrier_traits traits{};

struct carrier_options {
  std::string base_url;
  std::string account_sid; ///< the account's id
  std::string api_key;
  std::string application_id; ///< of the TeXML application that calls are made with
  std::string public_url;     ///< where Telnyx reaches us, without a slash at the end
  std::chrono::milliseconds create_timeout{10'000};
  /// Creates of the account; more at a time are `throttled` here and never sent.
  rate creates{5'000, std::chrono::seconds{1}, 1'000};
  circuit_breaker_options breaker{};
  create_check look_again; ///< right before a create is sent; empty: not
};

struct carrier_state {
  std::uint64_t placed_total = 0;
  std::uint64_t refused_total = 0;
  std::uint64_t throttled_total = 0;
  std::uint64_t unknown_total = 0;
  std::uint64_t lookups_total = 0;
  std::uint64_t held_back_total = 0; ///< by the rate limit or the open circuit
  rate_limiter creates{rate{}};
  circuit_breaker breaker;
};

/// Telnyx's TeXML API of one account as a carrier.
calling_actor::behavior_type carrier(self_ptr<calling_actor, carrier_state> self,
                                     carrier_options options,
                                     http_requests_actor http);

} // namespace caly::telnyx
