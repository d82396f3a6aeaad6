#include "net/media/g711.hpp"
#include "net/media/playout.hpp"
#include "runtime/base/text.hpp"

#include <boost/test/unit_test.hpp>

#include <cmath>

namespace caly::test {

namespace {

/// A carrier that plays everything, and what became of it.
struct carrier_side : playout_sink {
  void send_audio(std::int64_t, std::string_view audio) override {
    std::string codes;
    BOOST_REQUIRE(from_base64(audio, codes));
    sent += codes;
  }

  void send_mark(std::string_view name) override { marks.emplace_back(name); }

  void send_clear() override {
    ++clears;
    sent.clear();
  }

  std::string sent; ///< Since the last clear.
  std::vector<std::string> marks;
  int clears = 0;
};

constexpr std::size_t ms(std::size_t count) {
  return count * 8;
}

/// Audio whose every byte tells where it stands.
std::string counting(std::size_t milliseconds) {
  std::string codes;
  for (std::size_t i = 0; i < ms(milliseconds); ++i)
    codes += static_cast<char>(i % 251);
  return codes;
}

/// 60 ms of silence between words of 200 ms.
std::string words(int count) {
  std::string codes;
  for (int word = 0; word < count; ++word) {
    for (std::size_t i = 0; i < ms(200); ++i)
      codes += static_cast<char>(to_mulaw(static_cast<std::int16_t>(
          9000 * std::sin(0.3 * static_cast<double>(i)) + (i % 2 ? 5000 : -5000))));
    codes.append(ms(60), mulaw_silence);
  }
  return codes;
}

struct line : carrier_side {
  explicit line(playout_options options = {}) : out{*this, options} {}

  /// Adds `codes` in frames of 20 ms.
  void add(std::string_view item, std::string_view codes, std::int64_t now_ms) {
    for (; !codes.empty(); codes.remove_prefix(std::min(codes.size(), ms(20)))) {
      const auto frame = codes.substr(0, ms(20));
      out.add(item, to_base64(frame), frame.size(), now_ms);
    }
  }

  /// Lets time pass.
  void run(std::int64_t from_ms, std::int64_t to_ms) {
    for (auto now = from_ms; now <= to_ms; now += 20)
      out.pace(now);
  }

