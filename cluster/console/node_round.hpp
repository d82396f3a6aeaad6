#pragma once

#include "cluster/console/sources.hpp"

#include <map>
#include <string>

namespace caly {

/// What a node says of itself.
struct node_answer {
  json process; ///< null: no answer
  json calls;
  double took_s = 0;
};

using node_answers = std::map<std::string, node_answer>;

/// Asks this node and all that are linked, at once, and goes on when all have answered or
/// a second has passed.
void ask_nodes(const console_reply& reply,
               const console_sources& sources,
               const peer_list& known,
               std::function<void(const node_answers&)> then);

} // namespace caly
