#include "tests/simulators/base/scheduler.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <utility>

namespace caly::sim {

namespace asio = boost::asio;

struct timer::state {
  explicit state(asio::io_context& io) : clock{io} {}

  asio::steady_timer clock;
  scheduler::task run;
};

void timer::cancel() noexcept {
  if (!state_)
    return;
  // The task is dropped first: its captures may own the object that owns this timer.
  auto state = std::exchange(state_, nullptr);
  state->run = nullptr;
  boost::system::error_code ignored;
  state->clock.cancel(ignored);
}

timer scheduler::after_real(double seconds, task run) {
  using clock = std::chrono::steady_clock;
  timer result;
  auto state = std::make_shared<timer::state>(io_);
  result.state_ = state;
  state->run = std::move(run);
  state->clock.expires_after(std::chrono::duration_cast<clock::duration>(
      std::chrono::duration<double>(seconds)));
  state->clock.async_wait([state](const boost::system::error_code& error) {
    if (error || !state->run)
      return;
    const auto task = std::exchange(state->run, nullptr);
    task();
  });
  return result;
}

timer scheduler::after(double seconds, task run) {
  return after_real(seconds / speed_, std::move(run));
}

timer scheduler::at(double at, task run) {
  const auto wait = at - now();
  return after(wait > 0 ? wait : 0, std::move(run));
}

void scheduler::post(task run) {
  asio::post(io_, std::move(run));
}

double scheduler::now() const noexcept {
  return monotonic_seconds() * speed_;
}

double monotonic_seconds() noexcept {
  return std::chrono::duration<double>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

} // namespace caly::sim
