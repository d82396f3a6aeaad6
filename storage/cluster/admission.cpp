#include "storage/cluster/admission.hpp"

#include "runtime/base/error.hpp"
#include "runtime/base/json.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace caly {

namespace {

constexpr std::string_view key_name = "cluster.secret";

/// Nodes that differ in these are no nodes of one cluster, whatever is accepted.
constexpr std::array<std::string_view, 3> never_changed{
    "cluster.name", key_name, "cluster.shards"};

std::string text_of(protocol_range range) {
  return fmt::format(
      "{} to {}", static_cast<int>(range.min), static_cast<int>(range.max));
}

bool fit(protocol_range one, protocol_range other) {
  return one.min <= other.max && other.min <= one.max;
}

caf::error wrong_protocol(const join_cluster& ask, const living_node& other) {
  const auto* older = ask.protocol.max < other.protocol.min ? "this node" : "that node";
  return caf::make_error(
      errc::forbidden,
      fmt::format("node {} (build {}) speaks the protocol levels {}, node {} (build {}) "
                  "those of {}, which have none in common; upgrade {} to a build in "
                  "between first, or set cluster.protocol_max right",
                  ask.node,
                  ask.build,
                  text_of(ask.protocol),
                  other.node,
                  other.build,
                  text_of(other.protocol),
                  older));
}

json parsed(const shared_config& config) {
  auto tree = json::parse(config.values);
  return tree ? std::move(*tree) : json{};
}

bool changes_what_never_changes(const shared_config& here, const shared_config& there) {
  const auto mine = parsed(here);
  const auto theirs = parsed(there);
  return std::ranges::any_of(never_changed, [&](std::string_view name) {
    return mine[name].dump() != theirs[name].dump();
  });
}

caf::error wrong_config(const living_node& other,
                        const std::vector<std::string>& differ) {
  return caf::make_error(
      errc::forbidden,
      fmt::format("settings that must be the same on all nodes are not those of node {}: "
                  "{}; make them equal, or set cluster.accept_config_change=true while "
                  "they are changed node by node (never {})",
                  other.node,
                  fmt::join(differ, ", "),
                  fmt::join(never_changed, ", ")));
}

} // namespace

caf::error refusal(const join_cluster& ask, const std::vector<living_node>& living) {
  for (const auto& other : living) {
    if (other.node == ask.node) {
      if (other.process != ask.process)
        return caf::make_error(
            errc::conflict,
            fmt::format("another process runs as node {}; end it, or give this one "
                        "another node.id",
                        ask.node));
      continue; // asked before, and the answer was lost
    }
    if (!fit(ask.protocol, other.protocol))
      return wrong_protocol(ask, other);
    if (ask.config.hash == other.config.hash)
      continue;
    if (const auto differ = differences(ask.config, other.config);
        !differ.empty() && (!ask.config.accept_change ||
                            changes_what_never_changes(ask.config, other.config)))
      return wrong_config(other, differ);
  }
  return {};
}

std::vector<std::string> differences(const shared_config& here,
                                     const shared_config& there) {
  const auto mine = parsed(here);
  const auto theirs = parsed(there);
  const auto one_key = mine[key_name].dump() == theirs[key_name].dump();
  std::vector<std::string> found;
  for (const auto& [name, value] : mine.members()) {
    const auto* other = theirs.find(name);
    if (other == nullptr || other->dump() == value.dump())
      continue;
    if (!value.is_object())
      found.push_back(fmt::format(
          "{} is {} here and {} there", name, value.text_or(""), other->text_or("")));
    else if (one_key || name == key_name) // digests under two keys tell nothing
      found.push_back(fmt::format("{} is another one", name));
  }
  return found;
}

protocol_level common_level(const std::vector<protocol_range>& nodes) {
  const auto lowest = std::ranges::min_element(nodes, {}, &protocol_range::max);
  return lowest == nodes.end() ? protocol_level::first : lowest->max;
}

} // namespace caly
