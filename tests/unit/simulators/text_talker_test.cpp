#include "tests/simulators/callee/text_talker.hpp"

#include <boost/test/unit_test.hpp>

using namespace caly::sim;

namespace {

callee_plan plan_of(callee_kind kind, std::optional<double> talk_s) {
  callee_plan plan;
  plan.kind = kind;
  plan.talk_s = talk_s;
  plan.persona = &personas().front();
  return plan;
}

} // namespace

BOOST_AUTO_TEST_SUITE(text_talker_suite)

BOOST_AUTO_TEST_CASE(speaking_time_counts_characters_and_not_bytes) {
  BOOST_TEST(spoken_s("123456789012345") == 1.0);
  BOOST_TEST(spoken_s("नमस्ते") == 6 / 15.0);
}

BOOST_AUTO_TEST_CASE(says_its_lines_in_order_after_the_prompt_and_then_goodbye) {
  const auto plan = plan_of(callee_kind::talks, 60);
  text_talker callee{plan};
  const auto first = callee.answer(4, 0);
  BOOST_TEST(first.text == plan.persona->lines[0]);
  BOOST_TEST(first.after_s > 4 + spoken_s(first.text));
  BOOST_TEST(callee.answer(4, 10).text == plan.persona->lines[1]);
  BOOST_TEST(callee.answer(4, 55).text == plan.persona->goodbye);
  BOOST_TEST(callee.answer(4, 58).text.empty());
}

BOOST_AUTO_TEST_CASE(says_goodbye_into_a_prompt_that_is_longer_than_its_time) {
  text_talker callee{plan_of(callee_kind::talks, 6)};
  const auto answer = callee.answer(12, 0);
  BOOST_TEST(answer.text == personas().front().goodbye);
  BOOST_TEST(answer.after_s < 6);
}

BOOST_AUTO_TEST_CASE(a_silent_one_says_nothing_and_a_machine_only_its_greeting) {
  text_talker silent{plan_of(callee_kind::silent, 60)};
  BOOST_TEST(silent.answer(4, 0).text.empty());
  text_talker machine{plan_of(callee_kind::voicemail, 60)};
  BOOST_TEST(machine.answer(4, 0).text == voicemail_greeting());
  BOOST_TEST(machine.answer(4, 12).text.empty());
}

BOOST_AUTO_TEST_CASE(leaves_in_the_middle_of_a_sentence) {
  text_talker callee{plan_of(callee_kind::hangs_up_mid_sentence, 60)};
  const auto answer = callee.answer(5, 0);
  BOOST_TEST(answer.hangs_up);
  BOOST_TEST(answer.after_s < 5);
}

BOOST_AUTO_TEST_SUITE_END()