  playout out;
};

using names = std::vector<std::string>;

} // namespace

BOOST_AUTO_TEST_SUITE(media_playout)

BOOST_FIXTURE_TEST_CASE(the_carrier_gets_audio_little_before_it_is_heard, line) {
  const auto all = counting(2000);
  add("a", all, 100);
  BOOST_TEST(sent.size() == ms(320)); // the lead, and the frame that passes it
  BOOST_TEST(out.waiting());
  run(100, 600);
  BOOST_TEST(sent.size() == ms(820));
  run(600, 2200);
  BOOST_TEST(sent == all);
  BOOST_TEST(!out.waiting());
}

BOOST_FIXTURE_TEST_CASE(frames_that_come_in_real_time_pass_at_once, line) {
  for (int frame = 0; frame < 50; ++frame) {
    add("a", counting(20), frame * 20);
    BOOST_TEST(sent.size() == ms(20) * static_cast<std::size_t>(frame + 1));
  }
}

BOOST_FIXTURE_TEST_CASE(a_cut_item_was_heard_as_long_as_it_played, line) {
  add("a", counting(1000), 100);
  run(100, 400);
  const auto cuts = out.cut(400);
  BOOST_REQUIRE(cuts.size() == 1u);
  BOOST_TEST(cuts[0].item == "a");
  BOOST_TEST(cuts[0].heard_ms == 300);
  BOOST_TEST(cuts[0].sent_ms == 1000);
  BOOST_TEST(clears == 1);
  BOOST_TEST(!out.busy(400));
}

BOOST_FIXTURE_TEST_CASE(nothing_is_cut_twice_and_nothing_of_silence_is_cleared, line) {
  BOOST_TEST(out.cut(10).empty());
  add("a", counting(100), 100);
  out.cut(150);
  BOOST_TEST(out.cut(160).empty());
  BOOST_TEST(clears == 1);
}

BOOST_FIXTURE_TEST_CASE(never_claims_more_heard_than_was_given, line) {
  add("a", counting(100), 0);
  const auto cuts = out.cut(5000);
  BOOST_REQUIRE(cuts.size() == 1u);
  BOOST_TEST(cuts[0].heard_ms == 100);
  BOOST_TEST(clears == 0);
}

BOOST_FIXTURE_TEST_CASE(a_queued_item_begins_when_the_one_before_it_ends, line) {
  add("a", counting(1000), 0);
  add("b", counting(1000), 10);
  run(10, 1200);
  const auto cuts = out.cut(1200);
  BOOST_REQUIRE(cuts.size() == 2u);
  BOOST_TEST(cuts[0].heard_ms == 1000);
  BOOST_TEST(cuts[1].heard_ms == 200);
}

BOOST_FIXTURE_TEST_CASE(a_pause_within_an_item_is_not_heard_time, line) {
  add("a", counting(100), 0);   // 0..100
  add("a", counting(100), 600); // 600..700 after a gap
  const auto cuts = out.cut(650);
  BOOST_REQUIRE(cuts.size() == 1u);
  BOOST_TEST(cuts[0].heard_ms == 150);
}

BOOST_FIXTURE_TEST_CASE(the_mark_follows_the_last_audio_and_tells_that_it_was_heard,
                        line) {
  add("a", counting(1000), 0);
  out.finish("a", 10);
  BOOST_TEST(marks.empty());
  run(10, 800);
  BOOST_REQUIRE(marks.size() == 1u);
  BOOST_TEST(out.take_heard(1000).empty());
  out.echoed("m77");
  BOOST_TEST(out.take_heard(1000).empty());
  out.echoed(marks[0]);
  BOOST_TEST(out.take_heard(1000) == names{"a"});
  BOOST_TEST(out.take_heard(1000).empty());
  BOOST_TEST(out.cut(1000).empty());
}

BOOST_FIXTURE_TEST_CASE(a_mark_from_before_a_cut_proves_nothing, line) {
  add("a", counting(200), 0);
  out.finish("a", 0);
  BOOST_REQUIRE(marks.size() == 1u);
  out.cut(100);
  add("b", counting(200), 200);
  out.finish("b", 200);
  out.echoed(marks[0]);
  BOOST_TEST(out.take_heard(300).empty());
}

BOOST_FIXTURE_TEST_CASE(an_item_whose_mark_never_comes_counts_as_heard_in_the_end, line) {
  add("a", counting(100), 0);
  BOOST_TEST(out.take_heard(1600).empty());
  BOOST_TEST(out.take_heard(1601) == names{"a"});
}

BOOST_FIXTURE_TEST_CASE(is_busy_until_the_last_byte, line) {
  BOOST_TEST(!out.busy(0));
  add("a", counting(100), 0);
  BOOST_TEST(out.busy(99));
  BOOST_TEST(!out.busy(100));
}

BOOST_FIXTURE_TEST_CASE(tells_how_much_is_left, line) {
  add("a", counting(1000), 0);
  BOOST_TEST(out.left_ms(0) == 1000);
  run(0, 400);
  BOOST_TEST(out.left_ms(400) == 600);
  out.hold(400);
  BOOST_TEST(out.left_ms(5000) == 600);
  out.cut(5000);
  BOOST_TEST(out.left_ms(5000) == 0);
}

BOOST_FIXTURE_TEST_CASE(ducked_speech_goes_on_where_it_was_and_more_quietly, line) {
  const auto all = words(10);
  add("a", all, 0);
  run(0, 505);
  out.duck(505);
  BOOST_TEST(clears == 1);
  run(520, 3000);
  BOOST_REQUIRE(sent.size() == all.size() - ms(505));
  for (std::size_t i = 0; i < sent.size(); ++i) {
    const auto loud = std::abs(from_mulaw(static_cast<std::uint8_t>(all[ms(505) + i])));
    const auto quiet = std::abs(from_mulaw(static_cast<std::uint8_t>(sent[i])));
    BOOST_REQUIRE_LE(std::abs(quiet - loud / 4), 8 + loud / 60);
  }
  BOOST_TEST(out.ducked());
}

BOOST_FIXTURE_TEST_CASE(raised_speech_is_as_loud_as_before, line) {
  const auto all = counting(2000);
  add("a", all, 0);
  run(0, 400);
  out.duck(400);
  out.raise();
  run(420, 2000);
  BOOST_TEST(sent.substr(sent.size() - ms(1000)) == all.substr(ms(1000)));
}

BOOST_FIXTURE_TEST_CASE(speech_that_ends_ducked_leaves_the_next_as_loud_as_ever, line) {
  add("a", words(2), 0);
  run(0, 400);
  out.duck(400);
  run(420, 1000);
  sent.clear();
  const auto next = words(2);
  add("b", next, 1000);
  run(1000, 2000);
  BOOST_TEST(sent == next);
}

BOOST_FIXTURE_TEST_CASE(held_speech_says_nothing_and_keeps_everything, line) {
  add("a", counting(1000), 0);
  out.finish("a", 0);
  run(0, 300);
  out.hold(305);
  BOOST_TEST(clears == 1);
  run(320, 5000);
  BOOST_TEST(sent.empty());
  BOOST_TEST(out.busy(5000));
  BOOST_TEST(out.take_heard(9000).empty());
  const auto cuts = out.cut(9000);
  BOOST_REQUIRE(cuts.size() == 1u);
  BOOST_TEST(cuts[0].heard_ms == 305);
  BOOST_TEST(clears == 1);
}

BOOST_FIXTURE_TEST_CASE(resuming_begins_with_the_word_that_was_cut, line) {
  const auto all = words(10); // a word begins every 260 ms
  add("a", all, 0);
  out.finish("a", 0);
  run(0, 600);
  out.hold(600); // within the third word, which began at 520
  out.resume(2000);
  run(2000, 5000);
  BOOST_TEST(sent == all.substr(ms(520)));
  BOOST_REQUIRE(marks.size() == 1u);
  out.echoed(marks[0]);
  BOOST_TEST(out.take_heard(5000) == names{"a"});
}

BOOST_FIXTURE_TEST_CASE(resuming_within_a_long_sound_goes_on_where_it_was, line) {
  const std::string all(ms(2000), '\x10');
  add("a", all, 0);
  run(0, 1000);
  out.hold(1000);
  out.resume(3000);
  run(3000, 6000);
  BOOST_TEST(sent.size() == ms(1000));
}

BOOST_FIXTURE_TEST_CASE(an_item_that_was_heard_before_a_duck_needs_no_mark, line) {
  add("a", counting(100), 0);
  out.finish("a", 0);
  add("b", counting(1000), 0);
  run(0, 300);
  out.duck(300); // the mark of a comes back unheard
  BOOST_TEST(out.take_heard(300) == names{"a"});
}

BOOST_AUTO_TEST_CASE(a_flood_is_dropped_beyond_its_bound) {
  playout_options options;
  options.waiting_max_ms = 1000;
  line at{options};
  at.add("a", counting(5000), 0);
  BOOST_TEST(at.out.dropped_ms() == 5000u - 320u - 1000u);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caly::test
