#include "actors/campaign/row_lanes.hpp"

#include <algorithm>

namespace caly {

row_lanes::row_lanes(const forecast_input& input) : input_{input} {
  lanes_.resize(input.zones.size());
  std::vector<std::vector<place>> places(lanes_.size());
  for (const auto& group : input.rows)
    for (std::uint32_t i = 0; i < group.count; ++i) {
      const auto id = static_cast<std::uint32_t>(rows_.size());
      rows_.push_back({group.zone, group.attempts, group.dialed_today, 0, 0});
      places[group.zone].push_back({group.due_ms, id});
    }
  waiting_ = rows_.size();
  for (std::size_t i = 0; i < lanes_.size(); ++i) {
    lanes_[i].days = &input.zones[i];
    lanes_[i].rows = decltype(lane::rows){std::greater<>{}, std::move(places[i])};
    if (const auto* today = day_at(lanes_[i], input.starts_ms))
      for (auto& row : rows_)
        if (row.zone == i)
          row.day_ms = today->begins_ms;
  }
}

const calling_day* row_lanes::day_at(lane& in, std::int64_t at_ms) {
  const auto& days = *in.days;
  while (in.today + 1 < days.size() && days[in.today + 1].begins_ms <= at_ms)
    ++in.today;
  return in.today < days.size() && days[in.today].begins_ms <= at_ms ? &days[in.today]
                                                                     : nullptr;
}

std::int64_t row_lanes::opens_from(const lane& in, std::int64_t at_ms) {
  const auto& days = *in.days;
  for (auto i = in.today; i < days.size(); ++i)
    if (at_ms < days[i].closes_ms)
      return std::max(at_ms, days[i].opens_ms);
  return never_ms;
}

std::int64_t row_lanes::allowed_from(lane& in, std::uint32_t id, std::int64_t now_ms) {
  const auto& row = rows_[id];
  auto from = now_ms;
  if (row.last_ms > 0)
    from = std::max(from, row.last_ms + input_.contact_gap_s * 1000);
  const auto* today = day_at(in, now_ms);
  if (today != nullptr && row.day_ms == today->begins_ms &&
      row.dialed >= input_.daily_cap) {
    if (in.today + 1 >= in.days->size())
      return never_ms;
    from = std::max(from, (*in.days)[in.today + 1].begins_ms);
  }
  return opens_from(in, from);
}

std::optional<std::uint32_t> row_lanes::take(std::int64_t now_ms) {
  while (true) {
    lane* best = nullptr;
    for (auto& each : lanes_) {
      if (each.rows.empty() || each.rows.top().due_ms > now_ms)
        continue;
      if (best != nullptr && best->rows.top() < each.rows.top())
        continue;
      day_at(each, now_ms);
      if (opens_from(each, now_ms) == now_ms)
        best = &each;
    }
    if (best == nullptr)
      return std::nullopt;
    const auto id = best->rows.top().id;
    best->rows.pop();
    const auto from = allowed_from(*best, id, now_ms);
    if (from == now_ms) {
      --waiting_;
      return id;
    }
    best->rows.push({from, id});
  }
}

void row_lanes::dialed(std::uint32_t id, std::int64_t now_ms) {
  auto& row = rows_[id];
  const auto* today = day_at(lanes_[row.zone], now_ms);
  const auto day_ms = today == nullptr ? 0 : today->begins_ms;
  row.dialed = row.day_ms == day_ms ? row.dialed + 1 : 1;
  row.day_ms = day_ms;
  row.last_ms = now_ms;
  ++row.attempts;
}

void row_lanes::wait(std::uint32_t id, std::int64_t due_ms) {
  lanes_[rows_[id].zone].rows.push({due_ms, id});
  ++waiting_;
}

std::int64_t row_lanes::next_ms(std::int64_t now_ms) {
  auto first = never_ms;
  for (auto& each : lanes_)
    if (!each.rows.empty()) {
      day_at(each, now_ms);
      first = std::min(first, opens_from(each, std::max(now_ms, each.rows.top().due_ms)));
    }
  return first;
}

bool row_lanes::outside_hours(std::int64_t now_ms) {
  return std::any_of(lanes_.begin(), lanes_.end(), [&](const lane& each) {
    return !each.rows.empty() && each.rows.top().due_ms <= now_ms;
  });
}

} // namespace caly
