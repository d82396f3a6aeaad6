#pragma once

#include "cluster/console/sources.hpp"

#include <string>

namespace caly {

/// A live call for people, from `call_view::json`.
std::string machine_text(const std::string& call, const json& view);

/// `call machine`: shows a live call as a state machine, at the node that has it.
void show_call_machine(const console_sources& sources,
                       const console_args& args,
                       const console_reply& reply);

/// Where the call's actor is: the node of its row, while that is a member; else empty.
std::string node_of_call(const json& row, const peer_list& known);

} // namespace caly
