#include "net/media/cascade/sentence_splitter.hpp"
#include "net/media/turns/end_of_turn.hpp"

#include <boost/test/unit_test.hpp>

namespace caly::test {

namespace {

using namespace std::chrono_literals;
using pieces = std::vector<std::string>;

pieces split_text(std::string_view text, std::size_t step) {
  sentence_splitter splitter;
  pieces out;
  for (; !text.empty(); text.remove_prefix(std::min(step, text.size())))
    for (auto& each : splitter.add(text.substr(0, step)))
      out.push_back(std::move(each));
  if (auto rest = splitter.rest(); !rest.empty())
    out.push_back(std::move(rest));
  return out;
}

auto patience(std::string_view words,
              expected_answer expected = expected_answer::anything) {
  return end_of_turn_after(words, expected);
}

} // namespace

BOOST_AUTO_TEST_SUITE(sentences_to_speak)

BOOST_AUTO_TEST_CASE(a_text_is_cut_the_same_however_it_arrives) {
  const std::string text =
      "Your order costs Rs. 499.50, and it ships today. Dr. Rao signed! "
      "ठीक है। Anything else? No";
  const pieces wanted{"Your order costs Rs. 499.50,",
                      "and it ships today.",
                      "Dr. Rao signed!",
                      "ठीक है।",
                      "Anything else?",
                      "No"};
  for (std::size_t step = 1; step <= text.size(); ++step)
    BOOST_REQUIRE(split_text(text, step) == wanted);
}

BOOST_AUTO_TEST_CASE(only_the_first_piece_ends_at_a_comma) {
  BOOST_TEST(
      (split_text("Yes, I can certainly help you, with that, my friend, today.", 5) ==
       pieces{"Yes, I can certainly help you,", "with that, my friend, today."}));
}

BOOST_AUTO_TEST_CASE(an_endless_sentence_is_cut_between_words) {
  std::string text;
  for (int i = 0; i < 200; ++i)
    text += "शब्द ";
  std::string together;
  for (const auto& piece : split_text(text, 7)) {
    BOOST_TEST(piece.size() <= sentence_splitter::piece_max);
    together += piece + ' ';
  }
  BOOST_TEST(together == text);
}

BOOST_AUTO_TEST_CASE(a_word_without_end_is_cut_between_letters) {
  std::string text;
  for (int i = 0; i < 500; ++i)
    text += "क";
  for (const auto& piece : split_text(text, 4))
    BOOST_TEST(piece.size() % 3 == 0u);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(end_of_a_turn)

BOOST_AUTO_TEST_CASE(a_plain_yes_is_answered_quickly) {
  BOOST_TEST((patience("haan ji") == 350ms));
  BOOST_TEST((patience("yes") < patience("yes I would like to")));
}

BOOST_AUTO_TEST_CASE(a_whole_sentence_ends_sooner_than_an_open_one) {
  BOOST_TEST((patience("I want my money back.") == 450ms));
  BOOST_TEST((patience("I want my money") == 650ms));
  BOOST_TEST((patience("I want my money and") == 1500ms));
  BOOST_TEST((patience("mujhe chahiye matlab") == 1500ms));
  BOOST_TEST((patience("मुझे चाहिए लेकिन") == 1500ms));
}

BOOST_AUTO_TEST_CASE(digits_are_waited_for_until_there_are_enough) {
  const auto asked = expected_answer::digits;
  BOOST_TEST((patience("nine eight seven", asked) == 1800ms));
  BOOST_TEST((patience("nau aath saat", asked) == 1800ms));
  BOOST_TEST((patience("98765", asked) == 1800ms));
  BOOST_TEST((patience("987654", asked) == 1200ms));
  BOOST_TEST((patience("98765 43210", asked) == 450ms));
  BOOST_TEST((patience("I do not have one.", asked) == 450ms));
}

BOOST_AUTO_TEST_CASE(names_and_addresses_come_in_pieces) {
  BOOST_TEST((patience("Flat 12 Rose Apartments.", expected_answer::address) == 1200ms));
  BOOST_TEST((patience("R A V I", expected_answer::name) == 1200ms));
}

BOOST_AUTO_TEST_CASE(what_the_agent_asked_for_stands_in_its_last_sentence) {
  BOOST_TEST((expected_answer_to("Sure. What is your order number?") ==
              expected_answer::digits));
  BOOST_TEST((expected_answer_to("Got your number. Where do you live?") ==
              expected_answer::address));
  BOOST_TEST((expected_answer_to("Aapka naam bataiye.") == expected_answer::name));
  BOOST_TEST((expected_answer_to("आपका पिन कोड क्या है?") == expected_answer::digits));
  BOOST_TEST((expected_answer_to("Shall I book it?") == expected_answer::yes_or_no));
  BOOST_TEST((expected_answer_to("How can I help?") == expected_answer::anything));
  BOOST_TEST((expected_answer_to("") == expected_answer::anything));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caly::test
