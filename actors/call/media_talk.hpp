#pragma once

#include "actors/call/call.hpp"

namespace caly {

/// A carrier's media socket came: takes the call over for it and plans its talk.
caf::result<media_plan> attach(call_self* self, const attach_media& ask);

/// From now on `pipe` carries the talk; another one that did is told to stop.
void take_pipe(call_self* self,
               const media_pipe_actor& pipe,
               const std::string& stream_id);

/// The line of the timeline that tells which node speaks under which session.
void note_opened(call_self* self);

/// The model wants something done. What has an effect is recorded before it is told so.
caf::result<tool_answer> use_tool(call_self* self, const tool_called& ask);

/// Presses keys on the line. False: nothing carries them.
bool press(call_self* self, const press_keys& ask);

/// The socket is gone. Where the carrier closed it, it will say next what it wants: the
/// call's end, or another socket.
void on_media_closed(call_self* self, const media_closed& gone);

} // namespace caly
