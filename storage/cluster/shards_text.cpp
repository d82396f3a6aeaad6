#include "storage/cluster/shards_text.hpp"

#include <map>
#include <set>

namespace caly {

namespace {

/// `3-17,21`.
std::string ranges_text(const std::set<std::int32_t>& ids) {
  std::string out;
  for (auto first = ids.begin(); first != ids.end();) {
    auto last = first;
    auto after = std::next(first);
    while (after != ids.end() && *after == *last + 1)
      last = after++;
    out += (out.empty() ? "" : ",") + std::to_string(*first);
    if (last != first)
      out += "-" + std::to_string(*last);
    first = after;
  }
  return out;
}

} // namespace

std::string shards_text(const std::vector<shard_row>& shards) {
  std::map<std::string, std::set<std::int32_t>> kinds;
  for (const auto& shard : shards)
    kinds[shard.kind].insert(shard.id);
  std::string out;
  for (const auto& [kind, ids] : kinds)
    out += (out.empty() ? "" : " ") + kind + "/" + ranges_text(ids);
  return out;
}

} // namespace caly
