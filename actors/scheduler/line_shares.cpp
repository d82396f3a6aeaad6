#include "actors/scheduler/line_shares.hpp"

namespace caly {

void line_shares::report(const line_demand& demand, std::int64_t now_ms) {
  auto& known = entries_[demand.tenant];
  if (!known.demand.waits)
    known.waits_since_ms = now_ms;
  known.demand = demand;
  known.demand.weight = std::max(demand.weight, 1u);
  known.heard_ms = now_ms;
  known.asked = true;
}

std::size_t line_shares::waiting() const noexcept {
  return static_cast<std::size_t>(
      std::count_if(entries_.begin(), entries_.end(), [](const auto& each) {
        return each.second.demand.waits;
      }));
}

/// Hands out `lines` until everyone has as many as `up_to` says; returns what is left.
template <class UpTo>
std::uint32_t line_shares::serve(std::uint32_t lines, round& at, UpTo up_to) {
  const auto lacks = [&](const auto& each) {
    return each.second.share < up_to(each.second);
  };
  auto lacking = std::count_if(entries_.begin(), entries_.end(), lacks);
  auto each = entries_.lower_bound(at.next);
  if (each == entries_.end() || each->first != at.next || !lacks(*each))
    at.owed = 0;
  while (lines > 0 && lacking > 0) {
    if (each == entries_.end())
      each = entries_.begin();
    auto& [tenant, its] = *each++;
    if (its.share >= up_to(its))
      continue;
    const auto due = at.owed > 0 ? at.owed : its.demand.weight;
    const auto served = std::min({due, up_to(its) - its.share, lines});
    its.share += served;
    lines -= served;
    const bool content = its.share == up_to(its);
    lacking -= content ? 1 : 0;
    at.owed = content ? 0 : due - served;
    if (at.owed > 0)
      at.next = tenant;
    else
      at.next = each == entries_.end() ? tenant_id{} : each->first;
  }
  return lines;
}

std::vector<line_limit>
line_shares::plan(std::uint32_t lines, std::uint64_t turn, std::int64_t now_ms) {
  std::erase_if(entries_, [&](const auto& each) {
    return now_ms - each.second.heard_ms > silent_max_ms;
  });
  if (turn != turn_)
    now_ = next_;
  turn_ = turn;
  next_ = now_;
  for (auto& [tenant, its] : entries_)
    its.share = 0;
  const auto left = serve(lines, next_.guarantees, [](const entry& its) {
    return std::min(its.demand.guaranteed, its.wanted());
  });
  serve(left, next_.rest, [](const entry& its) { return its.wanted(); });

  level_ = lines;
  for (const auto& [tenant, its] : entries_)
    if (its.share < its.wanted())
      level_ = std::min(level_, its.share);
  std::vector<line_limit> changes;
  for (auto& [tenant, its] : entries_) {
    const auto limit = its.share < its.wanted()
                           ? its.share
                           : std::max({its.share, its.demand.guaranteed, level_});
    if (limit != its.limit || its.asked)
      changes.push_back({tenant, limit});
    its.limit = limit;
    its.asked = false;
  }
  return changes;
}

std::vector<line_share> line_shares::list(std::int64_t now_ms) const {
  std::vector<line_share> out;
  for (const auto& [tenant, its] : entries_)
    out.push_back(
        {its.demand, its.limit, its.demand.waits ? now_ms - its.waits_since_ms : 0});
  std::ranges::stable_sort(out, std::greater{}, &line_share::waits_ms);
  return out;
}

} // namespace caly
