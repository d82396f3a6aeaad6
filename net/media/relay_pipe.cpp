#include "net/media/relay_pipe.hpp"

#include "net/media/relay_session.hpp"

namespace caly {

namespace {

using self_t = self_ptr<relay_pipe_actor, relay_pipe_state>;

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
  find_its_call(
      self,
      parts,
      [self, parts, ask] { ask_call(self, parts, ask); },
      [parts](caf::error why) { tell_reply(parts, std::move(why)); });
}

} // namespace

relay_pipe_actor::behavior_type relay_pipe(self_t self, relay_pipe_parts parts) {
  self->set_down_handler(
      [self, parts](const caf::down_msg& down) { ended_with_call(self, parts, down); });
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
      [self](const media_closed& gone) { tell_end(self, gone); },
  };
}

} // namespace caly
