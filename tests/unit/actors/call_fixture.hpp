#pragma once

#include "actors/call/call_self.hpp"
#include "actors/call/calls.hpp"
#include "runtime/base/error.hpp"
#include "tests/support/actor_fixture.hpp"
#include "tests/support/deliver.hpp"
#include "tests/unit/actors/call_replays.hpp"

namespace caly::test {

/// What the fakes around a call saw and what they answer.
struct call_world {
  // -- dial store
  bool sendable = true;
  bool mark_silent = false;
  errc mark_error = errc::none;
  std::string state_after; ///< empty: what follows from the answer
  progress_effect effect = progress_effect::ended;
  bool covered = true;
  std::vector<mark_sending> marks;
  std::vector<record_answered> answers;
  std::vector<record_progress> progress;
  std::vector<extend_hold> holds;
  std::vector<caf::typed_response_promise<sendable_calls>> held_marks;
  // -- carrier
  bool create_held = false;
  placed_call create_answer{create_result::placed, "CA1", {}, 0};
  looked_up_call found;
  std::vector<place_call> created;
  std::vector<look_up_call> looked_up;
  std::vector<hang_up_call> hung_up;
  std::vector<caf::typed_response_promise<placed_call>> held_creates;
  // -- rows
  bool rows_down = false;
  bool sheet_missing = false;
  call_sheet sheet;
  bool is_over = false;
  std::vector<transcript_turn> known;
  std::vector<done_action> known_done;
  std::int32_t sessions = 0; ///< how often the call was taken, by whomever
  std::vector<end_session> media_ends;
  std::uint32_t loads = 0;
  std::vector<save_turns> saved;
  std::vector<save_action> actions;
  std::vector<save_event> events;
  // -- everyone else
  std::vector<run_record> records;
  bool records_silent = false;
  std::vector<caf::typed_response_promise<record_answer>> held_records;
  std::vector<analyse_call> analysed;
  std::vector<call_finished> finished;
  std::vector<std::string> stopped;   ///< reasons that pipes were stopped for
  std::vector<bool> recording_paused; ///< what pipes were told
  std::vector<std::string> said;      ///< by order of the call
  std::set<std::string> tickets;      ///< that took the call over
  std::vector<std::string> advice;
  std::vector<call_speaker> words; ///< who got the word
  std::vector<place_leg> legs;
  placed_call leg_answer{create_result::placed, "CA2", "", 0};
  std::vector<std::string> pressed; ///< the same
  std::vector<answered> told_answered;
  answer_plan answering;
  std::uint32_t agents_made = 0;
  bool recorded = false;
  bool no_agent = false;
  std::optional<voice_wish> wish = voice_wish{{}, "hi"};
  std::vector<keep_call_log> logs; ///< the last one of each call is whole
  bool replays = true;             ///< each of them, when the test is over
};

inline dial_store_actor::behavior_type fake_dial_store(dial_store_actor::pointer self,
                                                       call_world* w) {
  return {
      [](const reserve_calls&) { return reservation{}; },
      [=](const mark_sending& ask) -> caf::result<sendable_calls> {
        w->marks.push_back(ask);
        if (w->mark_silent)
          return w->held_marks.emplace_back(
              self->make_response_promise<sendable_calls>());
        if (w->mark_error != errc::none)
          return caf::make_error(w->mark_error);
        return sendable_calls{w->sendable ? ask.calls : std::vector<call_id>{}};
      },
      [=](const record_answered& ask) -> std::string {
        w->answers.push_back(ask);
        if (!w->state_after.empty())
          return w->state_after;
        if (ask.result == create_result::placed)
          return "placed";
        return ask.result == create_result::unknown ? "unknown" : "not_placed";
      },
      [=](const record_progress& ask) {
        w->progress.push_back(ask);
        return progress_answer{w->effect};
      },
      [](const record_missed&) { return std::string{"unknown"}; },
      [](const take_over_calls&) { return taken_over{}; },
      [=](const extend_hold& ask) {
        w->holds.push_back(ask);
        return w->covered;
      },
      [](const open_call& ask) { return ask.call; },
      [](const list_doubtful&) { return doubtful_calls{}; },
      [](const get_status&) { return status_report{}; },
  };
}

inline carrier_actor::behavior_type fake_call_carrier(carrier_actor::pointer self,
                                                      call_world* w) {
  return {
      [=](const place_call& ask) -> caf::result<placed_call> {
        w->created.push_back(ask);
        if (w->create_held)
          return w->held_creates.emplace_back(self->make_response_promise<placed_call>());
        return w->create_answer;
      },
      [=](const look_up_call& ask) {
        w->looked_up.push_back(ask);
        return w->found;
      },
      [=](const hang_up_call& ask) {
        w->hung_up.push_back(ask);
        return true;
      },
      [](const get_status&) { return status_report{}; },
  };
}

inline leg_carrier_actor::behavior_type fake_legs(leg_carrier_actor::pointer,
                                                  call_world* w) {
  return {
      [=](const place_leg& ask) {
        w->legs.push_back(ask);
        return w->leg_answer;
      },
  };
}

inline call_store_actor::behavior_type fake_call_rows(call_store_actor::pointer,
                                                      call_world* w) {
  return {
      [=](const load_call&) -> caf::result<call_sheet> {
        ++w->loads;
        if (w->rows_down)
          return caf::make_error(errc::unavailable);
        if (w->sheet_missing)
          return caf::make_error(errc::not_found);
        return w->sheet;
      },
      [=](const take_call& ask) -> caf::result<call_session> {
        if (w->rows_down)
          return caf::make_error(errc::unavailable);
        if (w->is_over)
          return caf::make_error(errc::conflict);
        if (!ask.ticket.empty() && !w->tickets.insert(ask.ticket).second)
          return caf::make_error(errc::forbidden);
        return call_session{++w->sessions, w->known, w->known_done};
      },
      [=](const end_session& ask) -> caf::result<bool> {
        w->media_ends.push_back(ask);
        if (w->rows_down)
          return caf::make_error(errc::unavailable);
        if (ask.session != w->sessions)
          return caf::make_error(errc::fenced);
        return true;
      },
      [=](const save_turns& ask) -> caf::result<std::uint32_t> {
        if (ask.session != w->sessions)
          return caf::make_error(errc::fenced);
        w->saved.push_back(ask);
        if (w->rows_down)
          return caf::make_error(errc::unavailable);
        return static_cast<std::uint32_t>(ask.turns.size());
      },
      [=](const load_turns&) { return w->known; },
      [=](const save_action& ask) -> caf::result<bool> {
        if (ask.session != w->sessions)
          return caf::make_error(errc::fenced);
        w->actions.push_back(ask);
        if (w->rows_down)
          return caf::make_error(errc::unavailable);
        w->known_done.push_back({ask.kind, ask.arguments});
        return true;
      },
      [=](const save_event& ask) {
        w->events.push_back(ask);
        return true;
      },
      [](const list_unanalysed&) { return std::vector<call_id>{}; },
      [](const save_analysis&) { return true; },
      [](const get_status&) { return status_report{}; },
  };
}

inline records_actor::behavior_type fake_call_records(records_actor::pointer self,
                                                      call_world* w) {
  return {
      [=](const run_record& ask) -> caf::result<record_answer> {
        w->records.push_back(ask);
        if (w->records_silent)
          return w->held_records.emplace_back(
              self->make_response_promise<record_answer>());
        record_answer answer;
        if (ask.statement == "transfers.begin")
          answer.json = R"({"number":1,"from":"+12025550100"})";
        if (ask.statement == "transfers.step")
          answer.json = R"({"state":")" + ask.arguments.at(2).value_or("") + "\"}";
        return answer;
      },
      [](const get_status&) { return status_report{}; },
  };
}

