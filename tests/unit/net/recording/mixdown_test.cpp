#include "runtime/base/error.hpp"
#include "runtime/base/text.hpp"
#include "tests/unit/net/recording/tape_fixture.hpp"

#include <boost/test/unit_test.hpp>

namespace caly::test {

BOOST_AUTO_TEST_SUITE(recording_mixdown)

BOOST_AUTO_TEST_CASE(the_head_is_that_of_two_mulaw_channels) {
  BOOST_TEST(to_hex(wav_head(3)) == "52494646"
                                    "38000000"
                                    "57415645"
                                    "666d7420"
                                    "12000000"
                                    "0700"
                                    "0200"
                                    "401f0000"
                                    "803e0000"
                                    "0200"
                                    "0800"
                                    "0000"
                                    "66616374"
                                    "04000000"
                                    "03000000"
                                    "64617461"
                                    "06000000");
}

BOOST_FIXTURE_TEST_CASE(the_caller_is_left_and_the_agent_right, tape_fixture) {
  const auto mixed = record([](call_recorder& to) {
    to.caller(0, tone(20, 'c'));
    to.agent(10, tone(20, 'a'));
    to.caller(20, tone(20, 'd'));
  });
  BOOST_TEST(mixed.ms == 40);
  BOOST_TEST(mixed.bytes == static_cast<std::int64_t>(wav_head_bytes + 640));
  BOOST_TEST(std::filesystem::file_size(wav) == wav_head_bytes + 640);
  BOOST_TEST(channel(0) == tone(20, 'c') + tone(20, 'd'));
  BOOST_TEST(channel(1) == tone(10, '\xff') + tone(20, 'a') + tone(10, '\xff'));
}

BOOST_FIXTURE_TEST_CASE(frames_that_got_lost_are_silence_in_their_place, tape_fixture) {
  record([](call_recorder& to) {
    to.caller(0, tone(20, 'c'));
    to.caller(60, tone(20, 'd'));
  });
  BOOST_TEST(channel(0) == tone(20, 'c') + tone(40, '\xff') + tone(20, 'd'));
}

BOOST_FIXTURE_TEST_CASE(frames_without_a_time_follow_each_other, tape_fixture) {
  record([](call_recorder& to) {
    to.caller(-1, tone(20, 'c'));
    to.caller(-1, tone(20, 'd'));
  });
  BOOST_TEST(channel(0) == tone(20, 'c') + tone(20, 'd'));
}

BOOST_FIXTURE_TEST_CASE(what_a_barge_in_cut_off_is_not_in_the_recording, tape_fixture) {
  record([](call_recorder& to) {
    to.agent(0, tone(100, 'a'));
    to.caller(0, tone(40, 'c'));
    to.cut(30);
    to.agent(60, tone(20, 'b'));
    to.caller(40, tone(60, 'c'));
  });
  BOOST_TEST(channel(1) ==
             tone(30, 'a') + tone(30, '\xff') + tone(20, 'b') + tone(20, '\xff'));
}

BOOST_FIXTURE_TEST_CASE(it_ends_with_the_call_and_not_with_what_was_left_to_say,
                        tape_fixture) {
  const auto mixed = record([](call_recorder& to) {
    to.caller(0, tone(20, 'c'));
    to.agent(0, tone(5000, 'a'));
    to.finish(50);
    to.caller(60, tone(20, 'c')); // comes too late
  });
  BOOST_TEST(mixed.ms == 50);
  BOOST_TEST(channel(0) == tone(20, 'c') + tone(30, '\xff'));
  BOOST_TEST(channel(1) == tone(50, 'a'));
}

BOOST_FIXTURE_TEST_CASE(a_pause_leaves_silence_on_both_sides, tape_fixture) {
  record([](call_recorder& to) {
    to.caller(0, tone(20, 'c'));
    to.pause();
    to.caller(20, tone(20, '4'));
    to.agent(20, tone(20, '2'));
    to.resume();
    to.caller(40, tone(20, 'd'));
  });
  BOOST_TEST(channel(0) == tone(20, 'c') + tone(20, '\xff') + tone(20, 'd'));
  BOOST_TEST(channel(1) == tone(60, '\xff'));
}

BOOST_FIXTURE_TEST_CASE(a_torn_tape_becomes_what_is_good_of_it, tape_fixture) {
  start();
  {
    call_recorder recorder{deck->begin(label)};
    for (int frame = 0; frame < 200; ++frame)
      recorder.caller(20 * frame, tone(20, 'c'));
  }
  const auto end = await_end();
  std::filesystem::resize_file(end.file, std::filesystem::file_size(end.file) - 1);
  const auto mixed = mix_down(end.file, wav);
  BOOST_REQUIRE(mixed);
  BOOST_TEST(mixed->torn);
  BOOST_TEST(mixed->ms >= 3000);
  BOOST_TEST(mixed->ms < 4000);
  BOOST_TEST(channel(0) == tone(static_cast<std::size_t>(mixed->ms), 'c'));
}

BOOST_FIXTURE_TEST_CASE(made_again_it_is_the_same, tape_fixture) {
  start();
  {
    call_recorder recorder{deck->begin(label)};
    recorder.caller(0, tone(60, 'c'));
  }
  const auto tape = await_end().file;
  const auto first = mix_down(tape, wav);
  const auto bytes = read_file(wav);
  const auto second = mix_down(tape, wav);
  BOOST_REQUIRE(first);
  BOOST_REQUIRE(second);
  BOOST_TEST(first->sha256 == second->sha256);
  BOOST_TEST(read_file(wav) == bytes);
  BOOST_TEST(first->sha256.size() == 64u);
}

BOOST_FIXTURE_TEST_CASE(peaks_show_who_was_loud_when, tape_fixture) {
  const auto mixed = record([](call_recorder& to) {
    to.caller(0, tone(1000, '\x80')); // full scale
    to.caller(1000, tone(1000, '\xff'));
    to.agent(1000, tone(1000, '\x1f')); // a quarter of it
  });
  std::string peaks;
  BOOST_REQUIRE(from_base64(mixed.peaks, peaks));
  BOOST_REQUIRE_EQUAL(peaks.size(), 2 * peaks_max);
  const auto at = [&](std::size_t i) {
    return int{static_cast<unsigned char>(peaks[i])};
  };
  BOOST_TEST(at(0) == 250);
  BOOST_TEST(at(499) == 250);
  BOOST_TEST(at(500) == 0);
  BOOST_TEST(at(peaks_max + 499) == 0);
  BOOST_TEST(at(peaks_max + 500) == 64);
}

BOOST_FIXTURE_TEST_CASE(a_call_without_audio_has_an_empty_recording, tape_fixture) {
  const auto mixed = record([](call_recorder& to) { to.finish(0); });
  BOOST_TEST(mixed.ms == 0);
  BOOST_TEST(std::filesystem::file_size(wav) == wav_head_bytes);
}

BOOST_FIXTURE_TEST_CASE(a_time_from_nowhere_does_not_ask_for_the_whole_disk,
                        tape_fixture) {
  const auto mixed =
      record([](call_recorder& to) { to.caller(0xffffff00, tone(20, 'c')); });
  BOOST_TEST(mixed.ms <= 5 * 60 * 60 * 1000);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caly::test
