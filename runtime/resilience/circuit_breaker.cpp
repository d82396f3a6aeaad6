#include "runtime/resilience/circuit_breaker.hpp"

#include <algorithm>

namespace caly {

using std::chrono::milliseconds;

std::optional<circuit_breaker::permit> circuit_breaker::begin(time_point now) {
  if (state_ == state::closed)
    return permit{era_};
  if (now < probe_at_)
    return std::nullopt;
  // A probe that never ends must not keep the circuit open for good.
  state_ = state::half_open;
  probe_at_ = now + options_.probe_every;
  return permit{++era_};
}

void circuit_breaker::end(permit call, bool ok, time_point now) {
  if (call.era != era_)
    return;
  if (state_ == state::half_open) {
    if (!ok) {
      open(now);
      return;
    }
    state_ = state::closed;
    slices_ = {};
    ++era_;
    return;
  }
  if (state_ != state::closed)
    return;
  count(ok, now);
  if (!ok && broken(now))
    open(now);
}

void circuit_breaker::withdraw(permit call, time_point now) {
  if (call.era == era_ && state_ == state::half_open)
    probe_at_ = now;
}

milliseconds circuit_breaker::wait(time_point now) const {
  if (state_ == state::closed || probe_at_ <= now)
    return milliseconds{0};
  return std::chrono::ceil<milliseconds>(probe_at_ - now);
}

void circuit_breaker::open(time_point now) {
  state_ = state::open;
  probe_at_ = now + options_.probe_every;
  ++era_;
}

std::int64_t circuit_breaker::slice_number(time_point now) const {
  const auto length = std::max(options_.window / 10, milliseconds{1});
  return std::chrono::duration_cast<milliseconds>(now.time_since_epoch()) / length;
}

void circuit_breaker::count(bool ok, time_point now) {
  const auto number = slice_number(now);
  auto& current = slices_[static_cast<std::size_t>(number) % slices_.size()];
  if (current.number != number)
    current = {number, 0, 0};
  ++current.calls;
  current.failures += ok ? 0 : 1;
}

bool circuit_breaker::broken(time_point now) const {
  const auto oldest = slice_number(now) - static_cast<std::int64_t>(slices_.size()) + 1;
  std::uint64_t calls = 0;
  std::uint64_t failures = 0;
  for (const auto& each : slices_) {
    if (each.number < oldest)
      continue;
    calls += each.calls;
    failures += each.failures;
  }
  return calls >= options_.calls_min &&
         failures * 100 >= calls * options_.failure_percent;
}

const char* to_string(circuit_breaker::state x) {
  switch (x) {
  case circuit_breaker::state::closed:
    return "closed";
  case circuit_breaker::state::open:
    return "open";
  case circuit_breaker::state::half_open:
    return "half_open";
  }
  return "unknown";
}

} // namespace caly