inline insight_actor::behavior_type fake_insight(insight_actor::pointer, call_world* w) {
  return {
      [=](const analyse_call& ask) { w->analysed.push_back(ask); },
      [](const get_status&) { return status_report{}; },
  };
}

inline tenant_actor::behavior_type fake_told(tenant_actor::pointer, call_world* w) {
  return {
      [](const want_dial&) {},
      [=](const call_finished& done) { w->finished.push_back(done); },
      [](const wake_tenant&) {},
      [](const line_limit&) {},
      [](const place_single_call& ask) { return ask.call; },
      [](const get_status&) { return status_report{}; },
  };
}

inline media_pipe_actor::behavior_type fake_pipe(media_pipe_actor::pointer,
                                                 call_world* w) {
  return {
      [=](const stop_media& stop) { w->stopped.push_back(stop.reason); },
      [=](const say_text& ask) { w->said.push_back(ask.text); },
      [=](const steer_recording& ask) { w->recording_paused.push_back(ask.paused); },
      [=](const advise_agent& ask) { w->advice.push_back(ask.text); },
      [=](const give_word& ask) { w->words.push_back(ask.to); },
      [](const person_speaks&) {},
      [](const listen_in&) {},
      [=](const press_keys& ask) { w->pressed.push_back(ask.keys); },
      [=](const answered& verdict) { w->told_answered.push_back(verdict); },
      [](const get_status&) { return status_report{}; },
  };
}

