#include "tests/unit/net/media_fixture.hpp"
#include "tests/unit/net/vowel.hpp"

namespace caly::test {

namespace {

/// A call in which the agent begins to say something of four seconds.
struct speaking_agent_call {
  node at;
  carrier phone{at, at.ticket()};
  int frames = 0;

  speaking_agent_call() {
    phone.start();
    BOOST_TEST(at.book.has("brain started: Hello"));
    phone.press('3');
    BOOST_TEST(phone.next() == "media");
  }

  /// 20 ms of the caller's line.
  void frame(const std::string& codes) {
    phone.media(frames + 1, frames * 20, codes);
    ++frames;
  }

  void quiet(int count) {
    for (int i = 0; i < count; ++i)
      frame(std::string(160, mulaw_silence));
  }

  void voiced(int count) {
    const auto speech = vowel(20 * count, 4000);
    for (std::size_t i = 0; i < static_cast<std::size_t>(count); ++i)
      frame(speech.substr(i * 160, 160));
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(media_barge_in, speaking_agent_call)

BOOST_AUTO_TEST_CASE(the_second_frame_of_speech_clears_the_carriers_buffer) {
  quiet(10);
  voiced(2);
  BOOST_TEST(phone.next() == "clear");
  BOOST_TEST(phone.next() == "media"); // the agent goes on, more quietly
}

BOOST_AUTO_TEST_CASE(speech_that_goes_on_silences_the_agent_and_then_takes_the_word) {
  quiet(10);
  voiced(60);
  BOOST_TEST(phone.next() == "clear");
  BOOST_TEST(phone.next() == "media");
  BOOST_TEST(phone.next() == "clear");
  // 200 ms of silence, 900 ms of speech and a frame or two until it was taken for speech.
  BOOST_TEST(at.book.has_line_with("interrupted after "));
  BOOST_TEST(!at.book.has_now("not interrupted"));
}

BOOST_AUTO_TEST_CASE(a_short_noise_lets_the_agent_go_on) {
  quiet(10);
  voiced(6);
  quiet(15);
  BOOST_TEST(at.book.has("not interrupted"));
  BOOST_TEST(phone.next() == "clear");
  BOOST_TEST(phone.next() == "media");
}

BOOST_AUTO_TEST_CASE(a_false_alarm_is_made_good_with_the_words_that_were_cut) {
  quiet(10);
  voiced(20);
  quiet(65);
  BOOST_TEST(at.book.has("not interrupted"));
  BOOST_TEST(phone.next() == "clear");
  BOOST_TEST(phone.next() == "media");
  BOOST_TEST(phone.next() == "clear");
  BOOST_TEST(phone.next() == "media");
  BOOST_TEST(at.book.has_line_with("event barge_in_false_alarm"));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caly::test
