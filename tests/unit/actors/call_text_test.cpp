#include "actors/call/call_self.hpp"
#include "runtime/base/error.hpp"
#include "tests/support/actor_fixture.hpp"
#include "tests/unit/actors/call_replays.hpp"

#include <algorithm>

namespace caly::test {
namespace {

using namespace std::chrono_literals;

/// What the fakes around a call saw and what they answer.
struct world {
  std::vector<std::string> hung_up;
  std::vector<std::string> looked_up;
  std::vector<std::string> reasons;
  std::vector<transcript_turn> written;
  std::vector<transcript_turn> known;
  std::vector<save_action> actions;
  bool actions_fail = false;
  bool actions_wait = false;
  bool turns_wait = false;
  caf::typed_response_promise<bool> saving;
  std::int32_t sessions = 0; ///< how often the call was taken, by whomever
  caf::typed_response_promise<call_session> loading;
  std::vector<std::string> thought;
  std::vector<std::string> confirmed_by;
  std::size_t said_before = 0;
  std::vector<std::string> stopped; ///< reasons that pipes were stopped for
  bool recorded = false;            ///< is wanted
  bool records_down = false;
  bool paused_before = false;          ///< as the rows know it
  std::vector<std::string> at_carrier; ///< what the rows were told of its recording
  std::vector<std::string> timeline;
};

/// Repeats what it hears; "book" books, "bye" ends the call.
class parrot : public call_agent {
public:
  explicit parrot(world* w) : w_{w} {}

  media_plan plan(const std::vector<transcript_turn>&,
                  const std::vector<done_action>&) override {
    media_plan out;
    out.recorded = w_->recorded;
    return out;
  }

  tool_effect
  use_tool(const tool_called&, std::string_view caller_said, wall_time) override {
    w_->confirmed_by.emplace_back(caller_said);
    return {"{}", {}, {}, false};
  }

  text_answer open(const std::vector<transcript_turn>& said) override {
    w_->thought.emplace_back("open");
    w_->said_before = said.size();
    text_answer answer;
    answer.text = "Hello.";
    answer.language = "en";
    return answer;
  }

