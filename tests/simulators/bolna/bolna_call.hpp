#pragma once

#include "runtime/base/clock.hpp"
#include "runtime/base/json.hpp"
#include "tests/simulators/base/history.hpp"
#include "tests/simulators/base/scheduler.hpp"
#include "tests/simulators/callee/callee.hpp"
#include "tests/simulators/http/webhook_sender.hpp"

#include <memory>
#include <string>

namespace caly::sim {

/// An agent as Bolna's dashboard knows it, as far as calls need it.
struct bolna_agent {
  std::string id;
  std::string name;
  std::string webhook_url;
  std::string welcome;
  std::string prompt;
  double call_terminate_s = 300;
  json config; ///< `agent_config` as it was sent last.
};

/// One execution.
struct bolna_call {
  std::string id;
  bolna_agent agent; ///< As it was when the call was made.
  std::string to;
  std::string from;
  json user_data;
  std::string status = "queued";
  call_facts facts;
  callee_plan plan;
  wall_time created;
  wall_time updated;
  wall_time answered_at;
  int conversation_s = 0;
  bool answered = false;
  bool over = false;     ///< The line is free again.
  bool complete = false; ///< Transcript, duration and cost are known.
  std::string transcript;
  std::string hangup_by;
  std::string hangup_reason;
  int hangup_code = 0;
  std::string webhook_url;
  std::shared_ptr<webhook_lane> lane = std::make_shared<webhook_lane>();
  timer phase;
};

using bolna_call_ptr = std::shared_ptr<bolna_call>;

/// The execution object, which is also the webhook's body. A trimmed one lacks the
/// transcript, as in lists.
void describe(const bolna_call& call, bool trimmed, json_writer& out);

/// What agent and callee say to each other until the callee's time is over.
std::string write_transcript(const bolna_call& call);

} // namespace caly::sim
