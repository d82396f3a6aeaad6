#pragma once

#include "net/providers/rest_carrier.hpp"
#include "runtime/base/clock.hpp"
#include "runtime/observe/spawn.hpp"

#include <memory>

namespace caly::bolna {

struct carrier_options {
  std::string base_url = "https://api.bolna.ai";
  std::string api_key;
  std::string agent_id;
  std::string from_number; ///< used when a call names none; empty: one of Bolna's
  std::chrono::milliseconds create_timeout{10'000};
  /// The account may place 500 calls a minute.
  rate creates{500, std::chrono::minutes{1}, 50};
  circuit_breaker_options breaker{};
  create_check look_again; ///< right before a create is sent; empty: not
};

using carrier_state = rest_carrier_state;

/// What is not dialed yet can be stopped; a live talk goes on until they hang up.
inline constexpr carrier_traits traits{.hosts_talk = true};

/// GET /executions/{id} of the account.
http_call fetch_execution(const carrier_options& options, std::string_view id);

/// Calls whose agent and audio Bolna hosts: it dials, talks and tells what was said.
carrier_actor::behavior_type carrier(self_ptr<carrier_actor, carrier_state> self,
                                     carrier_options options,
                                     http_requests_actor http);

/// The same with its own HTTP requests actor on `client`.
carrier_actor::behavior_type carrier_on(self_ptr<carrier_actor, carrier_state> self,
                                        carrier_options options,
                                        std::shared_ptr<http_client> client);

} // namespace caly::bolna
