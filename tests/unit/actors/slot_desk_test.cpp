#include "actors/agent/realtime_session.hpp"
#include "actors/agent/slot_desk.hpp"
#include "actors/model/speech/spoken_dates.hpp"

#include <boost/test/unit_test.hpp>

namespace caly::test {
namespace {

const auto now = parse_local_time("2026-11-21T10:00:00").value();

agent_profile profile_with(const std::string& members) {
  auto profile = parse_agent_profile(
      R"({"name":"Asha","prompt":"Talk.","languages":["en","hi"],"greeting":"Hello.",)" +
      members + '}');
  if (!profile)
    BOOST_FAIL(to_string(profile.error()));
  return std::move(*profile);
}

const std::string two_slots =
    R"("slots":[{"name":"phone","kind":"phone","required":true,"asks_max":2},)"
    R"({"name":"pin_code","kind":"pin_code","required":true},)"
    R"({"name":"note","kind":"text"}])";

struct fixture {
  agent_profile profile = profile_with(two_slots);
  slot_desk desk{profile};
  std::vector<captured_slot> kept;
  std::string expects;

  json
  use(std::string_view tool, const std::string& arguments, std::string_view said = "") {
    auto answer = desk.use(tool, arguments, said, "en", now);
    BOOST_REQUIRE(answer);
    kept = std::move(answer->changes);
    expects = std::move(answer->expects);
    return std::move(*json::parse(answer->output));
  }

  json capture(const std::string& name, const std::string& value) {
    return use("capture_slot", R"({"name":")" + name + R"(","value":")" + value + "\"}");
  }

