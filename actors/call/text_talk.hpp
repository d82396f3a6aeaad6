#pragma once

#include "actors/call/call.hpp"

namespace caly {

/// The carrier asks for the agent's first words, or again for its last ones.
caf::result<spoken_reply> open_talk(call_self* self, const open_text& ask);

/// The carrier heard something: what the agent answers, once a turn. What the agent does
/// is recorded before it says that it did it, and what it says before it is said: the
/// next turn may come to another node.
caf::result<spoken_reply> go_on_talking(call_self* self, const hear_text& ask);

} // namespace caly
