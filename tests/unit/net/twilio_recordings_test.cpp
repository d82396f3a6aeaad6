#include "net/providers/twilio/codec.hpp"
#include "net/providers/twilio/recordings.hpp"
#include "runtime/base/error.hpp"
#include "tests/support/actor_fixture.hpp"

#include <deque>

namespace caly::test {

namespace {

struct fixture : actor_fixture {
  http_answer next;
  std::deque<http_answer> queued; ///< before `next`
  std::vector<http_call> seen;

  http_requests_actor http = sys.spawn([this] {
    return http_requests_actor::behavior_type{
        [this](const http_call& call) {
          seen.push_back(call);
          if (queued.empty())
            return next;
          auto first = queued.front();
          queued.pop_front();
          return first;
        },
        [](const http_finished&) {},
        [](const get_status&) { return status_report{}; },
    };
  });
  recording_carrier_actor at = make();

  ~fixture() {
    stop(at);
    stop(http);
  }

  recording_carrier_actor make() {
    twilio::recordings_options options;
    options.base_url = "https://api.example";
    options.account_sid = "AC1";
    options.auth_token = "secret";
    options.public_url = "https://voice.example";
    return caf::actor_cast<recording_carrier_actor>(
        spawn<twilio::recordings_self_actor, twilio::recordings_state>(
            sys,
            {"recordings", "twilio", ""},
            twilio::recordings,
            options,
            http,
            std::make_shared<http_client>()));
  }

  static http_answer answer(int status, std::string body = {}) {
    http_answer out;
    out.outcome = http_outcome::answered;
    out.status = status;
    out.body = std::move(body);
    return out;
  }

  static http_answer lost(http_outcome outcome = http_outcome::unknown) {
    http_answer out;
    out.outcome = outcome;
    out.problem = "broken";
    return out;
  }

  caf::expected<std::string> begin() {
    return ask<std::string>(
        at, begin_carrier_recording{tenant_id::make(), call_id::make(), "CA1"});
  }

  bool begin_fails_with(errc code, http_answer with) {
    next = std::move(with);
    const auto begun = begin();
    return !begun && begun.error() == code;
  }

  std::string field_of(const std::string& name) {
    return std::string{field(parse_form(seen.back().body), name)};
  }

  std::string path() const {
    return seen.back().method + ' ' +
           seen.back().url.substr(std::string{"https://api.example"}.size());
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(twilio_recordings, fixture)

BOOST_AUTO_TEST_CASE(a_recording_is_asked_for_on_two_channels) {
  next = answer(201, R"({"sid":"RE1","status":"in-progress"})");
  const auto begun = begin();
  BOOST_TEST_REQUIRE(!!begun);
  BOOST_TEST(*begun == "RE1");
  BOOST_TEST(path() == "POST /2010-04-01/Accounts/AC1/Calls/CA1/Recordings.json");
  BOOST_TEST(seen.back().user == "AC1");
  BOOST_TEST(seen.back().password == "secret");
  BOOST_TEST(field_of("RecordingChannels") == "dual");
  BOOST_TEST(field_of("RecordingStatusCallbackEvent") == "in-progress completed absent");
  const auto back = field_of("RecordingStatusCallback");
  BOOST_TEST(back.starts_with("https://voice.example/twiml/recording?tenant=ten_"));
  BOOST_TEST(back.find("&call=call_") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(what_became_of_a_begin_is_told_apart) {
  BOOST_TEST(begin_fails_with(errc::refused, answer(400, R"({"code":21220})")));
  BOOST_TEST(begin_fails_with(errc::refused, answer(404)));
  BOOST_TEST(begin_fails_with(errc::unavailable, answer(429)));
  BOOST_TEST(begin_fails_with(errc::unavailable, answer(401)));
  BOOST_TEST(begin_fails_with(errc::unavailable, lost(http_outcome::never_sent)));
  BOOST_TEST(begin_fails_with(errc::outcome_unknown, lost()));
  BOOST_TEST(begin_fails_with(errc::outcome_unknown, answer(502)));
  BOOST_TEST(begin_fails_with(errc::outcome_unknown, answer(201, "{}")));
}

BOOST_AUTO_TEST_CASE(what_runs_is_paused_by_silence_and_goes_on) {
  next = answer(200, R"({"status":"paused"})");
  BOOST_TEST(*ask<bool>(at, steer_carrier_recording{"CA1", true}));
  BOOST_TEST(path() ==
             "POST /2010-04-01/Accounts/AC1/Calls/CA1/Recordings/Twilio.CURRENT.json");
  BOOST_TEST(field_of("Status") == "paused");
  BOOST_TEST(field_of("PauseBehavior") == "silence");
  BOOST_CHECK(ask<bool>(at, steer_carrier_recording{"CA1", false}).error() ==
              errc::unavailable);
  next = answer(200, R"({"status":"in-progress"})");
  BOOST_TEST(*ask<bool>(at, steer_carrier_recording{"CA1", false}));
  BOOST_TEST(field_of("Status") == "in-progress");
  BOOST_TEST(field_of("PauseBehavior") == "");
}

BOOST_AUTO_TEST_CASE(a_list_has_only_what_we_begun) {
  next = answer(200,
                R"({"recordings":[)"
                R"({"sid":"RE1","status":"completed","source":"StartCallRecordingAPI"},)"
                R"({"sid":"RE2","status":"processing","source":"StartCallRecordingAPI"},)"
                R"({"sid":"RE3","status":"completed","source":"DialVerb"},)"
                R"({"sid":"RE4","status":"deleted","source":"StartCallRecordingAPI"}]})");
  const auto list = ask<carrier_recording_list>(at, list_carrier_recordings{"CA1"});
  BOOST_TEST_REQUIRE(!!list);
  BOOST_TEST_REQUIRE(list->entries.size() == 2u);
  BOOST_TEST(list->entries[0].id == "RE1");
  BOOST_TEST(list->entries[0].status == "completed");
  BOOST_TEST(list->entries[1].status == "running");
  next = answer(404);
  BOOST_TEST(
      ask<carrier_recording_list>(at, list_carrier_recordings{"CA1"})->entries.empty());
  next = answer(200, "<html>");
  BOOST_CHECK(ask<carrier_recording_list>(at, list_carrier_recordings{"CA1"}).error() ==
              errc::unavailable);
}

BOOST_AUTO_TEST_CASE(what_is_gone_counts_as_deleted) {
  for (const auto status : {204, 404}) {
    next = answer(status);
    BOOST_TEST(*ask<bool>(at, remove_carrier_recording{"CA1", "RE1", true}));
    BOOST_TEST(path() == "DELETE /2010-04-01/Accounts/AC1/Recordings/RE1.json");
  }
  next = answer(500);
  BOOST_CHECK(ask<bool>(at, remove_carrier_recording{"CA1", "RE1", true}).error() ==
              errc::unavailable);
}

BOOST_AUTO_TEST_CASE(what_still_runs_is_stopped_before_it_is_deleted) {
  queued = {answer(404), answer(204)};
  BOOST_TEST(*ask<bool>(at, remove_carrier_recording{"CA1", "RE1", false}));
  BOOST_TEST_REQUIRE(seen.size() == 2u);
  BOOST_TEST(seen[0].url.ends_with("/Calls/CA1/Recordings/RE1.json"));
  BOOST_TEST(seen[0].body == "Status=stopped");
  BOOST_TEST(seen[1].method == "DELETE");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caly::test
