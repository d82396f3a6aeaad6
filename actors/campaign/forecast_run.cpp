#include "actors/campaign/forecast.hpp"
#include "actors/campaign/row_lanes.hpp"

#include <algorithm>
#include <cmath>

namespace caly {

namespace {

/// The dial scheduler shares out each second. Here the others' demands do not change, so
/// every tenth will do, and less often the longer the campaign goes on.
constexpr std::int64_t share_period_ms = 10'000;
constexpr std::int64_t shares_of_the_past = 200;

/// A course that takes more steps than this is cut: some number in the input is absurd.
constexpr std::uint64_t steps_max = 20'000'000;

struct live_call {
  std::int64_t ends_ms = 0;
  std::uint32_t row = 0;
  call_outcome outcome = call_outcome::completed;
  std::int64_t talk_s = 0;

  bool operator>(const live_call& other) const {
    return std::pair{ends_ms, row} > std::pair{other.ends_ms, other.row};
  }
};

/// The rate of a number as `dial_reserve` keeps it: a quarter of a second's calls may
/// leave at once, at least one.
class number_rate {
public:
  explicit number_rate(double calls_per_s)
      : gap_ms_{1000 / calls_per_s},
        burst_ms_{std::max(1.0, std::ceil(calls_per_s / 4)) * gap_ms_} {}

  std::uint32_t free(std::int64_t now_ms) {
    const auto now = static_cast<double>(now_ms - origin(now_ms));
    at_ms_ = std::max(at_ms_, now - burst_ms_);
    return static_cast<std::uint32_t>(
        std::min(1e6, std::floor((now - at_ms_) / gap_ms_ + 1e-6)));
  }

  void take(std::uint32_t count) { at_ms_ += count * gap_ms_; }

  std::int64_t next_ms() const {
    return origin_ms_ + static_cast<std::int64_t>(std::ceil(at_ms_ + gap_ms_));
  }

private:
  /// Times are kept from the first one on, where a double tells fractions of them.
  std::int64_t origin(std::int64_t now_ms) {
    if (origin_ms_ == 0)
      origin_ms_ = now_ms;
    return origin_ms_;
  }

  double gap_ms_;
  double burst_ms_;
  double at_ms_ = -1e18;
  std::int64_t origin_ms_ = 0;
};

class course {
public:
  course(const forecast_input& input, const line_sharer& share, std::uint64_t seed)
      : input_{input},
        share_{share},
        dice_{seed},
        outcomes_{input.outcomes.drawn(dice_)},
        rows_{input},
        rate_{input.calls_per_s},
        pace_{input.plan},
        funds_{input.funds_micros},
        now_ms_{input.starts_ms} {
    for (const auto& each : input.others)
      taken_by_others_ += each.live;
    for (const auto& days : input.zones)
      if (!days.empty())
        horizon_ms_ = std::min(horizon_ms_, days.back().begins_ms);
  }

  forecast_course run() {
    for (std::uint64_t steps = 0; !over_; ++steps) {
      settle_due();
      step();
      if (over_)
        break;
      const auto next_ms = next_event_ms();
      if (next_ms >= horizon_ms_ || steps >= steps_max)
        end(forecast_end::too_long);
      else
        pass_until(next_ms);
    }
    drain();
    out_.ends_ms = out_.end == forecast_end::too_long ? never_ms : now_ms_;
    out_.left = static_cast<std::int64_t>(rows_.waiting());
    return std::move(out_);
  }

private:
  /// What the campaign does by its pacing, and the tenant with its wants.
  void step() {
    while (!over_) {
      if (wants_ > 0 && serve())
        continue;
      switch (pace_.next(now_ms_)) {
      case campaign_step::dial:
        wants_ += pace_.wants();
        pace_.asked(pace_.wants());
        break;
      case campaign_step::wait:
      case campaign_step::stand_down:
        return;
      case campaign_step::finish:
        return end(forecast_end::completed);
      case campaign_step::pause:
        return end(pace_.last_stop() == reserve_stop::no_credit
                       ? forecast_end::no_credit
                       : forecast_end::failure_rate);
      }
    }
  }

