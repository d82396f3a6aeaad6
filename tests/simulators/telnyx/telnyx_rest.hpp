#pragma once

#include "tests/simulators/base/faults.hpp"
#include "tests/simulators/base/world.hpp"
#include "tests/simulators/http/http_message.hpp"
#include "tests/simulators/twilio/twilio_calls.hpp"

namespace caly::sim {

/// `/v2/texml/Accounts/{id}/Calls…`: creates, reads, lists and ends calls by TeXML. The
/// calls themselves are those of the simulated carrier, told in Telnyx's words.
class telnyx_rest {
public:
  telnyx_rest(world& world, twilio_calls& calls) : world_{world}, calls_{calls} {}

  void serve(const exchange_ptr& exchange);

private:
  void route(const exchange_ptr& exchange, fault drawn);
  void create(const exchange_ptr& exchange, const std::string& account, fault drawn);
  void list(const exchange_ptr& exchange, const std::string& account);
  void answer(const exchange_ptr& exchange, http_response response);

  world& world_;
  twilio_calls& calls_;
};

} // namespace caly::sim
