#include "net/providers/twilio/codec.hpp"
#include "net/providers/twilio/signature.hpp"
#include "runtime/base/json.hpp"

#include <boost/test/unit_test.hpp>

namespace caly::test {

namespace {

using namespace twilio;

const std::string token = "0123456789abcdef0123456789abcdef";

const form_fields v1_fields{{"AccountSid", "AC00000000000000000000000000000001"},
                            {"ApiVersion", "2010-04-01"},
                            {"CallSid", "CA00000000000000000000000000000001"},
                            {"CallStatus", "in-progress"},
                            {"Direction", "outbound-api"},
                            {"From", "+919876543210"},
                            {"To", "+14155550100"}};
const std::string v1_url =
    "https://voice.caly.example/webhooks/twilio/status?tenant=t_42";
const std::string v1_signature = "ny5oOp8HP884UPITAvAbghHfofg=";

placed_call created(int status, std::string_view body, int retry_after_s = 0) {
  return read_create(status, body, retry_after_s);
}

std::optional<record_progress> progress(form_fields fields,
                                        std::string_view idempotency) {
  return progress_of(tenant_id::make(), call_id::make(), fields, idempotency, 1'000'000);
}

} // namespace

BOOST_AUTO_TEST_SUITE(twilio_signature)

BOOST_AUTO_TEST_CASE(signs_a_form_as_the_official_library_does) {
  BOOST_TEST(signature(token, v1_url, v1_fields) == v1_signature);
}

BOOST_AUTO_TEST_CASE(sorts_names_by_code_unit_and_keeps_empty_values) {
  BOOST_TEST(signature(token,
                       v1_url,
                       {{"b", "2"},
                        {"B", "1"},
                        {"SpeechResult", "नमस्ते"},
                        {"Digits", ""},
                        {"a", "x y+z"}}) == "qCuSTewsDiY+Fg5tyLeAFaFhL9E=");
}

BOOST_AUTO_TEST_CASE(signs_the_url_alone_for_get_sockets_and_json) {
  BOOST_TEST(signature(token,
                       "https://voice.caly.example/twiml/answer?tenant=t_42&lang=hi-IN",
                       {}) == "hfyl295PxAJTUFAzMAiqZakUx6A=");
  BOOST_TEST(signature(token, "wss://voice.caly.example/ws/twilio/t_42", {}) ==
             "TSRrHHdSc8Uo+NkzJRhVmNbLSG0=");
  BOOST_TEST(signature(token, "https://voice.caly.example/ws/twilio/t_42", {}) ==
             "yuIPDOMqqpM+a50eWs1ngYHONEo=");
  BOOST_TEST(signature(token,
                       "https://voice.caly.example/webhooks/twilio/json?bodySHA256="
                       "59cb7809c31e3ad6d11c22448c9e423e1596b3f7e307161d5441ed3ff1ed8479",
                       {}) == "tCpvdGV5dM0Sq5uaQdXTmdGXZE8=");
}

BOOST_AUTO_TEST_CASE(repeated_names_count_once_per_value) {
  BOOST_TEST(signature(token,
                       "https://h.example/x",
                       {{"MediaUrl", "b"}, {"MediaUrl", "a"}, {"MediaUrl", "b"}}) ==
             "PpmrDtuqZUKgmWvVcWO1eWlMpVM=");
}

BOOST_AUTO_TEST_CASE(verifies_with_and_without_the_default_port) {
  BOOST_TEST(verify(token, v1_url, v1_fields, v1_signature));
  BOOST_TEST(verify(token,
                    "https://voice.caly.example:443/webhooks/twilio/status?tenant=t_42",
                    v1_fields,
                    v1_signature));
}

BOOST_AUTO_TEST_CASE(refuses_what_was_changed_or_is_missing) {
  auto changed = v1_fields;
  changed[3].second = "completed";
  BOOST_TEST(!verify(token, v1_url, changed, v1_signature));
  BOOST_TEST(!verify(token, v1_url + "3", v1_fields, v1_signature));
  BOOST_TEST(!verify("another token", v1_url, v1_fields, v1_signature));
  BOOST_TEST(!verify(token, v1_url, v1_fields, ""));
  BOOST_TEST(!verify("", v1_url, v1_fields, signature("", v1_url, v1_fields)));
  BOOST_TEST(!verify(token,
                     "http://voice.caly.example/webhooks/twilio/status?tenant=t_42",
                     v1_fields,
                     v1_signature));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(twilio_codec)

BOOST_AUTO_TEST_CASE(form_bodies_survive_the_way_there_and_back) {
  const form_fields fields{{"To", "+919876543210"}, {"a b", "x&y=z +ü"}, {"empty", ""}};
  BOOST_TEST((parse_form(write_form(fields)) == fields));
  BOOST_TEST(write_form({{"To", "+91"}}) == "To=%2B91");
  BOOST_TEST(parse_form("From=+91%2B").at(0).second == " 91+");
}

BOOST_AUTO_TEST_CASE(a_flood_of_form_fields_is_bounded) {
  std::string body;
  for (int i = 0; i < 5000; ++i)
    body += "a=1&";
  BOOST_TEST(parse_form(body).size() == 200u);
}

BOOST_AUTO_TEST_CASE(statuses_become_ours) {
  const std::pair<const char*, const char*> table[] = {{"queued", "queued"},
                                                       {"initiated", "dialing"},
                                                       {"ringing", "ringing"},
                                                       {"in-progress", "in_progress"},
                                                       {"completed", "completed"},
                                                       {"busy", "busy"},
                                                       {"no-answer", "no_answer"},
                                                       {"failed", "failed"},
                                                       {"canceled", "canceled"}};
  for (const auto& [theirs, ours] : table)
    BOOST_TEST(normal_status(theirs).value_or("") == ours);
  BOOST_TEST(!normal_status("exploded"));
  BOOST_TEST(!normal_status(""));
}

BOOST_AUTO_TEST_CASE(the_same_callback_has_the_same_key_however_it_is_delivered) {
  const form_fields fields{
      {"CallSid", "CA1"}, {"CallStatus", "ringing"}, {"SequenceNumber", "1"}};
  const auto first = progress(fields, "token-1");
  const auto second = progress(fields, "");
  BOOST_REQUIRE((first && second));
  BOOST_TEST(first->key == second->key);
  const auto other = progress(
      {{"CallSid", "CA1"}, {"CallStatus", "in-progress"}, {"SequenceNumber", "2"}}, "");
  BOOST_TEST(first->key != other->key);
}

BOOST_AUTO_TEST_CASE(a_completed_callback_carries_its_duration) {
  const auto event = progress({{"CallSid", "CA1"},
                               {"CallStatus", "completed"},
                               {"SequenceNumber", "3"},
                               {"CallDuration", "42"},
                               {"AnsweredBy", "human"}},
                              "");
  BOOST_REQUIRE(event);
  BOOST_TEST(event->status == "completed");
  BOOST_TEST(event->duration_s.value_or(-1) == 42);
  BOOST_TEST(event->answered_by == "human");
  BOOST_TEST(event->provider_call_id == "CA1");
}

BOOST_AUTO_TEST_CASE(a_callback_from_the_future_is_taken_for_now) {
  const auto event = progress({{"CallSid", "CA1"},
                               {"CallStatus", "ringing"},
                               {"Timestamp", "Tue, 18 Aug 2026 10:00:00 +0000"}},
                              "t");
  BOOST_REQUIRE(event);
  BOOST_TEST(event->at_ms == 1'000'000);
}

BOOST_AUTO_TEST_CASE(a_callback_without_call_or_status_is_refused) {
  BOOST_TEST(!progress({{"CallStatus", "ringing"}}, ""));
  BOOST_TEST(!progress({{"CallSid", "CA1"}}, ""));
  BOOST_TEST(!progress({{"CallSid", "CA1"}, {"CallStatus", "melted"}}, ""));
}

BOOST_AUTO_TEST_CASE(twiml_is_escaped) {
  const auto said = say_and_hang_up(R"(a & b <c> "d" 'e')");
  BOOST_TEST(said.starts_with(R"(<?xml version="1.0" encoding="UTF-8"?><Response><Say)"));
  BOOST_TEST(said.ends_with(">a &amp; b &lt;c&gt; &quot;d&quot; &apos;e&apos;"
                            "</Say><Hangup/></Response>"));
  const auto stream =
      connect_stream("wss://h.example/a&b", "t\"1", "https://h.example/n?a=1&b=2");
  BOOST_TEST(stream.find(R"(<Stream url="wss://h.example/a&amp;b">)") !=
             std::string::npos);
  BOOST_TEST(stream.find(R"(<Parameter name="ticket" value="t&quot;1"/>)") !=
             std::string::npos);
  BOOST_TEST(stream.find(R"(<Connect action="https://h.example/n?a=1&amp;b=2")") !=
             std::string::npos);
  BOOST_TEST(stream.ends_with(R"(<Redirect method="POST">)"
                              "https://h.example/n?a=1&amp;b=2</Redirect></Response>"));
}

BOOST_AUTO_TEST_CASE(a_create_names_our_call_in_every_callback) {
  place_call call;
  call.tenant = tenant_id::make();
  call.call = call_id::make();
  call.to = "+919876543210";
  call.from = "+14155550100";
  call.ring_timeout_s = 25;
  call.max_call_s = 300;
  call.detect_voicemail = true;
  const auto fields = create_fields(call, "https://voice.example");
  const auto query = "?tenant=" + call.tenant.str() + "&call=" + call.call.str();
  BOOST_TEST(field(fields, "To") == "+919876543210");
  BOOST_TEST(field(fields, "From") == "+14155550100");
  BOOST_TEST(field(fields, "Url") == "https://voice.example/twiml/voice" + query);
  BOOST_TEST(field(fields, "StatusCallback") ==
             "https://voice.example/twiml/status" + query);
  BOOST_TEST(field(fields, "AsyncAmdStatusCallback") ==
             "https://voice.example/twiml/amd" + query);
  BOOST_TEST(field(fields, "AsyncAmd") == "true");
  BOOST_TEST(field(fields, "Timeout") == "25");
  BOOST_TEST(field(fields, "TimeLimit") == "300");
  int events = 0;
  for (const auto& [name, value] : fields)
    events += name == "StatusCallbackEvent" ? 1 : 0;
  BOOST_TEST(events == 4);
}

BOOST_AUTO_TEST_CASE(only_a_definite_no_counts_as_no) {
  const auto placed = created(201, R"({"sid":"CA7","status":"queued"})");
  BOOST_TEST((placed.result == create_result::placed));
  BOOST_TEST(placed.provider_call_id == "CA7");

  const auto refused = created(400, R"({"code":21211,"message":"bad To","status":400})");
  BOOST_TEST((refused.result == create_result::refused));
  BOOST_TEST(refused.reason == "twilio 21211 bad To");

  const auto throttled = created(429, R"({"code":20429})", 7);
  BOOST_TEST((throttled.result == create_result::throttled));
  BOOST_TEST(throttled.retry_after_s == 7);
  BOOST_TEST(created(429, "").retry_after_s == 1);

  BOOST_TEST((created(401, R"({"code":20003})").result == create_result::refused));
  for (const auto status : {200, 201})
    BOOST_TEST((created(status, "no json").result == create_result::unknown));
  for (const auto status : {302, 408, 500, 502, 503, 504})
    BOOST_TEST((created(status, "{}").result == create_result::unknown));
}

BOOST_AUTO_TEST_CASE(an_ended_call_counts_as_hung_up) {
  BOOST_TEST(ended_already(404, ""));
  BOOST_TEST(ended_already(400, R"({"code":21220})"));
  BOOST_TEST(!ended_already(400, R"({"code":21218})"));
  BOOST_TEST(!ended_already(500, R"({"code":21220})"));
}

BOOST_AUTO_TEST_CASE(finds_the_calls_after_the_send_earliest_first) {
  doubtful_call wanted;
  wanted.to = "+919876543210";
  wanted.from = "+14155550100";
  wanted.sending_at_ms = 1'767'348'000'000; // Fri, 02 Jan 2026 10:00:00
  const auto row = [](const char* sid, const char* to, const char* at) {
    json_writer out;
    out.begin_object().field("sid", sid).field("to", to).field("from", "+14155550100");
    out.field("status", "completed").field("date_created", at).field("duration", "12");
    return std::move(out.end_object()).str();
  };
  const auto list = [](const std::vector<std::string>& rows) {
    std::string text = R"({"calls":[)";
    for (const auto& each : rows)
      text += (text.back() == '[' ? "" : ",") + each;
    return text + "]}";
  };
  const auto before = row("CA1", "+919876543210", "Fri, 02 Jan 2026 09:59:00 +0000");
  const auto ours = row("CA2", "+919876543210", "Fri, 02 Jan 2026 10:00:01 +0000");
  const auto later = row("CA3", "+919876543210", "Fri, 02 Jan 2026 10:05:00 +0000");
  const auto other = row("CA4", "+911111111111", "Fri, 02 Jan 2026 10:00:00 +0000");
  const auto found = find_in_list(list({later, other, ours, before}), wanted);
  BOOST_REQUIRE(found.size() == 2u);
  BOOST_TEST(found[0].provider_call_id == "CA2");
  BOOST_TEST(found[0].status == "completed");
  BOOST_TEST(found[0].duration_s.value_or(0) == 12);
  BOOST_TEST(found[1].provider_call_id == "CA3");
  BOOST_TEST(find_in_list(list({before, other}), wanted).empty());
  BOOST_TEST(find_in_list("garbage", wanted).empty());
  const std::vector<std::string> many(2 * candidates_max, ours);
  BOOST_TEST(find_in_list(list(many), wanted).size() == candidates_max);
}

BOOST_AUTO_TEST_CASE(the_urls_that_were_asked_tell_whose_a_call_is) {
  const auto call = call_id::make();
  const auto events = [](const std::string& url) {
    return R"({"events":[{"request":{"url":"https://x.example/other"}},)"
           R"({"request":{"method":"POST","url":")" +
           url + R"("},"response":{"response_code":204}}]})";
  };
  BOOST_TEST(
      (call_of_events(events("https://voice.example/twiml/status?tenant=" +
                             tenant_id::make().str() + "&call=" + call.str())) == call));
  BOOST_TEST(!call_of_events(events("https://voice.example/twiml/status?call=nobody")));
  BOOST_TEST(!call_of_events(R"({"events":[]})"));
  BOOST_TEST(!call_of_events("garbage"));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caly::test
