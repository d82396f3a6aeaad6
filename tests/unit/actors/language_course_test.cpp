#include "actors/model/speech/language_course.hpp"

#include <boost/test/unit_test.hpp>

namespace caly::test {
namespace {

/// The language after the caller said all of `words`, one after the other.
std::string after(std::vector<std::string> words,
                  std::vector<std::string> languages = {"en", "hi", "hinglish"},
                  language_switching switching = language_switching::follow) {
  language_course course{std::move(languages), switching};
  for (const auto& each : words)
    course.hear(each);
  return course.now();
}

BOOST_AUTO_TEST_SUITE(language_course_suite)

BOOST_AUTO_TEST_CASE(follows_a_whole_sentence_at_once) {
  BOOST_TEST(after({"मेरा ऑर्डर कहाँ है?"}) == "hi");
  BOOST_TEST(after({"mera order kahan hai"}) == "hinglish");
  BOOST_TEST(after({"Can you tell me where it is?"}, {"hi", "en"}) == "en");
}

BOOST_AUTO_TEST_CASE(single_words_of_another_language_change_nothing) {
  BOOST_TEST(after({"okay"}, {"hi", "en"}) == "hi");
  BOOST_TEST(after({"Order status please"}, {"hi", "en"}) == "hi");
  BOOST_TEST(after({"haan ji"}) == "en");
  BOOST_TEST(after({"हाँ"}) == "en");
  BOOST_TEST(after({"9845012345"}, {"hi", "en"}) == "hi");
}

BOOST_AUTO_TEST_CASE(what_comes_twice_in_a_row_is_followed) {
  BOOST_TEST(after({"haan ji", "theek hai"}) == "hinglish");
  BOOST_TEST(after({"haan ji", "I want the status of my order", "haan ji"}) == "en");
  BOOST_TEST(after({"Order status please", "number please sir"}, {"hi", "en"}) == "en");
}

BOOST_AUTO_TEST_CASE(two_scripts_of_one_language_are_no_change_at_once) {
  BOOST_TEST(after({"mera order kahan hai"}, {"hi", "en", "hinglish"}) == "hi");
  BOOST_TEST(after({"mera order kahan hai", "mujhe jaldi chahiye"},
                   {"hi", "en", "hinglish"}) == "hinglish");
}

BOOST_AUTO_TEST_CASE(hindi_and_hinglish_stand_for_each_other) {
  BOOST_TEST(after({"mera order kahan hai"}, {"en", "hi"}) == "hi");
  BOOST_TEST(after({"मेरा ऑर्डर कहाँ है?"}, {"en", "hinglish"}) == "hinglish");
}

BOOST_AUTO_TEST_CASE(a_wish_counts_at_once_and_also_on_request_only) {
  for (const auto policy : {language_switching::follow, language_switching::on_request}) {
    BOOST_TEST(after({"hindi mein boliye"}, {"en", "hi"}, policy) == "hi");
    BOOST_TEST(after({"Can we speak in Hindi?"}, {"en", "hi"}, policy) == "hi");
    BOOST_TEST(after({"English please"}, {"hi", "en"}, policy) == "en");
    BOOST_TEST(after({"हिंदी में बात कीजिए"}, {"en", "hi"}, policy) == "hi");
  }
  BOOST_TEST(after({"I don't speak English"},
                   {"hi", "en"},
                   language_switching::on_request) == "hi");
  BOOST_TEST(after({"मेरा ऑर्डर कहाँ है?"}, {"en", "hi"}, language_switching::on_request) ==
             "en");
}

BOOST_AUTO_TEST_CASE(never_is_never) {
  BOOST_TEST(after({"मेरा ऑर्डर कहाँ है?", "हिंदी में बात कीजिए"},
                   {"en", "hi"},
                   language_switching::never) == "en");
  language_course course{{"en", "hi"}, language_switching::never};
  BOOST_TEST(!course.use("hi"));
}

BOOST_AUTO_TEST_CASE(a_language_that_the_agent_lacks_is_not_used) {
  BOOST_TEST(after({"मेरा ऑर्डर कहाँ है?"}, {"en"}) == "en");
  language_course course{{"en", "hi"}, language_switching::follow};
  BOOST_TEST(!course.use("fr"));
  BOOST_TEST(!course.use("en"));
  BOOST_TEST(course.use("hi"));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace caly::test
