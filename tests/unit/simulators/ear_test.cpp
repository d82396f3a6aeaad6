#include "tests/simulators/openai/ear.hpp"
#include "tests/simulators/speech/mulaw.hpp"
#include "tests/simulators/speech/render.hpp"

#include <boost/test/unit_test.hpp>

using namespace caly::sim;

namespace {

utterance_ptr spoken(std::uint32_t id, const std::string& text) {
  auto made = std::make_shared<utterance>();
  made->id = id;
  made->text = text;
  made->mulaw = render_tones(text);
  return made;
}

std::string silence(double seconds) {
  return std::string(static_cast<std::size_t>(seconds * 8000), mulaw_silence);
}

struct fixture {
  fixture() {
    for (const auto& one : {yes, price, order})
      known.add(one);
    config.input = audio_codec::pcmu;
  }

  void hear(const std::string& audio, std::size_t chunk) {
    for (std::size_t at = 0; at < audio.size(); at += chunk)
      listener.hear(std::string_view{audio}.substr(at, chunk), config);
  }

  utterance_ptr yes = spoken(1, "Yes, I am interested in that.");
  utterance_ptr price = spoken(2, "What is the price of it, please?");
  utterance_ptr order = spoken(3, "I want to know where my order is.");
  utterance_index known;
  realtime_config config{"model"};
  std::vector<int> starts;
  std::vector<std::string> words;
  ear listener{known,
               {[this](int ms) { starts.push_back(ms); },
                [this](int, std::string text) { words.push_back(std::move(text)); }}};
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(ear_suite, fixture)

BOOST_AUTO_TEST_CASE(knows_each_utterance_and_where_it_starts) {
  hear(silence(1) + yes->mulaw + silence(1) + price->mulaw + silence(1), 160);
  BOOST_REQUIRE(words.size() == 2U);
  BOOST_TEST(words[0] == yes->text);
  BOOST_TEST(words[1] == price->text);
  BOOST_TEST(starts[0] == 700); // a second of silence less the prefix padding
}

BOOST_AUTO_TEST_CASE(finds_the_frames_again_when_their_borders_are_lost) {
  hear(silence(0.5) + std::string(37, mulaw_silence) + order->mulaw + silence(1), 333);
  BOOST_REQUIRE(words.size() == 1U);
  BOOST_TEST(words[0] == order->text);
}

BOOST_AUTO_TEST_CASE(recognises_audio_that_was_transcoded_on_its_way) {
  config.input = audio_codec::pcm24;
  const auto audio = silence(0.5) + price->mulaw + silence(1);
  const auto pcm = resample(decode_mulaw(audio), 8000, 24000);
  hear({reinterpret_cast<const char*>(pcm.data()), pcm.size() * 2}, 960);
  BOOST_REQUIRE(words.size() == 1U);
  BOOST_TEST(words[0] == price->text);
}

BOOST_AUTO_TEST_CASE(a_click_is_no_speech) {
  hear(silence(0.5) + std::string(320, '\x20') + silence(1), 160);
  BOOST_TEST(starts.empty());
}

BOOST_AUTO_TEST_CASE(hands_over_the_words_on_a_manual_commit) {
  config.detects_turns = false;
  hear(yes->mulaw, 160);
  BOOST_TEST(words.empty());
  BOOST_TEST(listener.buffered_ms() > 100);
  BOOST_TEST(listener.commit() == yes->text);
  BOOST_TEST(listener.buffered_ms() == 0);
}

BOOST_AUTO_TEST_SUITE_END()
