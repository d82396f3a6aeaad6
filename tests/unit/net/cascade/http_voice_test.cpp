#include "net/media/cascade/http_voice.hpp"
#include "tests/unit/net/client/scripted_server.hpp"

#include <boost/test/unit_test.hpp>

#include <future>

namespace caly::test {

namespace {

using connection = scripted_server::connection;

const std::string chunked = http_head(200, "audio/basic", "Transfer-Encoding: chunked");

/// Writes down what it is told: "1:audio", "1." when spoken, "1!why" when failed.
struct fixture : voice_listener {
  void on_speech(std::uint64_t sentence, std::string_view codes) override {
    told.push_back(std::to_string(sentence) + ":" + std::string{codes});
    if (at_speech)
      at_speech();
  }

  void on_sentence_spoken(std::uint64_t sentence) override {
    told.push_back(std::to_string(sentence) + ".");
    ++ended;
  }

  void on_sentence_failed(std::uint64_t sentence, std::string_view why) override {
    told.push_back(std::to_string(sentence) + "!" + std::string{why});
    ++ended;
  }

  void begin(scripted_server& server, http_voice_options options = {}) {
    http_voice_vendor vendor;
    vendor.name = "v";
    vendor.request = [url = server.url()](std::string_view text, std::string_view) {
      http_call call;
      call.method = "POST";
      call.url = url;
      call.body = text;
      return call;
    };
    vendor.problem = [](std::string_view) { return std::string{}; };
    speaker = make_http_voices(client, vendor, options)(*this, io);
  }

  void wait_for(std::size_t count) {
    run_until(io, [&] { return ended == count; });
  }

  /// The only line about a sentence that the server answers like this.
  std::string only(const std::string& answer) {
    scripted_server server{
        [&](connection& line, const std::string&) { return line.send(answer); }};
    begin(server);
    told.clear();
    ended = 0;
    speaker->speak(1, "x", "en");
    wait_for(1);
    BOOST_REQUIRE(told.size() == 1u);
    return told[0];
  }

  boost::asio::io_context io;
  std::shared_ptr<http_client> client = std::make_shared<http_client>();
  std::vector<std::string> told;
  std::size_t ended = 0;
  std::function<void()> at_speech;
  std::unique_ptr<voice> speaker;
};

std::string body_of(const std::string& request) {
  return request.substr(request.find("\r\n\r\n") + 4);
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(http_voices, fixture)

BOOST_AUTO_TEST_CASE(the_next_sentence_is_requested_early_and_told_in_its_turn) {
  std::promise<void> second_came;
  scripted_server server{[&](connection& line, const std::string& request) {
    const auto text = body_of(request);
    if (text == "two")
      second_came.set_value();
    line.send(chunked);
    if (text == "one") {
      line.send_chunk("1111");
      second_came.get_future().wait();
    }
    line.send_chunk(text);
    return line.send_chunk("");
  }};
  begin(server);
  speaker->speak(1, "one", "en");
  speaker->speak(2, "two", "en");
  speaker->speak(3, "three", "en");
  wait_for(3);
  std::string all;
  for (const auto& each : told)
    all += each + ' ';
  BOOST_TEST(all.starts_with("1:1111"));
  BOOST_TEST(all.find("one 1. 2:two 2. 3:three 3. ") != std::string::npos);
  BOOST_TEST(server.connections() == 2);
}

BOOST_AUTO_TEST_CASE(no_more_than_two_are_under_way) {
  std::atomic<int> running{0};
  std::atomic<int> most{0};
  scripted_server server{[&](connection& line, const std::string&) {
    most = std::max<int>(most, ++running);
    std::this_thread::sleep_for(std::chrono::milliseconds{5});
    --running;
    return line.send(whole_answer(200, "audio/basic", "xxxx"));
  }};
  begin(server);
  for (std::uint64_t i = 1; i <= 12; ++i)
    speaker->speak(i, "text", "en");
  wait_for(12);
  BOOST_TEST(most == 2);
}

BOOST_AUTO_TEST_CASE(failures_say_what_the_service_said) {
  BOOST_TEST(only(whole_answer(429, "text/plain", "slow\ndown")) ==
             "1!v: HTTP 429: slow down");
  BOOST_TEST(only(whole_answer(503, "text/plain", "")) == "1!v: HTTP 503");
  BOOST_TEST(only(whole_answer(200, "audio/basic", "")) ==
             "1!v: the answer has no audio");
  BOOST_TEST(only(whole_answer(200, "application/json", "{\"oops\":1}")) ==
             "1!v: the answer is no audio: {\"oops\":1}");
  BOOST_TEST(only(whole_answer(200, "audio/wav", "RIFF$   WAVE"))
                 .starts_with("1!v: the audio has a WAV header"));
}

BOOST_AUTO_TEST_CASE(audio_shorter_than_any_header_is_told) {
  scripted_server server{[](connection& line, const std::string&) {
    return line.send(whole_answer(200, "audio/basic", "RI"));
  }};
  begin(server);
  speaker->speak(1, "x", "en");
  wait_for(1);
  BOOST_CHECK((told == std::vector<std::string>{"1:RI", "1."}));
}

BOOST_AUTO_TEST_CASE(a_sentence_that_breaks_does_not_take_the_next_one_along) {
  scripted_server server{[](connection& line, const std::string& request) {
    line.send(chunked);
    line.send_chunk("half");
    return body_of(request) != "one" && line.send_chunk("");
  }};
  begin(server);
  speaker->speak(1, "one", "en");
  speaker->speak(2, "two", "en");
  wait_for(2);
  BOOST_REQUIRE(told.size() == 4u);
  BOOST_TEST(told[0] == "1:half");
  BOOST_TEST(told[1].starts_with("1!v: "));
  BOOST_TEST(told[3] == "2.");
}

BOOST_AUTO_TEST_CASE(what_cannot_be_said_fails_later_and_without_a_request) {
  scripted_server server{[](connection& line, const std::string&) {
    return line.send(whole_answer(200, "audio/basic", "xxxx"));
  }};
  http_voice_options options;
  options.waiting_max = 1;
  begin(server, options);
  speaker->speak(1, " \n\x01", "en");
  BOOST_TEST(told.empty());
  wait_for(1);
  BOOST_TEST(told[0] == "1!v: there is nothing to say");
  speaker->speak(2, "x", "en");
  speaker->speak(3, "y", "en");
  wait_for(3);
  BOOST_TEST(told.back() == "3!v: too many sentences wait");
}

BOOST_AUTO_TEST_CASE(silencing_it_from_within_ends_everything) {
  scripted_server server{[](connection& line, const std::string&) {
    line.send(chunked);
    line.send_chunk("xxxx");
    line.wait_for_end();
    return false;
  }};
  begin(server);
  at_speech = [this] { speaker->cancel(); };
  speaker->speak(1, "one", "en");
  speaker->speak(2, "two", "en");
  run_until(io, [&] { return !told.empty(); });
  io.poll();
  BOOST_TEST(told.size() == 1u);
  at_speech = [this] { speaker.reset(); };
  speaker->speak(3, "three", "en");
  run_until(io, [&] { return !speaker; });
  BOOST_TEST(told.size() == 2u);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caly::test
