#include "net/media/media_pipe.hpp"

#include "net/media/media_session.hpp"
#include "net/media/session_pipe.hpp"

namespace caly {

namespace {

void tell_plan(const media_pipe_parts& parts, caf::expected<media_plan> plan) {
  // asio wants copyable handlers, and an error must not be copied around half-read.
  const auto box = std::make_shared<caf::expected<media_plan>>(std::move(plan));
  on_session(parts, [box](media_session& session) { session.planned(std::move(*box)); });
}

void attach(media_pipe_self self, const media_pipe_parts& parts) {
  find_its_call(
      self,
      parts,
      [self, parts] {
        self->request(self->state.call,
                      parts.lane->options.attach_timeout,
                      attach_media{parts.pass.tenant,
                                   parts.pass.call,
                                   parts.stream_id,
                                   parts.provider_call_id,
                                   media_pipe_self_actor{self},
                                   parts.pass.brain,
                                   parts.pass.ticket})
            .then([parts](media_plan& plan) { tell_plan(parts, std::move(plan)); },
                  [parts](caf::error& why) { tell_plan(parts, std::move(why)); });
      },
      [parts](caf::error why) { tell_plan(parts, std::move(why)); });
}

void let_listen(media_pipe_self self,
                const media_pipe_parts& parts,
                const call_listener_actor& listener) {
  if (!self->state.listeners.add(listener))
    return;
  self->monitor(listener);
  on_session(parts, [](media_session& session) { session.let_listen(true); });
}

void forget_listener(media_pipe_self self,
                     const media_pipe_parts& parts,
                     const caf::actor_addr& gone) {
  if (self->state.listeners.remove(gone) && self->state.listeners.empty())
    on_session(parts, [](media_session& session) { session.let_listen(false); });
}

} // namespace

media_pipe_self_actor::behavior_type media_pipe(media_pipe_self self,
                                                media_pipe_parts parts) {
  self->set_down_handler([self, parts](const caf::down_msg& down) {
    if (!ended_with_call(self, parts, down))
      forget_listener(self, parts, down.source);
  });
  attach(self, parts);
  return {
      [parts](const stop_media& ask) {
        on_session(parts, [reason = ask.reason](media_session& session) {
          session.end(reason);
        });
      },
      [parts](const say_text& ask) {
        on_session(parts,
                   [text = ask.text](media_session& session) { session.say(text); });
      },
      [parts](const steer_recording& ask) {
        on_session(parts, [paused = ask.paused](media_session& session) {
          session.steer_recording(paused);
        });
      },
      [parts](const advise_agent& ask) {
        on_session(parts,
                   [text = ask.text](media_session& session) { session.advise(text); });
      },
      [parts](const give_word& ask) {
        on_session(parts,
                   [to = ask.to](media_session& session) { session.give_word(to); });
      },
      [parts](const person_speaks& ask) {
        on_session(parts, [audio = ask.audio](media_session& session) {
          session.person_speaks(audio);
        });
      },
      [self, parts](const listen_in& ask) { let_listen(self, parts, ask.listener); },
      [parts](const press_keys& ask) {
        on_session(parts, [keys = ask.keys](media_session& session) {
          session.press_keys(keys);
        });
      },
      [parts](const answered& verdict) {
        on_session(parts,
                   [verdict](media_session& session) { session.told_answered(verdict); });
      },
      [self, parts](const get_status&) {
        status_report report;
        caf::put(report, "listeners", self->state.listeners.size());
        caf::put(report, "unheard_pieces_total", self->state.listeners.dropped_total());
        caf::put(report, "jobs_total", self->state.jobs_total);
        caf::put(report, "stream_id", parts.stream_id);
        caf::put(report, "frames_in_total", parts.counters->frames_in.load());
        caf::put(report, "frames_out_total", parts.counters->frames_out.load());
        caf::put(report, "frames_bad_total", parts.counters->frames_bad.load());
        caf::put(report, "barge_ins_total", parts.counters->barge_ins.load());
        return report;
      },
      [self](const media_job_ptr& job) {
        ++self->state.jobs_total;
        job->run(self);
      },
  };
}

} // namespace caly
