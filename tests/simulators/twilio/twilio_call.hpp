#pragma once

#include "runtime/base/clock.hpp"
#include "runtime/base/json.hpp"
#include "tests/simulators/base/history.hpp"
#include "tests/simulators/base/scheduler.hpp"
#include "tests/simulators/callee/callee.hpp"
#include "tests/simulators/http/webhook_sender.hpp"

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace caly::sim {

class talker;
class twiml_runner;

/// Which status events a call reports, as `StatusCallbackEvent` names them.
struct status_events {
  bool initiated = false;
  bool ringing = false;
  bool answered = false;
  bool completed = true; ///< Stands for every final status.
};

/// Answering machine detection, if the create-call asked for it.
struct machine_detection {
  bool enabled = false;
  bool message_end = false; ///< DetectMessageEnd: wait for the beep.
  bool async = false;       ///< The TwiML runs at once, the result comes by webhook.
  std::string url;
};

/// Somebody speaks, from and to in simulated time.
struct spoken_stretch {
  double from = 0;
  double to = 0;
  bool by_agent = false;
};

/// One call of the simulated carrier.
struct twilio_call {
  std::string sid;
  std::string account_sid;
  std::string auth_token; ///< Signs this call's webhooks.
  std::string to;
  std::string from;
  bool inbound = false;
  bool telnyx = false; ///< Its webhooks are told and signed as Telnyx does.
  std::string status = "queued";

  std::string answer_url;
  std::string answer_method = "POST";
  std::string fallback_url; ///< Asked when a URL has no TwiML for us; empty: none.
  std::string twiml;        ///< Used when there is no URL.
  std::string status_url;
  std::string status_method = "POST";
  status_events events;
  std::deque<std::string> asked; ///< URLs of its webhooks, the last 50.
  double timeout_s = 60;
  std::optional<double> time_limit_s;
  machine_detection detection;
  std::string answered_by;

  call_facts facts;
  callee_plan plan;

  wall_time created;
  std::optional<wall_time> started; ///< When it was answered.
  std::optional<wall_time> ended;
  double answered_at = 0; ///< Simulated time.
  int duration_s = 0;
  int sequence = 0; ///< Of the next status callback.

  std::vector<spoken_stretch> spoken; ///< Where the carrier speaks and listens.

  timer phase; ///< The next step before the answer, then the detection's result.
  timer limit; ///< TimeLimit.
  timer talk;  ///< When the callee hangs up.
  std::shared_ptr<webhook_lane> lane = std::make_shared<webhook_lane>();
  std::shared_ptr<twiml_runner> runner;
  std::shared_ptr<talker> callee; ///< On the line since the first media stream.

  bool over() const { return ended.has_value(); }

  void note_spoken(const spoken_stretch& what) {
    constexpr std::size_t stretches_max = 2'000;
    if (spoken.size() < stretches_max)
      spoken.push_back(what);
  }
};

using twilio_call_ptr = std::shared_ptr<twilio_call>;

/// The call as the REST API shows it.
void describe(const twilio_call& call, json_writer& out);

/// The parameters that all voice webhooks share.
field_list webhook_form(const twilio_call& call);

} // namespace caly::sim
