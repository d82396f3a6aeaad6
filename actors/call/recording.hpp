#pragma once

#include "actors/call/call.hpp"

namespace caly {

/// The agent speaks by its carrier: where it wants a recording, the carrier is asked for
/// one, once a call. One that does not record is told of in the timeline.
void record_at_carrier(call_self* self);

/// Pauses the recording or goes on with it. False: nothing is recorded.
bool steer(call_self* self, const steer_recording& ask);

/// Tells the rows what they do not know yet of the carrier's recording: that it is
/// wanted, and whether it is to pause. It also does while a person has the caller.
void bring_recording_up_to_date(call_self* self);

} // namespace caly
