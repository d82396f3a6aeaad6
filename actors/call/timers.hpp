#pragma once

#include "actors/call/call.hpp"

#include <string>
#include <vector>

namespace caly {

/// How often a call looks at its timers.
constexpr std::int64_t tick_ms = 1'000;
/// The carrier is asked again at most this often.
constexpr std::int64_t ask_interval_ms = 10'000;
/// Talk time that one further hold covers, and how early it is taken.
constexpr std::int64_t hold_step_s = 60;
constexpr std::int64_t hold_early_s = 15;
/// Before the maximum length: for the agent's last words.
constexpr std::int64_t goodbye_s = 10;

/// How long nothing may be heard of the call before the carrier is asked about it.
std::int64_t patience_ms(const call_state& state, const call_options& options);

/// How long a person's phone may ring, and the person listen, before a transfer is given
/// up.
std::int64_t transfer_patience_ms(const call_options& options);

struct call_timer {
  std::string name;
  std::int64_t due_ms = 0; ///< Unix time
};

/// What happens to the call when nothing else does, in the order of its time.
std::vector<call_timer>
timers_of(const call_state& state, const call_options& options, std::int64_t now_ms);

} // namespace caly
