#pragma once

#include "tests/simulators/base/scheduler.hpp"
#include "tests/simulators/base/world.hpp"
#include "tests/simulators/http/web_socket.hpp"
#include "tests/simulators/openai/brain.hpp"
#include "tests/simulators/openai/ear.hpp"
#include "tests/simulators/openai/realtime_config.hpp"
#include "tests/simulators/openai/realtime_reply.hpp"

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace caly::sim {

/// One connection to `/v1/realtime`, the server's side of it (GA shape).
class realtime_session : public std::enable_shared_from_this<realtime_session> {
public:
  realtime_session(world& world, std::shared_ptr<web_socket> socket, std::string model);

  void start();
  /// A client of the retired beta shape gets an error and is hung up on.
  void refuse_beta();

private:
  using filler = std::function<void(json_writer&)>;

  void emit(std::string_view type, const filler& fill);
  void fail(const realtime_problem& problem);
  void receive(std::string_view text);
  void dispatch(std::string_view type, const json& event);

  void update_session(const json& event);
  void append_audio(const json& event);
  void commit_audio();
  void create_item(const json& event);
  void delete_item(const json& event);
  void truncate_item(const json& event);
  void create_response(const json& event);
  void cancel_response(const json& event);

  void speech_started(int start_ms);
  void speech_stopped(int end_ms, const std::string& words);
  void add_user_audio(const std::string& words);
  void reply(const json& options);
  agent_turn next_turn(const json& options);
  void remember(const std::string& item_id, int audio_ms);
  void later(double seconds, std::function<void()> run);

  world& world_;
  std::shared_ptr<web_socket> socket_;
  std::string id_;
  std::size_t heard_bytes_ = 0; ///< Since a fault was last drawn.
  realtime_config config_;
  brain brain_;
  ear ear_;
  std::string client_event_id_; ///< Of the event that is being handled.
  std::string speech_item_id_;  ///< Of the user's audio that is coming in.
  std::string last_item_id_;
  std::shared_ptr<realtime_reply> reply_;
  std::optional<std::string> unanswered_; ///< What the user said last.
  std::string answered_;                  ///< What the last answer was to.
  std::optional<std::string> tool_output_;
  bool opened_ = false;              ///< The model has spoken.
  std::map<std::string, int> items_; ///< Audio milliseconds; -1 = not the model's audio.
  std::deque<std::string> item_order_;
  timer expiry_;
};

} // namespace caly::sim
