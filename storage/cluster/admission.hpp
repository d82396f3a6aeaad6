#pragma once

#include "actors/api/cluster_store.hpp"

#include <caf/error.hpp>

#include <string>
#include <vector>

namespace caly {

/// A node that renewed its lease within the last two seconds, as far as it matters to one
/// that wants to join. What was killed stands in nobody's way for longer.
struct living_node {
  std::string node;
  std::string build;
  std::string process;
  protocol_range protocol;
  shared_config config;
};

/// Why `ask` may not join these nodes, in words that say what, where and how to mend it;
/// no error when it may. `conflict`: another process lives under its name; `forbidden`:
/// its protocol or its settings do not fit theirs.
caf::error refusal(const join_cluster& ask, const std::vector<living_node>& living);

/// The shared settings that differ, each with both values; empty when none does. One that
/// only one of them knows is none: builds of a rolling upgrade know different ones.
std::vector<std::string> differences(const shared_config& here,
                                     const shared_config& there);

/// What all of them know, which is what a cluster of them runs at.
protocol_level common_level(const std::vector<protocol_range>& nodes);

} // namespace caly
