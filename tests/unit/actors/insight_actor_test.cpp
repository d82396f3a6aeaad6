#include "actors/insight/insight_actor.hpp"
#include "actors/model/agent_profile.hpp"
#include "runtime/base/error.hpp"
#include "runtime/base/json.hpp"
#include "tests/support/actor_fixture.hpp"
#include "tests/support/deliver.hpp"

namespace caly::test {
namespace {

using namespace std::chrono_literals;

/// What the fakes around the analyser saw and what they answer.
struct world {
  std::string profile;
  std::vector<transcript_turn> turns;
  std::string status = "completed";
  bool rows_down = false;
  bool loads_held = false;
  std::vector<caf::typed_response_promise<call_sheet>> held;
  std::uint32_t loads = 0;
  std::vector<save_analysis> saved;
  std::vector<completed_text> answers; ///< of the model, in turn; the last one stays
  bool model_silent = false;
  std::vector<caf::typed_response_promise<completed_text>> held_texts;
  std::uint32_t asked = 0;
};

call_store_actor::behavior_type fake_rows(call_store_actor::pointer self, world* w) {
  return {
      [=](const load_call&) -> caf::result<call_sheet> {
        ++w->loads;
        if (w->rows_down)
          return caf::make_error(errc::unavailable);
        if (w->loads_held) {
          auto promise = self->make_response_promise<call_sheet>();
          w->held.push_back(promise);
          return promise;
        }
        call_sheet out;
        out.profile = w->profile;
        out.status = w->status;
        return out;
      },
      [](const take_call&) { return call_session{}; },
      [](const end_session&) { return true; },
      [](const save_turns&) { return std::uint32_t{0}; },
      [=](const load_turns&) { return w->turns; },
      [](const save_action&) { return true; },
      [](const save_event&) { return true; },
      [](const list_unanalysed&) { return std::vector<call_id>{}; },
      [=](const save_analysis& ask) {
        w->saved.push_back(ask);
        return true;
      },
      [](const get_status&) { return status_report{}; },
  };
}

language_model_actor::behavior_type fake_model(language_model_actor::pointer self,
                                               world* w) {
  return {
      [=](const complete_text&) -> caf::result<completed_text> {
        const auto turn = std::min<std::size_t>(w->asked++, w->answers.size() - 1);
        if (w->model_silent) {
          auto promise = self->make_response_promise<completed_text>();
          w->held_texts.push_back(promise);
          return promise;
        }
        return w->answers.at(turn);
      },
      [](const get_status&) { return status_report{}; },
  };
}

completed_text answer_of(const std::string& text) {
  json_writer out;
  out.begin_object().field("id", "resp_1").field("status", "completed");
  out.key("output").begin_array().begin_object().field("type", "message");
  out.key("content").begin_array().begin_object().field("type", "output_text");
  out.field("text", text).end_object().end_array().end_object().end_array();
  out.end_object();
  return {200, std::move(out).str()};
}

const auto good = answer_of(
    R"({"sentiment":"positive","outcome":"interested","grade":"B","summary":"Wants a flat.","extracted":{}})");
const auto malformed = answer_of("I would rather not say");

struct fixture : actor_fixture {
  world w;
  const tenant_id tenant = tenant_id::make();
  call_store_actor rows = sys.spawn(fake_rows, &w);
  language_model_actor model = sys.spawn(fake_model, &w);
  insight_options options;
  insight_actor aut;

  fixture() {
    agent_profile agent;
    agent.slug = "lead";
    agent.name = "Lead";
    agent.sector = "retail";
    agent.kind = "outbound";
    agent.languages = {"en"};
    agent.prompt = "You sell flats.";
    agent.greeting = {{"en", "Hello"}};
    w.profile = to_json(agent);
    w.answers = {good};
    say("agent", "Hello, would you like to see the new flats?");
    say("caller", "Yes, I am interested, please tell me more about the price.");
  }

  ~fixture() {
    if (aut)
      stop(aut);
  }

  void say(const std::string& role, const std::string& text) {
    transcript_turn turn;
    turn.seq = static_cast<std::int32_t>(w.turns.size()) + 1;
    turn.role = role;
    turn.text = text;
    w.turns.push_back(turn);
  }

  void start(bool with_model) {
    options.model = with_model ? "gpt-x" : "";
    insight_ports ports{
        rows, with_model ? model : language_model_actor{}, [] { return wall_time{}; }};
    aut = spawn<insight_actor, insight_state>(
        sys, actor_label{"insight", "", ""}, insight, options, ports);
    run();
  }

  void analyse(const call_id& call = call_id::make()) {
    self->send(aut, analyse_call{tenant, call});
    run();
  }

