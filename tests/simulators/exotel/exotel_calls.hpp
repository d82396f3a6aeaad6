#pragma once

#include "tests/simulators/base/world.hpp"
#include "tests/simulators/exotel/exotel_call.hpp"

#include <deque>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace caly::sim {

/// Exotel's switch: rings, connects who answers with Caly's media socket, ends the call
/// when either side leaves, and reports.
class exotel_calls {
public:
  explicit exotel_calls(world& world) : world_{world} {}

  /// Takes a call into the books; it does nothing before `dial` or `ring_in`.
  void add(const exotel_call_ptr& call, std::string_view result);
  void dial(const exotel_call_ptr& call);
  /// A person rings in and the flow answers.
  void ring_in(const exotel_call_ptr& call);

  exotel_call_ptr find(std::string_view sid) const;
  /// The newest first.
  std::vector<exotel_call_ptr> all() const;
  /// Lengths are told a while after the end.
  bool lengths_known(const exotel_call& call) const;

private:
  void ring(const exotel_call_ptr& call);
  void answer(const exotel_call_ptr& call);
  void begin_talk(const exotel_call_ptr& call);
  void open_stream(const exotel_call_ptr& call, const std::string& url);
  void stream_over(const exotel_call_ptr& call);
  void ask_voicebot(const exotel_call_ptr& call);
  void ask_passthru(const exotel_call_ptr& call);
  void ask_flow(const exotel_call_ptr& call,
                std::string event,
                const std::string& url,
                field_list more,
                std::function<void(const http_result&)> then);
  void end(const exotel_call_ptr& call, std::string_view status);
  void report(exotel_call& call, std::string_view event);

  world& world_;
  std::unordered_map<std::string, exotel_call_ptr> calls_;
  std::deque<exotel_call_ptr> order_;
};

} // namespace caly::sim
