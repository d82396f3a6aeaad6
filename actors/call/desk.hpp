#pragma once

#include "actors/call/call.hpp"

namespace caly {

// What people of the tenant's team do in a live call. Each is a line of its timeline.
// False: no audio of the call is here. Errors: `refused` (its carrier listens and speaks
// itself, and this cannot be had).

/// The agent says something to the caller now.
caf::result<bool> say_to_caller(call_self* self, const say_text& ask);

/// The agent is told something that the caller does not hear.
caf::result<bool> advise(call_self* self, const advise_agent& ask);

/// Somebody else has the word from now on. The agent who gets it back says that it is
/// there.
caf::result<bool> give(call_self* self, const give_word& ask);

/// A listener hears the call from now on.
caf::result<bool> let_listen(call_self* self, const listen_in& ask);

} // namespace caly
