#pragma once

#include "actors/call/call.hpp"

namespace caly {

/// A carrier's media socket came: takes the call over for it and plans its talk.
caf::result<media_plan> attach(self_ptr<call_actor, call_state> self,
                               const call_options& options,
                               const call_ports& ports,
                               const attach_media& ask);

/// The model wants something done. What has an effect is recorded before it is told so.
caf::result<tool_answer> use_tool(self_ptr<call_actor, call_state> self,
                                  const call_options& options,
                                  const call_ports& ports,
                                  const tool_called& ask);

/// Pauses the recording or goes on with it. False: nothing is recorded.
bool steer(self_ptr<call_actor, call_state> self,
           const call_ports& ports,
           const steer_recording& ask);

/// The socket is gone. Where the carrier closed it, it will say next what it wants: the
/// call's end, or another socket.
void on_media_closed(self_ptr<call_actor, call_state> self,
                     const call_ports& ports,
                     const media_closed& gone);

} // namespace caly
