#include "actors/model/speech/spoken_grammar.hpp"
#include "config/sector_pack.hpp"

#include <boost/test/unit_test.hpp>

#include <fstream>
#include <set>

namespace {

using namespace caly;

/// Every word as it is written.
bool knows_all(std::string_view word) {
  return word.find('\'') == word.npos;
}

/// A word that only Hinglish has.
bool is_hinglish(std::string_view pattern) {
  for (const auto* word :
       {"hai",   "karo",   "nahi",   "karna",  "mein",  "dobara", "baat",
        "kab",   "mat",    "aaunga", "kharab", "kaun",  "rakhta", "kitne",
        "accha", "mehnga", "dawai",  "dard",   "paise", "aa "})
    if (pattern.find(word) != pattern.npos)
      return true;
  return false;
}

/// Knows what it was given.
known_word only(std::set<std::string, std::less<>> words) {
  return
      [words = std::move(words)](std::string_view word) { return words.contains(word); };
}

std::string jsgf(std::string_view pattern, known_word knows = knows_all) {
  const auto text = pattern_to_jsgf(pattern, {std::move(knows), "a | the", "<date>"});
  return text ? *text : "refused";
}

/// The words that pocketsphinx's English model can pronounce.
const std::set<std::string, std::less<>>& dictionary() {
  static const auto words = [] {
    std::ifstream in{"/usr/share/pocketsphinx/model/en-us/cmudict-en-us.dict"};
    std::set<std::string, std::less<>> out;
    for (std::string line; std::getline(in, line);)
      out.insert(line.substr(0, line.find(' ')));
    return out;
  }();
  return words;
}

} // namespace

BOOST_AUTO_TEST_SUITE(spoken_grammar)

BOOST_AUTO_TEST_CASE(a_group_that_need_not_be_there_is_in_brackets) {
  BOOST_TEST(jsgf("(please |do )?call (me|us)( back)?") ==
             "[(please | do)] call (me | us) [back]");
}

BOOST_AUTO_TEST_CASE(a_group_within_a_word_makes_two_words_of_it) {
  BOOST_TEST(jsgf("call(ing)? me") == "(call | calling) me");
  BOOST_TEST(jsgf("hours?") == "(hour | hours)");
}

BOOST_AUTO_TEST_CASE(spaces_may_be_in_groups_or_between_them) {
  BOOST_TEST(jsgf("(i |we )?(want|need)?( to)? ?(book|make)") ==
             "[(i | we)] [(want | need)] [to] (book | make)");
  BOOST_TEST(jsgf("any ?more") == "any more");
}

BOOST_AUTO_TEST_CASE(any_words_are_fillers_within_and_values_at_the_end) {
  BOOST_TEST(jsgf("book( \\S+){0,2} visit( \\S+){0,6}") ==
             "book [a | the] visit [<date>]");
}

BOOST_AUTO_TEST_CASE(an_alternative_that_needs_any_word_is_left_out) {
  BOOST_TEST(jsgf("a (flat|\\S+ bhk)") == "a flat");
  BOOST_TEST(jsgf("a \\S+ day") == "refused");
}

BOOST_AUTO_TEST_CASE(words_that_nobody_can_pronounce_are_left_out) {
  const auto knows = only({"call", "me", "back"});
  BOOST_TEST(jsgf("call (me|mujhe)( back| karo)?", knows) == "call me [back]");
  BOOST_TEST(jsgf("mujhe (call|me)", knows) == "refused");
}

BOOST_AUTO_TEST_CASE(words_get_the_apostrophe_that_patterns_have_not) {
  BOOST_TEST(jsgf("dont", only({"don't"})) == "don't");
  BOOST_TEST(jsgf("cant", only({"can't", "cant"})) == "(cant | can't)");
  BOOST_TEST(jsgf("hours", only({"hours", "hour's"})) == "hours");
}

BOOST_AUTO_TEST_CASE(what_is_no_pattern_of_words_is_refused) {
  for (const auto* pattern :
       {"a.b", "(a|b", "a)b", "a{2,3}", "a+", "[^a]b", "^a$", "\\d"})
    BOOST_TEST(jsgf(pattern) == "refused", pattern);
  BOOST_TEST(jsgf(std::string(1'001, 'a')) == "refused");
  std::string deep = "a";
  for (int i = 0; i < 30; ++i)
    deep = '(' + deep + ')';
  BOOST_TEST(jsgf(deep) == "refused");
}

BOOST_AUTO_TEST_CASE(digits_of_a_class_are_alternatives) {
  BOOST_TEST(jsgf("[1-3]( stars)?") == "(1 | 2 | 3) [stars]");
}

BOOST_AUTO_TEST_CASE(an_agent_is_heard_by_its_intents_and_its_slots) {
  agent_profile profile;
  profile.intents.push_back(
      {.name = "book", .patterns = {"book a visit( \\S+){0,3}", "बुक"}, .slots = {"day"}});
  profile.intents.push_back({.name = "odd", .patterns = {"x.y"}});
  profile.slots.push_back({.name = "day", .type = "date"});
  profile.slots.push_back({.name = "who", .type = "name"});
  profile.slots.push_back(
      {.name = "why", .type = "choice", .choices = {"Red/लाल", "blue sky"}});
  const auto grammar = make_spoken_grammar(profile, knows_all);
  BOOST_TEST(grammar.patterns == 1u);
  BOOST_REQUIRE(grammar.left_out.size() == 1u);
  BOOST_TEST(grammar.left_out.front().intent == "odd");
  BOOST_TEST(grammar.unheard_slots == std::vector<std::string>{"name"},
             boost::test_tools::per_element());
  BOOST_TEST(grammar.jsgf.find("book a visit [[for | on | at] (<date>)") !=
             std::string::npos);
  BOOST_TEST(grammar.jsgf.find("blue sky;") != std::string::npos);
  BOOST_TEST(grammar.jsgf.find("[it is | for | on | at] <choice>") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(all_of_the_packs_english_is_heard) {
  BOOST_REQUIRE_MESSAGE(!dictionary().empty(), "pocketsphinx-en-us is not installed");
  const known_word knows = [](std::string_view word) {
    return dictionary().contains(word);
  };
  const auto loaded = load_sector_packs("config/sectors");
  BOOST_REQUIRE(loaded.ok());
  for (const auto& pack : loaded.packs)
    for (const auto& agent : pack.agents) {
      const auto profile = parse_agent_profile(agent.profile);
      BOOST_REQUIRE(profile);
      const auto grammar = make_spoken_grammar(*profile, knows);
      BOOST_TEST_MESSAGE(agent.slug << ": heard " << grammar.patterns << ", not "
                                    << grammar.left_out.size() << ", bytes "
                                    << grammar.jsgf.size());
      for (const auto& each : grammar.left_out)
        BOOST_TEST(is_hinglish(each.pattern), each.intent << ": " << each.pattern);
      BOOST_TEST(grammar.patterns > grammar.left_out.size());
      BOOST_TEST(grammar.jsgf.size() < 32u << 10);
    }
}

BOOST_AUTO_TEST_SUITE_END()
