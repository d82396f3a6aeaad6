#pragma once

#include "runtime/base/json.hpp"
#include "tests/simulators/base/world.hpp"
#include "tests/simulators/exotel/exotel_call.hpp"
#include "tests/simulators/http/web_socket.hpp"

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string>

namespace caly::sim {

/// Exotel's side of AgentStream: sends the person's voice every 100 ms as 16-bit samples,
/// plays what Caly sends in real time, echoes marks when they are played. Refuses pieces
/// that are no multiple of 320 bytes or larger than 100 kB.
class exotel_stream : public std::enable_shared_from_this<exotel_stream> {
public:
  /// `on_over` runs once when Caly closed the socket or it never opened.
  exotel_stream(world& world,
                const exotel_call_ptr& call,
                const std::string& url,
                std::function<void()> on_over);

  void open();
  /// The call is over: says stop and closes.
  void stop();

private:
  struct mark {
    std::uint64_t due; ///< Byte of the playback after which it is echoed.
    std::string name;
  };

  void did_open(const std::shared_ptr<web_socket>& socket, const std::string& error);
  void send_start();
  void schedule();
  void tick();
  void send_media();
  void echo_marks(bool all);
  void receive(std::string_view text);
  void receive_media(const json& message);
  void protocol_error(std::string_view what);
  void finish();
  std::string opening(std::string_view event);

  world& world_;
  std::weak_ptr<exotel_call> call_;
  call_facts facts_;
  std::string url_;
  int rate_hz_;
  std::function<void()> on_over_;
  std::string sid_;
  std::shared_ptr<web_socket> socket_;
  timer pace_;
  double next_at_ = 0; ///< Simulated time of the next frame.
  std::uint64_t sequence_ = 0;
  std::uint64_t chunks_ = 0;
  std::string said_;  ///< µ-law of the person that fills no message yet
  std::string queue_; ///< µ-law of the agent that waits to be played
  std::uint64_t bytes_in_ = 0;
  std::uint64_t played_ = 0; ///< Bytes, cleared ones included.
  std::deque<mark> marks_;
  bool agent_heard_ = false;
  bool open_ = false;
  bool over_ = false;
};

} // namespace caly::sim
