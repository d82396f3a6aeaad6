#pragma once

#include <cstdint>

namespace caly {

/// What the nodes of a cluster have agreed to say to each other. A cluster runs at the
/// highest level that all its living nodes know, so a node asks before it does what older
/// builds do not understand: `view.level >= protocol_level::placement_by_capacity`.
///
/// A level guards messages and choices, never rows: it may fall again when an older node
/// joins. What rows look like is the business of migrations.
enum class protocol_level : std::int32_t {
  first = 1,
  placement_by_capacity =
      2, ///< shards follow `cluster.capacity`; before, all count alike
};

/// What this build speaks. `protocol_min` rises when support for older builds ends.
inline constexpr auto protocol_min = protocol_level::first;
inline constexpr auto protocol_max = protocol_level::placement_by_capacity;

} // namespace caly
