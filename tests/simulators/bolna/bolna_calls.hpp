#pragma once

#include "tests/simulators/base/world.hpp"
#include "tests/simulators/bolna/bolna_call.hpp"

#include <deque>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace caly::sim {

/// Bolna's engine: dials, talks by itself and reports every status.
class bolna_calls {
public:
  explicit bolna_calls(world& world) : world_{world} {}

  /// Takes a call into the books; it does nothing before `dial`.
  void add(const bolna_call_ptr& call, std::string_view result);
  void dial(const bolna_call_ptr& call);

  bolna_call_ptr find(std::string_view id) const;
  /// The newest first.
  std::vector<bolna_call_ptr> of_agent(std::string_view agent_id) const;

  std::size_t live() const noexcept { return live_; }

  /// Takes a queued call back; false when it is past that.
  bool stop(const bolna_call_ptr& call);

private:
  void ring(const bolna_call_ptr& call);
  void answer(const bolna_call_ptr& call);
  void hang_up(const bolna_call_ptr& call);
  void end_unanswered(const bolna_call_ptr& call,
                      std::string_view status,
                      std::string_view reason);
  void set_status(const bolna_call_ptr& call, std::string_view status);
  void set_status(const bolna_call_ptr& call, std::string_view status, wall_time at);
  void note_end(const bolna_call_ptr& call, std::string_view status);

  world& world_;
  std::unordered_map<std::string, bolna_call_ptr> calls_;
  std::deque<bolna_call_ptr> order_;
  std::size_t live_ = 0;
};

} // namespace caly::sim
