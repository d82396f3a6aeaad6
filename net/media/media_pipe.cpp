#include "net/media/media_pipe.hpp"

#include "net/media/media_lane.hpp"
#include "net/media/media_session.hpp"
#include "runtime/base/json.hpp"

#include <boost/asio/post.hpp>

#include <algorithm>

namespace caly {

namespace {

/// Runs `work` on the session's thread, if the session still lives then.
template <class Work>
void on_session(const media_pipe_parts& parts, Work work) {
  boost::asio::post(parts.lane->io, [weak = parts.session, work = std::move(work)] {
    if (const auto session = weak.lock())
      work(*session);
  });
}

void tell_plan(const media_pipe_parts& parts, caf::expected<media_plan> plan) {
  // asio wants copyable handlers, and an error must not be copied around half-read.
  const auto box = std::make_shared<caf::expected<media_plan>>(std::move(plan));
  on_session(parts, [box](media_session& session) { session.planned(std::move(*box)); });
}

void attach(media_pipe_self self, const media_pipe_parts& parts) {
  const auto timeout = parts.lane->options.attach_timeout;
  self->state.finding = true;
  self->request(parts.calls, timeout, find_call{parts.pass.tenant, parts.pass.call, true})
      .then(
          [self, parts, timeout](const call_actor& call) {
            self->state.finding = false;
            if (const auto& gone = self->state.gone) {
              self->send(call, socket_ended(*gone));
              return self->quit();
            }
            self->state.call = call;
            self->monitor(call);
            self->request(call,
                          timeout,
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
          [self, parts](caf::error& why) {
            self->state.finding = false;
            if (self->state.gone)
              return self->quit();
            tell_plan(parts, std::move(why));
          });
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

media_event socket_ended(const media_closed& gone) {
  json_writer detail;
  detail.begin_object().field("reason", gone.reason).end_object();
  return {"socket_ended", std::move(detail).str()};
}

void tell_end(media_pipe_self self, const media_closed& gone) {
  if (self->state.finding) {
    self->state.gone = gone;
    return;
  }
  if (self->state.call)
    self->send(self->state.call, gone);
  self->quit();
}

media_pipe_self_actor::behavior_type media_pipe(media_pipe_self self,
                                                media_pipe_parts parts) {
  self->set_down_handler([self, parts](const caf::down_msg& down) {
    forget_listener(self, parts, down.source);
    if (!self->state.call || self->state.call.address() != down.source)
      return;
    self->state.call = nullptr;
    on_session(parts, [](media_session& session) { session.end("call_ended"); });
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
