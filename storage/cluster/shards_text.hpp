#pragma once

#include "actors/api/cluster_store.hpp"

#include <string>
#include <vector>

namespace caly {

/// Shards of one or more kinds in few words: `scheduler/0 tenant/3-17,21`.
std::string shards_text(const std::vector<shard_row>& shards);

} // namespace caly
