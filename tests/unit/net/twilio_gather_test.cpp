#include "net/providers/twilio/codec.hpp"
#include "net/webhooks/twilio.hpp"
#include "tests/support/actor_fixture.hpp"

#include <deque>

namespace caly::test {

namespace {

const std::string token = "0123456789abcdef0123456789abcdef";
const std::string public_url = "https://voice.example";

struct call_book {
  std::vector<std::string> opened;
  std::vector<hear_text> heard;
  std::vector<call_progressed> progressed;
  std::vector<record_progress> recorded;
  spoken_reply next{1, "Namaste & welcome", "hi", false};
  voice_choice voice{brain_kind::gather, "hi"};
  std::vector<choose_voice> chosen;
  std::optional<errc> failure;
};

call_actor::behavior_type fake_call(call_actor::pointer, call_book* book) {
  const auto reply = [book]() -> caf::result<spoken_reply> {
    if (book->failure)
      return caf::make_error(*book->failure);
    return book->next;
  };
  return {
      [=](const choose_voice& ask) -> caf::result<voice_choice> {
        book->chosen.push_back(ask);
        if (book->failure)
          return caf::make_error(*book->failure);
        return book->voice;
      },
      [](const attach_media&) { return media_plan{}; },
      [](const turn_heard&) {},
      [](const tool_called&) { return tool_answer{}; },
      [=](const open_text& ask) {
        book->opened.push_back(ask.provider_call_id);
        return reply();
      },
      [=](const hear_text& ask) {
        book->heard.push_back(ask);
        return reply();
      },
      [](const media_event&) {},
      [](const media_closed&) {},
      [=](const call_progressed& hint) { book->progressed.push_back(hint); },
      [](const end_call&) { return true; },
      [](const steer_recording&) { return false; },
      [](const press_keys&) { return false; },
      [](const answered&) {},
      [](const call_tick&) {},
      [](const get_status&) { return status_report{}; },
  };
}

calls_actor::behavior_type
fake_calls(calls_actor::pointer, call_actor call, call_book* book) {
  return {
      [=](const find_call&) -> caf::result<call_actor> { return call; },
      [](const start_call&) -> caf::result<call_actor> {
        return caf::make_error(errc::invalid);
      },
      [=](const call_progressed& hint) { book->progressed.push_back(hint); },
      [](const transfer_progressed&) {},
      [](const get_status&) { return status_report{}; },
  };
}

dial_store_actor::behavior_type fake_store(dial_store_actor::pointer, call_book* book) {
  return {
      [](const reserve_calls&) { return reservation{}; },
      [](const mark_sending&) { return sendable_calls{}; },
      [](const record_answered&) { return std::string{}; },
      [=](const record_progress& event) {
        book->recorded.push_back(event);
        return progress_answer{progress_effect::stale};
      },
      [](const record_missed&) { return std::string{}; },
      [](const take_over_calls&) { return taken_over{}; },
      [](const extend_hold&) { return true; },
      [](const open_call& ask) { return ask.call; },
      [](const list_doubtful&) { return doubtful_calls{}; },
      [](const get_status&) { return status_report{}; },
  };
}

/// Nothing is handed over, and nothing was talked.
records_actor::behavior_type no_records(records_actor::pointer) {
  return {
      [](const run_record&) { return record_answer{"null"}; },
      [](const get_status&) { return status_report{}; },
  };
}

struct fixture : actor_fixture {
  call_book book;
  const tenant_id tenant = tenant_id::make();
  const call_id id = call_id::make();
  media_tickets tickets{"secret", std::chrono::seconds{60}};
  actor_gateways gateways{sys, 1};
  call_actor call = sys.spawn(fake_call, &book);
  router routes;
  std::optional<twilio_webhooks> hooks;

