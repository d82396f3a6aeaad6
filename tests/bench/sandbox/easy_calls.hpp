#pragma once

#include "actors/api/call.hpp"

#include <caf/actor_system.hpp>

namespace caly::bench {

/// Knows every call; each takes everything, wants nothing and is talked as `plan` says.
/// `prints`: what is said, the events and the end go to the log.
calls_actor easy_calls(caf::actor_system& system, media_plan plan, bool prints = false);

} // namespace caly::bench
