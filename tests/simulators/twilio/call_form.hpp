#pragma once

#include "tests/simulators/http/http_message.hpp"
#include "tests/simulators/twilio/twilio_call.hpp"

#include <optional>
#include <string>

namespace caly::sim {

/// An error of Twilio's REST API.
struct twilio_problem {
  int status = 400;
  int code = 0;
  std::string message;
};

http_response error_response(const twilio_problem& problem);

/// Fills a new call from the form of `POST /Calls.json`; answers what is wrong with it.
std::optional<twilio_problem> read_call_form(const field_list& form, twilio_call& call);

} // namespace caly::sim
