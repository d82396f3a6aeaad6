#pragma once

#include "actors/api/call.hpp"
#include "net/media/call_listeners.hpp"
#include "net/media/media_options.hpp"
#include "net/media/session_pipe.hpp"
#include "net/webhooks/media_tickets.hpp"
#include "runtime/observe/spawn.hpp"

#include <atomic>
#include <functional>
#include <memory>

namespace caly {

class media_session;
struct media_pipe_state;

/// What a media session lets its actor do. Stays within the process.
struct media_job;
using media_job_ptr = std::shared_ptr<media_job>;

} // namespace caly

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(caly::media_job_ptr)

namespace caly {

/// The actor's side of a media session: the call's messages go to the session's thread,
/// the session's questions go to the call.
using media_pipe_self_actor = media_pipe_actor::extend<caf::reacts_to<media_job_ptr>>;

using media_pipe_self = self_ptr<media_pipe_self_actor, media_pipe_state>;

struct media_job {
  std::function<void(media_pipe_self)> run;
};

/// Counters of one session that the console reads while its thread writes them.
struct media_counters {
  std::atomic<std::uint64_t> frames_in{0};
  std::atomic<std::uint64_t> frames_out{0};
  std::atomic<std::uint64_t> frames_bad{0};
  std::atomic<std::uint64_t> barge_ins{0};
};

struct media_pipe_state : session_pipe_state {
  std::uint64_t jobs_total = 0;
  call_listeners listeners;
};

struct media_pipe_parts {
  std::shared_ptr<media_lane> lane;
  std::weak_ptr<media_session> session;
  std::shared_ptr<media_counters> counters;
  calls_actor calls;
  media_pass pass;
  std::string stream_id;
  std::string provider_call_id;
};

/// Finds the call, attaches to it and hands its plan to the session. Quits when the
/// session or the call is gone.
media_pipe_self_actor::behavior_type media_pipe(media_pipe_self self,
                                                media_pipe_parts parts);

} // namespace caly
