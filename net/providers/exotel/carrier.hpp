#pragma once

#include "net/providers/exotel/codec.hpp"
#include "net/providers/rest_carrier.hpp"
#include "runtime/observe/spawn.hpp"

#include <functional>

namespace caly::exotel {

struct carrier_options {
  std::string base_url = "https://api.in.exotel.com";
  std::string account_sid;
  std::string api_key;
  std::string api_token;
  std::string from_number;      ///< used when a call names none
  std::string callback_url;     ///< for status callbacks; the call's reference is added
  std::string reference_secret; ///< proves that a callback is about what we placed
  /// Where the person's audio is to go, a ws(s) URL with a ticket that is good for longer
  /// than a phone rings.
  std::function<std::string(const call_reference&)> stream_url;
  std::chrono::milliseconds create_timeout{10'000};
  /// The account may send 200 requests a minute, look-ups among them.
  rate creates{180, std::chrono::minutes{1}, 10};
  circuit_breaker_options breaker{};
  create_check look_again; ///< right before a create is sent; empty: not
};

using carrier_state = rest_carrier_state;

/// Exotel's API cannot end a call: it ends when its media socket closes.
inline constexpr carrier_traits traits{.hosts_talk = false, .hangs_up = false};

/// GET Calls/{sid} of the account, with details.
http_call fetch_call(const carrier_options& options, std::string_view sid);

/// Exotel's v1 API of one account as a carrier: "Connect Voice AI", a person and our
/// media socket. `hang_up_call` looks whether the call has ended and answers
/// `unavailable` while it has not.
carrier_actor::behavior_type carrier(self_ptr<carrier_actor, carrier_state> self,
                                     carrier_options options,
                                     http_requests_actor http);

} // namespace caly::exotel
