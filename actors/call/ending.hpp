#pragma once

#include "actors/call/call.hpp"

namespace caly {

/// Ends the call for `reason`; the carrier's terminal event settles it. False: it is over
/// already.
bool end(call_self* self, const std::string& reason);

/// The same after the media ended by itself, which may mean that the carrier has long
/// gone to another node: hangs up only while nobody else speaks in the call, and tries
/// again while the rows do not answer.
void end_without_media(call_self* self, const std::string& reason);

/// Writes down why this side ends the call; the first reason counts.
void give_reason(call_self* self, const std::string& reason);

/// The call is over with `status`: writes what is left, tells who waits, quits.
void finish(call_self* self, const std::string& status);

} // namespace caly
