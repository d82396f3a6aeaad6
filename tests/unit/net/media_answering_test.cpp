#include "net/media/key_tones.hpp"
#include "tests/unit/net/answer/line_audio.hpp"
#include "tests/unit/net/media_fixture.hpp"
#include "tests/unit/net/vowel.hpp"

namespace caly::test {

namespace {

/// An outbound call that somebody or something picked up.
struct answered_line {
  node at;
  carrier phone{at, at.ticket()};
  int frames = 0;

  answered_line() {
    at.answering = {true, true, true, true, "Please call back.", "This is Asha."};
    phone.start();
    BOOST_TEST(at.book.has("brain started: Hello"));
  }

  void hear(const std::string& codes) {
    for (std::size_t i = 0; i + 160 <= codes.size(); i += 160, ++frames)
      phone.media(frames + 1, frames * 20, codes.substr(i, 160));
  }
};

} // namespace

BOOST_AUTO_TEST_SUITE(media_answering)

BOOST_FIXTURE_TEST_CASE(a_short_word_and_a_pause_are_a_person, answered_line) {
  hear(quiet_line(400) + vowel(600, 4000) + quiet_line(700));
  BOOST_TEST(at.book.has("answered by human by timing"));
  BOOST_TEST(!at.book.has_now("hushed"));
}

BOOST_FIXTURE_TEST_CASE(a_voicemail_gets_the_message_after_its_beep, answered_line) {
  hear(quiet_line(200) + vowel(2'500, 4000) + quiet_line(200) + tones(400, {1000}));
  BOOST_TEST(at.book.has("answered by voicemail by beep"));
  BOOST_TEST(at.book.has("hushed"));
  BOOST_TEST(at.book.has_line_with("interrupted after "));
  BOOST_TEST(!at.book.has_now("say Please call back."));
  hear(quiet_line(300));
  BOOST_TEST(at.book.has("say Please call back."));
}

BOOST_FIXTURE_TEST_CASE(the_carriers_verdict_is_taken, answered_line) {
  caf::anon_send(at.pipe, answered{answerer::voicemail, 1, "carrier"});
  BOOST_TEST(at.book.has("answered by voicemail by carrier"));
  BOOST_TEST(at.book.has("hushed"));
}

BOOST_AUTO_TEST_CASE(who_is_not_to_ask_does_not) {
  node at;
  carrier phone{at, at.ticket()};
  phone.start();
  BOOST_TEST(at.book.has("brain started: Hello"));
  caf::anon_send(at.pipe, answered{answerer::voicemail, 1, "carrier"});
  caf::anon_send(at.pipe, say_text{"and now"});
  BOOST_TEST(at.book.has("say and now"));
  phone.press('2'); // asks the call, behind what it would have been told
  BOOST_TEST(at.book.has(R"(tool tool_1 {"ok":true})"));
  BOOST_TEST(!at.book.has_now("answered by voicemail by carrier"));
}

BOOST_AUTO_TEST_CASE(keys_are_heard_on_the_line_and_are_none_of_the_agents_words) {
  node at;
  carrier phone{at, at.ticket()};
  phone.start();
  BOOST_TEST(at.book.has("brain started: Hello"));
  caf::anon_send(at.pipe, press_keys{"57"});
  const auto media = phone.read();
  BOOST_TEST(media["media"]["payload"].text_or("") == to_base64(key_tone('5')));
  const auto mark = phone.read();
  phone.send(R"({"event":"mark","streamSid":"MZ1","mark":{"name":")" +
             std::string{mark["mark"]["name"].text_or("")} + "\"}}");
  phone.send(R"({"event":"stop","streamSid":"MZ1","stop":{}})");
  BOOST_TEST(at.book.has("left with 0 cut"));
  BOOST_TEST(!at.book.has_now("played key:1"));
}

BOOST_AUTO_TEST_CASE(a_menu_that_talks_on_does_not_cut_the_keys_off) {
  node at;
  carrier phone{at, at.ticket()};
  phone.start();
  BOOST_TEST(at.book.has("brain started: Hello"));
  caf::anon_send(at.pipe, press_keys{"12"});
  for (const auto* expected : {"media", "mark", "media", "mark"})
    BOOST_TEST(phone.next() == expected);
  const auto speech = vowel(300, 4000);
  for (int i = 0; i < 15; ++i)
    phone.media(i + 1, i * 20, speech.substr(static_cast<std::size_t>(i) * 160, 160));
  phone.press('3'); // the agent says something
  // Without a "clear" before it.
  BOOST_TEST(phone.next() == "media");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caly::test
