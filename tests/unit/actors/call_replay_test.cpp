#include "actors/call/log/keeper.hpp"
#include "actors/call/log/log_text.hpp"
#include "actors/call/log/message_codec.hpp"
#include "tests/unit/actors/call_fixture.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace caly::test {
namespace {

using namespace std::chrono_literals;
using namespace call_logs;

/// `text` with its first `from` replaced.
std::string changed(std::string text, const std::string& from, const std::string& to) {
  const auto at = text.find(from);
  BOOST_REQUIRE_MESSAGE(at != std::string::npos, "no " + from + " in the log");
  return text.replace(at, from.size(), to);
}

/// Says something else than the agents of the fixture.
class other_agent : public fake_agent {
public:
  media_plan plan(const std::vector<transcript_turn>& said,
                  const std::vector<done_action>& done) override {
    auto out = fake_agent::plan(said, done);
    out.greeting = "good morning";
    return out;
  }
};

struct logged : one_call {
  /// The last one, with all steps; each is replayed when the test is over.
  std::string log() {
    BOOST_REQUIRE(!w.logs.empty());
    return w.logs.back().log;
  }

  /// Dialed, talks, books something, ends.
  std::string whole_call() {
    dial();
    attach(pipe());
    hear("a", "agent", "hello");
    hear("c", "caller", "book it");
    use("t1", "book");
    pass(130); // a further hold is taken
    hint("completed", progress_effect::ended);
    return log();
  }

  std::uint64_t step_of(const std::string& log, const std::string& kind) {
    const auto parsed = *json::parse(log, log_json_limits);
    std::uint64_t n = 0;
    for (const auto& each : parsed["steps"].items()) {
      if (each["k"].text_or("") == kind)
        return n;
      ++n;
    }
    BOOST_FAIL("no " + kind);
    return 0;
  }

