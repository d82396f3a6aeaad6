#include "cluster/alarms/alarm_book.hpp"

#include <algorithm>
#include <array>
#include <set>

namespace caly {

using namespace std::chrono_literals;

namespace {

constexpr std::array<alarm_kind, 17> kinds{{
    {"node_down", "node-down", 0s},
    {"node_silent", "frozen-node", 0s},
    {"link_down", "link-cut", 4s},
    {"shards_unowned", "shard-without-owner", 15s},
    {"shards_misplaced", "unbalanced-shards", 180s},
    {"database_away", "database-away", 4s},
    {"circuit_open", "provider-circuit-open", 0s},
    {"credit_out", "credit-run-out", 0s},
    {"calls_doubtful", "doubtful-calls", 0s},
    {"calls_lost", "dead-letters", 0s},
    {"analyses_failed", "dead-letters", 0s},
    {"work_stuck", "stuck-campaign", 0s},
    {"permits_off", "leaked-permit", 15s},
    {"actor_stuck", "hot-mailbox", 0s},
    {"mailbox_hot", "hot-mailbox", 10s},
    {"crash_loop", "crash-loop", 0s},
    {"disk_low", "disk-low", 0s},
}};

std::chrono::seconds patience_of(std::string_view name) {
  const auto found = std::ranges::find(kinds, name, &alarm_kind::name);
  return found != kinds.end() ? found->patience : 0s;
}

} // namespace

std::span<const alarm_kind> alarm_kinds() {
  return kinds;
}

std::string_view runbook_of(std::string_view name) {
  const auto found = std::ranges::find(kinds, name, &alarm_kind::name);
  return found != kinds.end() ? found->runbook : std::string_view{};
}

alarm_book::change alarm_book::update(std::vector<alarm> seen, wall_time now) {
  change out;
  const auto now_ms = to_unix_ms(now);
  std::set<std::pair<std::string, std::string>> present;
  for (auto& each : seen) {
    const auto key = std::pair{each.name, each.subject};
    present.insert(key);
    const auto [place, fresh] = entries_.try_emplace(key);
    auto& its = place->second;
    each.since_ms = fresh ? now_ms : its.what.since_ms;
    its.what = std::move(each);
    const auto patience = patience_of(its.what.name);
    if (!its.raised &&
        now_ms - its.what.since_ms >= std::chrono::milliseconds{patience}.count()) {
      its.raised = true;
      out.raised.push_back(its.what);
    }
  }
  for (const auto& [key, its] : entries_)
    if (its.raised && !present.contains(key))
      out.over.push_back(its.what);
  std::erase_if(entries_,
                [&](const auto& each) { return !present.contains(each.first); });
  return out;
}

std::vector<alarm> alarm_book::raised() const {
  std::vector<alarm> out;
  for (const auto& [key, its] : entries_)
    if (its.raised)
      out.push_back(its.what);
  std::ranges::stable_sort(out, {}, &alarm::since_ms);
  return out;
}

} // namespace caly
