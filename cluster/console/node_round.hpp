#pragma once

#include "cluster/console/sources.hpp"

#include <map>
#include <string>

namespace caly {

/// What a node answered to a line.
struct node_line {
  json answer; ///< of the protocol; null: none
  double took_s = 0;
};

using node_lines = std::map<std::string, node_line>;

/// Runs a line (with `-o json`) at this node and at all that are linked, at once, and
/// goes on when all have answered or a second has passed. Members that are not linked are
/// missing from the answers.
void ask_nodes(const console_reply& reply,
               const console_sources& sources,
               const peer_list& known,
               const std::string& line,
               std::function<void(const node_lines&)> then);

/// Names of members that should answer and did not: `n2, n3`; empty when all did.
std::string silent_nodes(const peer_list& known, const node_lines& answers);

/// What a node says of itself.
struct node_answer {
  json process; ///< null: no answer
  json calls;
  double took_s = 0;
};

using node_answers = std::map<std::string, node_answer>;

/// Asks for the process and the calls of every node in one round.
void ask_nodes(const console_reply& reply,
               const console_sources& sources,
               const peer_list& known,
               std::function<void(const node_answers&)> then);

} // namespace caly