  std::string why_not(const std::string& log) {
    const auto result = replay_with(log, ports().voices);
    BOOST_REQUIRE(!result);
    return describe(result.error());
  }
};

BOOST_FIXTURE_TEST_SUITE(call_replay, logged)

BOOST_AUTO_TEST_CASE(a_dialed_call_does_the_same_again) {
  const auto text = whole_call();
  BOOST_TEST(w.logs[0].tenant.str() == tenant.str());
  BOOST_TEST(w.logs[0].call.str() == id.str());
  BOOST_TEST(w.logs[0].node == "n1");
  const auto result = replay_with(text, ports().voices);
  BOOST_REQUIRE(result);
  BOOST_TEST(!result->diverged.has_value());
  BOOST_TEST(result->steps.size() > 130u);
  BOOST_TEST(result->steps[0].kind == "begin");
  BOOST_TEST(result->steps.back().did.find("quit") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(another_behaviour_is_found_where_it_shows_first) {
  const auto text = whole_call();
  auto voices = ports().voices;
  voices.agents[brain_kind::realtime] = [](const call_sheet&) {
    return std::make_unique<other_agent>();
  };
  const auto result = replay_with(text, voices);
  BOOST_REQUIRE(result);
  BOOST_REQUIRE(result->diverged.has_value());
  const auto& at = *result->diverged;
  // The sheet was asked for by `attach_media`; the agent speaks when it is there.
  BOOST_TEST(at.kind == "call_sheet");
  BOOST_TEST(at.step == step_of(text, "call_sheet"));
  BOOST_REQUIRE(at.differences.size() == 1u);
  BOOST_TEST(at.differences[0].logged.find("hello") != std::string::npos);
  BOOST_TEST(at.differences[0].replayed.find("good morning") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(an_input_that_was_changed_is_found_at_its_event) {
  const auto text = whole_call();
  const auto other =
      changed(text, R"(["c","caller","book it",)", R"(["c","caller","no",)");
  const auto result = replay_with(other, ports().voices);
  BOOST_REQUIRE(result);
  BOOST_REQUIRE(result->diverged.has_value());
  const auto& at = *result->diverged;
  BOOST_TEST(at.kind == "turn_heard");
  BOOST_TEST(at.step == step_of(text, "turn_heard") + 2); // an answer of the rows between
  BOOST_TEST(at.payload.find("\"no\"") != std::string::npos);
  std::set<std::string> names;
  for (const auto& each : at.differences)
    names.insert(each.name);
  BOOST_TEST(names.contains("turns"));
  BOOST_TEST(names.contains("effect 1"));
}

BOOST_AUTO_TEST_CASE(an_answer_that_was_changed_is_found_at_its_event) {
  auto text = whole_call();
  const auto asked = text.find("store extend_hold");
  BOOST_REQUIRE(asked != std::string::npos);
  const auto answer = text.find(R"("p":true)", asked);
  BOOST_REQUIRE(answer != std::string::npos);
  text.replace(answer, 8, R"("p":false)");
  const auto result = replay_with(text, ports().voices);
  BOOST_REQUIRE(result);
  BOOST_REQUIRE(result->diverged.has_value());
  const auto& at = *result->diverged;
  BOOST_TEST(at.kind == "bool");
  const auto ending =
      std::ranges::find(at.differences, "ending", &divergence::difference::name);
  BOOST_REQUIRE(ending != at.differences.end());
  BOOST_TEST(ending->logged == "");
  BOOST_TEST(ending->replayed == "no_credit");
}

BOOST_AUTO_TEST_CASE(a_call_that_the_replay_ends_before_says_so) {
  const auto text = whole_call();
  const auto earlier = changed(
      text,
      R"({"t":1000,"k":"call_tick")",
      fmt::format(
          R"({{"t":1000,"k":"call_progressed","p":["@call","completed",4,""]}},{{"t":0,"k":"call_tick")"));
  const auto result = replay_with(earlier, ports().voices);
  BOOST_REQUIRE(result);
  BOOST_REQUIRE(result->diverged.has_value());
  BOOST_TEST(result->diverged->kind == "call_progressed");
}

BOOST_AUTO_TEST_CASE(errors_and_silence_of_others_are_in_the_log) {
  w.mark_silent = true;
  dial();
  advance(11s); // nobody answers
  BOOST_TEST(is_over());
  BOOST_TEST(log().find(R"("k":"error")") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(what_the_rows_refuse_is_in_the_log) {
  w.rows_down = true;
  resume();
  BOOST_TEST(!attach(pipe()));
  w.rows_down = false;
  BOOST_REQUIRE(attach(pipe(), "MZ2"));
  stop(aut);
  BOOST_TEST(log().find(R"(["caly",)") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_pipe_that_dies_is_in_the_log) {
  resume();
  const auto line = pipe();
  attach(line);
  crash(line);
  pass(1);
  stop(aut);
  BOOST_TEST(log().find(R"("k":"down")") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_call_that_was_killed_has_its_log) {
  dial();
  attach(pipe());
  crash(aut);
  const auto parsed = *json::parse(log(), log_json_limits);
  BOOST_TEST(parsed["ended"].text_or("") == "unhandled_exception");
}

BOOST_AUTO_TEST_CASE(secrets_and_audio_are_not_in_the_log) {
  dial();
  const auto line = pipe();
  BOOST_REQUIRE(ask<media_plan>(
      aut,
      attach_media{
          tenant, id, "MZ1", "CA1", line, brain_kind::realtime, "very-secret-ticket"}));
  const auto desk = caf::actor_cast<call_desk_actor>(aut);
  BOOST_REQUIRE(ask<bool>(desk, give_word{call_speaker::person}));
  self->send(desk, person_speaks{"audio-of-a-person"});
  run();
  stop(aut);
  BOOST_TEST(log().find("very-secret") == std::string::npos);
  BOOST_TEST(log().find("audio-of") == std::string::npos);
  BOOST_TEST(log().find("person_speaks") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(looking_at_a_call_is_no_event) {
  dial();
  for (int i = 0; i < 5; ++i)
    status("phase");
  const auto view = ask<call_view>(caf::actor_cast<call_watch_actor>(aut), watch_call{});
  BOOST_REQUIRE(view);
  stop(aut);
  BOOST_TEST(log().find("get_status") == std::string::npos);
  BOOST_TEST(log().find("watch_call") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_live_call_is_shown_as_a_state_machine) {
  dial();
  attach(pipe());
  hear("c", "caller", "my secret words");
  pass(250);
  const auto view = ask<call_view>(caf::actor_cast<call_watch_actor>(aut), watch_call{});
  BOOST_REQUIRE(view);
  const auto shown = json::parse(view->json);
  BOOST_REQUIRE(shown);
  BOOST_TEST((*shown)["states"].items().size() == 5u);
  BOOST_TEST((*shown)["states"].items()[3]["current"].bool_or(false));
  BOOST_TEST((*shown)["mailbox"].int_or(-1) >= 0);
  BOOST_TEST((*shown)["messages"].items().size() == call_recorder::history_max);
  std::set<std::string> timers;
  for (const auto& each : (*shown)["timers"].items())
    timers.emplace(each["name"].text_or(""));
  for (const auto* name :
       {"tick", "ask_carrier", "extend_hold", "say_goodbye", "max_length"})
    BOOST_CHECK_MESSAGE(timers.contains(name), name);
  BOOST_TEST(view->json.find("secret words") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_log_past_its_bounds_says_what_was_left_out) {
  w.replays = false;
  const call_options o;
  const std::variant<start_call, call_sheet> start{order()};
  const auto with = ports();
  log_names names;
  log_text text{log_header{start, o, with, 1000}, names, {3, 1 << 20}};
  call_step step;
  step.kind = "call_tick";
  step.payload = "[]";
  for (int i = 0; i < 10; ++i)
    text.add(step);
  const auto kept = text.finish("done");
  BOOST_TEST(kept.events == 10u);
  const auto parsed = json::parse(kept.log, log_json_limits);
  BOOST_REQUIRE(parsed);
  BOOST_TEST((*parsed)["steps"].items().size() == 3u);
  BOOST_TEST((*parsed)["left_out"].int_or(0) == 7);
}

BOOST_AUTO_TEST_CASE(a_call_that_talks_leaves_a_log_before_its_end) {
  whole_call();
  BOOST_REQUIRE(w.logs.size() > 1u);
  const auto& early = w.logs.front();
  BOOST_TEST(early.events == 16u);
  BOOST_TEST(early.log.ends_with(R"("ended":"not yet"})"));
  BOOST_TEST(early.began_at_ms == w.logs.back().began_at_ms);
  BOOST_TEST(w.logs.back().events > 16u);
}

BOOST_AUTO_TEST_CASE(a_log_is_worth_keeping_each_time_it_doubled) {
  w.replays = false;
  const call_options o;
  const std::variant<start_call, call_sheet> start{order()};
  const auto with = ports();
  log_names names;
  log_text text{log_header{start, o, with, 1000}, names};
  call_step step;
  step.kind = "call_tick";
  std::vector<int> kept;
  for (int steps = 1; steps <= 100; ++steps) {
    text.add(step);
    if (text.grown())
      kept.push_back(steps);
  }
  BOOST_TEST(kept == (std::vector{16, 32, 64}), boost::test_tools::per_element{});
}

BOOST_AUTO_TEST_CASE(what_is_no_log_is_refused_in_words) {
  const auto text = whole_call();
  BOOST_TEST(why_not("[]").find("no log of a call") != std::string::npos);
  BOOST_TEST(why_not("{}").find("no log of a call") != std::string::npos);
  BOOST_TEST(why_not(changed(text, R"("format":1)", R"("format":9)")).find("format 9") !=
             std::string::npos);
  BOOST_TEST(
      why_not(changed(text, R"("build":")", R"("build":"x)")).find("--any-build") !=
      std::string::npos);
  BOOST_TEST(why_not(changed(text, R"(,"ended":)", R"(,"x":)")).find("not whole") !=
             std::string::npos);
  BOOST_TEST(why_not(changed(text, R"("dialed":[)", R"("dialed":[7,)")).find("dialed") !=
             std::string::npos);
  BOOST_TEST(why_not(changed(text, R"("k":"sendable_calls")", R"("k":"sendable")"))
                 .find("step 1: this build knows no message") != std::string::npos);
  BOOST_TEST(
      why_not(changed(text, R"("fuse_ms":500)", R"("fuse_ms":"x")")).find("fuse_ms") !=
      std::string::npos);
  BOOST_TEST(!replay_with(text.substr(0, text.size() / 2), ports().voices));
  BOOST_TEST(!replay_with("\x01garbage", ports().voices));
}

BOOST_AUTO_TEST_CASE(a_log_of_another_build_is_replayed_where_it_is_wanted) {
  const auto other = changed(whole_call(), R"("build":")", R"("build":"x)");
  const auto result = replay_with(other, ports().voices, true);
  BOOST_REQUIRE(result);
  BOOST_TEST(!result->diverged.has_value());
}

BOOST_AUTO_TEST_SUITE_END()

// -- what crosses a call's mailbox

template <class... Ts>
std::vector<caf::message> messages(Ts... xs) {
  return {caf::make_message(std::move(xs))...};
}

/// One of each type with something in every member that has a use.
std::vector<caf::message> samples(const call_id& call, const tenant_id& tenant) {
  call_sheet sheet;
  sheet.id = call;
  sheet.tenant = tenant;
  sheet.contact = contact_id::make();
  sheet.profile = "{\"name\":\"Priyā \\\"x\\\"\"}\n";
  sheet.answered_at_ms = 1'790'000'000'000;
  const transcript_turn turn{2, "caller", "haan\tji", "hinglish", 5};
  auto out = messages(call_tick{},
                      turn_heard{"i", "caller", "नमस्ते"},
                      media_event{"barge_in", "{}"},
                      choose_voice{"CA1", {brain_kind::cascade, brain_kind::gather}},
                      attach_media{tenant, call, "MZ", "CA", {}, brain_kind::relay, ""},
                      tool_called{"t", "book", "{\"a\":[1,2]}"},
                      open_text{"CA", brain_kind::relay, "VX", {}, ""},
                      hear_text{3, "two", "CA", brain_kind::embedded},
                      answered{answerer::menu, 0.1234567890123, "words"},
                      media_closed{"MZ", "idle", 123, 1ULL << 53},
                      call_progressed{call, "ringing", progress_effect::ghost, "human"},
                      end_call{"x"},
                      steer_recording{true});
  const auto more =
      messages(press_keys{"1#"},
               transfer_call{transfer_mode::refer, "sip:a@b", "Ravi", "b", "agent"},
               transfer_progressed{call, 2, "ringing"},
               say_text{"s"},
               advise_agent{"a"},
               give_word{call_speaker::nobody},
               person_speaks{},
               listen_in{},
               true,
               std::uint32_t{7},
               std::string{"placed"},
               sendable_calls{{call, call_id::make()}},
               placed_call{create_result::throttled, "CA", "busy", 3},
               looked_up_call{true, "CA", "busy", 12, "human", 99, {turn}, true},
               progress_answer{progress_effect::stale},
               sheet,
               call_session{3, {turn, turn}, {{"appointment", "{}"}}},
               record_answer{"{\"state\":\"x\"}", "c", true, 4},
               caf::make_error(errc::fenced, "another one"),
               caf::down_msg{{}, caf::make_error(caf::exit_reason::kill)},
               caf::exit_msg{{}, caf::make_error(caf::exit_reason::user_shutdown)});
  out.insert(out.end(), more.begin(), more.end());
  return out;
}

BOOST_AUTO_TEST_SUITE(call_log_messages)

BOOST_AUTO_TEST_CASE(every_message_of_a_call_comes_back_from_its_log) {
  const auto call = call_id::make();
  const auto tenant = tenant_id::make();
  std::set<std::string_view> seen;
  for (const auto& message : samples(call, tenant)) {
    const auto* codec = codec_of(message);
    BOOST_REQUIRE(codec != nullptr);
    seen.insert(codec->name);
    log_names names;
    names.call = call.value();
    names.tenant = tenant.value();
    std::string first;
    log_writer one{first, names};
    codec->write(message, one);
    const auto parsed = json::parse(first);
    BOOST_REQUIRE_MESSAGE(parsed, first);
    log_reader reader{[](std::uint32_t) { return caf::strong_actor_ptr{}; },
                      tenant.value(),
                      call.value()};
    const auto again = codec->read(*parsed, reader);
    BOOST_REQUIRE_MESSAGE(!again.empty(), codec->name << ' ' << first);
    std::string second;
    log_writer other{second, names};
    codec->write(again.content(), other);
    BOOST_TEST(first == second);
    BOOST_TEST(to_string(message) == to_string(again));
  }
  for (const auto& each : message_codecs())
    BOOST_CHECK_MESSAGE(seen.contains(each.name), each.name);
}

BOOST_AUTO_TEST_CASE(what_looks_otherwise_is_no_message) {
  log_reader reader{[](std::uint32_t) { return caf::strong_actor_ptr{}; }, {}, {}};
  for (const auto* text :
       {"[]", "[1,2,3]", "{}", "null", R"(["a","b","c"])", R"(["a","b","c","d","e"])"})
    BOOST_TEST(codec_of("turn_heard")->read(*json::parse(text), reader).empty());
}

BOOST_AUTO_TEST_SUITE_END()

// -- who keeps the logs

struct kept : actor_fixture {
  std::vector<run_record> asked;
  errc failure = errc::none;
  std::string refused; ///< a log with this
  records_actor records = sys.spawn(
      [](records_actor::pointer, kept* w) -> records_actor::behavior_type {
        return {
            [=](const run_record& ask) -> caf::result<record_answer> {
              w->asked.push_back(ask);
              if (w->failure != errc::none)
                return caf::make_error(w->failure);
              if (!w->refused.empty() &&
                  ask.arguments.at(0).value_or("").find(w->refused) != std::string::npos)
                return caf::make_error(errc::invalid);
              return record_answer{"{}", {}, false, 1};
            },
            [](const get_status&) { return status_report{}; },
        };
      },
      this);
  call_log_keeper_actor keeper = spawn<call_log_keeper_actor, call_log_keeper_state>(
      sys, {"call_logs", "", ""}, call_log_keeper, records);

  ~kept() { stop(keeper); }

  /// Until what was sent has gathered.
  void gather() {
    run();
    advance(1s);
  }

  void keep(std::size_t bytes = 10) {
    self->send(
        keeper,
        keep_call_log{
            tenant_id::make(), call_id::make(), "n1", 5, 2, std::string(bytes, '1')});
    gather();
  }

  std::int64_t count(const char* what) {
    return caf::get_or(*ask<status_report>(keeper, get_status{}), what, std::int64_t{-1});
  }
};

BOOST_FIXTURE_TEST_SUITE(call_log_keepers, kept)

BOOST_AUTO_TEST_CASE(a_log_is_written_once) {
  keep();
  BOOST_REQUIRE(asked.size() == 1u);
  BOOST_TEST(asked[0].statement == "calls.keep_logs");
  BOOST_TEST(asked[0].arguments.at(0).value_or("").find(R"("node":"n1")") !=
             std::string::npos);
  BOOST_TEST(count("kept_total") == 1);
}

BOOST_AUTO_TEST_CASE(what_the_rows_do_not_take_now_is_tried_again) {
  failure = errc::unavailable;
  keep();
  keep();
  BOOST_TEST(count("waiting") == 2);
  failure = errc::none;
  advance(6s);
  BOOST_TEST(count("kept_total") == 2);
  BOOST_TEST(count("waiting_bytes") == 0);
}

BOOST_AUTO_TEST_CASE(what_waits_of_a_tenant_goes_in_one_transaction) {
  const auto own = tenant_id::make();
  for (const auto& whose : {own, tenant_id::make(), own, own})
    self->send(keeper, keep_call_log{whose, call_id::make(), "n1", 5, 2, "{}"});
  gather();
  BOOST_TEST(asked.size() == 2u);
  BOOST_TEST(count("kept_total") == 4);
}

BOOST_AUTO_TEST_CASE(logs_gather_for_half_a_second) {
  const auto own = tenant_id::make();
  const auto send = [&] {
    self->send(keeper, keep_call_log{own, call_id::make(), "n1", 5, 2, "{}"});
    run();
    advance(300ms);
  };
  send();
  BOOST_TEST(asked.empty());
  send();
  BOOST_TEST(asked.size() == 1u);
  BOOST_TEST(count("kept_total") == 2);
  send();
  advance(1s);
  BOOST_TEST(count("kept_total") == 3);
}

BOOST_AUTO_TEST_CASE(what_has_gathered_is_written_when_the_node_stops) {
  self->send(keeper, keep_call_log{tenant_id::make(), call_id::make(), "n1", 5, 2, "{}"});
  run();
  BOOST_TEST(asked.empty());
  stop(keeper);
  run();
  BOOST_TEST(asked.size() == 1u);
}

BOOST_AUTO_TEST_CASE(one_that_is_refused_does_not_take_others_with_it) {
  const auto own = tenant_id::make();
  refused = "bad";
  for (const auto* text : {"{}", "bad", "{}"})
    self->send(keeper, keep_call_log{own, call_id::make(), "n1", 5, 2, text});
  gather();
  BOOST_TEST(count("kept_total") == 2);
  BOOST_TEST(count("lost_total") == 1);
}

BOOST_AUTO_TEST_CASE(what_they_refuse_is_lost_and_told) {
  failure = errc::invalid;
  keep();
  BOOST_TEST(count("lost_total") == 1);
  BOOST_TEST(count("waiting") == 0);
}

BOOST_AUTO_TEST_CASE(what_waits_has_a_bound) {
  failure = errc::unavailable;
  for (int i = 0; i < 70; ++i)
    keep(1 << 20);
  BOOST_TEST(count("waiting_bytes") <= 64 << 20);
  BOOST_TEST(count("lost_total") >= 6);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace caly::test
