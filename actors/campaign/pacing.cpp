#include "actors/campaign/pacing.hpp"

#include <algorithm>

namespace caly {

namespace {

/// Asked again after this when the answer named no time.
constexpr std::int64_t capacity_retry_ms = 250;
constexpr std::int64_t idle_retry_ms = 1000;

bool is_failure(const std::string& status) {
  return status == "failed" || status == "refused" || status == "lost";
}

} // namespace

std::uint32_t pacing::wants() const noexcept {
  const auto taken = wanted_ + live_;
  return taken >= plan_.concurrency ? 0 : plan_.concurrency - taken;
}

void pacing::answered(std::uint32_t granted,
                      std::uint32_t refused,
                      reserve_stop stop,
                      std::int64_t wait_until_ms,
                      std::int64_t now_ms) {
  wanted_ -= std::min(wanted_, granted + refused);
  live_ += granted;
  stop_ = stop;
  empty_ = stop == reserve_stop::nothing_due && wait_until_ms == 0;
  broke_ = stop == reserve_stop::no_credit && granted == 0 && wait_until_ms == 0;
  switch (stop) {
  case reserve_stop::none:
    wait_until_ms_ = 0;
    break;
  case reserve_stop::nothing_due:
  case reserve_stop::number_rate:
    wait_until_ms_ = wait_until_ms > now_ms ? wait_until_ms : now_ms + 20;
    if (empty_)
      wait_until_ms_ = now_ms + idle_retry_ms;
    break;
  default:
    wait_until_ms_ = now_ms + capacity_retry_ms;
  }
}

void pacing::finished(const std::string& status) {
  live_ -= std::min(live_, 1u);
  // A freed line or a retry that was just scheduled may change what is due.
  if (stop_ != reserve_stop::number_rate)
    wait_until_ms_ = 0;
  broke_ = false;
  // What is left of its hold came back and may cover another call.
  if (stop_ == reserve_stop::no_credit)
    stop_ = reserve_stop::none;
  if (status == "never_sent" || plan_.breaker_window == 0)
    return;
  recent_failures_.push_back(is_failure(status));
  if (recent_failures_.size() > plan_.breaker_window)
    recent_failures_.pop_front();
}

bool pacing::failing() const noexcept {
  if (plan_.breaker_window == 0 || recent_failures_.size() < plan_.breaker_window)
    return false;
  const auto failures =
      std::count(recent_failures_.begin(), recent_failures_.end(), true);
  return static_cast<double>(failures) >=
         plan_.breaker_ratio * static_cast<double>(recent_failures_.size());
}

campaign_step pacing::next(std::int64_t now_ms) const {
  if (stop_ == reserve_stop::fenced || stop_ == reserve_stop::not_running)
    return campaign_step::stand_down;
  if (failing() || (broke_ && live_ == 0 && wanted_ == 0))
    return campaign_step::pause;
  if (wait_until_ms_ > now_ms) {
    if (empty_ && live_ == 0 && wanted_ == 0)
      return campaign_step::finish;
    return campaign_step::wait;
  }
  return wants() > 0 ? campaign_step::dial : campaign_step::wait;
}

std::string pacing::pause_reason() const {
  if (failing())
    return "failure rate: " +
           std::to_string(
               std::count(recent_failures_.begin(), recent_failures_.end(), true)) +
           " of the last " + std::to_string(recent_failures_.size()) + " calls failed";
  return "no credit: the balance does not cover another call";
}

} // namespace caly