  fixture() {
    hooks.emplace(twilio_webhook_parts{gateways,
                                       sys.spawn(fake_store, &book),
                                       sys.spawn(no_records),
                                       sys.spawn(fake_calls, call, &book),
                                       {},
                                       tickets,
                                       token,
                                       public_url,
                                       512 << 10,
                                       600,
                                       std::chrono::milliseconds{8'000},
                                       [] { return wall_time{}; }});
    hooks->add_to(routes);
    run();
  }

  ~fixture() {
    gateways.stop();
    stop(call);
  }

  std::string about(const std::string& path, const std::string& more = "") const {
    return path + "?tenant=" + tenant.str() + "&call=" + id.str() + more;
  }

  /// Posts a form that Twilio signed with `key`.
  http_response
  post(const std::string& target, twilio::form_fields fields, const std::string& key) {
    std::deque<std::function<void()>> queue;
    std::optional<http_response> answer;
    auto request = std::make_shared<http_request>(
        [&](std::function<void()> work) { queue.push_back(std::move(work)); },
        [&](http_response response) { answer = std::move(response); });
    request->method = http_method::post;
    request->target = target;
    request->path = target.substr(0, target.find('?'));
    request->headers.add("X-Twilio-Signature",
                         twilio::signature(key, public_url + target, fields));
    request->body = twilio::write_form(fields);
    const auto match = routes.find(request->method, request->path);
    BOOST_REQUIRE(match.found != nullptr);
    match.found->handler(request);
    for (run(); !queue.empty(); run()) {
      auto work = std::move(queue.front());
      queue.pop_front();
      work();
    }
    BOOST_REQUIRE(answer);
    return *answer;
  }

  http_response post(const std::string& target, twilio::form_fields fields) {
    fields.emplace_back("CallSid", "CA1");
    return post(target, std::move(fields), token);
  }
};

bool has(const http_response& response, std::string_view part) {
  return response.body.find(part) != std::string::npos;
}

} // namespace

BOOST_AUTO_TEST_SUITE(twilio_gather)

BOOST_FIXTURE_TEST_CASE(an_answered_call_gets_the_first_words_and_an_ear, fixture) {
  const auto answer = post(about("/twiml/voice"), {});
  BOOST_TEST(answer.status == 200u);
  BOOST_TEST(answer.content_type == "text/xml; charset=utf-8");
  BOOST_TEST(has(answer, R"(<Gather input="speech dtmf")"));
  BOOST_TEST(has(answer, R"(actionOnEmptyResult="true" speechTimeout="auto")"));
  BOOST_TEST(has(answer, R"(language="hi-IN">Namaste &amp; welcome</Say></Gather>)"));
  BOOST_TEST(has(answer,
                 "action=\"https://voice.example/twiml/gather?tenant=" + tenant.str() +
                     "&amp;call=" + id.str() + "&amp;turn=1\""));
  BOOST_CHECK(book.opened == std::vector<std::string>{"CA1"});
}

BOOST_FIXTURE_TEST_CASE(what_was_said_reaches_the_call_with_its_turn, fixture) {
  book.next = {5, "When?", "hinglish", false};
  const auto answer = post(about("/twiml/gather", "&turn=4"),
                           {{"SpeechResult", " कल सुबह "}, {"Confidence", "0.9"}});
  BOOST_REQUIRE(book.heard.size() == 1u);
  BOOST_TEST(book.heard[0].turn == 4);
  BOOST_TEST(book.heard[0].text == "कल सुबह");
  BOOST_TEST(has(answer, "turn=5"));
  BOOST_TEST(has(answer, R"(language="en-IN">When?)"));
}

BOOST_FIXTURE_TEST_CASE(digits_count_as_words_and_nothing_as_silence, fixture) {
  post(about("/twiml/gather", "&turn=1"), {{"Digits", "4521"}});
  post(about("/twiml/gather", "&turn=2"), {});
  BOOST_REQUIRE(book.heard.size() == 2u);
  BOOST_TEST(book.heard[0].text == "4521");
  BOOST_TEST(book.heard[1].text == "");
}

BOOST_FIXTURE_TEST_CASE(the_last_words_are_said_before_hanging_up, fixture) {
  book.next = {3, "Goodbye.", "en", true};
  const auto answer = post(about("/twiml/gather", "&turn=2"), {{"SpeechResult", "bye"}});
  BOOST_TEST(has(answer, ">Goodbye.</Say><Hangup/></Response>"));
  BOOST_TEST(!has(answer, "<Gather"));
}

BOOST_FIXTURE_TEST_CASE(a_call_that_is_over_hangs_up, fixture) {
  book.failure = errc::conflict;
  const auto answer = post(about("/twiml/gather", "&turn=2"), {{"SpeechResult", "hm"}});
  BOOST_TEST(answer.status == 200u);
  BOOST_TEST(has(answer, "<Response><Hangup/></Response>"));
}

BOOST_FIXTURE_TEST_CASE(a_failure_makes_twilio_ask_again, fixture) {
  book.failure = errc::unavailable;
  BOOST_TEST(post(about("/twiml/gather", "&turn=2"), {}).status == 503u);
}

BOOST_FIXTURE_TEST_CASE(refuses_strangers_and_callbacks_without_a_turn, fixture) {
  BOOST_TEST(post(about("/twiml/gather", "&turn=1"), {}, "another token").status == 403u);
  for (const auto* turn : {"", "&turn=", "&turn=0", "&turn=1000", "&turn=1x", "&turn=-1"})
    BOOST_TEST(post(about("/twiml/gather", turn), {}).status == 400u, turn);
  BOOST_TEST(book.heard.empty());
}

BOOST_FIXTURE_TEST_CASE(a_verdict_on_who_answered_is_recorded_and_told, fixture) {
  BOOST_TEST(post(about("/twiml/amd"), {{"AnsweredBy", "machine_start"}}).status == 204u);
  BOOST_REQUIRE(book.recorded.size() == 1u);
  BOOST_TEST(book.recorded[0].answered_by == "machine_start");
  BOOST_REQUIRE(book.progressed.size() == 1u);
  BOOST_TEST(book.progressed[0].answered_by == "machine_start");
}

BOOST_FIXTURE_TEST_CASE(the_call_says_which_brain_it_is_connected_to, fixture) {
  for (const auto& [brain, entrance] : {std::pair{brain_kind::realtime, "realtime"},
                                        std::pair{brain_kind::cascade, "legacy"}}) {
    book.voice.brain = brain;
    const auto answer = post(about("/twiml/voice"), {});
    const auto before =
        std::string{"<Stream url=\"wss://voice.example/phone-ws/"} + entrance + '/';
    const auto begin = answer.body.find(before);
    BOOST_REQUIRE(begin != std::string::npos);
    const auto at = begin + before.size();
    const auto pass =
        tickets.check(answer.body.substr(at, answer.body.find('"', at) - at), 0);
    BOOST_REQUIRE(pass);
    BOOST_TEST((pass->brain == brain));
  }
  BOOST_TEST(book.opened.empty());
  BOOST_REQUIRE(book.chosen.size() == 2u);
  BOOST_TEST(book.chosen[0].provider_call_id == "CA1");
  BOOST_TEST(book.chosen[0].possible.size() == 4u);
}

BOOST_FIXTURE_TEST_CASE(a_relay_is_told_its_socket_language_and_way_back, fixture) {
  book.voice = {brain_kind::relay, "hi"};
  const auto answer = post(about("/twiml/voice"), {});
  const auto next = "https://voice.example/twiml/again?tenant=" + tenant.str() +
                    "&amp;call=" + id.str();
  BOOST_TEST(has(answer, "<Connect action=\"" + next + "\" method=\"POST\">"));
  BOOST_TEST(
      has(answer, "<ConversationRelay url=\"wss://voice.example/phone-ws/convrelay/"));
  BOOST_TEST(has(answer, R"( dtmfDetection="true" interruptible="any" language="hi"/>)"));
  BOOST_TEST(has(answer, "<Redirect method=\"POST\">" + next));
}

BOOST_FIXTURE_TEST_CASE(a_relay_that_the_carrier_cannot_run_is_not_tried_again, fixture) {
  for (const auto* code : {"64101", "64102", "64106"})
    post(about("/twiml/again"), {{"SessionStatus", "failed"}, {"ErrorCode", code}});
  for (const auto& ask : book.chosen)
    BOOST_TEST(!ask.possible.contains(brain_kind::relay));
  book.chosen.clear();
  // A socket that broke is.
  post(about("/twiml/again"), {{"SessionStatus", "failed"}, {"ErrorCode", "64105"}});
  BOOST_TEST(book.chosen.at(0).possible.contains(brain_kind::relay));
}

BOOST_AUTO_TEST_CASE(settings_of_a_relay_replace_ours) {
  const auto text = twilio::connect_relay(
      "wss://x/y", "hi-IN", {{"interruptible", "dtmf"}, {"ttsProvider", "a\"b"}}, "z");
  BOOST_TEST(text.find(R"(interruptible="dtmf")") != std::string::npos);
  BOOST_TEST(text.find(R"(interruptible="any")") == std::string::npos);
  BOOST_TEST(text.find(R"(ttsProvider="a&quot;b")") != std::string::npos);
}

BOOST_FIXTURE_TEST_CASE(a_call_that_nobody_can_speak_in_hangs_up, fixture) {
  book.failure = errc::not_found;
  BOOST_TEST(has(post(about("/twiml/voice"), {}), "<Response><Hangup/></Response>"));
  book.failure = errc::unavailable;
  BOOST_TEST(post(about("/twiml/voice"), {}).status == 503u);
}

BOOST_FIXTURE_TEST_CASE(a_request_that_failed_is_made_up_for_with_the_same_words,
                        fixture) {
  BOOST_TEST(has(post(about("/twiml/again"), {}), "Namaste &amp; welcome"));
  BOOST_CHECK(book.opened == std::vector<std::string>{"CA1"});
}

BOOST_AUTO_TEST_CASE(long_or_broken_words_still_make_a_document) {
  const auto text = twilio::say_and_hang_up(std::string(9000, 'a') + "\x01\n<b>");
  BOOST_TEST(text.size() < 4200u);
  BOOST_TEST(twilio::say_and_hang_up("a\x01\nb<c>", "en").find("&lt;c&gt;") !=
             std::string::npos);
  BOOST_TEST(twilio::say_and_hang_up("a\x01 b").find('\x01') == std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caly::test