  text_answer reply(std::string_view heard,
                    const std::vector<transcript_turn>& said,
                    wall_time) override {
    w_->thought.emplace_back(heard);
    w_->said_before = said.size();
    text_answer answer;
    answer.text = "You said " + std::string{heard};
    answer.language = "hinglish";
    if (heard == "book") {
      answer.action_kind = "appointment";
      answer.arguments = R"({"date":"2026-11-22"})";
      answer.unsaved = "Could not book.";
    }
    if (heard == "card")
      answer.pauses_recording = true;
    if (heard == "bill")
      answer.transfer = transfer_call{
          transfer_mode::blind, "+919844000123", "Ravi", "about a bill", "agent"};
    answer.end_call = heard == "bye";
    answer.end_reason = answer.end_call ? "agent_ended" : "";
    return answer;
  }

private:
  world* w_;
};

dial_store_actor::behavior_type fake_store(dial_store_actor::pointer) {
  return {
      [](const reserve_calls&) { return reservation{}; },
      [](const mark_sending& ask) { return sendable_calls{ask.calls}; },
      [](const record_answered&) { return std::string{"placed"}; },
      [](const record_progress&) { return progress_answer{progress_effect::stale}; },
      [](const record_missed&) { return std::string{"unknown"}; },
      [](const take_over_calls&) { return taken_over{}; },
      [](const extend_hold&) { return true; },
      [](const open_call& ask) { return ask.call; },
      [](const list_doubtful&) { return doubtful_calls{}; },
      [](const get_status&) { return status_report{}; },
  };
}

call_store_actor::behavior_type fake_rows(call_store_actor::pointer self, world* w) {
  return {
      [](const load_call& ask) {
        call_sheet sheet;
        sheet.id = ask.call;
        sheet.tenant = ask.tenant;
        return sheet;
      },
      [=](const take_call&) -> caf::result<call_session> {
        ++w->sessions;
        if (!w->turns_wait)
          return call_session{w->sessions, w->known, {}};
        w->loading = self->make_response_promise<call_session>();
        return w->loading;
      },
      [](const end_session&) { return true; },
      [=](const save_turns& ask) -> caf::result<std::uint32_t> {
        if (ask.session != w->sessions)
          return caf::make_error(errc::fenced);
        w->written.insert(w->written.end(), ask.turns.begin(), ask.turns.end());
        return static_cast<std::uint32_t>(w->written.size());
      },
      [=](const load_turns&) { return w->known; },
      [=](const save_action& ask) -> caf::result<bool> {
        w->actions.push_back(ask);
        if (w->actions_fail)
          return caf::make_error(errc::unavailable);
        if (!w->actions_wait)
          return true;
        w->saving = self->make_response_promise<bool>();
        return w->saving;
      },
      [=](const save_event& ask) {
        w->timeline.push_back(ask.kind);
        return true;
      },
      [](const list_unanalysed&) { return std::vector<call_id>{}; },
      [](const save_analysis&) { return true; },
      // What waits is answered from here: promises belong to the actor that made them.
      [=](const get_status&) {
        if (w->saving.pending())
          w->saving.deliver(true);
        if (w->loading.pending())
          w->loading.deliver(call_session{w->sessions, w->known, {}});
        return status_report{};
      },
  };
}

records_actor::behavior_type fake_records(records_actor::pointer, world* w) {
  return {
      [=](const run_record& ask) -> caf::result<record_answer> {
        if (ask.statement == "calls.end_reason")
          w->reasons.push_back(ask.arguments.at(1).value_or(""));
        record_answer out;
        if (ask.statement == "transfers.begin")
          out.json = R"({"number":1,"from":"+12025550100"})";
        if (!ask.statement.starts_with("recordings."))
          return out;
        if (w->records_down)
          return caf::make_error(errc::unavailable);
        const auto text = [&](std::size_t i) { return ask.arguments.at(i).value_or(""); };
        if (ask.statement == "recordings.carrier_want") {
          w->at_carrier.push_back("want " + text(1) + ' ' + text(3));
          const std::string word = w->paused_before ? "true" : "false";
          out.json = R"({"paused":)" + word + R"(,"paused_by_hand":)" + word + "}";
        } else {
          w->at_carrier.push_back((text(1) == "true" ? "pause" : "resume") +
                                  std::string{text(3) == "true" ? ", missed one" : ""});
        }
        return out;
      },
      [](const get_status&) { return status_report{}; },
  };
}

carrier_actor::behavior_type fake_carrier(carrier_actor::pointer, world* w) {
  return {
      [](const place_call&) {
        return placed_call{create_result::placed, "CA1", {}, 0};
      },
      [=](const look_up_call& ask) {
        w->looked_up.push_back(ask.call.provider_call_id);
        return looked_up_call{true, "CA1", "in_progress", {}, {}};
      },
      [=](const hang_up_call& ask) {
        w->hung_up.push_back(ask.provider_call_id);
        return true;
      },
      [](const get_status&) { return status_report{}; },
  };
}

insight_actor::behavior_type fake_insight(insight_actor::pointer) {
  return {
      [](const analyse_call&) {},
      [](const get_status&) { return status_report{}; },
  };
}

media_pipe_actor::behavior_type fake_pipe(media_pipe_actor::pointer, world* w) {
  return {
      [=](const stop_media& stop) { w->stopped.push_back(stop.reason); },
      [](const say_text&) {},
      [](const steer_recording&) {},
      [](const advise_agent&) {},
      [](const give_word&) {},
      [](const person_speaks&) {},
      [](const listen_in&) {},
      [](const press_keys&) {},
      [](const answered&) {},
      [](const get_status&) { return status_report{}; },
  };
}

struct fixture : actor_fixture {
  world w;
  const tenant_id tenant = tenant_id::make();
  const call_id id = call_id::make();
  call_ports ports;
  call_actor aut;
  std::vector<keep_call_log> logs;

  fixture() {
    ports.store = sys.spawn(fake_store);
    ports.rows = sys.spawn(fake_rows, &w);
    ports.records = sys.spawn(fake_records, &w);
    ports.carriers = sys.spawn(fake_carrier, &w);
    ports.insight = sys.spawn(fake_insight);
    ports.clock = [this] {
      return wall_time{} + std::chrono::duration_cast<wall_time::duration>(
                               sched.clock().now().time_since_epoch());
    };
    const auto make_agent = [this](const call_sheet&) {
      return std::make_unique<parrot>(&w);
    };
    ports.voices.agents = {{brain_kind::gather, make_agent},
                           {brain_kind::relay, make_agent},
                           {brain_kind::embedded, make_agent}};
    ports.voices.recipe = "{}";
    ports.logs = sys.spawn(fake_log_keeper, &logs);
  }

