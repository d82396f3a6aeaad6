#include "actors/call/timers.hpp"

#include <algorithm>

namespace caly {

namespace {

/// For hearing the briefing twice and pressing a key.
constexpr std::int64_t briefing_ms = 45'000;

} // namespace

/// How long nothing may be heard of the call before the carrier is asked about it.
std::int64_t patience_ms(const call_state& state, const call_options& options) {
  if (state.phase == call_phase::talking && state.pipe)
    return std::int64_t{state.max_call_s} * 1000;
  const bool by_requests =
      state.brain == brain_kind::gather && (state.text.last || state.text.thinking);
  if (state.phase == call_phase::talking && by_requests)
    return options.text_silence.count();
  if (state.phase == call_phase::sending)
    return options.create_timeout.count() + options.silence_before_asking.count();
  const bool ringing = state.phase == call_phase::placed && state.answered_at_ms == 0;
  return options.silence_before_asking.count() +
         (ringing ? options.ring_timeout.count() : 0);
}

std::int64_t transfer_patience_ms(const call_options& options) {
  return options.ring_timeout.count() + briefing_ms;
}

std::vector<call_timer>
timers_of(const call_state& state, const call_options& options, std::int64_t now_ms) {
  std::vector<call_timer> out;
  if (state.phase == call_phase::over)
    return out;
  out.push_back({"tick", now_ms + tick_ms}); // at the latest
  if (state.phase >= call_phase::sending)
    out.push_back({"ask_carrier",
                   std::max(state.phase_since_ms + patience_ms(state, options),
                            state.asked_at_ms + ask_interval_ms)});
  if (state.answered_at_ms > 0 && state.phase >= call_phase::placed) {
    const auto after = [&](std::int64_t s) { return state.answered_at_ms + s * 1000; };
    out.push_back({"extend_hold", after(state.covered_s - hold_early_s)});
    if (state.ending.empty()) {
      if (!state.said_goodbye && state.pipe && state.max_call_s >= 3 * goodbye_s)
        out.push_back({"say_goodbye", after(state.max_call_s - goodbye_s)});
      out.push_back({"max_length", after(state.max_call_s)});
    }
  }
  if (state.transfer && !state.transfer->leaving && state.transfer->number > 0)
    out.push_back(
        {"give_up_transfer", state.transfer->since_ms + transfer_patience_ms(options)});
  std::ranges::sort(out, {}, &call_timer::due_ms);
  return out;
}

} // namespace caly