/// Greets where nothing was said and records whatever tool is called.
class fake_agent : public call_agent {
public:
  explicit fake_agent(bool is_recorded = false, answer_plan plan = {})
      : recorded{is_recorded}, answering{std::move(plan)} {}

  const bool recorded;
  const answer_plan answering;

  media_plan plan(const std::vector<transcript_turn>& said,
                  const std::vector<done_action>& done) override {
    media_plan out;
    out.recorded = recorded;
    out.answering = answering;
    out.greeting = said.empty() ? "hello" : "where were we";
    out.brief.said = said;
    out.brief.done = done;
    return out;
  }

  tool_effect use_tool(const tool_called& ask, std::string_view, wall_time) override {
    if (ask.name == "look")
      return {R"({"ok":true})", {}, {}, false};
    if (ask.name == "hand_over" || ask.name == "hand_over_blindly") {
      tool_effect effect{R"({"ok":true})", {}, {}, false};
      effect.transfer = transfer_call{ask.name == "hand_over" ? transfer_mode::warm
                                                              : transfer_mode::blind,
                                      "+919844000123",
                                      "Ravi",
                                      "about an order",
                                      "agent"};
      return effect;
    }
    if (ask.name == "take_card")
      return {R"({"ok":true})", {}, {}, false, true};
    if (ask.name == "press")
      return {R"({"ok":true})", {}, {}, false, {}, "12#"};
    return {R"({"ok":true})", "appointment", ask.arguments, ask.name == "book_and_end"};
  }
};

/// The ports of a call, all faked, on a clock that stands at the actors' clock.
struct call_fixture : actor_fixture {
  call_world w;
  const tenant_id tenant = tenant_id::make();
  const campaign_id campaign = campaign_id::make();
  const call_id id = call_id::make();
  dial_store_actor store = sys.spawn(fake_dial_store, &w);
  call_store_actor rows = sys.spawn(fake_call_rows, &w);
  records_actor records = sys.spawn(fake_call_records, &w);
  carrier_actor carrier = sys.spawn(fake_call_carrier, &w);
  leg_carrier_actor legs = sys.spawn(fake_legs, &w);
  insight_actor insight = sys.spawn(fake_insight, &w);
  tenant_actor told = sys.spawn(fake_told, &w);
  call_log_keeper_actor logs = sys.spawn(fake_log_keeper, &w.logs);
  call_options options;

  call_fixture() {
    w.sheet.id = id;
    w.sheet.tenant = tenant;
    w.sheet.campaign = campaign;
    w.sheet.state = "placed";
    w.sheet.status = "in_progress";
    w.sheet.provider = "twilio";
    w.sheet.provider_call_id = "CA1";
  }