  ~fixture() {
    if (aut)
      stop(aut);
    check_replays(logs, ports.voices);
  }

  void dial() {
    start_call order;
    order.tenant = tenant;
    order.call.id = id;
    aut = spawn_call(sys,
                     {"call", "", ""},
                     order,
                     call_options{},
                     std::make_shared<const call_ports>(ports));
    run();
  }

  void resume() {
    call_sheet sheet;
    sheet.id = id;
    sheet.tenant = tenant;
    sheet.provider_call_id = "CA1";
    aut = spawn_call(sys,
                     {"call", "", ""},
                     sheet,
                     call_options{},
                     std::make_shared<const call_ports>(ports));
    run();
  }

  spoken_reply open() { return ask<spoken_reply>(aut, open_text{"CA1"}).value(); }

  /// A relay's socket comes.
  caf::expected<spoken_reply> join(const std::string& stream,
                                   const media_pipe_actor& pipe) {
    return ask<spoken_reply>(aut, open_text{"CA1", brain_kind::relay, stream, pipe});
  }

  /// The media socket of an embedded brain comes.
  caf::expected<media_plan> attach(const std::string& stream,
                                   const media_pipe_actor& line) {
    return ask<media_plan>(
        aut, attach_media{tenant, id, stream, "CA1", line, brain_kind::embedded});
  }

  /// That brain asks for the agent's words.
  caf::expected<spoken_reply> begin(const std::string& stream) {
    return ask<spoken_reply>(aut, open_text{{}, brain_kind::embedded, stream, {}});
  }

  media_pipe_actor pipe() { return sys.spawn(fake_pipe, &w); }

  spoken_reply hear(std::int32_t turn, std::string text) {
    return ask<spoken_reply>(aut, hear_text{turn, std::move(text), "CA1"}).value();
  }

  /// The rows answer what they kept waiting.
  void release() { BOOST_REQUIRE(ask<status_report>(ports.rows, get_status{})); }

