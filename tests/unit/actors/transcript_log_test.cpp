#include "actors/call/transcript_log.hpp"

#include <boost/test/unit_test.hpp>

namespace caly::test {
namespace {

BOOST_AUTO_TEST_SUITE(transcript_log_suite)

BOOST_AUTO_TEST_CASE(a_turn_that_was_cut_short_keeps_its_place) {
  transcript_log log;
  log.hear("i1", "agent", "Namaste, this is Asha from", 1);
  log.hear("i2", "caller", "Who?", 2);
  BOOST_TEST(log.take_unwritten().size() == 2u);
  log.hear("i1", "agent", "Namaste, this", 3);
  const auto again = log.take_unwritten();
  BOOST_REQUIRE(again.size() == 1u);
  BOOST_TEST(again[0].seq == 1);
  BOOST_TEST(again[0].text == "Namaste, this");
}

BOOST_AUTO_TEST_CASE(what_could_not_be_written_is_written_again) {
  transcript_log log;
  log.hear("", "caller", "hello", 1);
  const auto turns = log.take_unwritten();
  BOOST_TEST(log.take_unwritten().empty());
  log.put_back(turns);
  BOOST_TEST(log.take_unwritten().size() == 1u);
}

BOOST_AUTO_TEST_CASE(goes_on_behind_the_turns_of_the_node_that_died) {
  transcript_log log;
  log.hear("n1", "caller", "are you there?", 9);
  log.go_on_after({{1, "agent", "Hello", "en", 1}, {2, "caller", "Hi", "en", 2}});
  BOOST_REQUIRE(log.turns().size() == 3u);
  BOOST_TEST(log.turns()[2].seq == 3);
  BOOST_TEST(log.turns()[2].text == "are you there?");
  const auto unwritten = log.take_unwritten();
  BOOST_REQUIRE(unwritten.size() == 1u);
  BOOST_TEST(unwritten[0].seq == 3);
  log.hear("n1", "caller", "are you", 10);
  BOOST_TEST(log.turns()[2].text == "are you");
}

BOOST_AUTO_TEST_CASE(turns_past_the_bound_are_counted_not_kept) {
  transcript_log log{2};
  for (int i = 0; i < 5; ++i)
    log.hear("", "caller", "x", i);
  BOOST_TEST(log.turns().size() == 2u);
  BOOST_TEST(log.dropped() == 3u);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace caly::test
