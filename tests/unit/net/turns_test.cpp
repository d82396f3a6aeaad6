#include "net/media/turns/backchannel.hpp"
#include "net/media/turns/barge_in.hpp"
#include "net/media/turns/echo_guard.hpp"
#include "net/media/turns/voice_activity.hpp"
#include "runtime/base/text.hpp"
#include "tests/unit/net/vowel.hpp"

#include <boost/test/unit_test.hpp>

namespace caly::test {

namespace {

/// Hiss of a line.
std::string noise(int ms, int loudness, std::uint32_t seed = 1) {
  std::string codes;
  for (int i = 0; i < ms * 8; ++i) {
    seed = seed * 1664525 + 1013904223;
    const auto sample = static_cast<int>(seed >> 16) % (2 * loudness + 1) - loudness;
    codes += static_cast<char>(to_mulaw(static_cast<std::int16_t>(sample)));
  }
  return codes;
}

struct ear {
  voice_activity activity;
  std::string frames; ///< v, n or . each 20 ms

  void hear(const std::string& codes) {
    activity.feed(codes, [&](line_sound sound, int) {
      frames += sound == line_sound::voice ? 'v' : sound == line_sound::noise ? 'n' : '.';
    });
  }

  auto voiced() const { return std::count(frames.begin(), frames.end(), 'v'); }
};

/// What a noise of the caller's makes the agent do, frame by frame.
struct talk {
  barge_in guard;
  std::string steps; ///< a letter a frame

  barge_in_step take(barge_in_step step) {
    steps += "-drhRs"[static_cast<int>(step)];
    return step;
  }

  barge_in_step voiced(int ms) {
    auto last = barge_in_step::none;
    for (int i = 0; i < ms / 20; ++i)
      if (const auto step = take(guard.frame(line_sound::voice));
          step != barge_in_step::none)
        last = step;
    return last;
  }

  barge_in_step noise(int ms) {
    auto last = barge_in_step::none;
    for (int i = 0; i < ms / 20; ++i)
      if (const auto step = take(guard.frame(line_sound::noise));
          step != barge_in_step::none)
        last = step;
    return last;
  }

  barge_in_step quiet(int ms) {
    auto last = barge_in_step::none;
    for (int i = 0; i < ms / 20; ++i)
      if (const auto step = take(guard.frame(line_sound::quiet));
          step != barge_in_step::none)
        last = step;
    return last;
  }

