#include "net/media/relay_pipe.hpp"

#include "net/media/media_lane.hpp"
#include "net/media/media_pipe.hpp"
#include "net/media/relay_session.hpp"

#include <boost/asio/post.hpp>

namespace caly {

namespace {

using self_t = self_ptr<relay_pipe_actor, relay_pipe_state>;

/// Runs `work` on the session's thread, if the session still lives then.
template <class Work>
void on_session(const relay_pipe_parts& parts, Work work) {
  boost::asio::post(parts.lane->io, [weak = parts.session, work = std::move(work)] {
    if (const auto session = weak.lock())
      work(*session);
  });
}

void tell_reply(const relay_pipe_parts& parts, caf::expected<spoken_reply> reply) {
  const auto box = std::make_shared<caf::expected<spoken_reply>>(std::move(reply));
  on_session(parts, [box](relay_session& session) { session.replied(std::move(*box)); });
}

template <class Message>
void ask_call(self_t self, const relay_pipe_parts& parts, const Message& message) {
  ++self->state.questions_total;
  self->request(self->state.call, parts.lane->options.tool_timeout, message)
      .then([parts](spoken_reply& reply) { tell_reply(parts, std::move(reply)); },
            [parts](caf::error& why) { tell_reply(parts, std::move(why)); });
}

void open(self_t self, const relay_pipe_parts& parts, open_text ask) {
  ask.pipe = relay_pipe_actor{self};
  ask.ticket = parts.pass.ticket;
  if (self->state.call)
    return ask_call(self, parts, ask);
  self->state.finding = true;
  self->request(parts.calls,
                parts.lane->options.attach_timeout,
                find_call{parts.pass.tenant, parts.pass.call, true})
      .then(
          [self, parts, ask](const call_actor& call) {
            self->state.finding = false;
            if (const auto& gone = self->state.gone) {
              self->send(call, socket_ended(*gone));
              return self->quit();
            }
            self->state.call = call;
            self->monitor(call);
            ask_call(self, parts, ask);
          },
          [self, parts](caf::error& why) {
            self->state.finding = false;
            if (self->state.gone)
              return self->quit();
            tell_reply(parts, std::move(why));
          });
}

} // namespace

relay_pipe_actor::behavior_type relay_pipe(self_t self, relay_pipe_parts parts) {
  self->set_down_handler([self, parts](const caf::down_msg& down) {
    if (!self->state.call || self->state.call.address() != down.source)
      return;
    self->state.call = nullptr;
    on_session(parts, [](relay_session& session) { session.end("call_ended"); });
  });
  return {
      [parts](const stop_media& ask) {
        on_session(parts, [reason = ask.reason](relay_session& session) {
          session.end(reason);
        });
      },
      [parts](const say_text& ask) {
        on_session(parts,
                   [text = ask.text](relay_session& session) { session.say(text); });
      },
      // The carrier has the audio.
      [](const steer_recording&) {},
      [](const advise_agent&) {},
      [](const give_word&) {},
      [](const person_speaks&) {},
      [](const listen_in&) {},
      [parts](const press_keys& ask) {
        on_session(parts, [keys = ask.keys](relay_session& session) {
          session.press_keys(keys);
        });
      },
      // Who picked up is the carrier's own affair here.
      [](const answered&) {},
      [self](const get_status&) {
        status_report report;
        caf::put(report, "questions_total", self->state.questions_total);
        return report;
      },
      [self, parts](const open_text& ask) { open(self, parts, ask); },
      [self, parts](const hear_text& ask) {
        if (self->state.call)
          ask_call(self, parts, ask);
      },
      [self](const turn_heard& turn) {
        if (self->state.call)
          self->send(self->state.call, turn);
      },
      [self](const media_event& event) {
        if (self->state.call)
          self->send(self->state.call, event);
      },
      [self](const media_closed& gone) {
        if (self->state.finding) {
          self->state.gone = gone;
          return;
        }
        if (self->state.call)
          self->send(self->state.call, gone);
        self->quit();
      },
  };
}

} // namespace caly
