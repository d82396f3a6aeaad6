#pragma once

#include "net/media/session_pipe.hpp"
#include "net/webhooks/media_tickets.hpp"
#include "runtime/observe/spawn.hpp"

#include <memory>

namespace caly {

class relay_session;

/// The actor's side of a relay session. The session sends it what the caller said and
/// what was heard of the agent; the call's answers and wishes go to the session's thread.
using relay_pipe_actor =
    media_pipe_actor::extend<caf::reacts_to<open_text>,
                             caf::reacts_to<hear_text>,
                             caf::reacts_to<turn_heard>,
                             caf::reacts_to<media_event>,
                             // The last message: tells the call and quits.
                             caf::reacts_to<media_closed>>;

struct relay_pipe_state : session_pipe_state {
  std::uint64_t questions_total = 0;
};

struct relay_pipe_parts {
  std::shared_ptr<media_lane> lane;
  std::weak_ptr<relay_session> session;
  calls_actor calls;
  media_pass pass;
};

relay_pipe_actor::behavior_type
relay_pipe(self_ptr<relay_pipe_actor, relay_pipe_state> self, relay_pipe_parts parts);

} // namespace caly
