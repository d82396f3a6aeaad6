#include "cluster/alarms/alarm_rules.hpp"

#include "cluster/membership/placement.hpp"
#include "runtime/console/actor_rows.hpp"

#include <algorithm>
#include <map>

namespace caly {

namespace {

using namespace std::chrono_literals;

constexpr auto stuck_after = 10s;
constexpr std::uint64_t mailbox_hot = 10'000;
constexpr std::size_t misplaced_max = 8;
constexpr std::size_t moving_max = 8; ///< shards that are on their way at one time
constexpr int crashes_max = 4;        ///< of one actor in the time below
constexpr auto crashes_within = 5min;
constexpr std::uint64_t free_bytes_min = std::uint64_t{512} << 20;

bool works(const node_row& node) {
  return (node.state == "up" || node.state == "draining") && node.lease_ms > 0;
}

std::string seconds_text(double seconds) {
  return console_cell::time(seconds).text;
}

void add_node_alarms(const peer_list& known, std::vector<alarm>& out) {
  for (const auto& node : known.view.nodes) {
    const auto& name = node.id.node;
    const auto which = name + ", incarnation " + std::to_string(node.id.incarnation);
    if (node.state == "dead")
      out.push_back({"node_down", name, which + ", was declared dead"});
    else if (node.state != "left" && node.lease_ms <= 0)
      out.push_back({"node_silent", name, which + ", does not renew its lease"});
  }
  for (const auto& link : known.links)
    if (!link.up || link.suspected)
      out.push_back(
          {"link_down",
           link.peer.node,
           link.up ? "the peer missed " + std::to_string(link.missed) + " probes in a row"
                   : "no connection from " + known.self.node});
}

void add_shard_alarms(const cluster_view& view, std::vector<alarm>& out) {
  std::size_t unowned = 0;
  std::size_t misplaced = 0;
  for (const auto& shard : view.shards) {
    const auto owned = std::ranges::any_of(view.nodes, [&](const node_row& node) {
      return node.id == shard.owner && works(node);
    });
    const auto* place = place_of(shard, view);
    unowned += owned ? 0 : 1;
    misplaced += owned && place != nullptr && place->id != shard.owner ? 1 : 0;
  }
  const auto of_all = " of " + std::to_string(view.shards.size()) + " shards ";
  // While shards move home, one after another is free for a moment.
  if (unowned > (misplaced > 0 ? moving_max : 0))
    out.push_back({"shards_unowned",
                   "",
                   std::to_string(unowned) + of_all + "have no living owner"});
  if (misplaced > misplaced_max)
    out.push_back({"shards_misplaced",
                   "",
                   std::to_string(misplaced) + of_all + "are not where they belong"});
}

} // namespace

std::vector<alarm> cluster_alarms(const peer_list& known) {
  std::vector<alarm> out;
  add_node_alarms(known, out);
  add_shard_alarms(known.view, out);
  return out;
}

std::vector<alarm> work_alarms(const json& facts) {
  struct rule {
    const char* fact;
    const char* name;
    const char* text;
  };

  static constexpr rule rules[] = {
      {"stuck", "work_stuck", " pieces of work stand still: stuck shows them"},
      {"doubtful", "calls_doubtful", " calls are in doubt for minutes"},
      {"no_credit", "credit_out", " tenants with running campaigns have no credit"},
      {"lost", "calls_lost", " calls were given up within an hour"},
      {"not_analysed", "analyses_failed", " analyses failed within an hour"},
      {"permits_off", "permits_off", " pools differ from the live calls"},
  };
  std::vector<alarm> out;
  for (const auto& each : rules)
    if (const auto count = facts[each.fact].int_or(0); count > 0)
      out.push_back({each.name, "", std::to_string(count) + each.text});
  return out;
}

std::vector<alarm> actor_alarms(const actor_table& table, wall_time now) {
  std::vector<alarm> out;
  for (const auto& each : detail::stuck_actors(table, stuck_after))
    out.push_back({"actor_stuck",
                   each.stats->path,
                   "handles " + each.message + " for " + seconds_text(each.for_s)});
  for (const auto& each : table.all())
    if (each->depth() > mailbox_hot)
      out.push_back(
          {"mailbox_hot", each->path, std::to_string(each->depth()) + " messages wait"});
  std::map<std::string, int> crashes;
  for (const auto& each : table.obituaries())
    if (now - each.at < crashes_within)
      ++crashes[each.path];
  for (const auto& [path, count] : crashes)
    if (count >= crashes_max)
      out.push_back({"crash_loop",
                     path,
                     "failed " + std::to_string(count) + " times in five minutes"});
  return out;
}

std::vector<alarm> disk_alarms(const std::vector<disk_space>& disks) {
  std::vector<alarm> out;
  for (const auto& disk : disks)
    if (disk.free_bytes < std::max(disk.all_bytes / 20, free_bytes_min))
      out.push_back({"disk_low",
                     disk.folder,
                     console_cell::bytes(disk.free_bytes).text + " of " +
                         console_cell::bytes(disk.all_bytes).text + " are free"});
  return out;
}

} // namespace caly