  void seconds_pass(int count) {
    for (int i = 0; i < count; ++i)
      advance(1s);
  }
};

BOOST_FIXTURE_TEST_SUITE(call_text_suite, fixture)

BOOST_AUTO_TEST_CASE(greets_once_and_repeats_itself_when_asked_again) {
  dial();
  const auto first = open();
  BOOST_TEST(first.text == "Hello.");
  BOOST_TEST(first.turn == 1);
  BOOST_TEST(!first.end_call);
  BOOST_TEST(open().text == "Hello.");
  BOOST_TEST(hear(1, "one").turn == 2);
  BOOST_TEST(open().text == "You said one");
  BOOST_TEST(w.thought.size() == 2u);
}

BOOST_AUTO_TEST_CASE(writes_what_was_said_in_order_and_in_which_language) {
  dial();
  open();
  hear(1, "haan ji");
  seconds_pass(1);
  BOOST_REQUIRE(w.written.size() == 3u);
  BOOST_TEST(w.written[0].text == "Hello.");
  BOOST_TEST(w.written[1].role == "caller");
  BOOST_TEST(w.written[1].text == "haan ji");
  BOOST_TEST(w.written[1].language == "hinglish");
  BOOST_TEST(w.written[2].text == "You said haan ji");
}

BOOST_AUTO_TEST_CASE(the_same_turn_twice_is_thought_and_done_once) {
  dial();
  open();
  BOOST_TEST(hear(1, "book").text == "You said book");
  BOOST_TEST(hear(1, "book").text == "You said book");
  BOOST_TEST(w.actions.size() == 1u);
  BOOST_TEST(w.actions[0].tool_call_id == "text:2");
  BOOST_TEST(w.thought.size() == 2u);
  seconds_pass(1);
  BOOST_TEST(w.written.size() == 3u);
}

BOOST_AUTO_TEST_CASE(says_that_it_did_something_only_after_it_is_recorded) {
  dial();
  open();
  w.actions_wait = true;
  auto first = self->request(aut, caf::infinite, hear_text{1, "book", "CA1"});
  auto again = self->request(aut, caf::infinite, hear_text{1, "book", "CA1"});
  run();
  BOOST_TEST(self->mailbox().empty());
  release();
  for (auto* pending : {&first, &again})
    pending->receive(
        [](const spoken_reply& said) { BOOST_TEST(said.text == "You said book"); },
        [](const caf::error& failed) { BOOST_ERROR(to_string(failed)); });
  BOOST_TEST(w.actions.size() == 1u);
}

BOOST_AUTO_TEST_CASE(admits_that_it_could_not_record_something) {
  dial();
  open();
  w.actions_fail = true;
  BOOST_TEST(hear(1, "book").text == "Could not book.");
  seconds_pass(1);
  BOOST_TEST(w.written.back().text == "Could not book.");
}

BOOST_AUTO_TEST_CASE(leaves_the_hanging_up_to_the_carrier_after_its_last_words) {
  dial();
  open();
  const auto last = hear(1, "bye");
  BOOST_TEST(last.end_call);
  BOOST_TEST(last.text == "You said bye");
  BOOST_CHECK(w.reasons == std::vector<std::string>{"agent_ended"});
  BOOST_TEST(w.hung_up.empty());
  BOOST_TEST(hear(1, "bye").end_call);
  const auto late = ask<spoken_reply>(aut, hear_text{2, "wait", "CA1"});
  BOOST_REQUIRE(!late);
  BOOST_CHECK(late.error() == errc::conflict);
}

BOOST_AUTO_TEST_CASE(hangs_up_on_a_machine) {
  dial();
  open();
  self->send(aut, call_progressed{id, "in_progress", {}, "human"});
  run();
  BOOST_TEST(w.hung_up.empty());
  self->send(aut, call_progressed{id, "in_progress", {}, "machine_start"});
  run();
  BOOST_CHECK(w.hung_up == std::vector<std::string>{"CA1"});
  BOOST_CHECK(w.reasons == std::vector<std::string>{"voicemail"});
}

BOOST_AUTO_TEST_CASE(leaves_the_carrier_alone_while_words_take_their_time) {
  dial();
  open();
  seconds_pass(60);
  BOOST_TEST(w.looked_up.empty());
  hear(1, "one");
  seconds_pass(85);
  BOOST_TEST(w.looked_up.empty());
  seconds_pass(10);
  BOOST_TEST(w.looked_up.size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_call_taken_over_talks_only_when_it_knows_what_was_said) {
  w.turns_wait = true;
  resume();
  auto pending = self->request(aut, caf::infinite, hear_text{3, "and then?", "CA1"});
  run();
  BOOST_TEST(w.thought.empty());
  w.known = {{1, "agent", "Hello.", "en", 0}, {2, "caller", "Yes", "en", 0}};
  release();
  pending.receive([](const spoken_reply& said) { BOOST_TEST(said.turn == 4); },
                  [](const caf::error& failed) { BOOST_ERROR(to_string(failed)); });
  BOOST_TEST(w.said_before == 2u);
  seconds_pass(1);
  BOOST_REQUIRE(w.written.size() == 2u);
  BOOST_TEST(w.written[0].seq == 3);
}

BOOST_AUTO_TEST_CASE(turns_that_come_to_one_node_and_the_other_make_one_talk) {
  dial();
  open();
  hear(1, "one");
  // The next turn is answered by another node.
  ++w.sessions;
  w.known = {{1, "agent", "Hello.", "en", 0},
             {2, "caller", "one", "en", 0},
             {3, "agent", "You said one", "en", 0},
             {4, "caller", "two", "en", 0},
             {5, "agent", "You said two", "en", 0}};
  w.written.clear();
  BOOST_TEST(hear(3, "three").turn == 4);
  BOOST_TEST(w.said_before == 5u);
  BOOST_REQUIRE(w.written.size() == 2u);
  BOOST_TEST(w.written[0].seq == 6);
  BOOST_TEST(w.written[1].seq == 7);
}

BOOST_AUTO_TEST_CASE(a_turn_that_a_dead_node_answered_is_not_thought_again) {
  w.sessions = 1;
  w.known = {{1, "agent", "Hello.", "en", 0},
             {2, "caller", "book", "en", 0},
             {3, "agent", "You said book", "en", 0}};
  resume();
  const auto said = hear(1, "book");
  BOOST_TEST(said.turn == 2);
  BOOST_TEST(said.text == "You said book");
  BOOST_TEST(w.thought.empty());
  BOOST_TEST(w.actions.empty());
}

BOOST_AUTO_TEST_CASE(a_talk_opened_again_elsewhere_goes_on_behind_its_words) {
  w.sessions = 1;
  w.known = {{1, "agent", "Hello.", "en", 0}, {2, "caller", "hm", "en", 0}};
  resume();
  BOOST_TEST(open().turn == 2);
  BOOST_TEST(w.said_before == 2u);
}

BOOST_AUTO_TEST_CASE(an_answer_is_written_before_it_is_said) {
  dial();
  open();
  BOOST_REQUIRE(w.written.size() == 1u);
  hear(1, "one");
  BOOST_TEST(w.written.size() == 3u);
}

BOOST_AUTO_TEST_CASE(tools_are_judged_by_the_callers_last_words) {
  dial();
  open();
  self->send(aut, turn_heard{"a", "caller", "Book it"});
  self->send(aut, turn_heard{"b", "agent", "Shall I?"});
  self->send(aut, turn_heard{"c", "caller", "Yes"});
  self->send(aut, turn_heard{"d", "agent", "One moment."});
  BOOST_REQUIRE(ask<tool_answer>(aut, tool_called{"t1", "book", "{}"}));
  BOOST_CHECK(w.confirmed_by == std::vector<std::string>{"Yes"});
}

BOOST_AUTO_TEST_CASE(another_relay_bridges_the_break_and_replaces_the_first) {
  dial();
  BOOST_TEST(join("VX1", pipe())->turn == 1);
  BOOST_TEST(join("VX2", pipe())->turn == 2);
  BOOST_CHECK(w.stopped == std::vector<std::string>{"replaced"});
  BOOST_TEST(w.thought.size() == 2u);
  BOOST_TEST(w.said_before == 1u);
  BOOST_TEST(w.sessions == 2);
}

BOOST_AUTO_TEST_CASE(of_words_that_were_cut_off_stays_what_was_heard) {
  dial();
  join("VX1", pipe());
  self->send(aut, turn_heard{agent_item(1), "agent", "Hel"});
  run();
  BOOST_REQUIRE(w.written.size() == 2u);
  BOOST_TEST(w.written[1].seq == 1);
  BOOST_TEST(w.written[1].text == "Hel");
}

BOOST_AUTO_TEST_CASE(a_call_that_ends_stops_its_relay_and_takes_no_other) {
  dial();
  join("VX1", pipe());
  BOOST_TEST(*ask<bool>(aut, end_call{"max_length"}));
  BOOST_CHECK(w.stopped == std::vector<std::string>{"max_length"});
  const auto late = join("VX2", pipe());
  BOOST_REQUIRE(!late);
  BOOST_CHECK(late.error() == errc::conflict);
}

BOOST_AUTO_TEST_CASE(a_relay_whose_socket_is_gone_is_asked_about_soon) {
  dial();
  join("VX1", pipe());
  seconds_pass(30);
  BOOST_TEST(w.looked_up.empty());
  self->send(aut, media_closed{"VX1", "carrier_closed", 1, 1});
  run();
  seconds_pass(10);
  BOOST_TEST(w.looked_up.size() == 1u);
  BOOST_TEST(w.hung_up.empty());
}

BOOST_AUTO_TEST_CASE(an_embedded_brain_talks_under_the_session_of_its_socket) {
  dial();
  const auto plan = attach("MZ1", pipe());
  BOOST_REQUIRE(plan);
  BOOST_TEST(plan->session == 1);
  BOOST_TEST(begin("MZ1")->text == "Hello.");
  const auto next = ask<spoken_reply>(aut, hear_text{1, "hm", {}, brain_kind::embedded});
  BOOST_TEST(next->turn == 2);
  BOOST_TEST(w.sessions == 1);
  BOOST_TEST(w.written.size() == 3u);
}

BOOST_AUTO_TEST_CASE(another_socket_of_an_embedded_brain_bridges_the_break) {
  dial();
  BOOST_REQUIRE(attach("MZ1", pipe()));
  BOOST_TEST(begin("MZ1")->turn == 1);
  BOOST_TEST(attach("MZ2", pipe())->session == 2);
  const auto late = begin("MZ1");
  BOOST_REQUIRE(!late);
  BOOST_CHECK(late.error() == errc::conflict);
  BOOST_TEST(begin("MZ2")->turn == 2);
  BOOST_TEST(w.said_before == 1u);
}

BOOST_AUTO_TEST_CASE(a_call_without_a_usable_agent_is_refused) {
  ports.voices.agents[brain_kind::gather] = [](const call_sheet&) { return nullptr; };
  dial();
  const auto answer = ask<spoken_reply>(aut, open_text{"CA1"});
  BOOST_REQUIRE(!answer);
  BOOST_CHECK(answer.error() == errc::not_found);
}

/// Calls that are to be recorded, at a carrier that records, or not.
struct recorded_talk : fixture {
  void start(bool offered = true) {
    w.recorded = true;
    ports.carriers.add(
        "",
        {sys.spawn(fake_carrier, &w), {.records = offered}, "", sys.spawn(fake_legs)});
    dial();
  }

  static leg_carrier_actor::behavior_type fake_legs(leg_carrier_actor::pointer) {
    return {[](const place_leg&) { return placed_call{}; }};
  }

  std::string told() {
    std::string out;
    for (const auto& each : w.at_carrier)
      out += (out.empty() ? "" : "; ") + each;
    return out;
  }

  bool steer(bool paused) { return *ask<bool>(aut, steer_recording{paused}); }
};

BOOST_FIXTURE_TEST_CASE(the_carrier_is_asked_once_to_record_what_it_hears,
                        recorded_talk) {
  start();
  open();
  open();
  hear(1, "one");
  join("VX1", pipe());
  seconds_pass(2);
  BOOST_TEST(told() == "want 1 CA1");
}

BOOST_FIXTURE_TEST_CASE(a_relay_is_recorded_as_well, recorded_talk) {
  start();
  join("VX1", pipe());
  BOOST_TEST(told() == "want 1 CA1");
  BOOST_TEST(steer(true));
  BOOST_TEST(steer(true));
  BOOST_TEST(steer(false));
  BOOST_TEST(told() == "want 1 CA1; pause; resume");
  BOOST_CHECK(std::ranges::count(w.timeline, "recording_paused") == 1);
  BOOST_CHECK(std::ranges::count(w.timeline, "recording_resumed") == 1);
}

BOOST_FIXTURE_TEST_CASE(nobody_is_recorded_who_is_not_to_be, recorded_talk) {
  start();
  w.recorded = false;
  open();
  BOOST_TEST(!steer(true));
  BOOST_TEST(told() == "");
}

BOOST_FIXTURE_TEST_CASE(a_carrier_that_does_not_record_is_told_of_once, recorded_talk) {
  start(false);
  open();
  hear(1, "one");
  BOOST_TEST(told() == "");
  BOOST_TEST(!steer(true));
  BOOST_CHECK(std::ranges::count(w.timeline, "recording_not_offered") == 1);
}

BOOST_FIXTURE_TEST_CASE(the_agent_pauses_before_it_asks_for_a_card, recorded_talk) {
  start();
  open();
  hear(1, "card");
  BOOST_TEST(told() == "want 1 CA1; pause");
}

BOOST_FIXTURE_TEST_CASE(rows_that_were_away_hear_of_it_later, recorded_talk) {
  w.records_down = true;
  start();
  open();
  seconds_pass(2);
  w.records_down = false;
  seconds_pass(1);
  BOOST_TEST(told() == "want 1 CA1");
}

BOOST_FIXTURE_TEST_CASE(a_pause_that_could_not_be_told_is_owned_up_to, recorded_talk) {
  start();
  open();
  w.records_down = true;
  BOOST_TEST(steer(true));
  BOOST_TEST(steer(false));
  w.records_down = false;
  seconds_pass(1);
  BOOST_TEST(told() == "want 1 CA1; resume, missed one");
  seconds_pass(3);
  BOOST_TEST(told() == "want 1 CA1; resume, missed one");
}

BOOST_FIXTURE_TEST_CASE(another_node_keeps_the_pause_that_it_finds, recorded_talk) {
  w.paused_before = true;
  start();
  hear(1, "one");
  BOOST_TEST(told() == "want 1 CA1");
  BOOST_TEST(steer(false));
  BOOST_TEST(told() == "want 1 CA1; resume");
}

BOOST_FIXTURE_TEST_CASE(a_person_who_has_the_caller_is_not_recorded, recorded_talk) {
  start();
  open();
  hear(1, "bill");
  seconds_pass(1);
  BOOST_TEST(told() == "want 1 CA1; pause");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace caly::test
