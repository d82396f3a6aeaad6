#include "net/media/embedded/embedded_brain.hpp"
#include "net/media/flat_json.hpp"
#include "net/media/g711.hpp"
#include "runtime/base/error.hpp"
#include "runtime/base/text.hpp"

#include <boost/test/unit_test.hpp>

#include <map>

namespace {

using namespace caly;
using namespace std::chrono_literals;

/// A call whose clock stands still until the test moves it.
struct fake_call : brain_host, playout_sink {
  playout out{*this, {1'000'000}};
  std::int64_t now_ms = 0;
  std::vector<std::pair<std::int32_t, std::string>> asked;
  std::vector<turn_heard> turns;
  std::vector<std::string> notes, ends, caller_words;

  void play(std::string_view item, std::string_view audio) override {
    out.add(item, audio, *base64_bytes(audio), now_ms);
  }

  void finish_item(std::string_view item) override { out.finish(item, now_ms); }

  std::vector<cut_audio> stop_playing() override { return out.cut(now_ms); }

  bool playing() const override { return out.busy(now_ms); }

  std::int64_t left_ms() const override { return out.left_ms(now_ms); }

  void caller_speaks() override {}

  void caller_says(std::string_view words) override { caller_words.emplace_back(words); }

  void spoken() override {}

  void heard(turn_heard turn) override { turns.push_back(std::move(turn)); }

  void call_tool(tool_called) override {}

  void ask_agent(std::int32_t turn, std::string heard) override {
    asked.emplace_back(turn, std::move(heard));
  }

  void note(std::string kind, std::string) override { notes.push_back(std::move(kind)); }

  void end(std::string reason) override { ends.push_back(std::move(reason)); }

  void send_audio(std::int64_t, std::string_view) override {}

  void send_mark(std::string_view) override {}

  void send_clear() override {}
};

/// Says a text in as many 10 ms as it has letters, and hears what it is told to.
struct fake_speech : speech_port {
  std::vector<std::string> said;
  std::vector<std::size_t> heard_bytes;
  caf::expected<heard_speech> next = heard_speech{"yes please", 900};
  bool mute = false;
  int prepared = 0; ///< How often it was given the grammar alone.

  void say(const std::string& text,
           const std::string& language,
           std::function<void(caf::expected<std::string>)> then) override {
    said.push_back(language + ": " + text);
    if (mute)
      return then(caf::make_error(errc::unavailable, "the process ended"));
    then(std::string(text.size() * 80, mulaw_silence));
  }

  void hear(const std::shared_ptr<const std::string>&,
            std::string samples,
            std::function<void(caf::expected<heard_speech>)> then) override {
    if (samples.empty()) {
      ++prepared;
      return then(heard_speech{});
    }
    heard_bytes.push_back(samples.size());
    then(next);
  }
};

struct fixture {
  fake_call call;
  fake_speech* speech = new fake_speech;
  embedded_brain brain{call, std::unique_ptr<speech_port>{speech}};
  brain_session::time_point now{};

  fixture() {
    media_plan plan;
    plan.brief.grammar = "#JSGF V1.0;";
    plan.brief.trouble = "Say it again?";
    brain.start(std::move(plan), now);
  }

  void answer(std::int32_t turn, const std::string& text, bool ends = false) {
    brain.replied(spoken_reply{turn, text, "en", ends}, now);
  }

  void pass(std::chrono::milliseconds time) {
    for (auto rest = time; rest > 0ms; rest -= 250ms) {
      now += 250ms;
      call.now_ms += 250;
      for (const auto& item : call.out.take_heard(call.now_ms))
        brain.played(item);
      brain.tick(now);
    }
  }

  /// The greeting was heard to its end.
  void greeted() {
    answer(1, "Hello there.");
    pass(2s);
  }

  void line(int frames, bool voiced) {
    for (int i = 0; i < frames; ++i) {
      brain.on_frame(voiced);
      brain.hear_wide(std::string(640, voiced ? 'x' : '\0'));
    }
  }

