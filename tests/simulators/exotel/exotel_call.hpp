#pragma once

#include "runtime/base/clock.hpp"
#include "runtime/base/json.hpp"
#include "tests/simulators/base/history.hpp"
#include "tests/simulators/base/scheduler.hpp"
#include "tests/simulators/callee/callee.hpp"
#include "tests/simulators/http/webhook_sender.hpp"

#include <memory>
#include <optional>
#include <string>

namespace caly::sim {

class talker;
class exotel_stream;

/// One call of the simulated Exotel.
struct exotel_call {
  std::string sid;
  std::string account;
  std::string person;   ///< E.164
  std::string exophone; ///< E.164
  bool inbound = false;
  std::string status = "in-progress"; ///< as a create is answered, whatever happens
  std::string stream_url;
  std::string custom_field;
  double timeout_s = 60;
  std::optional<double> time_limit_s;

  std::string status_url;
  bool wants_answered = false;
  bool wants_json = false;

  // The flow of a call that rang in.
  std::string voicebot_url; ///< asked where its audio goes
  std::string passthru_url; ///< asked when the audio is over; empty: it ends then

  call_facts facts;
  callee_plan plan;
  wall_time created;
  std::optional<wall_time> ended;
  bool answered = false;
  double answered_at = 0; ///< Simulated time.
  double ended_at = 0;    ///< Simulated time.
  int duration_s = 0;     ///< of the talk

  timer phase; ///< The next step before the answer.
  timer limit; ///< TimeLimit.
  timer talk;  ///< When the person hangs up.
  std::shared_ptr<webhook_lane> lane = std::make_shared<webhook_lane>();
  std::shared_ptr<exotel_stream> stream;
  std::shared_ptr<talker> callee; ///< On the line since the first stream.

  bool over() const { return ended.has_value(); }
};

using exotel_call_ptr = std::shared_ptr<exotel_call>;

/// The call as the v1 API shows it; `lengths` once they are known, which takes a while
/// after the end.
void describe(const exotel_call& call, bool lengths, json_writer& out);

/// The fields of a status callback.
field_list callback_fields(const exotel_call& call, std::string_view event);

/// What a flow tells with each of its requests.
field_list flow_fields(const exotel_call& call);

/// `+919876543210` -> `09876543210`, as Exotel writes numbers to flows.
std::string local_number(const std::string& number);

/// `2026-01-02 15:04:05` in India's time.
std::string india_time(wall_time at);

} // namespace caly::sim
