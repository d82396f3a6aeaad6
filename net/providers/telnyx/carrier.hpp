#pragma once

#include "net/providers/rest_carrier.hpp"
#include "runtime/observe/spawn.hpp"

namespace caly::telnyx {

/// TeXML has recordings of its own, told and fetched in other words: not spoken here.
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

using carrier_state = rest_carrier_state;

/// Telnyx's TeXML API of one account as a carrier.
calling_actor::behavior_type carrier(self_ptr<calling_actor, carrier_state> self,
                                     carrier_options options,
                                     http_requests_actor http);

} // namespace caly::telnyx
