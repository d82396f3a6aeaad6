#pragma once

#include "cluster/alarms/alarm_book.hpp"
#include "cluster/links/links.hpp"
#include "runtime/base/json.hpp"
#include "runtime/observe/actor_table.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace caly {

/// Nodes that are dead or silent, links that are down, shards without an owner or far
/// from where they belong.
std::vector<alarm> cluster_alarms(const peer_list& known);

/// From the answer of the statement `alarms.facts`.
std::vector<alarm> work_alarms(const json& facts);

/// Actors of this node that handle one message for long, whose mailbox is very full, or
/// that fail again and again.
std::vector<alarm> actor_alarms(const actor_table& table, wall_time now);

/// Free and whole size of the disk that a folder lies on.
struct disk_space {
  std::string folder;
  std::uint64_t free_bytes = 0;
  std::uint64_t all_bytes = 0;
};

/// Less than a twentieth or less than 512 MiB is free.
std::vector<alarm> disk_alarms(const std::vector<disk_space>& disks);

} // namespace caly