  bool never(barge_in_step step) const {
    return steps.find("-drhRs"[static_cast<int>(step)]) == std::string::npos;
  }
};

using step = barge_in_step;

} // namespace

BOOST_AUTO_TEST_SUITE(voice_activity_of_a_line)

BOOST_FIXTURE_TEST_CASE(a_voice_is_heard_within_two_frames, ear) {
  hear(noise(1000, 30));
  BOOST_TEST(voiced() == 0);
  hear(vowel(400, 3000));
  const auto begin = frames.find('v');
  BOOST_REQUIRE(begin != std::string::npos);
  BOOST_TEST(begin <= 51u);
  BOOST_TEST(voiced() >= 17);
}

BOOST_FIXTURE_TEST_CASE(silence_and_hiss_are_no_voice, ear) {
  hear(std::string(8 * 2000, mulaw_silence));
  hear(noise(3000, 40));
  hear(noise(3000, 200));
  BOOST_TEST(voiced() == 0);
}

BOOST_FIXTURE_TEST_CASE(a_voice_far_away_is_no_voice, ear) {
  hear(noise(1000, 30));
  hear(vowel(1000, 40));
  BOOST_TEST(voiced() == 0);
}

BOOST_FIXTURE_TEST_CASE(pieces_of_any_length_make_the_same_frames, ear) {
  const auto all = noise(500, 30) + vowel(500, 3000) + noise(500, 30);
  hear(all);
  ear other;
  for (std::size_t at = 0, size = 1; at < all.size(); at += size, size = size * 7 % 997)
    other.hear(all.substr(at, size));
  BOOST_TEST(other.frames == frames);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(echo_of_the_agent)

BOOST_AUTO_TEST_CASE(what_comes_back_more_quietly_is_echo) {
  echo_guard guard;
  guard.playing(1000, to_base64(vowel(200, 3000))); // loudness about 2,000
  BOOST_TEST(guard.may_be_echo(1250, 150));
  BOOST_TEST(!guard.may_be_echo(1250, 1500));
}

BOOST_AUTO_TEST_CASE(nothing_comes_back_later_than_an_echo_can) {
  echo_guard guard;
  guard.playing(1000, to_base64(vowel(200, 3000)));
  BOOST_TEST(guard.may_be_echo(1590, 150));
  BOOST_TEST(!guard.may_be_echo(1601, 150));
}

BOOST_AUTO_TEST_CASE(what_was_not_heard_has_no_echo) {
  echo_guard guard;
  guard.playing(1000, to_base64(vowel(1000, 3000)));
  BOOST_TEST(!guard.may_be_echo(900, 150));
  guard.cleared(1100);
  BOOST_TEST(guard.may_be_echo(1475, 150));
  BOOST_TEST(!guard.may_be_echo(1510, 150));
}

/// The agent speaks for `frames` frames with a loudness of about 2,000, of which the
/// line returns as much as this.
void speak_over(echo_guard& guard, int frames, int returned) {
  std::int64_t at = 0;
  guard.playing(0, to_base64(vowel(frames * 20, 3000)));
  for (int i = 0; i < frames; ++i)
    guard.may_be_echo(at += 20, returned);
}

BOOST_AUTO_TEST_CASE(a_line_that_returns_little_is_learnt) {
  echo_guard guard;
  speak_over(guard, 150, 20);
  BOOST_TEST(guard.may_be_echo(3'000, 30));
  BOOST_TEST(!guard.may_be_echo(3'000, 150)); // 0.2 of the agent's would be 400
}

BOOST_AUTO_TEST_CASE(a_line_that_returns_much_stays_so) {
  echo_guard guard;
  speak_over(guard, 150, 250);
  BOOST_TEST(guard.may_be_echo(3'000, 300));
}

BOOST_AUTO_TEST_CASE(what_was_learnt_wrongly_is_forgotten) {
  echo_guard guard;
  speak_over(guard, 150, 20);
  BOOST_TEST(!guard.may_be_echo(3'000, 300)); // no louder than an echo can be
  guard.sound_over(false);
  BOOST_TEST(guard.may_be_echo(3'000, 300));
}

BOOST_AUTO_TEST_CASE(speech_teaches_nothing_about_the_line) {
  echo_guard guard;
  speak_over(guard, 150, 20);
  guard.may_be_echo(3'000, 300);
  guard.sound_over(true);
  BOOST_TEST(!guard.may_be_echo(3'000, 300));
  guard.may_be_echo(3'000, 1'500); // no echo is as loud
  guard.sound_over(false);
  BOOST_TEST(!guard.may_be_echo(3'000, 300));
}

BOOST_AUTO_TEST_CASE(a_silent_agent_has_no_echo) {
  echo_guard guard;
  guard.playing(1000, to_base64(std::string(1600, mulaw_silence)));
  BOOST_TEST(!guard.may_be_echo(1100, 100));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(interrupting_the_agent)

BOOST_FIXTURE_TEST_CASE(a_click_changes_nothing, talk) {
  voiced(20);
  quiet(20);
  voiced(20);
  quiet(500);
  BOOST_TEST(steps == std::string(28, '-'));
}

BOOST_FIXTURE_TEST_CASE(speech_ducks_within_forty_milliseconds_and_holds_at_three_hundred,
                        talk) {
  voiced(300);
  BOOST_TEST(steps == "-d------------h");
}

BOOST_FIXTURE_TEST_CASE(a_short_noise_only_ducks, talk) {
  BOOST_TEST((voiced(160) == step::duck));
  BOOST_TEST((quiet(400) == step::raise));
  BOOST_TEST(never(step::hold));
}

BOOST_FIXTURE_TEST_CASE(a_noise_that_becomes_no_voice_only_ducks_once, talk) {
  BOOST_TEST((noise(40) == step::duck));
  BOOST_TEST((noise(240) == step::raise));
  BOOST_TEST((noise(2000) == step::none)); // traffic
  BOOST_TEST((voiced(60) == step::duck));  // and somebody in it
  quiet(500);
  BOOST_TEST((noise(40) == step::duck));
  BOOST_TEST(never(step::hold));
}

BOOST_FIXTURE_TEST_CASE(a_voice_that_begins_as_a_noise_is_one_onset, talk) {
  BOOST_TEST((noise(40) == step::duck));
  BOOST_TEST((voiced(300) == step::hold));
}

BOOST_FIXTURE_TEST_CASE(long_speech_stops_the_agent_without_words, talk) {
  BOOST_TEST((voiced(900) == step::stop));
}

BOOST_FIXTURE_TEST_CASE(words_stop_the_agent_at_once, talk) {
  voiced(300);
  BOOST_TEST((guard.words("nahi chahiye") == step::stop));
  BOOST_TEST((guard.words("nahi chahiye bhai") == step::none));
}

BOOST_FIXTURE_TEST_CASE(words_stop_an_agent_that_was_only_ducked, talk) {
  voiced(100);
  BOOST_TEST((guard.words("wait") == step::stop));
}

BOOST_FIXTURE_TEST_CASE(backchannels_do_not_stop_the_agent, talk) {
  for (const auto* word : {"haan", "ok", "hmm", "achha", "हाँ जी"}) {
    voiced(360);
    BOOST_TEST((guard.words(word) == step::none));
    BOOST_TEST((quiet(400) == step::resume));
  }
  BOOST_TEST(never(step::stop));
}

BOOST_FIXTURE_TEST_CASE(a_backchannel_that_is_understood_in_time_does_not_even_hold,
                        talk) {
  voiced(200);
  guard.words("haan");
  voiced(160);
  BOOST_TEST((quiet(300) == step::raise));
  BOOST_TEST(never(step::hold));
}

BOOST_FIXTURE_TEST_CASE(a_backchannel_that_goes_on_is_an_interruption, talk) {
  voiced(400);
  guard.words("haan");
  BOOST_TEST((guard.words("haan lekin mujhe") == step::stop));
}

BOOST_FIXTURE_TEST_CASE(a_noise_without_words_is_a_false_alarm_in_the_end, talk) {
  voiced(400);
  BOOST_TEST((quiet(1180) == step::none));
  BOOST_TEST((quiet(40) == step::resume));
}

BOOST_FIXTURE_TEST_CASE(a_caller_too_quiet_for_the_line_is_heard_by_a_finer_ear, talk) {
  quiet(100);
  BOOST_TEST((guard.speech() == step::hold));
  BOOST_TEST((guard.speech() == step::none));
  BOOST_TEST((quiet(600) == step::none));
  BOOST_TEST((guard.words("sunai de raha hai") == step::stop));
}

BOOST_FIXTURE_TEST_CASE(late_words_of_something_that_was_over_change_nothing, talk) {
  voiced(400);
  quiet(1300);
  BOOST_TEST((guard.words("hello") == step::none));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(backchannels)

BOOST_AUTO_TEST_CASE(listening_sounds_are_recognised_in_all_languages) {
  for (const auto* words : {"haan",
                            "Haan ji.",
                            "OK",
                            "okay, okay",
                            "hmm",
                            "Uh-huh",
                            "achha",
                            "accha accha",
                            "theek hai",
                            "हाँ",
                            "हां जी।",
                            "अच्छा, ठीक है",
                            "I see"})
    BOOST_TEST(is_backchannel(words), words);
}

BOOST_AUTO_TEST_CASE(anything_that_says_more_is_none) {
  for (const auto* words : {"",
                            "...",
                            "no",
                            "nahi",
                            "haan lekin",
                            "ok stop",
                            "नहीं",
                            "हाँ पर मुझे",
                            "yes yes yes yes yes",
                            "hello"})
    BOOST_TEST(!is_backchannel(words), words);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caly::test