  void end(forecast_end how) {
    over_ = true;
    out_.end = how;
  }

  /// Wants wait until a line is free, then they are answered. False: all of them wait.
  bool serve() {
    const auto asked = std::min(wants_, free_lines());
    if (asked == 0)
      return false;
    wants_ -= asked;
    auto stop = reserve_stop::none;
    std::int64_t until_ms = 0;
    const auto granted = reserve(asked, stop, until_ms);
    pace_.answered(granted, asked - granted, stop, until_ms, now_ms_);
    return true;
  }

  std::uint32_t free_lines() {
    const auto live = static_cast<std::int64_t>(pace_.live());
    auto most = std::int64_t{input_.account_lines};
    most = std::min(most, fair_share());
    most = std::min(most, std::int64_t{input_.system_lines} - taken_by_others_);
    return static_cast<std::uint32_t>(std::max<std::int64_t>(0, most - live));
  }

  /// What the dial scheduler would leave us, asked again every few seconds.
  std::int64_t fair_share() {
    if (input_.others.empty())
      return never_ms;
    if (now_ms_ < share_again_ms_)
      return fair_share_;
    share_again_ms_ =
        now_ms_ +
        std::max(share_period_ms, (now_ms_ - input_.starts_ms) / shares_of_the_past);
    auto demands = input_.others;
    auto own = input_.own;
    own.live = pace_.live();
    own.most = input_.account_lines;
    own.waits = true;
    demands.push_back(own);
    taken_by_others_ = 0;
    for (const auto& limit : share_(demands, input_.system_lines, now_ms_)) {
      if (limit.tenant == own.tenant) {
        fair_share_ = limit.lines;
        continue;
      }
      for (const auto& each : input_.others)
        if (each.tenant == limit.tenant)
          taken_by_others_ += each.waits ? std::min(each.most, limit.lines) : each.live;
    }
    return fair_share_;
  }

  /// The counterpart of `dial_reserve`: rate, credit, rows.
  std::uint32_t reserve(std::uint32_t asked, reserve_stop& stop, std::int64_t& until_ms) {
    auto count = asked;
    if (const auto free = rate_.free(now_ms_); free < count) {
      count = free;
      stop = reserve_stop::number_rate;
      until_ms = rate_.next_ms();
    }
    if (input_.hold_micros > 0 &&
        funds_ / input_.hold_micros < static_cast<std::int64_t>(count)) {
      count = static_cast<std::uint32_t>(funds_ / input_.hold_micros);
      stop = reserve_stop::no_credit;
      until_ms = count > 0 || !calls_.empty() ? now_ms_ + 1 : 0;
      if (out_.credit_out_ms == 0 && rows_.next_ms(now_ms_) == now_ms_)
        out_.credit_out_ms = now_ms_;
    }
    for (std::uint32_t granted = 0; granted < count; ++granted) {
      const auto row = rows_.take(now_ms_);
      if (!row) {
        rate_.take(granted);
        stop = reserve_stop::nothing_due;
        until_ms = rows_.waiting() == 0 ? 0 : rows_.next_ms(now_ms_);
        return granted;
      }
      start(*row);
    }
    rate_.take(count);
    return count;
  }

  void start(std::uint32_t row) {
    const auto outcome = outcomes_.draw(dice_, rows_.row(row).attempts);
    rows_.dialed(row, now_ms_);
    funds_ -= input_.hold_micros;
    const auto& what = outcomes_[outcome];
    auto talk_s = 0.0;
    if (what.talk_s.size() >= 2) {
      const auto at = dice_.unit() * static_cast<double>(what.talk_s.size() - 1);
      const auto below = static_cast<std::size_t>(at);
      talk_s = std::lerp(
          what.talk_s[below], what.talk_s[below + 1], at - static_cast<double>(below));
      talk_s = std::min(talk_s, static_cast<double>(input_.max_call_s));
    }
    ++out_.calls;
    calls_.push(
        {now_ms_ + std::max<std::int64_t>(1, std::llround((what.line_s + talk_s) * 1000)),
         row,
         outcome,
         std::llround(talk_s)});
  }

