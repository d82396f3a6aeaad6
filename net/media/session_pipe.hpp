#pragma once

#include "actors/api/call.hpp"
#include "net/media/media_lane.hpp"
#include "runtime/base/json.hpp"

#include <boost/asio/post.hpp>

#include <optional>

namespace caly {

/// What the actor of any session on a media lane knows of its call.
struct session_pipe_state {
  bool finding = false;
  call_actor call; ///< empty until it was found
  /// The session ended before the call was found, which is still to be told.
  std::optional<media_closed> gone;
};

/// Runs `work` on the session's thread, if the session still lives then.
template <class Parts, class Work>
void on_session(const Parts& parts, Work work) {
  boost::asio::post(parts.lane->io, [weak = parts.session, work = std::move(work)] {
    if (const auto session = weak.lock())
      work(*session);
  });
}

/// A line of the timeline of a call that never had the socket.
inline media_event socket_ended(const media_closed& gone) {
  json_writer detail;
  detail.begin_object().field("reason", gone.reason).end_object();
  return {"socket_ended", std::move(detail).str()};
}

/// Finds the call of `parts.pass` for `found()`, or says why not; who waits for neither
/// any more, because the session ended, quits.
template <class Self, class Parts, class Found, class Failed>
void find_its_call(Self self, const Parts& parts, Found found, Failed failed) {
  self->state.finding = true;
  self->request(parts.calls,
                parts.lane->options.attach_timeout,
                find_call{parts.pass.tenant, parts.pass.call, true})
      .then(
          [self, found](const call_actor& call) {
            auto& state = self->state;
            state.finding = false;
            if (state.gone) {
              self->send(call, socket_ended(*state.gone));
              return self->quit();
            }
            state.call = call;
            self->monitor(call);
            found();
          },
          [self, failed](caf::error& why) {
            self->state.finding = false;
            if (self->state.gone)
              return self->quit();
            failed(std::move(why));
          });
}

/// Tells the call that its session is over, and quits; waits for a call that is still
/// being looked for.
template <class Self>
void tell_end(Self self, const media_closed& gone) {
  auto& state = self->state;
  if (state.finding) {
    state.gone = gone;
    return;
  }
  if (state.call)
    self->send(state.call, gone);
  self->quit();
}

/// True for the end of the call, which the session is told of.
template <class Self, class Parts>
bool ended_with_call(Self self, const Parts& parts, const caf::down_msg& down) {
  auto& state = self->state;
  if (!state.call || state.call.address() != down.source)
    return false;
  state.call = nullptr;
  on_session(parts, [](auto& session) { session.end("call_ended"); });
  return true;
}

} // namespace caly
