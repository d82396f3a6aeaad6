#pragma once

#include "tests/simulators/base/scheduler.hpp"
#include "tests/simulators/base/world.hpp"
#include "tests/simulators/callee/text_talker.hpp"
#include "tests/simulators/http/http_message.hpp"
#include "tests/simulators/twilio/twilio_call.hpp"
#include "tests/simulators/twilio/twiml.hpp"

#include <memory>
#include <string>
#include <vector>

namespace caly::sim {

class twilio_calls;
class twilio_stream;
class relay_line;

/// Carries out the verbs of one TwiML document after the other: Connect/Stream,
/// Connect/ConversationRelay, Say,
/// Play, Pause, Gather, Dial (a number, a sip: address or a conference), Refer, Redirect,
/// Reject and Hangup. Spoken verbs only take time; a
/// Gather for speech gets the words of the callee's persona.
class twiml_runner : public std::enable_shared_from_this<twiml_runner> {
public:
  twiml_runner(world& world, twilio_calls& calls, twilio_call_ptr call);

  /// Gets the next document. Without a good answer in 15 real seconds the call's fallback
  /// URL is asked, with ErrorCode and ErrorUrl; without one there the call fails.
  void fetch(const std::string& url, const std::string& method, field_list extra);
  /// Runs a document; `base` is the URL that relative ones in it belong to.
  void run(const std::string& twiml, const std::string& base);
  /// Nothing happens after this call.
  void stop();

private:
  void next();
  void execute(const twiml_element& verb);
  void connect(const twiml_element& verb);
  void connect_stream(const twiml_element& verb, const twiml_element& stream);
  void connect_relay(const twiml_element& verb, const twiml_element& relay);
  void fall_back(const std::string& url, int status);
  void gather(const twiml_element& verb);
  void gather_speech(const twiml_element& verb, double prompt_s);
  void gather_digits(const twiml_element& verb, double prompt_s);
  void gather_nothing(const twiml_element& verb, double prompt_s);
  void dial(const twiml_element& verb);
  void dial_person(const twiml_element& verb, const std::string& to);
  void dialed(const twiml_element& verb, const std::string& outcome, double talked_s);
  void join_room(const twiml_element& verb, const std::string& room);
  void refer(const twiml_element& verb);
  void wait(double seconds);
  void wait_then_fetch(double seconds, const twiml_element& verb, field_list extra);

  world& world_;
  twilio_calls& calls_;
  twilio_call_ptr call_;
  std::string base_;
  std::vector<twiml_element> verbs_;
  std::size_t at_ = 0;
  text_talker talker_;
  timer wait_;
  std::shared_ptr<twilio_stream> stream_;
  std::shared_ptr<relay_line> relay_;
  std::string room_; ///< The conference that it is in; empty: none.
  bool stopped_ = false;
};

} // namespace caly::sim
