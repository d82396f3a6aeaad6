#include "net/providers/telnyx/codec.hpp"
#include "net/providers/telnyx/signature.hpp"
#include "runtime/base/json.hpp"

#include <boost/test/unit_test.hpp>

namespace caly::test {
namespace {

// Made with another library (Python's cryptography) from the private key 07…07.
const std::string key = "6kpsY+KcUgq+9VB7Ey7F+ZVHdq6+vnuSQh7qaRRG0iw=";
const std::string body = "CallSid=v3%3Aabc&CallStatus=ringing";
const std::string signature = "3l6ZGtGCHwplMTaSWlxs+shOxB0KbTGno8tsZtPCDCM73S+"
                              "MqV235jwlk0g+DgTU0w0K1Tlbq7FMvgWwJOTyAQ==";

BOOST_AUTO_TEST_SUITE(telnyx_suite)

BOOST_AUTO_TEST_CASE(knows_its_own_signature_and_no_other) {
  using telnyx::verify;
  BOOST_TEST(verify(key, "1000", body, signature, 1000, 300));
  BOOST_TEST(verify(key, "1000", body, signature, 1300, 300));
  BOOST_TEST(!verify(key, "1000", body, signature, 1301, 300));
  BOOST_TEST(!verify(key, "1000", body, signature, 699, 300));
  BOOST_TEST(!verify(key, "1001", body, signature, 1000, 300));
  BOOST_TEST(!verify(key, "1000", body + "x", signature, 1000, 300));
  BOOST_TEST(!verify(key, "1000", body, "", 1000, 300));
  BOOST_TEST(!verify(key, "", body, signature, 1000, 300));
  BOOST_TEST(!verify(key, "1000 ", body, signature, 1000, 300));
  BOOST_TEST(!verify("", "1000", body, signature, 1000, 300));
  BOOST_TEST(!verify("AAAA", "1000", body, signature, 1000, 300));
}

BOOST_AUTO_TEST_CASE(a_create_names_our_ids_in_every_callback) {
  place_call call;
  call.tenant = tenant_id::make();
  call.call = call_id::make();
  call.to = "+919876543210";
  call.from = "+14155550100";
  call.ring_timeout_s = 600;
  call.max_call_s = 10;
  call.detect_voicemail = true;
  const auto out = json::parse(telnyx::create_body(call, "app-1", "https://v.example"));
  BOOST_REQUIRE(out);
  const auto query = "?tenant=" + call.tenant.str() + "&call=" + call.call.str();
  BOOST_TEST((*out)["ApplicationSid"].text_or("") == "app-1");
  BOOST_TEST((*out)["To"].text_or("") == call.to);
  BOOST_TEST((*out)["Url"].text_or("") == "https://v.example/texml/voice" + query);
  BOOST_TEST((*out)["StatusCallback"].text_or("") ==
             "https://v.example/texml/status" + query);
  BOOST_TEST((*out)["AsyncAmdStatusCallback"].text_or("") ==
             "https://v.example/texml/amd" + query);
  BOOST_TEST((*out)["Timeout"].int_or(0) == 120);
  BOOST_TEST((*out)["TimeLimit"].int_or(0) == 30);
}

BOOST_AUTO_TEST_CASE(an_answer_to_a_create_means_what_it_says) {
  using telnyx::read_create;
  const auto placed = read_create(200, R"({"call_sid":"v3:a-b_c","status":"queued"})", 0);
  BOOST_TEST((placed.result == create_result::placed));
  BOOST_TEST(placed.provider_call_id == "v3:a-b_c");
  BOOST_TEST((read_create(201, R"({"sid":"v3:x"})", 0).result == create_result::placed));
  BOOST_TEST(
      (read_create(200, R"({"status":"queued"})", 0).result == create_result::unknown));
  BOOST_TEST((read_create(200, "no JSON", 0).result == create_result::unknown));
  const auto throttled = read_create(429, "{}", 7);
  BOOST_TEST((throttled.result == create_result::throttled));
  BOOST_TEST(throttled.retry_after_s == 7);
  const auto refused = read_create(
      422, R"({"errors":[{"code":"10015","title":"Bad","detail":"Invalid To"}]})", 0);
  BOOST_TEST((refused.result == create_result::refused));
  BOOST_TEST(refused.reason == "telnyx 10015 Invalid To");
  BOOST_TEST((read_create(401, "", 0).result == create_result::refused));
  BOOST_TEST((read_create(408, "{}", 0).result == create_result::unknown));
  BOOST_TEST((read_create(500, "{}", 0).result == create_result::unknown));
}

BOOST_AUTO_TEST_CASE(an_ended_call_needs_no_hanging_up) {
  using telnyx::ended_already;
  BOOST_TEST(ended_already(404, ""));
  BOOST_TEST(ended_already(422, R"({"errors":[{"code":"90018"}]})"));
  BOOST_TEST(!ended_already(422, R"({"errors":[{"code":"10015"}]})"));
  BOOST_TEST(!ended_already(500, ""));
}

BOOST_AUTO_TEST_CASE(finds_the_call_that_started_after_the_sending) {
  const auto found = telnyx::read_call(
      R"({"sid":"v3:a","status":"completed","duration":"11","answered_by":"human"})");
  BOOST_TEST(found.found);
  BOOST_TEST(found.status == "completed");
  BOOST_TEST(found.duration_s.value_or(0) == 11);
  BOOST_TEST(!telnyx::read_call("{}").found);
  doubtful_call wanted;
  wanted.to = "+91";
  wanted.from = "+1";
  wanted.sending_at_ms = 1'686'822'965'000; // Thu, 15 Jun 2023 09:56:05 +0000
  const auto object = [](const char* sid, const char* to, const char* second) {
    return std::string{R"({"sid":")"} + sid + R"(","to":")" + to +
           R"(","from":"+1","status":"in-progress","date_created":"Thu, 15 Jun 2023 09:56:)" +
           second + R"( +0000"})";
  };
  const auto list = R"({"calls":[)" + object("v3:late", "+91", "30") + ',' +
                    object("v3:ours", "+91", "06") + ',' + object("v3:old", "+91", "01") +
                    ',' + object("v3:other", "+92", "06") + "]}";
  BOOST_TEST(telnyx::find_in_list(list, wanted).provider_call_id == "v3:ours");
  BOOST_TEST(!telnyx::find_in_list(R"({"calls":[]})", wanted).found);
  BOOST_TEST(!telnyx::find_in_list("no JSON", wanted).found);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace caly::test
