#pragma once

#include "runtime/console/command.hpp"

#include <string>

namespace caly {

/// `help`, `elevate`, `drop`: a session runs them itself.
void add_session_commands(console_registry& registry);

/// `ps`, `top`, `tree`, `info`, `state`, `history`, `stuck`, `crashes`: on the actor
/// table of the node that runs them.
void add_actor_commands(console_registry& registry);

/// `restart`, `stop`, `kill`.
void add_operate_commands(console_registry& registry);

/// `trace`.
void add_trace_command(console_registry& registry);

/// `vm`, `metrics`, `version`, `log level`, `log tail`. `version` is the text to show.
void add_system_commands(console_registry& registry, std::string version);

/// All of the above.
void add_core_commands(console_registry& registry, std::string version);

} // namespace caly