  ~call_fixture() {
    // The actor clock holds on to whoever waits for a tick.
    for (const auto& each : table().all())
      if (auto alive = caf::actor_cast<caf::actor>(each->address))
        stop(alive);
    if (w.replays)
      check_replays(w.logs, ports().voices);
  }

  call_ports ports() {
    call_ports out{store, rows, records, carrier, insight, {}, {}, "n1"};
    out.carriers.add("twilio", {carrier, {}, "+12025550100", legs});
    out.clock = [this] {
      return wall_time{std::chrono::hours{24 * 365 * 50}} +
             std::chrono::duration_cast<wall_time::duration>(
                 sched.clock().now().time_since_epoch());
    };
    const auto make_agent = [this](const call_sheet&) -> std::unique_ptr<call_agent> {
      ++w.agents_made;
      return w.no_agent ? nullptr : std::make_unique<fake_agent>(w.recorded, w.answering);
    };
    out.voices.usual = brain_kind::realtime;
    out.voices.agents = {{brain_kind::realtime, make_agent},
                         {brain_kind::gather, make_agent}};
    out.voices.wish_of = [this](const call_sheet&) { return w.wish; };
    out.voices.recipe = "{}";
    out.logs = logs;
    return out;
  }

  std::shared_ptr<const call_ports> shared_ports() {
    return std::make_shared<const call_ports>(ports());
  }

  start_call order() {
    start_call out;
    out.tenant = tenant;
    out.call.id = id;
    out.call.campaign = campaign;
    out.call.to = "+919800000001";
    out.call.from = "+12025550100";
    out.owner = {1, 7, "n1"};
    out.provider = "twilio";
    out.told = told;
    return out;
  }

  /// Lets `seconds` pass one by one, so that timers that renew themselves run each time.
  void pass(int seconds) {
    for (int i = 0; i < seconds; ++i)
      advance(std::chrono::seconds{1});
  }
};

/// One call actor, dialed or resumed, and what a test wants to do to it.
struct one_call : call_fixture {
  call_actor aut;

  call_actor dial() {
    aut = spawn_call(
        sys, {"call", id.str(), tenant.str()}, order(), options, shared_ports());
    run();
    return aut;
  }

  call_actor resume() {
    aut = spawn_call(
        sys, {"call", id.str(), tenant.str()}, w.sheet, options, shared_ports());
    run();
    return aut;
  }

  void hint(const std::string& status,
            progress_effect effect = progress_effect::applied) {
    self->send(aut, call_progressed{id, status, effect, {}});
    run();
  }

  media_pipe_actor pipe() { return sys.spawn(fake_pipe, &w); }

  caf::expected<media_plan> attach(const media_pipe_actor& with,
                                   const std::string& stream = "MZ1") {
    return ask<media_plan>(aut, attach_media{tenant, id, stream, "CA1", with});
  }

  void hear(const std::string& item, const std::string& role, const std::string& text) {
    self->send(aut, turn_heard{item, role, text});
    run();
  }

  tool_answer use(const std::string& tool_call, const std::string& name) {
    return *ask<tool_answer>(aut, tool_called{tool_call, name, "{}"});
  }

  std::string status(const std::string& key) {
    const auto report = *ask<status_report>(aut, get_status{});
    return caf::get_or(report, key, std::string{});
  }

  bool is_over() { return !table().find(aut.id()); }

  std::vector<std::string> end_reasons() const {
    std::vector<std::string> out;
    for (const auto& each : w.media_ends)
      out.push_back(each.reason);
    for (const auto& each : w.records)
      if (each.statement == "calls.end_reason")
        out.push_back(each.arguments.at(1).value_or(""));
    return out;
  }

  /// Another node takes the call and hears `text` in it.
  void taken_elsewhere(const std::string& text = "from elsewhere") {
    ++w.sessions;
    w.known.push_back(
        {static_cast<std::int32_t>(w.known.size()) + 1, "caller", text, "", 0});
  }
};

} // namespace caly::test
