#pragma once

#include "actors/call/call.hpp"

namespace caly {

/// Makes this actor the one who speaks in the call, with its agent for `brain` and with
/// everything that was said and done before, whoever heard it; then calls `then` with no
/// error. `ticket`: of the media socket that it is for; empty: none.
/// Errors: `conflict` (the call is over), `forbidden` (the ticket took it over before),
/// `not_found` (the rows name no usable agent), `unavailable`.
void take_session(call_self* self,
                  brain_kind brain,
                  const std::string& ticket,
                  std::function<void(caf::error)> then);

/// Another session speaks in the call by now. Lets go of everything that spoke here; the
/// carrier is left alone, and the actor stays to hear of the call's end.
void lose_session(call_self* self);

/// Writes the turns that changed, then calls `then`; what could not be written is written
/// later. Errors: `fenced` (the session is lost then), `unavailable`.
void write_turns(
    call_self* self, std::function<void(caf::error)> then = [](const caf::error&) {});

/// Adds a line to the call's timeline.
void note(call_self* self, const std::string& kind, const std::string& detail);

} // namespace caly
