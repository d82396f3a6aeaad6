#include "net/providers/bolna/carrier.hpp"
#include "net/providers/bolna/codec.hpp"
#include "net/webhooks/bolna.hpp"
#include "runtime/base/clock.hpp"
#include "runtime/base/error.hpp"
#include "runtime/base/json.hpp"
#include "tests/support/actor_fixture.hpp"

#include <map>

namespace caly::test {

namespace {

using namespace bolna;

const tenant_id tenant = tenant_id::make();
const call_id call = call_id::make();

std::string execution_body(const std::string& status, const std::string& more = "") {
  return R"({"id":"ex-1","agent_id":"a","status":")" + status +
         R"(","context_details":{"recipient_data":{"caly_call_id":")" + call.str() +
         R"(","caly_tenant_id":")" + tenant.str() + R"("}})" + more + "}";
}

std::string talked(const std::string& status) {
  return execution_body(
      status,
      R"(,"conversation_duration":48,"transcript":"assistant: Hello\nuser: Hi\nthere",)"
      R"("telephony_data":{"duration":"52","to_number":"+919876543210"})");
}

} // namespace

BOOST_AUTO_TEST_SUITE(bolna_codec)

BOOST_AUTO_TEST_CASE(a_create_carries_our_ids_and_switches_their_retries_off) {
  place_call order;
  order.tenant = tenant;
  order.call = call;
  order.to = "+919876543210";
  order.variables = R"({"customer_name":"Asha","caly_call_id":"forged"})";
  const auto body = json::parse(create_body(order, "agent-1", "+918012345678"));
  BOOST_REQUIRE(body);
  BOOST_TEST((*body)["agent_id"].text_or("") == "agent-1");
  BOOST_TEST((*body)["recipient_phone_number"].text_or("") == "+919876543210");
  BOOST_TEST((*body)["user_data"]["customer_name"].text_or("") == "Asha");
  BOOST_TEST((*body)["user_data"]["caly_call_id"].text_or("") == call.str());
  BOOST_TEST((*body)["user_data"]["caly_tenant_id"].text_or("") == tenant.str());
  BOOST_TEST(!(*body)["retry_config"]["enabled"].bool_or(true));
}

BOOST_AUTO_TEST_CASE(every_status_has_its_place) {
  const std::map<std::string, std::pair<std::string, bool>> table{
      {"scheduled", {"queued", false}},
      {"queued", {"queued", false}},
      {"rescheduled", {"queued", false}},
      {"initiated", {"dialing", false}},
      {"ringing", {"ringing", false}},
      {"in-progress", {"in_progress", false}},
      {"call-disconnected", {"in_progress", false}},
      {"completed", {"completed", true}},
      {"busy", {"busy", true}},
      {"no-answer", {"no_answer", true}},
      {"failed", {"failed", true}},
      {"error", {"failed", true}},
      {"balance-low", {"failed", true}},
      {"canceled", {"canceled", true}},
      {"stopped", {"canceled", true}},
      {"brand-new", {"", false}}};
  for (const auto& [theirs, ours] : table) {
    const auto read = read_execution(execution_body(theirs));
    BOOST_REQUIRE(read);
    BOOST_TEST(read->status == ours.first);
    BOOST_TEST(read->terminal == ours.second);
  }
}

BOOST_AUTO_TEST_CASE(completed_without_talk_is_what_the_hang_up_says) {
  const auto read = [](const std::string& reason) {
    return read_execution(
               execution_body("completed",
                              R"(,"conversation_duration":0,"telephony_data":{)"
                              R"("hangup_reason":")" +
                                  reason + "\"}"))
        ->status;
  };
  BOOST_TEST(read("Call recipient was busy") == "busy");
  BOOST_TEST(read("Call unanswered") == "no_answer");
  BOOST_TEST(read("Call completed") == "completed");
}

BOOST_AUTO_TEST_CASE(reads_durations_as_text_and_number_and_finds_our_ids_deeper) {
  const auto read = read_execution(talked("completed"));
  BOOST_REQUIRE((read && read->about));
  BOOST_TEST((read->about->call == call));
  BOOST_TEST((read->about->tenant == tenant));
  BOOST_TEST(read->duration_s.value_or(0) == 52);
}

