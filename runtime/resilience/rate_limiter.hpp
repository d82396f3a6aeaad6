#pragma once

#include <chrono>
#include <cstddef>
#include <unordered_map>

namespace caly {

/// `count` events each `period`, and as many as `burst` of them at once after a pause.
struct rate {
  std::size_t count = 1;
  std::chrono::nanoseconds period{std::chrono::seconds{1}};
  std::size_t burst = 1;

  std::chrono::nanoseconds interval() const {
    return period / static_cast<std::int64_t>(count);
  }
};

/// Rate limiter by the generic cell rate algorithm: one time point of state, no timer.
class rate_limiter {
public:
  using time_point = std::chrono::steady_clock::time_point;

  explicit rate_limiter(rate limit) : limit_{limit} {}

  /// Takes one event; zero if it may happen now, else how long to wait (nothing taken).
  std::chrono::nanoseconds take(time_point now);

  /// What `take` would answer.
  std::chrono::nanoseconds wait(time_point now) const;

  /// Nothing is remembered any more: a new limiter would behave the same.
  bool idle(time_point now) const { return next_ <= now; }

private:
  rate limit_;
  time_point next_ = time_point::min(); // theoretical arrival time
};

/// One rate limiter per key (address, account, number) with a bound on keys.
template <class Key, class Hash = std::hash<Key>>
class keyed_rate_limiter {
public:
  using time_point = rate_limiter::time_point;

  keyed_rate_limiter(rate limit, std::size_t keys_max)
      : limit_{limit}, keys_max_{keys_max} {}

  /// As `rate_limiter::take`. A new key beyond the bound waits for one interval.
  std::chrono::nanoseconds take(const Key& key, time_point now) {
    const auto found = limiters_.find(key);
    if (found != limiters_.end())
      return found->second.take(now);
    if (limiters_.size() >= keys_max_)
      sweep(now);
    if (limiters_.size() >= keys_max_)
      return limit_.interval();
    return limiters_.emplace(key, rate_limiter{limit_}).first->second.take(now);
  }

  std::size_t size() const noexcept { return limiters_.size(); }

private:
  /// Looks at all keys at most once per interval, so that a flood of keys stays cheap.
  void sweep(time_point now) {
    if (now < sweep_after_)
      return;
    sweep_after_ = now + limit_.interval();
    std::erase_if(limiters_, [&](const auto& each) { return each.second.idle(now); });
  }

  rate limit_;
  std::size_t keys_max_;
  std::unordered_map<Key, rate_limiter, Hash> limiters_;
  time_point sweep_after_ = time_point::min();
};

} // namespace caly
