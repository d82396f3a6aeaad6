#pragma once

#include "tests/simulators/base/faults.hpp"
#include "tests/simulators/base/world.hpp"
#include "tests/simulators/http/http_message.hpp"
#include "tests/simulators/twilio/twilio_calls.hpp"

namespace caly::sim {

/// `/2010-04-01/Accounts/{sid}/…`: creates, reads, lists and changes calls
/// and their recordings.
class twilio_rest {
public:
  twilio_rest(world& world, twilio_calls& calls) : world_{world}, calls_{calls} {}

  void serve(const exchange_ptr& exchange);

  /// A phone `from` calls `to`; `url` answers TwiML, `fallback_url` when that does not.
  /// Answers the new call's SID.
  std::string ring_in(const std::string& to,
                      const std::string& from,
                      const std::string& url,
                      const std::string& fallback_url,
                      const std::string& status_url);

private:
  void route(const exchange_ptr& exchange, fault drawn);
  void create(const exchange_ptr& exchange, const std::string& account, fault drawn);
  void list(const exchange_ptr& exchange, const std::string& account);
  void
  events(const exchange_ptr& exchange, const std::string& account, std::string_view sid);
  void change(const exchange_ptr& exchange, const twilio_call_ptr& call);
  void record(const exchange_ptr& exchange,
              const std::string& account,
              const std::vector<std::string_view>& parts,
              fault drawn);
  bool is_authorized(const http_request& request, std::string_view account) const;
  void answer(const exchange_ptr& exchange, http_response response);

  world& world_;
  twilio_calls& calls_;
  std::string last_token_; ///< The newest password seen, for inbound calls.
};

} // namespace caly::sim
