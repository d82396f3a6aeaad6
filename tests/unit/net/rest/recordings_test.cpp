#include "net/rest/recording_links.hpp"
#include "tests/unit/net/rest/rest_fixture.hpp"

#include <boost/test/unit_test.hpp>

namespace caly::test {

namespace {

const std::string call_path = "/api/calls/call_" + std::string(32, 'a');
const recording_links links{"secret", std::chrono::seconds{60}};

std::string text_of(const std::optional<byte_range>& range) {
  if (!range)
    return "none";
  return std::to_string(range->first) + '-' + std::to_string(range->last) +
         (range->part ? "" : " whole");
}

struct fixture : rest_fixture {
  fixture() { answer("calls.get", "{}"); }

  /// The only part of the call's recording, as its row has it.
  json part(const std::string& state, const std::string& place) {
    answer("recordings.of_call",
           R"([{"part":1,"state":")" + state + R"(","place":")" + place +
               R"(","key":"ten/call.wav","node":"n7","bytes":58,"ms":0,"peaks":"AA",)"
               R"("error":null,"created_at":"2026-01-01T00:00:00Z"}])");
    const auto got = get(call_path + "/recording", user_role::viewer);
    BOOST_TEST(got.status == 200u);
    return got.body["data"]["parts"].items().at(0);
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(rest_recordings, fixture)

BOOST_AUTO_TEST_CASE(who_gets_an_address_stands_in_the_audit_log) {
  std::vector<std::string> audited;
  world->statements["audit.append"] = [&](const run_record& ask) {
    audited.push_back(*ask.arguments[1] + ' ' + *ask.arguments[2]);
    return record_answer{R"({"id":1})", "", false, 1};
  };
  BOOST_TEST(part("ready", "here")["url"].text_or("") == "/play/ten/call.wav");
  BOOST_REQUIRE_EQUAL(audited.size(), 1u);
  BOOST_TEST(audited[0] == "recording.listen call_" + std::string(32, 'a'));
  fail("audit.append", errc::unavailable);
  BOOST_TEST(get(call_path + "/recording").status == 503u);
}

BOOST_AUTO_TEST_CASE(where_it_lies_is_told_only_when_it_cannot_be_played_here) {
  answer("audit.append", "{}");
  BOOST_TEST(part("ready", "here")["node"].is_null());
  BOOST_TEST(part("ready", "here")["key"].is_null());
  const auto elsewhere = part("ready", "n2");
  BOOST_TEST(elsewhere["url"].is_null());
  BOOST_TEST(elsewhere["node"].text_or("") == "n2");
}

BOOST_AUTO_TEST_CASE(what_is_not_ready_has_no_address) {
  for (const auto* state : {"recording", "storing", "failed", "erasing", "erased"})
    BOOST_TEST(part(state, "here")["url"].is_null(), state);
}

BOOST_AUTO_TEST_CASE(another_tenants_call_is_not_found) {
  fail("calls.get", errc::not_found);
  BOOST_TEST(get(call_path + "/recording").status == 404u);
}

BOOST_AUTO_TEST_CASE(only_admins_erase_and_set_the_policy) {
  answer("recordings.erase", R"({"parts":2})");
  answer("recordings.set_policy", R"({"calls":"on","keep_days":30})");
  const auto erase = [&](user_role role) {
    return call(http_method::del, call_path + "/recording", {}, role).status;
  };
  BOOST_TEST(erase(user_role::operator_) == 403u);
  BOOST_TEST(erase(user_role::admin) == 200u);
  const auto set = [&](const std::string& body, user_role role = user_role::admin) {
    return call(http_method::put, "/api/recording-policy", body, role).status;
  };
  BOOST_TEST(set(R"({"calls":"on"})", user_role::operator_) == 403u);
  BOOST_TEST(set(R"({"calls":"on","keep_days":30})") == 200u);
  BOOST_TEST(set(R"({"calls":"always"})") == 422u);
  BOOST_TEST(set(R"({"calls":"on","keep_days":0})") == 422u);
  BOOST_TEST(set(R"({"keep_days":3})") == 422u);
}

BOOST_AUTO_TEST_CASE(only_pause_and_resume_are_actions) {
  BOOST_TEST(post(call_path + "/actions/recording", R"({"action":"stop"})").status ==
             422u);
  BOOST_TEST(post(call_path + "/actions/recording").status == 422u);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(recording_links_suite)

BOOST_AUTO_TEST_CASE(an_address_is_good_for_its_time_and_its_recording) {
  const auto token = links.issue({"ten_1/call_2.wav", 1234}, 1000);
  const auto link = links.check(token, 1060);
  BOOST_REQUIRE(link);
  BOOST_TEST(link->key == "ten_1/call_2.wav");
  BOOST_TEST(link->bytes == 1234u);
  BOOST_TEST(!links.check(token, 1061));
  const recording_links other{"other", std::chrono::seconds{60}};
  BOOST_TEST(!other.check(token, 1000));
}

BOOST_AUTO_TEST_CASE(an_address_that_was_changed_is_none) {
  const auto token = links.issue({"ten_1/call_2.wav", 1234}, 1000);
  for (std::size_t i = 0; i < token.size(); ++i) {
    auto other = token;
    other[i] = other[i] == 'a' ? 'b' : 'a';
    BOOST_REQUIRE_MESSAGE(!links.check(other, 1000), other);
  }
  for (const auto* text : {"", "...", "a.b.c.d", "a.b.c"})
    BOOST_TEST(!links.check(text, 1000));
}

BOOST_AUTO_TEST_CASE(players_get_the_bytes_that_they_ask_for) {
  BOOST_TEST(text_of(range_of("", 100)) == "0-99 whole");
  BOOST_TEST(text_of(range_of("bytes=0-", 100)) == "0-99");
  BOOST_TEST(text_of(range_of("bytes=10-19", 100)) == "10-19");
  BOOST_TEST(text_of(range_of("bytes=90-500", 100)) == "90-99");
  BOOST_TEST(text_of(range_of("bytes=-10", 100)) == "90-99");
  BOOST_TEST(text_of(range_of("bytes=-500", 100)) == "0-99");
  BOOST_TEST(text_of(range_of("bytes=0-1,5-6", 100)) == "0-99 whole");
  for (const auto* bad : {"bytes=100-", "bytes=20-10", "bytes=x-", "bytes=-0", "bytes=-"})
    BOOST_TEST(text_of(range_of(bad, 100)) == "none", bad);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caly::test