BOOST_AUTO_TEST_CASE(a_call_that_was_hung_up_ends_once_its_length_is_known) {
  const auto silent = read_execution(
      execution_body("call-disconnected",
                     R"(,"conversation_duration":0,"telephony_data":{"duration":"0"},)"
                     R"("updated_at":"2026-01-02T09:00:52.250Z")"));
  BOOST_REQUIRE(silent);
  BOOST_TEST(silent->hung_up);
  BOOST_TEST(!silent->duration_s);
  BOOST_TEST(as_looked_up(*silent).status == "ringing");
  BOOST_TEST(as_looked_up(*silent).at_ms == 0);
  const auto ended = as_ended(*silent);
  BOOST_TEST(ended.status == "completed");
  BOOST_TEST(ended.terminal);
  // Measured up to the moment that Bolna tells, not to the moment it is heard of.
  const auto event = as_progress(ended, silent->updated_at_ms + 30'000);
  BOOST_TEST(event.at_ms == silent->updated_at_ms);
  BOOST_TEST(event.key == "bolna:call-disconnected");
  BOOST_TEST(!event.duration_s);

  const auto timed = read_execution(
      execution_body("call-disconnected", R"(,"telephony_data":{"duration":"52"})"));
  BOOST_REQUIRE(timed);
  const auto found = as_looked_up(*timed);
  BOOST_TEST(found.status == "completed");
  BOOST_TEST(found.duration_s.value_or(0) == 52);
  BOOST_TEST(found.words_pending);
}

BOOST_AUTO_TEST_CASE(a_look_up_brings_what_was_said_once_it_is_written_down) {
  const auto live = as_looked_up(*read_execution(
      execution_body("in-progress", R"(,"updated_at":"2026-01-02T09:00:00.250Z")")));
  BOOST_TEST(live.at_ms == to_unix_ms(*parse_rfc3339("2026-01-02T09:00:00.250Z")));
  BOOST_TEST(live.turns.empty());
  BOOST_TEST(live.words_pending);
  BOOST_TEST(!live.duration_s);
  const auto over = as_looked_up(*read_execution(talked("completed")));
  BOOST_TEST(over.turns.size() == 2u);
  BOOST_TEST(!over.words_pending);
}

BOOST_AUTO_TEST_CASE(a_foreign_execution_is_not_ours) {
  const auto read = read_execution(R"({"id":7,"status":"completed"})");
  BOOST_REQUIRE(read);
  BOOST_TEST(read->id == "7");
  BOOST_TEST(!read->about);
  BOOST_TEST(!read_execution("[]"));
  BOOST_TEST(!read_execution("{}"));
  BOOST_TEST(!read_execution(""));
}

BOOST_AUTO_TEST_CASE(a_transcript_becomes_turns) {
  execution told;
  told.transcript = "assistant: Hello\nuser: Hi\nthere\n\nassistant:\n";
  told.updated_at_ms = 5;
  const auto turns = turns_of(told);
  BOOST_TEST(turns.at(0).at_ms == 5);
  BOOST_REQUIRE(turns.size() == 2u);
  BOOST_TEST(turns[0].role == "agent");
  BOOST_TEST(turns[0].seq == 1);
  BOOST_TEST(turns[1].role == "caller");
  BOOST_TEST(turns[1].text == "Hi there");
}

BOOST_AUTO_TEST_CASE(only_a_definite_no_counts_as_no) {
  BOOST_TEST(
      (read_create(200, R"({"execution_id":"e1"})", 0).result == create_result::placed));
  BOOST_TEST((read_create(200, "?", 0).result == create_result::unknown));
  BOOST_TEST(
      (read_create(422, R"({"detail":"bad"})", 0).result == create_result::refused));
  BOOST_TEST((read_create(429, "", 9).result == create_result::throttled));
  BOOST_TEST(read_create(429, "", 9).retry_after_s == 9);
  BOOST_TEST((read_create(500, "", 0).result == create_result::unknown));
}

BOOST_AUTO_TEST_CASE(a_list_is_searched_by_our_id_before_number_and_time) {
  doubtful_call wanted;
  wanted.id = call;
  wanted.to = "+919876543210";
  wanted.sending_at_ms = 1'767'348'000'000;
  const std::string stranger =
      R"({"id":"x","status":"completed","created_at":"2026-01-02T10:00:01Z",)"
      R"("telephony_data":{"to_number":"+919876543210"}})";
  const auto both = R"({"data":[)" + stranger + "," + talked("completed") + "]}";
  BOOST_TEST(find_in_list(both, wanted).provider_call_id == "ex-1");
  BOOST_TEST(find_in_list(R"({"data":[)" + stranger + "]}", wanted).provider_call_id ==
             "x");
  wanted.sending_at_ms += 60'000;
  BOOST_TEST(!find_in_list(R"({"data":[)" + stranger + "]}", wanted).found);
}

BOOST_AUTO_TEST_SUITE_END()

namespace {

/// The webhook with everything behind it answering at once.
struct fixture : actor_fixture {
  http_answer api;
  std::vector<record_progress> events;
  std::vector<save_turns> saved;
  std::vector<call_progressed> hints;
  std::vector<hang_up_call> hang_ups;
  std::vector<analyse_call> analysed;
  std::int64_t answered_at_ms = 0; ///< in the call's row
  bool store_works = true;
  progress_effect effect = progress_effect::applied;

  http_requests_actor http = sys.spawn([this] {
    return http_requests_actor::behavior_type{
        [this](const http_call&) { return api; },
        [](const http_finished&) {},
        [](const get_status&) { return status_report{}; },
    };
  });

  caf::actor store = sys.spawn([this]() -> caf::behavior {
    return {[this](const record_progress& x) -> caf::result<progress_answer> {
      if (!store_works)
        return caf::make_error(errc::unavailable);
      events.push_back(x);
      return progress_answer{effect};
    }};
  });
  caf::actor rows = sys.spawn([this]() -> caf::behavior {
    return {[this](const save_turns& x) {
              saved.push_back(x);
              return static_cast<std::uint32_t>(x.turns.size());
            },
            [this](const load_call&) {
              call_sheet sheet;
              sheet.answered_at_ms = answered_at_ms;
              return sheet;
            }};
  });
  caf::actor calls = sys.spawn([this]() -> caf::behavior {
    return {[this](const call_progressed& x) { hints.push_back(x); }};
  });
  caf::actor carrier = sys.spawn([this]() -> caf::behavior {
    return {[this](const hang_up_call& x) {
      hang_ups.push_back(x);
      return true;
    }};
  });
  caf::actor insight = sys.spawn([this]() -> caf::behavior {
    return {[this](const analyse_call& x) { analysed.push_back(x); }};
  });
  actor_gateways gateways{sys, 1};
  bolna_webhooks webhooks{{.gateways = gateways,
                           .store = caf::actor_cast<dial_store_actor>(store),
                           .rows = caf::actor_cast<call_store_actor>(rows),
                           .calls = caf::actor_cast<calls_actor>(calls),
                           .carrier = caf::actor_cast<carrier_actor>(carrier),
                           .insight = caf::actor_cast<insight_actor>(insight),
                           .http = http,
                           .account = {},
                           .secret = "path-secret",
                           .addresses = {},
                           .clock = [] { return wall_time{std::chrono::seconds{5}}; }}};
  router routes;

  fixture() {
    webhooks.add_to(routes);
    api.outcome = http_outcome::answered;
    api.status = 200;
  }

  unsigned post(const std::string& body, const std::string& secret = "path-secret") {
    unsigned status = 0;
    auto request = std::make_shared<http_request>(
        [](std::function<void()> work) { work(); },
        [&](http_response response) { status = response.status; });
    request->method = http_method::post;
    request->path = request->target = "/api/webhooks/bolna/" + secret;
    request->body = body;
    const auto found = routes.find(http_method::post, request->path);
    BOOST_REQUIRE(found.found != nullptr);
    request->params = found.params;
    found.found->handler(request);
    run();
    return status;
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(bolna_webhook, fixture)

BOOST_AUTO_TEST_CASE(a_wrong_secret_finds_nothing) {
  BOOST_TEST(post(execution_body("ringing"), "guess") == 404u);
  BOOST_TEST(events.empty());
}

BOOST_AUTO_TEST_CASE(a_step_forward_is_recorded_and_hinted) {
  BOOST_TEST(post(execution_body("ringing")) == 200u);
  BOOST_REQUIRE(events.size() == 1u);
  BOOST_TEST(events[0].status == "ringing");
  BOOST_TEST(events[0].provider_call_id == "ex-1");
  BOOST_REQUIRE(hints.size() == 1u);
  BOOST_TEST((hints[0].call == call));
}

BOOST_AUTO_TEST_CASE(the_end_is_believed_only_from_their_api) {
  api.body = talked("completed");
  effect = progress_effect::ended;
  BOOST_TEST(post(execution_body("failed")) == 200u);
  BOOST_REQUIRE(events.size() == 1u);
  BOOST_TEST(events[0].status == "completed");
  BOOST_TEST(events[0].duration_s.value_or(0) == 52);
  BOOST_REQUIRE(saved.size() == 1u);
  BOOST_TEST(saved[0].turns.size() == 2u);
  BOOST_REQUIRE(analysed.size() == 1u);
  BOOST_TEST((analysed[0].call == call));
}

BOOST_AUTO_TEST_CASE(the_line_is_free_when_they_hang_up_and_the_words_follow) {
  answered_at_ms = 1000;
  effect = progress_effect::ended;
  api.body = execution_body("call-disconnected");
  BOOST_TEST(post(execution_body("call-disconnected")) == 200u);
  BOOST_REQUIRE(events.size() == 1u);
  BOOST_TEST(events[0].status == "completed");
  BOOST_REQUIRE(hints.size() == 1u);
  BOOST_TEST(hints[0].status == "completed");
  BOOST_TEST(saved.empty());
  BOOST_TEST(analysed.empty());

  effect = progress_effect::stale;
  api.body = talked("completed");
  BOOST_TEST(post(talked("completed")) == 200u);
  BOOST_REQUIRE(events.size() == 2u);
  BOOST_TEST(events[1].key != events[0].key);
  BOOST_TEST(saved.size() == 1u);
  BOOST_TEST(analysed.size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_hang_up_without_a_known_answer_waits_for_the_whole_story) {
  api.body = execution_body("call-disconnected");
  BOOST_TEST(post(execution_body("call-disconnected")) == 200u);
  BOOST_TEST(events.empty());
  BOOST_TEST(hints.empty());
}

BOOST_AUTO_TEST_CASE(a_hang_up_is_believed_only_from_their_api) {
  answered_at_ms = 1000;
  api.body = execution_body("in-progress");
  BOOST_TEST(post(execution_body("call-disconnected")) == 200u);
  BOOST_REQUIRE(events.size() == 1u);
  BOOST_TEST(events[0].status == "in_progress");
}

BOOST_AUTO_TEST_CASE(words_told_twice_are_judged_once) {
  api.body = talked("completed");
  effect = progress_effect::duplicate;
  BOOST_TEST(post(talked("completed")) == 200u);
  BOOST_TEST(saved.size() == 1u);
  BOOST_TEST(analysed.empty());
}

BOOST_AUTO_TEST_CASE(a_forged_end_changes_nothing) {
  api.status = 404;
  BOOST_TEST(post(talked("completed")) == 200u);
  api.status = 200;
  api.body = execution_body("in-progress");
  BOOST_TEST(post(talked("completed")) == 200u);
  for (const auto& event : events)
    BOOST_TEST(event.status != "completed");
}

BOOST_AUTO_TEST_CASE(is_sent_again_while_something_is_down) {
  api.outcome = http_outcome::unknown;
  BOOST_TEST(post(talked("completed")) == 503u);
  store_works = false;
  BOOST_TEST(post(execution_body("ringing")) == 503u);
}

BOOST_AUTO_TEST_CASE(calls_of_others_are_taken_and_forgotten) {
  BOOST_TEST(post(R"({"id":"web-1","status":"completed"})") == 200u);
  BOOST_TEST(events.empty());
  BOOST_TEST(post("not json") == 400u);
}

BOOST_AUTO_TEST_CASE(a_call_that_was_given_up_is_hung_up) {
  effect = progress_effect::ghost;
  BOOST_TEST(post(execution_body("ringing")) == 200u);
  BOOST_TEST(hang_ups.size() == 1u);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caly::test
