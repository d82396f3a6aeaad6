#pragma once

#include "runtime/base/json.hpp"
#include "tests/simulators/base/world.hpp"
#include "tests/simulators/callee/talker.hpp"
#include "tests/simulators/http/web_socket.hpp"
#include "tests/simulators/twilio/twilio_call.hpp"

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <utility>

namespace caly::sim {

class twilio_calls;

/// What `<Stream>` asks for.
struct stream_order {
  std::string url;
  std::string name;
  std::string status_url;
  field_list parameters;
};

/// Twilio's side of a Media Stream: sends the callee's audio in frames of 20 ms on an
/// absolute schedule, plays what Caly sends at the same pace, echoes marks when they are
/// played.
class twilio_stream : public std::enable_shared_from_this<twilio_stream> {
public:
  /// `on_over` runs once when Caly closed the socket or it never opened.
  twilio_stream(world& world,
                twilio_calls& calls,
                twilio_call_ptr call,
                stream_order order,
                std::function<void()> on_over);

  void open();
  /// The call is over or has other instructions: says stop and closes.
  void stop();

private:
  struct mark {
    std::uint64_t due; ///< Byte of the playback after which it is echoed.
    std::string name;
  };

  /// The person on the line is the same in all streams of a call.
  void bring_callee();
  void did_open(const std::shared_ptr<web_socket>& socket, const std::string& error);
  void send_start();
  void schedule();
  void tick();
  void send_media(std::string_view frame);
  void echo_marks(bool all);
  void receive(std::string_view text);
  void receive_media(std::string_view payload);
  void receive_other(std::string_view text);
  void protocol_error(std::string_view code, std::string_view what);
  void report(std::string_view event, std::string_view error = {});
  void finish();

  world& world_;
  twilio_calls& calls_;
  twilio_call_ptr call_;
  stream_order order_;
  std::function<void()> on_over_;
  std::string sid_;
  std::shared_ptr<web_socket> socket_;
  timer pace_;
  double next_at_ = 0; ///< Simulated time of the next frame.
  std::uint64_t sequence_ = 0;
  std::uint64_t frames_out_ = 0;
  std::uint64_t bytes_in_ = 0;
  std::string queue_; ///< Audio that waits to be played, from `queue_at_` on.
  std::size_t queue_at_ = 0;
  std::uint64_t played_ = 0; ///< Bytes, cleared ones included.
  std::deque<mark> marks_;
  bool agent_heard_ = false; ///< The caller heard a word of the agent's.
  bool open_ = false;
  bool over_ = false;
};

} // namespace caly::sim
