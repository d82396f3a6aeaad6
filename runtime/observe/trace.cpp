#include "runtime/observe/trace.hpp"

#include <algorithm>
#include <utility>

namespace caly {

using namespace std::chrono_literals;

namespace {

trace_options clamped(trace_options x) {
  x.lines_max = std::clamp<std::size_t>(x.lines_max, 1, 1000);
  x.duration_max = std::clamp<std::chrono::seconds>(x.duration_max, 1s, 300s);
  x.lines_per_second_max = std::clamp<std::size_t>(x.lines_per_second_max, 1, 1000);
  return x;
}

} // namespace

trace_buffer::trace_buffer(trace_options options, time_point now)
    : options_{clamped(std::move(options))},
      ends_{now + options_.duration_max},
      second_began_{now} {}

void trace_buffer::check_age(time_point now) {
  if (stop_reason_.empty() && now >= ends_)
    stop_reason_ = "time is up";
}

bool trace_buffer::add(std::string line, time_point now) {
  std::lock_guard guard{mutex_};
  check_age(now);
  if (!stop_reason_.empty())
    return false;
  if (now - second_began_ >= 1s) {
    second_began_ = now;
    added_this_second_ = 0;
  }
  if (++added_this_second_ > options_.lines_per_second_max) {
    stop_reason_ = "too many messages a second";
    return false;
  }
  lines_.push_back(std::move(line));
  if (++added_ == options_.lines_max) {
    stop_reason_ = std::to_string(added_) + " of " + std::to_string(added_) + " lines";
    return false;
  }
  return true;
}

void trace_buffer::stop(std::string reason) {
  std::lock_guard guard{mutex_};
  if (stop_reason_.empty())
    stop_reason_ = std::move(reason);
}

std::vector<std::string> trace_buffer::take(time_point now) {
  std::lock_guard guard{mutex_};
  check_age(now);
  return std::exchange(lines_, {});
}

bool trace_buffer::stopped(time_point now) {
  std::lock_guard guard{mutex_};
  check_age(now);
  return !stop_reason_.empty();
}

std::string trace_buffer::stop_reason() const {
  std::lock_guard guard{mutex_};
  return stop_reason_;
}

} // namespace caly