  template <class T = std::uint64_t>
  T status(const std::string& key) {
    return caf::get_or(*ask<status_report>(aut, get_status{}), key, T{999});
  }
};

BOOST_FIXTURE_TEST_SUITE(insight_actor_suite, fixture)

BOOST_AUTO_TEST_CASE(rules_analyse_where_there_is_no_model) {
  start(false);
  analyse();
  BOOST_REQUIRE(w.saved.size() == 1u);
  BOOST_TEST(w.saved[0].done);
  BOOST_TEST(w.saved[0].model == "rules");
  BOOST_TEST(w.saved[0].outcome == "interested");
  BOOST_TEST(w.asked == 0u);
}

BOOST_AUTO_TEST_CASE(a_model_that_is_there_analyses) {
  start(true);
  analyse();
  BOOST_REQUIRE(w.saved.size() == 1u);
  BOOST_TEST(w.saved[0].done);
  BOOST_TEST(w.saved[0].model == "gpt-x");
  BOOST_TEST(w.saved[0].summary == "Wants a flat.");
  BOOST_TEST(w.asked == 1u);
}

BOOST_AUTO_TEST_CASE(an_error_that_may_pass_is_tried_again) {
  w.answers = {{503, ""}, {429, R"({"error":{"code":"rate_limit_exceeded"}})"}, good};
  start(true);
  analyse();
  for (int i = 0; i < 120 && w.saved.empty(); ++i)
    advance(1s);
  BOOST_REQUIRE(w.saved.size() == 1u);
  BOOST_TEST(w.saved[0].done);
  BOOST_TEST(w.asked == 3u);
}

BOOST_AUTO_TEST_CASE(an_error_that_stays_is_shown_after_a_bounded_number_of_tries) {
  w.answers = {{503, ""}};
  start(true);
  analyse();
  for (int i = 0; i < 120 && w.saved.empty(); ++i)
    advance(1s);
  BOOST_REQUIRE(w.saved.size() == 1u);
  BOOST_TEST(!w.saved[0].done);
  BOOST_TEST(!w.saved[0].error.empty());
  BOOST_TEST(w.asked == 3u);
  BOOST_TEST(status("failed_total") == 1u);
}

BOOST_AUTO_TEST_CASE(an_error_that_cannot_pass_is_shown_at_once) {
  w.answers = {{401, R"({"error":{"message":"bad key"}})"}};
  start(true);
  analyse();
  BOOST_REQUIRE(w.saved.size() == 1u);
  BOOST_TEST(!w.saved[0].done);
  BOOST_TEST(w.saved[0].error.find("bad key") != std::string::npos);
  BOOST_TEST(w.asked == 1u);
}

BOOST_AUTO_TEST_CASE(a_malformed_answer_is_never_saved_as_a_result) {
  w.answers = {malformed};
  start(true);
  analyse();
  for (int i = 0; i < 120 && w.saved.empty(); ++i)
    advance(1s);
  BOOST_REQUIRE(w.saved.size() == 1u);
  BOOST_TEST(!w.saved[0].done);
  BOOST_TEST(w.saved[0].error.starts_with("malformed"));
  BOOST_TEST(w.asked <= 3u);
}

BOOST_AUTO_TEST_CASE(a_model_that_never_answers_does_not_hold_the_queue_for_ever) {
  w.model_silent = true;
  start(true);
  analyse();
  for (int i = 0; i < 200 && w.saved.empty(); ++i)
    advance(1s);
  BOOST_REQUIRE(w.saved.size() == 1u);
  BOOST_TEST(!w.saved[0].done);
  BOOST_TEST(status("running") == 0u);
}

BOOST_AUTO_TEST_CASE(a_few_words_are_not_analysed_and_not_an_error) {
  w.turns.clear();
  say("caller", "Hello? Who?");
  start(true);
  analyse();
  BOOST_REQUIRE(w.saved.size() == 1u);
  BOOST_TEST(!w.saved[0].done);
  BOOST_TEST(w.saved[0].error.empty());
  BOOST_TEST(w.asked == 0u);
}

BOOST_AUTO_TEST_CASE(an_unreadable_agent_is_shown_as_failed) {
  w.profile = "{";
  start(false);
  analyse();
  BOOST_REQUIRE(w.saved.size() == 1u);
  BOOST_TEST(!w.saved[0].done);
  BOOST_TEST(!w.saved[0].error.empty());
}

BOOST_AUTO_TEST_CASE(the_queue_is_bounded_and_few_run_at_once) {
  options.running_max = 2;
  options.waiting_max = 3;
  w.loads_held = true;
  start(false);
  for (int i = 0; i < 20; ++i)
    analyse();
  BOOST_TEST(w.loads == 2u);
  BOOST_TEST(status("running") == 2u);
  BOOST_TEST(status("waiting") == 3u);
}

BOOST_AUTO_TEST_CASE(the_same_call_is_analysed_once_at_a_time_and_may_come_again_later) {
  w.loads_held = true;
  start(false);
  const auto call = call_id::make();
  analyse(call);
  analyse(call);
  BOOST_TEST(w.loads == 1u);
  w.loads_held = false;
  call_sheet sheet;
  sheet.profile = w.profile;
  deliver(rows, w.held.at(0), sheet);
  run();
  BOOST_TEST(w.saved.size() == 1u);
  analyse(call);
  BOOST_TEST(w.saved.size() == 2u);
}

BOOST_AUTO_TEST_CASE(who_reached_a_machine_reached_a_voicemail_whatever_it_said) {
  w.status = "voicemail";
  start(true);
  analyse();
  BOOST_TEST(w.asked == 0u);
  BOOST_REQUIRE(w.saved.size() == 1u);
  BOOST_TEST(w.saved[0].outcome == "voicemail");
  BOOST_TEST(w.saved[0].sentiment == "neutral");
  BOOST_TEST(w.saved[0].grade == "D");
}

BOOST_AUTO_TEST_CASE(rows_that_cannot_be_read_leave_the_call_for_later) {
  w.rows_down = true;
  start(false);
  const auto call = call_id::make();
  analyse(call);
  BOOST_TEST(w.saved.empty());
  BOOST_TEST(status("running") == 0u);
  w.rows_down = false;
  analyse(call);
  BOOST_TEST(w.saved.size() == 1u);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace caly::test
