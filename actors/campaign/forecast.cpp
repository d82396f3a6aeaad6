#include "actors/campaign/forecast.hpp"

#include <algorithm>
#include <map>

namespace caly {

namespace {

/// The values of all courses, the smallest first.
template <class Value>
std::vector<std::int64_t> sorted(const std::vector<forecast_course>& courses,
                                 Value value) {
  std::vector<std::int64_t> out;
  for (const auto& each : courses)
    out.push_back(value(each));
  std::sort(out.begin(), out.end());
  return out;
}

/// Nearest rank.
std::int64_t percentile(const std::vector<std::int64_t>& values, std::size_t percent) {
  return values[(values.size() * percent + 99) / 100 - 1];
}

template <class Value>
forecast_range range_of(const std::vector<forecast_course>& courses, Value value) {
  const auto values = sorted(courses, value);
  return {percentile(values, 50), percentile(values, 90)};
}

std::vector<forecast_course> play(const forecast_input& input,
                                  const line_sharer_maker& share,
                                  const forecast_effort& effort) {
  const auto stop = std::chrono::steady_clock::now() + effort.time_max;
  std::vector<forecast_course> courses;
  for (std::uint32_t run = 0; run < effort.runs; ++run) {
    if (run > 0 && std::chrono::steady_clock::now() >= stop)
      break;
    courses.push_back(run_forecast(input, share(), effort.seed + run));
  }
  return courses;
}

void describe_the_middle(campaign_forecast& out,
                         const std::vector<forecast_course>& courses) {
  const auto middle = std::find_if(courses.begin(), courses.end(), [&](const auto& each) {
    return each.ends_ms == out.ends_ms.p50;
  });
  out.lines = middle->lines;
  double all_ms = 0;
  for (const auto ms : middle->limited_ms)
    all_ms += static_cast<double>(ms);
  for (std::size_t i = 0; i < forecast_limits && all_ms > 0; ++i)
    out.limited[i] = static_cast<double>(middle->limited_ms[i]) / all_ms;
}

void describe_the_end(campaign_forecast& out,
                      const std::vector<forecast_course>& courses) {
  std::map<forecast_end, std::size_t> ends;
  std::vector<std::int64_t> credit_out;
  for (const auto& each : courses) {
    ++ends[each.end];
    if (each.credit_out_ms > 0)
      credit_out.push_back(each.credit_out_ms);
  }
  out.end = std::max_element(ends.begin(), ends.end(), [](const auto& a, const auto& b) {
              return a.second < b.second;
            })->first;
  out.credit_suffices = credit_out.empty();
  if (credit_out.empty())
    return;
  std::sort(credit_out.begin(), credit_out.end());
  out.credit_out_ms = percentile(credit_out, 50);
}

std::int64_t cost_of(const forecast_course& course) {
  return course.cost_micros;
}

} // namespace

std::string_view to_string(forecast_end end) {
  switch (end) {
  case forecast_end::completed:
    return "completed";
  case forecast_end::no_credit:
    return "no_credit";
  case forecast_end::failure_rate:
    return "failure_rate";
  case forecast_end::too_long:
    break;
  }
  return "too_long";
}

std::string_view to_string(forecast_limit limit) {
  constexpr std::array<std::string_view, forecast_limits> names{"campaign_lines",
                                                                "account_lines",
                                                                "system_lines",
                                                                "call_rate",
                                                                "calling_window",
                                                                "retry_delay",
                                                                "credit",
                                                                "last_calls"};
  return names[static_cast<std::size_t>(limit)];
}

void line_use::add(std::int64_t from_ms, std::int64_t to_ms, std::uint32_t lines) {
  while (to_ms > step_ms_ * static_cast<std::int64_t>(steps_max))
    halve();
  while (from_ms < to_ms) {
    const auto at = static_cast<std::size_t>(from_ms / step_ms_);
    if (at >= steps_.size())
      steps_.resize(at + 1);
    const auto until_ms = std::min(to_ms, (static_cast<std::int64_t>(at) + 1) * step_ms_);
    steps_[at].line_ms += static_cast<double>(until_ms - from_ms) * lines;
    steps_[at].most = std::max(steps_[at].most, lines);
    from_ms = until_ms;
  }
}

/// Half as many steps, each twice as long.
void line_use::halve() {
  step_ms_ *= 2;
  for (std::size_t i = 0; i < steps_.size(); i += 2) {
    auto both = steps_[i];
    if (i + 1 < steps_.size()) {
      both.line_ms += steps_[i + 1].line_ms;
      both.most = std::max(both.most, steps_[i + 1].most);
    }
    steps_[i / 2] = both;
  }
  steps_.resize((steps_.size() + 1) / 2);
}

campaign_forecast forecast(const forecast_input& input,
                           const line_sharer_maker& share,
                           const forecast_effort& effort) {
  const auto courses = play(input, share, effort);
  campaign_forecast out;
  out.runs = static_cast<std::uint32_t>(courses.size());
  out.starts_ms = input.starts_ms;
  out.ends_ms = range_of(courses, [](const auto& c) { return c.ends_ms; });
  out.calls = range_of(courses, [](const auto& c) { return c.calls; });
  out.answered = range_of(courses, [](const auto& c) { return c.answered; });
  out.talked_s = range_of(courses, [](const auto& c) { return c.talked_s; });
  out.cost_micros = range_of(courses, cost_of);
  out.reached = range_of(courses, [](const auto& c) { return c.reached; });
  out.exhausted = range_of(courses, [](const auto& c) { return c.exhausted; });
  out.left = range_of(courses, [](const auto& c) { return c.left; });
  out.needed_micros = out.cost_micros;
  describe_the_middle(out, courses);
  describe_the_end(out, courses);
  if (!out.credit_suffices) {
    auto rich = input;
    rich.funds_micros = never_ms / 2;
    out.needed_micros = range_of(play(rich, share, effort), cost_of);
  }
  return out;
}

} // namespace caly
