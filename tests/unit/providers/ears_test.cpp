#include "net/media/g711.hpp"
#include "net/providers/azure/recognition.hpp"
#include "net/providers/cartesia/synthesis.hpp"
#include "net/providers/deepgram/listening.hpp"
#include "tests/unit/providers/sandbox_fixture.hpp"

namespace caly::test {

namespace {

using namespace std::chrono_literals;

const std::string first_text = "I want to know where my order is.";
const std::string second_text = "And what is the price of it, please?";

struct fixture : sandbox_fixture {
  struct service {
    std::string name; ///< At the sandbox.
    std::function<ear_service(std::string key)> make;
  };

  std::vector<service> services() const {
    return {
        {"deepgram",
         [this](std::string key) {
           deepgram::listening_options chosen;
           chosen.base_url = url;
           chosen.api_key = std::move(key);
           return deepgram::listening_service(chosen);
         }},
        {"azure_speech",
         [this](std::string key) {
           azure::recognition_options chosen;
           chosen.account = {url, "", std::move(key)};
           return azure::recognition_service(chosen, system_wall_clock());
         }},
    };
  }

  void begin(const service& of, std::vector<std::string> languages = {"en"}) {
    forget();
    hearing = make_streamed_ears(of.make(key))(*this, io, {std::move(languages), {}});
    hearing->tick(now);
  }

  /// How the sandbox speaks `text`.
  std::string spoken(const std::string& text) {
    forget();
    const auto speaker = make_http_voices(
        client, cartesia::synthesis({url, key, "2026-08-14", "sonic-3", {"v", "", ""}}))(
        *this, io);
    speaker->speak(1, text, "en");
    BOOST_TEST(outcome() == "");
    return std::exchange(audio, {});
  }

  void hear(std::string_view codes) {
    for (; !codes.empty(); codes.remove_prefix(std::min<std::size_t>(160, codes.size())))
      hearing->hear(codes.substr(0, 160));
  }

  void hear_silence(std::size_t ms) { hear(std::string(ms * 8, mulaw_silence)); }

  /// The clock of the ear moves with the world's.
  void wait_for(const std::function<bool()>& done) {
    run_until([&] {
      now += 20ms;
      hearing->tick(now);
      return done();
    });
  }

  void wait_for_words(const std::string& text) {
    wait_for([&] { return words == text; });
  }

  ear::time_point now{1000s};
  std::unique_ptr<ear> hearing;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(ears_of_providers, fixture)

BOOST_AUTO_TEST_CASE(each_hears_words_while_they_are_said_and_settles_them) {
  const auto first = spoken(first_text);
  const auto second = spoken(second_text);
  for (const auto& each : services()) {
    begin(each);
    hear_silence(300);
    hear(first);
    wait_for([&] { return partial.size() > 2; });
    BOOST_TEST(first_text.starts_with(partial.front()));
    BOOST_TEST(partial.back().size() > partial.front().size());
    hear_silence(1000);
    wait_for_words(first_text);
    hear(second);
    hear_silence(1000);
    wait_for_words(first_text + " " + second_text);
    BOOST_TEST(!problem.has_value());
  }
}

BOOST_AUTO_TEST_CASE(each_settles_when_it_is_asked_to_and_hears_on) {
  const auto first = spoken(first_text);
  const auto second = spoken(second_text);
  for (const auto& each : services()) {
    begin(each);
    hear(first);
    wait_for([&] { return !partial.empty(); });
    hearing->settle();
    wait_for_words(first_text);
    hear(second);
    wait_for([&] { return second_text.starts_with(partial.back()); });
    hearing->settle();
    wait_for_words(first_text + " " + second_text);
  }
}

BOOST_AUTO_TEST_CASE(each_tells_the_language_where_it_has_to_find_out) {
  const auto first = spoken(first_text);
  for (const auto& each : services()) {
    begin(each, {"hi", "en"});
    hear(first);
    hear_silence(1000);
    wait_for_words(first_text);
    BOOST_TEST(language.starts_with("en"));
  }
}

BOOST_AUTO_TEST_CASE(no_word_is_lost_when_the_connection_breaks) {
  const auto first = spoken(first_text);
  for (const auto& each : services()) {
    plan(each.name, R"("rate_cut":1)"); // after 1.5 s of audio
    begin(each);
    hear(first);
    wait_for([&] { return !partial.empty(); });
    plan(each.name, R"("rate_cut":0)");
    hear_silence(1000);
    wait_for_words(first_text);
    BOOST_TEST(!problem.has_value());
  }
}

BOOST_AUTO_TEST_CASE(a_wrong_key_and_a_service_that_is_down_are_told) {
  for (const auto& each : services()) {
    forget();
    hearing = make_streamed_ears(each.make("wrong"))(*this, io, {{"en"}, {}});
    wait_for([&] { return problem.has_value(); });
    BOOST_TEST(problem->find(": HTTP 401") != std::string::npos);
    plan(each.name, R"("rate_500":1)");
    begin(each);
    wait_for([&] { return problem.has_value(); });
    BOOST_TEST(problem->find(": HTTP 50") != std::string::npos);
    plan(each.name, R"("rate_500":0)");
  }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caly::test
