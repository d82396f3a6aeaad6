#pragma once

#include "tests/simulators/base/world.hpp"
#include "tests/simulators/http/http_message.hpp"

#include <functional>

namespace caly::sim {

class exotel_rest;
class twilio_rest;

/// The port of tests and operators: faults, state, inbound calls, the end.
///
/// POST|DELETE|GET /faults, GET /state, POST /inbound, POST /shutdown.
class admin {
public:
  admin(world& world,
        twilio_rest& twilio,
        exotel_rest& exotel,
        std::function<void()> shut_down)
      : world_{world},
        twilio_{twilio},
        exotel_{exotel},
        shut_down_{std::move(shut_down)} {}

  void serve(const exchange_ptr& exchange);

private:
  http_response set_faults(const http_request& request);
  http_response state() const;
  http_response ring_in(const http_request& request);

  world& world_;
  twilio_rest& twilio_;
  exotel_rest& exotel_;
  std::function<void()> shut_down_;
};

} // namespace caly::sim