  /// Speech of a second, and the pause behind it.
  void speak() {
    line(20, false);
    line(50, true);
    line(40, false);
  }
};

using asked_list = std::vector<std::pair<std::int32_t, std::string>>;

BOOST_FIXTURE_TEST_SUITE(embedded_brain_suite, fixture)

BOOST_AUTO_TEST_CASE(it_asks_for_the_first_words_and_speaks_them_sentence_by_sentence) {
  BOOST_TEST((call.asked == asked_list{{0, ""}}));
  answer(1, "Hello there. How can I help?");
  BOOST_TEST(speech->said ==
                 (std::vector<std::string>{"en: Hello there.", "en: How can I help?"}),
             boost::test_tools::per_element());
  BOOST_TEST(call.playing());
  BOOST_TEST(speech->prepared == 1);
}

BOOST_AUTO_TEST_CASE(an_utterance_is_understood_after_its_pause_and_goes_to_the_agent) {
  greeted();
  line(20, false);
  line(50, true);
  line(34, false);
  BOOST_TEST(speech->heard_bytes.empty());
  line(1, false);
  BOOST_REQUIRE(speech->heard_bytes.size() == 1u);
  // A little before, all of the speech, most of the pause.
  BOOST_TEST(speech->heard_bytes.front() >= (300 + 1'000 + 600) * 32u);
  BOOST_TEST(speech->heard_bytes.front() <= (300 + 1'000 + 720) * 32u);
  BOOST_TEST((call.asked.back() == std::pair{1, std::string{"yes please"}}));
}

BOOST_AUTO_TEST_CASE(digits_are_given_more_time) {
  answer(1, "Please tell me your six digit pin code.");
  pass(5s);
  line(50, true);
  line(45, false);
  BOOST_TEST(speech->heard_bytes.empty());
  line(25, false);
  BOOST_TEST(speech->heard_bytes.size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_short_noise_is_not_listened_to) {
  greeted();
  line(5, true);
  line(60, false);
  BOOST_TEST(speech->heard_bytes.empty());
}

BOOST_AUTO_TEST_CASE(a_sound_without_speech_in_it_is_ignored) {
  greeted();
  speech->next = heard_speech{};
  speak();
  BOOST_TEST(speech->heard_bytes.size() == 1u);
  BOOST_TEST(call.asked.size() == 1u);
}

BOOST_AUTO_TEST_CASE(words_that_explain_too_little_are_not_what_was_said) {
  greeted();
  speech->next = heard_speech{"yes please", 500};
  speak();
  BOOST_TEST((call.asked.back() == std::pair{1, std::string{"…"}}));
}

BOOST_AUTO_TEST_CASE(a_lost_sentence_is_asked_for_again_and_the_call_goes_on) {
  greeted();
  speech->next = caf::make_error(errc::unavailable, "the process ended");
  speak();
  BOOST_TEST(call.notes == std::vector<std::string>{"ear_failed"},
             boost::test_tools::per_element());
  BOOST_TEST(speech->said.back() == "en: Say it again?");
  BOOST_TEST(call.asked.size() == 1u);
  BOOST_TEST(call.ends.empty());
}

BOOST_AUTO_TEST_CASE(a_sentence_that_nobody_can_speak_does_not_stop_the_talk) {
  speech->mute = true;
  greeted();
  BOOST_TEST(call.notes == std::vector<std::string>{"voice_failed"},
             boost::test_tools::per_element());
  speak();
  BOOST_TEST(call.asked.size() == 2u);
}

BOOST_AUTO_TEST_CASE(what_is_said_into_the_agents_words_is_no_answer) {
  answer(1, std::string(400, 'a') + '.');
  speak();
  BOOST_TEST(speech->heard_bytes.empty());
}

BOOST_AUTO_TEST_CASE(an_interrupted_agent_keeps_what_was_heard) {
  answer(1,
         "Hello there. " + std::string(100, 'b') + " " + std::string(100, 'c') +
             ". And more.");
  pass(1'500ms);
  brain.interrupted(call.out.cut(call.now_ms));
  BOOST_REQUIRE(call.turns.size() == 1u);
  BOOST_TEST(call.turns.front().item == agent_item(1));
  BOOST_TEST(call.turns.front().text == "Hello there. " + std::string(100, 'b'));
  speak();
  BOOST_TEST((call.asked.back() == std::pair{1, std::string{"yes please"}}));
}

BOOST_AUTO_TEST_CASE(words_of_the_browser_are_an_utterance_too) {
  greeted();
  brain.hear_words("book a visit");
  brain.hear_words("  ");
  BOOST_TEST((call.asked == asked_list{{0, ""}, {1, "book a visit"}}));
  BOOST_TEST(call.caller_words == std::vector<std::string>{"book a visit"},
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(words_that_come_whole_interrupt_the_agent) {
  answer(1, std::string(100, 'b') + " " + std::string(170, 'c') + ".");
  pass(1'250ms);
  brain.hear_words("haan");
  BOOST_TEST(call.playing());
  brain.hear_words("book a visit");
  BOOST_TEST(!call.playing());
  BOOST_TEST(call.turns.front().text == std::string(100, 'b'));
  BOOST_TEST((call.asked.back() == std::pair{1, std::string{"book a visit"}}));
}

BOOST_AUTO_TEST_CASE(what_is_said_while_the_agent_thinks_is_one_answer_after_it) {
  greeted();
  brain.hear_words("one");
  brain.hear_words("two");
  brain.hear_words("three");
  BOOST_TEST(call.asked.size() == 2u);
  answer(2, "Yes.");
  BOOST_TEST((call.asked.back() == std::pair{2, std::string{"two three"}}));
}

BOOST_AUTO_TEST_CASE(keys_are_one_answer_after_a_pause_or_at_the_hash) {
  greeted();
  brain.press('4', now);
  brain.press('2', now);
  pass(1s);
  BOOST_TEST(call.asked.size() == 1u);
  pass(1s);
  BOOST_TEST((call.asked.back() == std::pair{1, std::string{"42"}}));
}

BOOST_AUTO_TEST_CASE(a_silent_caller_is_asked_for_once_a_silence) {
  greeted();
  pass(9s);
  BOOST_TEST(call.asked.size() == 1u);
  pass(2s);
  BOOST_TEST((call.asked.back() == std::pair{1, std::string{}}));
}

BOOST_AUTO_TEST_CASE(the_call_ends_after_the_last_words_were_heard) {
  greeted();
  brain.hear_words("bye");
  answer(2, "Goodbye.", true);
  brain.tick(now);
  BOOST_TEST(call.ends.empty());
  pass(2s);
  BOOST_TEST(call.ends.front() == "agent_ended");
}

BOOST_AUTO_TEST_CASE(a_failed_question_is_asked_again_and_then_given_up) {
  for (int i = 0; i < 2; ++i) {
    brain.replied(caf::make_error(errc::unavailable), now);
    pass(1'250ms);
  }
  BOOST_TEST(call.asked.size() == 3u);
  BOOST_TEST(call.ends.empty());
  brain.replied(caf::make_error(errc::unavailable), now);
  BOOST_TEST(call.ends.front() == "brain_failed");
}

BOOST_AUTO_TEST_CASE(a_call_that_is_over_or_elsewhere_ends_at_once) {
  brain.replied(caf::make_error(errc::conflict), now);
  brain.replied(caf::make_error(errc::fenced), now);
  BOOST_TEST(call.ends == (std::vector<std::string>{"call_ended", "moved"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(what_the_caller_heard_last_is_told_when_the_call_ends) {
  answer(1, std::string(100, 'b') + " " + std::string(100, 'c') + ".");
  pass(1'250ms);
  brain.leave(call.out.cut(call.now_ms));
  BOOST_REQUIRE(call.turns.size() == 1u);
  BOOST_TEST(call.turns.front().text == std::string(100, 'b'));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
