#pragma once

#include "runtime/base/json.hpp"
#include "tests/simulators/base/dice.hpp"
#include "tests/simulators/base/scheduler.hpp"
#include "tests/simulators/base/world.hpp"
#include "tests/simulators/callee/text_talker.hpp"
#include "tests/simulators/http/web_socket.hpp"
#include "tests/simulators/twilio/twilio_call.hpp"

#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace caly::sim {

class twilio_calls;

/// How a ConversationRelay session ended, as `<Connect action>` is told.
struct relay_outcome {
  std::string status; ///< ended, failed
  std::string error_code;
  std::string handoff;
};

/// The carrier's side of ConversationRelay: speaks what Caly sends, which only takes
/// time, and sends what the callee says as text. About one answer in six begins within
/// the agent's sentence; callees with 0012 at the end of their number type what they are
/// asked for.
class relay_line : public std::enable_shared_from_this<relay_line> {
public:
  /// `talker` is the person on the line in all sessions of a call. `on_over` runs once
  /// when Caly ended the session or its socket is gone.
  relay_line(world& world,
             twilio_calls& calls,
             twilio_call_ptr call,
             text_talker& talker,
             std::string url,
             std::function<void(const relay_outcome&)> on_over);

  void open();
  /// The call is over or has other instructions.
  void stop();

private:
  void did_open(const std::shared_ptr<web_socket>& socket, const std::string& error);
  void send_setup();
  void receive(std::string_view text);
  void receive_words(const json& message);
  void spoken(const std::string& words);
  void answer(const std::string& words, double prompt_s);
  void begin_to_speak(const std::string& words, double fraction);
  void say(const std::string& text);
  void type(std::string_view digits);
  void refuse(std::string_view why);
  void send(json_writer message);
  void finish(relay_outcome outcome);

  world& world_;
  twilio_calls& calls_;
  twilio_call_ptr call_;
  text_talker& talker_;
  std::string url_;
  std::function<void(const relay_outcome&)> on_over_;
  std::string sid_;
  dice dice_;
  std::shared_ptr<web_socket> socket_;
  std::string agent_says_; ///< Of the turn that is not finished yet.
  double agent_until_ = 0; ///< Simulated time of the agent's last word.
  timer speech_;           ///< The callee begins to speak.
  timer end_of_speech_;
  timer end_;
  std::uint64_t texts_in_ = 0;
  std::uint64_t messages_out_ = 0;
  int refused_in_a_row_ = 0;
  bool open_ = false;
  bool over_ = false;
};

} // namespace caly::sim