  json confirm(const std::string& name, bool right, std::string_view said = "yes") {
    return use("confirm_slot",
               R"({"name":")" + name + R"(","right":)" + (right ? "true}" : "false}"),
               said);
  }
};

BOOST_FIXTURE_TEST_SUITE(slot_desk_suite, fixture)

BOOST_AUTO_TEST_CASE(an_agent_with_captured_slots_has_tools_that_know_their_names) {
  const auto* capture = profile.find_tool("capture_slot");
  BOOST_REQUIRE(capture);
  BOOST_TEST(capture->parameters.find(R"("enum":["phone","pin_code","note"])") !=
             std::string::npos);
  BOOST_TEST(profile.find_tool("confirm_slot"));
  const auto text = agent_instructions(profile, {});
  BOOST_TEST(text.find("- phone (phone, required)") != std::string::npos);
  const auto none = profile_with(R"("slots":[{"name":"x","type":"phone"}])");
  BOOST_TEST(!none.find_tool("capture_slot"));
  BOOST_TEST(agent_instructions(none, {}).find("find out") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_value_is_read_back_and_counts_once_it_is_confirmed) {
  const auto heard =
      capture("phone", "nine eight four five zero one two three four five");
  BOOST_TEST(heard["accepted"].bool_or(false));
  BOOST_TEST(!heard["confirmed"].bool_or(true));
  BOOST_TEST(heard["value"].text_or("") == "+919845012345");
  BOOST_TEST(heard["say"].text_or("") ==
             "I have nine eight four five zero, one two three four five. Is that right?");
  BOOST_TEST(heard["missing"].items().size() == 2u);
  BOOST_TEST(expects == "yes_no");
  BOOST_REQUIRE(kept.size() == 1u);
  BOOST_TEST((kept[0] == captured_slot{"phone", "phone", "+919845012345", false, 0}));
  const auto agreed = confirm("phone", true);
  BOOST_TEST(agreed["confirmed"].bool_or(false));
  BOOST_TEST(agreed["missing"].items().size() == 1u);
  BOOST_TEST(agreed["next"]["name"].text_or("") == "pin_code");
  BOOST_TEST(expects == "pin");
  BOOST_REQUIRE(kept.size() == 1u);
  BOOST_TEST(kept[0].confirmed);
}

BOOST_AUTO_TEST_CASE(a_wrong_value_is_told_with_why_and_asked_for_again) {
  const auto heard = capture("pin_code", "012345");
  BOOST_TEST(!heard["accepted"].bool_or(true));
  BOOST_TEST(heard["problem"].text_or("").starts_with("A PIN code does not begin"));
  BOOST_TEST(expects == "pin");
  BOOST_REQUIRE(kept.size() == 1u);
  BOOST_TEST((kept[0] == captured_slot{"pin_code", "pin_code", "", false, 1}));
}

BOOST_AUTO_TEST_CASE(what_the_caller_calls_wrong_is_taken_back) {
  capture("phone", "9845012345");
  const auto wrong = confirm("phone", false, "no");
  BOOST_TEST(!wrong["accepted"].bool_or(true));
  BOOST_TEST(wrong["problem"].text_or("").find("phone") != std::string::npos);
  BOOST_TEST(kept.at(0).value.empty());
  BOOST_TEST(capture("phone", "9845012346")["value"].text_or("") == "+919845012346");
  BOOST_TEST(confirm("phone", true)["confirmed"].bool_or(false));
}

BOOST_AUTO_TEST_CASE(a_no_of_the_caller_is_never_taken_for_a_yes) {
  capture("phone", "9845012345");
  BOOST_TEST(confirm("phone", true, "nahi")["status"].text_or("") == "not_confirmed");
  BOOST_TEST(kept.empty());
}

BOOST_AUTO_TEST_CASE(a_slot_is_given_up_after_its_attempts) {
  capture("phone", "hello");
  const auto last = capture("phone", "hello again");
  BOOST_TEST(last["given_up"].bool_or(false));
  BOOST_TEST(last["missing"].items().size() == 1u);
}

BOOST_AUTO_TEST_CASE(the_same_value_again_stays_confirmed_and_changes_nothing) {
  capture("phone", "9845012345");
  confirm("phone", true);
  BOOST_TEST(capture("phone", "9845012345")["confirmed"].bool_or(false));
  BOOST_TEST(kept.empty());
}

BOOST_AUTO_TEST_CASE(the_end_is_held_back_once_while_something_is_missing) {
  const auto held = desk.hold_back_end();
  BOOST_REQUIRE(held);
  BOOST_TEST(held->find("slots_missing") != std::string::npos);
  BOOST_TEST(!desk.hold_back_end());
}

BOOST_AUTO_TEST_CASE(a_session_that_takes_over_knows_what_was_captured) {
  desk.restore(
      {{"phone", "phone", "+919845012345", true, 0}, {"gone", "text", "x", true, 0}});
  BOOST_TEST(capture("pin_code", "560001")["missing"].items().size() == 1u);
}

BOOST_AUTO_TEST_CASE(bad_arguments_and_endless_calls_are_refused) {
  BOOST_TEST(use("capture_slot", R"({"name":"age","value":"7"})")["status"].text_or("") ==
             "invalid_arguments");
  BOOST_TEST(use("confirm_slot", "nonsense")["status"].text_or("") ==
             "invalid_arguments");
  std::string last;
  for (int i = 0; i < 40; ++i)
    last = capture("note", "x" + std::to_string(i))["status"].text_or("");
  BOOST_TEST(last == "too_many_calls");
  BOOST_TEST(!desk.use("book", "{}", "", "en", now));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(profile_changes_suite)

std::string problems(const std::string& text) {
  std::string out;
  const auto changes = json::parse(text);
  BOOST_REQUIRE(changes);
  for (const auto& [field, what] : problems_of_changes(*changes))
    out += field + ": " + what + '|';
  return out;
}

BOOST_AUTO_TEST_CASE(bad_slots_are_named_with_their_place_and_reason) {
  const std::pair<const char*, const char*> cases[]{
      {R"([{"kind":"phone"}])", "slots[0].name is required"},
      {R"([{"name":"Phone","kind":"phone"}])", "slots[0].name must be up to 40"},
      {R"([{"name":"a","kind":"fax"}])", "slots[0].kind is none of phone, email"},
      {R"([{"name":"a","kind":"choice"}])", "slots[0].choices go with the kind choice"},
      {R"([{"name":"a","kind":"phone","promt":"x"}])", "slots[0].promt is none of name"},
      {R"([{"name":"a","kind":"text"},{"name":"a","kind":"text"}])",
       "slots[1].name is there twice"},
      {R"([{"name":"a","kind":"number","min":5,"max":1}])", "slots[0].min is greater"},
      {R"([{"name":"a","kind":"phone","min":5}])", "slots[0].min and max go with"},
      {R"([{"name":"a","kind":"number","min":"5"}])", "slots[0].min must be a number"},
      {R"([{"name":"a","kind":"text","asks_max":9}])",
       "slots[0].asks_max must be a whole"},
      {R"([{"name":"a","kind":"date","earliest":"soon"}])", "slots[0].earliest must be"},
      {R"([{"name":"a","kind":"text","required":"yes"}])",
       "slots[0].required must be true"},
      {R"([{"name":"a","type":"text","required":true}])",
       "slots[0].required goes with kind"},
      {R"(["x"])", "slots[0] must be an object"},
  };
  for (const auto& [slots, why] : cases) {
    const auto found = problems(std::string{R"({"slots":)"} + slots + '}');
    BOOST_TEST(found.find(why) != std::string::npos, slots << " -> " << found);
  }
  BOOST_TEST(problems(R"({"slots":[{"name":"a","kind":"pin_code","required":true}]})") ==
             "");
}

BOOST_AUTO_TEST_CASE(bad_tools_languages_and_facts_are_named_too) {
  const std::pair<const char*, const char*> cases[]{
      {R"({"tools":[{"name":"a b","effect":"record","action":"x"}]})",
       "tools[0].name must"},
      {R"({"tools":[{"name":"capture_slot","effect":"lookup"}]})", "have by themselves"},
      {R"({"tools":[{"name":"a","effect":"fly"}]})", "tools[0].effect is none of"},
      {R"({"tools":[{"name":"a","effect":"record"}]})", "tools[0].action is required"},
      {R"({"tools":[{"name":"a","effect":"lookup","risk":"R9"}]})",
       "tools[0].risk is none"},
      {R"({"tools":[{"name":"a","effect":"lookup","parameters":{"type":"object","properties":{"x":{"type":"list"}}}}]})",
       "tools[0].parameters.x.type is none"},
      {R"({"languages":["fr"]})", "may be en, hi and hinglish"},
      {R"({"languages":[]})", "must name one of"},
      {R"({"languages":["en"],"language_policy":{"begin":"hi"}})",
       "begin must be one of"},
      {R"({"language_policy":{"switch":"often"}})", "switch is none of follow"},
      {R"({"extraction":[{"name":"a","type":"choice"}]})",
       "extraction[0].choices go with"},
      {R"({"guardrails":[7]})", "guardrails must only hold texts"},
      {R"({"transfers":[{"name":"A","destination":"x"}]})", "transfers[0].destination"},
  };
  for (const auto& [changes, why] : cases)
    BOOST_TEST(problems(changes).find(why) != std::string::npos,
               changes << " -> " << problems(changes));
  BOOST_TEST(problems(R"({"language_policy":{"begin":"hi","switch":"never"}})") == "");
}

BOOST_AUTO_TEST_CASE(a_profile_keeps_its_slots_and_policy_through_its_json) {
  const auto profile = profile_with(
      R"("language_policy":{"begin":"hi","switch":"on_request"},)"
      R"("slots":[{"name":"pin_code","kind":"pin_code","required":true,"asks_max":2},)"
      R"({"name":"day","kind":"date","earliest":"today"}])");
  BOOST_TEST(profile.languages.front() == "hi");
  const auto again = parse_agent_profile(to_json(profile));
  BOOST_REQUIRE(again);
  BOOST_TEST(again->languages.front() == "hi");
  BOOST_TEST((again->switching == language_switching::on_request));
  BOOST_REQUIRE(again->slots.size() == 2u);
  BOOST_TEST(again->slots[0].captured);
  BOOST_TEST(again->slots[0].type == "pin");
  BOOST_TEST(again->slots[0].asks_max == 2);
  BOOST_TEST(again->slots[1].earliest == "today");
  BOOST_TEST(again->tools.size() == profile.tools.size());
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace caly::test
