#pragma once

#include <boost/asio/io_context.hpp>

#include <functional>
#include <memory>

namespace caly::sim {

/// A task that is still to come. Letting go of the handle cancels it.
class timer {
public:
  timer() = default;
  timer(timer&&) = default;

  timer& operator=(timer&& other) noexcept {
    cancel();
    state_ = std::move(other.state_);
    return *this;
  }

  ~timer() { cancel(); }

  void cancel() noexcept;

private:
  friend class scheduler;
  struct state;

  std::shared_ptr<state> state_;
};

/// Runs tasks later on the one thread that all of the sandbox lives on. Simulated time
/// passes `speed` times as fast as real time.
class scheduler {
public:
  using task = std::function<void()>;

  scheduler(boost::asio::io_context& io, double speed) : io_{io}, speed_{speed} {}

  /// Runs `run` once, `seconds` of simulated time from now.
  timer after(double seconds, task run);
  /// Runs `run` once when `now()` reaches `at`; at once when that has passed.
  timer at(double at, task run);
  /// As `after`, but in real seconds: for limits on the network.
  timer after_real(double seconds, task run);

  /// Runs `run` soon on the sandbox's thread; may be called from any thread.
  void post(task run);

  /// Simulated seconds on a clock that never jumps.
  double now() const noexcept;

  double speed() const noexcept { return speed_; }

  boost::asio::io_context& io() noexcept { return io_; }

private:
  boost::asio::io_context& io_;
  double speed_;
};

/// Real seconds on the machine's monotonic clock.
double monotonic_seconds() noexcept;

} // namespace caly::sim
