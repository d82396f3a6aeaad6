#include "tests/simulators/openai/brain.hpp"

#include <boost/test/unit_test.hpp>

using namespace caly;
using namespace caly::sim;

namespace {

json tools() {
  return *json::parse(
      R"([{"type":"function","name":"end_call","parameters":{"type":"object","properties":{}}},)"
      R"({"type":"function","name":"check_order","parameters":{"type":"object",)"
      R"("properties":{"order_id":{"type":"string"}}}},)"
      R"({"type":"function","function":{"name":"book_visit","parameters":{"type":"object",)"
      R"("properties":{"time":{"type":"string"},"party":{"type":["integer","null"]}}}}}])");
}

struct fixture {
  fixture() { model.instruct("Be kind.\nGREETING: Hello Asha.\nEnd.", tools()); }

  brain model;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(brain_suite, fixture)

BOOST_AUTO_TEST_CASE(opens_with_the_greeting_of_its_instructions) {
  BOOST_TEST(model.open("").words == "Hello Asha.");
  BOOST_TEST(model.open("Say exactly: \"Good morning, Ravi.\"").words ==
             "Good morning, Ravi.");
}

BOOST_AUTO_TEST_CASE(says_what_an_instruction_dictates) {
  const auto turn = model.dictated("Say this to the caller now: Are you still there?");
  BOOST_REQUIRE(turn);
  BOOST_TEST(turn->words == "Are you still there?");
  BOOST_TEST(!model.dictated("Be kind: always."));
}

BOOST_AUTO_TEST_CASE(presses_the_first_key_that_a_menu_offers) {
  const std::string menu = "Welcome. For appointments, press two. For billing, press 3.";
  BOOST_TEST(!model.answer(menu).tool); // it has no keys
  model.instruct("", *json::parse(R"([{"name":"press_keys"}])"));
  const auto turn = model.answer(menu);
  BOOST_TEST(turn.words.empty());
  BOOST_REQUIRE(turn.tool);
  BOOST_TEST(turn.tool->arguments == R"({"keys":"2"})");
  BOOST_TEST(!model.answer("Yes, please tell me more.").tool);
}

BOOST_AUTO_TEST_CASE(finds_out_a_slot_and_corrects_what_was_read_back_wrong) {
  model.instruct(
      "\n# What to find out\n- phone (phone, required): \"Your number?\"\n",
      *json::parse(
          R"([{"name":"capture_slot","parameters":{"type":"object","properties":{"name":)"
          R"({"type":"string","enum":["phone"]},"value":{"type":"string"}}}},)"
          R"({"name":"confirm_slot"}])"));
  BOOST_TEST(model.answer("Hello?").words == "Your number?");
  const auto wrong = model.answer("nine eight");
  BOOST_REQUIRE(wrong.tool);
  BOOST_TEST(wrong.tool->arguments == R"({"name":"phone","value":"nine eight"})");
  BOOST_TEST(
      model.after_tool(R"({"accepted":true,"say":"I have nine nine. Is that right?"})")
          .words == "I have nine nine. Is that right?");
  const auto refused = model.answer("No.");
  BOOST_REQUIRE(refused.tool);
  BOOST_TEST(refused.tool->name == "confirm_slot");
  BOOST_TEST(refused.tool->arguments == R"({"name":"phone","right":false})");
  BOOST_TEST(model.after_tool(R"({"accepted":false,"problem":"Again, please."})").words ==
             "Again, please.");
  BOOST_TEST(model.answer("nine eight four").tool->name == "capture_slot");
  model.after_tool(R"({"accepted":true,"say":"I have nine eight four. Is that right?"})");
  BOOST_TEST(model.answer("Yes, that is right.").tool->arguments ==
             R"({"name":"phone","right":true})");
  BOOST_TEST(
      model.after_tool(R"({"accepted":true,"confirmed":true,"missing":[]})").words ==
      "Thank you, I have noted that.");
  BOOST_TEST(!model.answer("What else?").tool);
}

BOOST_AUTO_TEST_CASE(never_cancels_an_order_to_look_it_up) {
  model.instruct("",
                 *json::parse(R"([{"name":"cancel_order"},{"name":"lookup_order"}])"));
  const auto turn = model.answer("My order number is 4 5 2 1.");
  BOOST_REQUIRE(turn.tool);
  BOOST_TEST(turn.tool->name == "lookup_order");
}

BOOST_AUTO_TEST_CASE(asks_for_the_order_number_then_looks_it_up) {
  BOOST_TEST(!model.answer("Where is my order?").tool);
  const auto turn = model.answer("My order number is four five two one.");
  BOOST_REQUIRE(turn.tool);
  BOOST_TEST(turn.tool->name == "check_order");
  BOOST_TEST(turn.tool->arguments == R"({"order_id":"4521"})");
  BOOST_TEST(model.after_tool(R"({"status":"shipped"})").words.find("shipped") !=
             std::string::npos);
}

BOOST_AUTO_TEST_CASE(books_when_it_knows_the_time) {
  BOOST_TEST(!model.answer("I would like to book an appointment.").tool);
  const auto turn = model.answer("Tomorrow at eleven is fine.");
  BOOST_REQUIRE(turn.tool);
  BOOST_TEST(turn.tool->name == "book_visit");
  BOOST_TEST(turn.tool->arguments ==
             R"({"time":"Tomorrow at eleven is fine.","party":null})");
}

BOOST_AUTO_TEST_CASE(says_goodbye_and_then_ends_the_call) {
  const auto turn = model.answer("Okay, thank you. Goodbye.");
  BOOST_TEST(!turn.words.empty());
  BOOST_REQUIRE(turn.tool);
  BOOST_TEST(turn.tool->name == "end_call");
}

BOOST_AUTO_TEST_CASE(answers_in_the_callers_language) {
  BOOST_TEST(has_devanagari(model.answer("इसकी कीमत क्या है?").words));
  BOOST_TEST((tongue_of(model.answer("Iska price kya hai?").words) == tongue::hinglish));
  BOOST_TEST((tongue_of(model.answer("What is the price?").words) == tongue::english));
}

BOOST_AUTO_TEST_SUITE_END()
