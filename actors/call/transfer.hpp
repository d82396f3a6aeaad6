#pragma once

#include "actors/call/call.hpp"

namespace caly {

/// Begins to hand the call over to a person and answers the number of the transfer. The
/// row is written first: whatever node a carrier asks goes by it. Where nobody can stay
/// with the caller, a warm transfer becomes a blind one.
/// Errors: `conflict` (the call is over, or is being transferred), `invalid`, `refused`
/// (this carrier cannot), `unavailable`.
void begin_transfer(call_self* self,
                    const transfer_call& ask,
                    std::function<void(caf::expected<std::int32_t>)> then);
caf::result<std::int32_t> begin_transfer(call_self* self, const transfer_call& ask);

/// The rows say how far it got. Where the person cannot be had, the agent goes on.
void on_transfer(call_self* self, const transfer_progressed& news);

/// Gives a person up who let the phone ring, or listened, for too long.
void look_at_transfer(call_self* self);

/// The call is over, and with it what there was to hand over.
void end_transfer(call_self* self);

/// The caller leaves the agent for a person: the end of the audio is not the call's.
bool is_leaving(const call_state& state);

} // namespace caly
