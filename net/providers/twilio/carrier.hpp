#pragma once

#include "net/providers/rest_carrier.hpp"
#include "runtime/observe/spawn.hpp"

#include <memory>

namespace caly::twilio {

struct carrier_options {
  std::string base_url = "https://api.twilio.com";
  std::string account_sid;
  std::string auth_token;
  std::string public_url; ///< where Twilio reaches us, without a slash at the end
  std::chrono::milliseconds create_timeout{10'000};
  /// Creates of the account; more at a time are `throttled` here and never sent.
  rate creates{5'000, std::chrono::seconds{1}, 1'000};
  circuit_breaker_options breaker{};
  create_check look_again; ///< right before a create is sent; empty: not
};

using carrier_state = rest_carrier_state;

inline constexpr carrier_traits traits{.records = true};

/// Twilio's REST API of one account as a carrier.
calling_actor::behavior_type carrier(self_ptr<calling_actor, carrier_state> self,
                                     carrier_options options,
                                     http_requests_actor http);

/// The same with its own HTTP requests actor on `client`.
calling_actor::behavior_type carrier_on(self_ptr<calling_actor, carrier_state> self,
                                        carrier_options options,
                                        std::shared_ptr<http_client> client);

} // namespace caly::twilio
