#pragma once

#include "tests/simulators/base/world.hpp"
#include "tests/simulators/twilio/call_recordings.hpp"
#include "tests/simulators/twilio/rooms.hpp"
#include "tests/simulators/twilio/twilio_call.hpp"

#include <deque>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace caly::sim {

/// The carrier: rings phones, answers them, runs their TwiML and reports every step.
class twilio_calls {
public:
  explicit twilio_calls(world& world)
      : conferences{world}, recordings{world, *this}, world_{world} {}

  rooms conferences;
  call_recordings recordings;

  /// Takes a call into the books with `result` (accepted or accepted_then_timeout). The
  /// call does nothing before `dial`.
  void add(const twilio_call_ptr& call, std::string_view result);
  void dial(const twilio_call_ptr& call);
  /// A phone out there calls a number of Caly's.
  void ring_in(const twilio_call_ptr& call);
  /// Caly's instructions answer a call that rang in; nothing happens to other calls.
  void pick_up(const twilio_call_ptr& call);

  twilio_call_ptr find(std::string_view sid) const;
  /// The newest first.
  std::vector<twilio_call_ptr> called(std::string_view to) const;
  std::vector<twilio_call_ptr> all() const;

  /// Ends the call with a final status; nothing happens when it is over already.
  void end(const twilio_call_ptr& call, std::string_view status);
  /// Runs other instructions from now on.
  void redirect(const twilio_call_ptr& call, std::string url, std::string method);
  void redirect(const twilio_call_ptr& call, std::string twiml);

  /// Sends a signed form to one of Caly's URLs; with `done` its answer is wanted.
  void post(twilio_call& call,
            std::string event,
            const std::string& url,
            const std::string& method,
            field_list form,
            std::function<void(http_result)> done = {});

private:
  void ring(const twilio_call_ptr& call);
  void answer(const twilio_call_ptr& call);
  void begin_talk(const twilio_call_ptr& call);
  void run_at_once(const twilio_call_ptr& call);
  void start_instructions(const twilio_call_ptr& call);
  void detect_machine(const twilio_call_ptr& call);
  void retire(const twilio_call_ptr& call);
  void report(twilio_call& call, std::string_view event);
  void forget_oldest();

  world& world_;
  std::unordered_map<std::string, twilio_call_ptr> calls_;
  std::unordered_map<std::string, std::vector<twilio_call_ptr>> by_number_;
  std::deque<std::string> ended_; ///< In the order of their ends.
};

} // namespace caly::sim
