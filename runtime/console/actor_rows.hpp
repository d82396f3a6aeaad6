#pragma once

#include "runtime/console/command.hpp"
#include "runtime/observe/actor_table.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace caly::detail {

using stats_ptr = std::shared_ptr<actor_stats>;

/// The actor table of the node that runs the command.
actor_table& table_of(const console_reply& reply);

/// The one actor that `target` names; otherwise fails the reply and answers null. Where
/// the key of several is meant, it is that of the main one: a call before the pipe of its
/// media. `others` gets those that were passed over.
stats_ptr one_actor(const console_reply& reply,
                    const std::string& target,
                    std::vector<stats_ptr>* others = nullptr);

double age_s(const actor_stats& stats, wall_time now);

/// An actor that has been at one message for longer than it should.
struct stuck_actor {
  stats_ptr stats;
  std::string message;
  double for_s = 0;
};

std::vector<stuck_actor> stuck_actors(const actor_table& table,
                                      std::chrono::steady_clock::duration over);

/// `a:17`.
std::string id_text(caf::actor_id id);

/// Type and age of the last message: two cells.
void add_last_message(std::vector<console_cell>& row, const actor_stats& stats);

} // namespace caly::detail
