#pragma once

#include "tests/simulators/base/scheduler.hpp"
#include "tests/simulators/base/world.hpp"
#include "tests/simulators/openai/brain.hpp"
#include "tests/simulators/openai/realtime_config.hpp"

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace caly::sim {

/// What a session lends to its running response.
struct reply_port {
  /// Sends one event; `fill` adds the members after `type` and `event_id`.
  std::function<void(std::string_view type,
                     const std::function<void(json_writer&)>& fill)>
      emit;
  /// An assistant item exists from now on, its audio lasting `audio_ms` so far.
  std::function<void(const std::string& item_id, int audio_ms)> item_grew;
  /// The response is over.
  std::function<void()> over;
};

/// One response of the simulated model: renders its words and streams them about ten
/// times as fast as they are spoken, then its function call.
class realtime_reply : public std::enable_shared_from_this<realtime_reply> {
public:
  realtime_reply(world& world,
                 agent_turn turn,
                 audio_codec codec,
                 bool speaks,
                 std::string metadata,
                 reply_port port);

  void start();
  /// Ends it early, for `reason` turn_detected or client_cancelled.
  void cancel(std::string_view reason);

  const std::string& id() const { return id_; }

private:
  void did_render(std::size_t sentence, std::string mulaw);
  void begin_message();
  void step();
  void finish_message(std::string_view status);
  void call_function();
  void finish(std::string_view status, std::string_view reason);
  void describe(std::string_view status, std::string_view reason, json_writer& out) const;
  void message_item(std::string_view status, json_writer& out) const;
  void function_item(std::string_view status, json_writer& out) const;
  void place(json_writer& out) const;
  void later(double seconds, void (realtime_reply::*next)());

  std::string_view modality() const { return speaks_ ? "output_audio" : "output_text"; }

  world& world_;
  agent_turn turn_;
  audio_codec codec_;
  bool speaks_;
  std::string metadata_; ///< JSON text.
  reply_port port_;
  std::string id_;
  std::string item_id_;
  std::string call_item_id_;
  std::string call_id_;
  std::vector<std::string> sentences_;
  std::vector<std::string> rendered_;
  std::size_t missing_ = 0;
  std::string audio_; ///< In the session's codec.
  std::size_t audio_at_ = 0;
  std::size_t words_at_ = 0;
  double started_at_ = 0;
  bool message_open_ = false;
  bool message_done_ = false;
  bool call_done_ = false;
  bool over_ = false;
  timer next_;
};

} // namespace caly::sim