  void settle_due() {
    while (!calls_.empty() && calls_.top().ends_ms <= now_ms_) {
      const auto call = calls_.top();
      calls_.pop();
      settle(call);
    }
  }

  /// The counterpart of `dial_settle`.
  void settle(const live_call& call) {
    const auto pulses = (call.talk_s + input_.pulse_s - 1) / input_.pulse_s;
    const auto price = pulses * input_.pulse_s * input_.price_per_minute_micros / 60;
    const auto cost =
        std::min(price, input_.hold_micros + std::max<std::int64_t>(0, funds_));
    funds_ += input_.hold_micros - cost;
    out_.cost_micros += cost;
    out_.talked_s += call.talk_s;
    out_.answered += call.outcome == call_outcome::completed ? 1 : 0;
    const auto delay_s = input_.retry_delay_s[static_cast<std::size_t>(call.outcome)];
    if (call.outcome == call_outcome::completed)
      ++out_.reached;
    else if (delay_s >= 0 && rows_.row(call.row).attempts < input_.max_attempts)
      rows_.wait(call.row, call.ends_ms + delay_s * 1000);
    else
      ++out_.exhausted;
    pace_.finished(std::string{to_string(call.outcome)});
  }

  std::int64_t next_event_ms() {
    auto next_ms = calls_.empty() ? never_ms : calls_.top().ends_ms;
    if (pace_.wait_until_ms() > now_ms_)
      next_ms = std::min(next_ms, pace_.wait_until_ms());
    if (wants_ > 0 && !input_.others.empty())
      next_ms = std::min(next_ms, std::max(share_again_ms_, now_ms_ + 1));
    return next_ms;
  }

  void pass_until(std::int64_t next_ms) {
    out_.limited_ms[static_cast<std::size_t>(limit())] += next_ms - now_ms_;
    out_.lines.add(now_ms_ - input_.starts_ms, next_ms - input_.starts_ms, pace_.live());
    now_ms_ = next_ms;
  }

  /// What keeps the next call from being placed right now.
  forecast_limit limit() {
    if (wants_ > 0)
      return pace_.live() >= input_.account_lines ? forecast_limit::account_lines
                                                  : forecast_limit::system_lines;
    if (rows_.waiting() == 0)
      return forecast_limit::last_calls;
    if (pace_.live() >= input_.plan.concurrency)
      return forecast_limit::campaign_lines;
    if (pace_.last_stop() == reserve_stop::number_rate)
      return forecast_limit::call_rate;
    if (pace_.last_stop() == reserve_stop::no_credit)
      return forecast_limit::credit;
    return rows_.outside_hours(now_ms_) ? forecast_limit::calling_window
                                        : forecast_limit::retry_delay;
  }

  /// What is live when the campaign ends talks to its end.
  void drain() {
    while (!calls_.empty()) {
      pass_until(std::max(now_ms_, calls_.top().ends_ms));
      settle_due();
    }
  }

  const forecast_input& input_;
  const line_sharer& share_;
  dice dice_;
  const outcome_model outcomes_;
  row_lanes rows_;
  number_rate rate_;
  pacing pace_;
  std::int64_t funds_;
  std::int64_t now_ms_;
  std::int64_t horizon_ms_ = never_ms; ///< here the days of a zone end
  std::uint32_t wants_ = 0;            ///< asked by the campaign, not answered yet
  std::int64_t taken_by_others_ = 0;
  std::int64_t fair_share_ = 0;
  std::int64_t share_again_ms_ = 0;
  bool over_ = false;
  std::priority_queue<live_call, std::vector<live_call>, std::greater<>> calls_;
  forecast_course out_;
};

} // namespace

forecast_course
run_forecast(const forecast_input& input, const line_sharer& share, std::uint64_t seed) {
  return course{input, share, seed}.run();
}

} // namespace caly
