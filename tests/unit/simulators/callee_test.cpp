#include "tests/simulators/callee/callee.hpp"
#include "tests/simulators/openai/intent.hpp"

#include <boost/test/unit_test.hpp>

#include <set>

using namespace caly::sim;

BOOST_AUTO_TEST_SUITE(callee_suite)

BOOST_AUTO_TEST_CASE(the_last_four_digits_choose_the_callee) {
  const sim_options options;
  BOOST_CHECK(plan_callee(options, "+919876540002").kind == callee_kind::busy);
  BOOST_CHECK(plan_callee(options, "+14155550004").kind == callee_kind::voicemail);
  BOOST_CHECK(plan_callee(options, "+14155550011").kind == callee_kind::refuses_calls);
  BOOST_CHECK(plan_callee(options, "+14155550013").kind == callee_kind::menu);
  BOOST_CHECK(plan_callee(options, "+14155550016").kind == callee_kind::switched_off);
  BOOST_CHECK(plan_callee(options, "+919876543210").kind == callee_kind::talks);
  BOOST_TEST(!plan_callee(options, "+14155550010").talk_s.has_value());
}

BOOST_AUTO_TEST_CASE(the_same_seed_gives_the_same_callees_within_the_ranges) {
  sim_options options;
  options.call_seconds = {3, 4};
  options.ring_seconds = {0.5, 0.6};
  std::set<const persona*> seen;
  for (int i = 0; i < 300; ++i) {
    const auto number = "+9198765" + std::to_string(21000 + i);
    const auto one = plan_callee(options, number);
    const auto two = plan_callee(options, number);
    BOOST_TEST(*one.talk_s == *two.talk_s);
    BOOST_TEST(one.persona == two.persona);
    BOOST_TEST((*one.talk_s >= 3 && *one.talk_s < 4));
    BOOST_TEST((one.ring_s >= 0.5 && one.ring_s < 0.6));
    seen.insert(one.persona);
  }
  BOOST_TEST(seen.size() == personas().size());
}

BOOST_AUTO_TEST_CASE(another_seed_gives_other_callees) {
  sim_options one;
  sim_options two;
  two.seed = 2;
  int differences = 0;
  for (int i = 0; i < 50; ++i) {
    const auto number = "+9198765" + std::to_string(21000 + i);
    differences += plan_callee(one, number).persona != plan_callee(two, number).persona;
  }
  BOOST_TEST(differences > 25);
}

BOOST_AUTO_TEST_CASE(the_model_understands_every_line_a_persona_says) {
  for (const auto& persona : personas()) {
    for (const auto line : persona.lines)
      BOOST_TEST((intent_of(line) != intent::other), line);
    for (const auto line : persona.fillers)
      BOOST_TEST((intent_of(line) != intent::other), line);
    BOOST_TEST((intent_of(persona.goodbye) == intent::goodbye), persona.goodbye);
    BOOST_TEST((intent_of(persona.hello) == intent::hearing), persona.hello);
  }
  BOOST_CHECK(intent_of(refusing_persona().lines.front()) == intent::refusal);
  BOOST_CHECK(intent_of(voicemail_greeting()) == intent::voicemail);
}

BOOST_AUTO_TEST_SUITE_END()
