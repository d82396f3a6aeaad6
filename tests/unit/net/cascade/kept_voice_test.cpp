#include "net/media/cascade/kept_voice.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/test/unit_test.hpp>

#include <vector>

namespace caly::test {

namespace {

/// Notes what is asked for, and says what the test lets it say.
struct told_voice : voice {
  std::vector<std::uint64_t>& asked;

  explicit told_voice(std::vector<std::uint64_t>& to) : asked{to} {}

  void speak(std::uint64_t sentence, std::string_view, std::string_view) override {
    asked.push_back(sentence);
  }

  void cancel() override {}
};

struct fixture : voice_listener {
  boost::asio::io_context io;
  std::vector<std::uint64_t> asked;
  std::string heard;
  voice_listener* inner = nullptr;
  std::shared_ptr<sentence_sounds> sounds = std::make_shared<sentence_sounds>(1'000);
  std::unique_ptr<voice> aut = make();

  std::unique_ptr<voice> make() {
    return keep_sounds(
        [this](voice_listener& listener, boost::asio::io_context&) {
          inner = &listener;
          return std::make_unique<told_voice>(asked);
        },
        sounds)(*this, io);
  }

  void on_speech(std::uint64_t sentence, std::string_view codes) override {
    heard += std::to_string(sentence) + ':' + std::string{codes} + ' ';
  }

  void on_sentence_spoken(std::uint64_t sentence) override {
    heard += std::to_string(sentence) + ". ";
  }

  void on_sentence_failed(std::uint64_t sentence, std::string_view) override {
    heard += std::to_string(sentence) + "! ";
  }

  void run() {
    io.restart();
    io.poll();
  }

  /// Says the sentence for the first time.
  void say(std::uint64_t sentence, const std::string& text, const std::string& codes) {
    aut->speak(sentence, text, "en");
    inner->on_speech(sentence, codes);
    inner->on_sentence_spoken(sentence);
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(kept_voices, fixture)

BOOST_AUTO_TEST_CASE(a_sentence_is_asked_for_once_and_there_at_once_the_next_time) {
  say(1, "Hello.", "abc");
  const auto other = make();
  other->speak(7, "Hello.", "en");
  BOOST_TEST(heard == "1:abc 1. "); // never within the asker's call
  run();
  BOOST_TEST(heard == "1:abc 1. 7:abc 7. ");
  BOOST_TEST(asked.size() == 1u);
}

BOOST_AUTO_TEST_CASE(the_same_words_in_another_language_sound_different) {
  say(1, "Hello.", "abc");
  aut->speak(2, "Hello.", "hi");
  BOOST_TEST(asked.size() == 2u);
}

BOOST_AUTO_TEST_CASE(what_failed_or_was_taken_back_is_not_kept) {
  aut->speak(1, "Hello.", "en");
  inner->on_speech(1, "ab");
  inner->on_sentence_failed(1, "cut");
  aut->speak(2, "Bye.", "en");
  inner->on_speech(2, "cd");
  aut->cancel();
  inner->on_sentence_spoken(2);
  aut->speak(3, "Hello.", "en");
  aut->speak(4, "Bye.", "en");
  BOOST_TEST(asked.size() == 4u);
}

BOOST_AUTO_TEST_CASE(nothing_is_told_of_a_kept_sentence_after_a_cancel) {
  say(1, "Hello.", "abc");
  heard.clear();
  aut->speak(2, "Hello.", "en");
  aut->cancel();
  run();
  BOOST_TEST(heard.empty());
  aut->speak(3, "Hello.", "en");
  aut.reset();
  run();
  BOOST_TEST(heard.empty());
}

BOOST_AUTO_TEST_CASE(the_store_is_bounded_and_forgets_what_was_not_said_for_longest) {
  say(1, "one", std::string(400, 'a'));
  say(2, "two", std::string(400, 'b'));
  aut->speak(3, "one", "en");
  say(4, "three", std::string(400, 'c'));
  aut->speak(5, "one", "en");
  BOOST_TEST(asked.size() == 3u);
  aut->speak(6, "two", "en");
  BOOST_TEST(asked.size() == 4u);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caly::test
