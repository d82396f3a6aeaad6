#include "cluster/node/speaking_agent.hpp"
#include "config/sector_pack.hpp"

#include <boost/test/unit_test.hpp>

namespace caly::test {
namespace {

std::unique_ptr<call_agent> order_agent() {
  static const auto loaded = load_sector_packs("config/sectors");
  call_sheet sheet;
  sheet.id = call_id::make();
  sheet.to = "+919876543210";
  sheet.variables = "{}";
  for (const auto& pack : loaded.packs)
    for (const auto& agent : pack.agents)
      if (agent.slug == "retail.order_status")
        sheet.profile = agent.profile;
  return speaking_agents({})(sheet);
}

const tool_called cancel{"t1", "cancel_order", R"({"order_id":"4521"})"};

BOOST_AUTO_TEST_SUITE(speaking_agent_suite)

BOOST_AUTO_TEST_CASE(what_cannot_be_undone_needs_the_callers_own_yes) {
  for (const auto* said : {"", "no", "nahi", "yes but wait, who is this?", "cancel it"})
    BOOST_TEST(order_agent()->use_tool(cancel, said, {}).action_kind.empty(), said);
  BOOST_TEST(order_agent()->use_tool(cancel, "yes", {}).action_kind == "cancellation");
}

BOOST_AUTO_TEST_CASE(a_yes_counts_in_every_language) {
  for (const auto* said : {"Yes.", "haan ji", "हाँ"})
    BOOST_TEST(!order_agent()->use_tool(cancel, said, {}).action_kind.empty(), said);
}

BOOST_AUTO_TEST_CASE(bridges_a_break_in_the_language_that_was_spoken) {
  const auto said = [](const std::string& words) {
    return order_agent()->plan(
        {{1, "agent", "Hello, this is the shop.", "", 0}, {2, "caller", words, "", 0}},
        {});
  };
  const auto english = said("Yes, please tell me where my order is.");
  BOOST_TEST(english.greeting.find("line broke") != std::string::npos);
  BOOST_TEST(english.brief.said.size() == 2u);
  BOOST_TEST(said("मेरा ऑर्डर कहाँ है?").greeting.find("लाइन") != std::string::npos);
  BOOST_TEST(said("haan ji, mera order kahan hai?").greeting.find("kat gayi") !=
             std::string::npos);
}

BOOST_AUTO_TEST_CASE(tells_its_model_what_was_done_before) {
  const auto plan = order_agent()->plan({{1, "agent", "Hello.", "", 0}},
                                        {{"ticket", R"({"topic":"refund"})"}});
  BOOST_TEST(plan.brief.goes_on());
  BOOST_REQUIRE(plan.brief.done.size() == 1u);
  BOOST_TEST(plan.brief.done[0].arguments.find("refund") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(has_no_words_for_a_carrier_that_speaks_itself) {
  const auto answer = order_agent()->open({});
  BOOST_TEST(answer.text.empty());
  BOOST_TEST(answer.end_call);
}

/// The plan for a call whose tenant wants `wish`, of an agent with these members added.
media_plan plan_of(const std::string& members,
                   const std::string& wish = "agent",
                   speaking_options options = {}) {
  call_sheet sheet;
  sheet.id = call_id::make();
  sheet.variables = "{}";
  sheet.recording = wish;
  sheet.profile = R"({"name":"Asha","prompt":"Talk.","languages":["en","hi"],)"
                  R"("greeting":{"en":"Hello."})" +
                  members + '}';
  return speaking_agents(options)(sheet)->plan({}, {});
}

BOOST_AUTO_TEST_CASE(a_recorded_call_begins_with_saying_so) {
  BOOST_TEST(!plan_of("").recorded);
  BOOST_TEST(plan_of("").greeting == "Hello.");
  const auto recorded = plan_of(R"(,"recording":"on")");
  BOOST_TEST(recorded.recorded);
  BOOST_TEST(recorded.greeting == "This call is recorded. Hello.");
  BOOST_TEST(recorded.session_update.find("GREETING: This call is recorded.") !=
             std::string::npos);
  const auto own = plan_of(R"(,"recording":"on","disclosure":{"en":"I am a machine."},)"
                           R"("recording_notice":{"en":"We record."})");
  BOOST_TEST(own.greeting == "I am a machine. We record. Hello.");
  speaking_options quiet;
  quiet.announce_recording = false;
  BOOST_TEST(plan_of(R"(,"recording":"on")", "agent", quiet).greeting == "Hello.");
}

BOOST_AUTO_TEST_CASE(the_tenant_decides_before_the_agent_and_the_agent_before_the_node) {
  BOOST_TEST(plan_of("", "on").recorded);
  BOOST_TEST(!plan_of(R"(,"recording":"on")", "off").recorded);
  speaking_options all;
  all.recording = true;
  BOOST_TEST(plan_of("", "agent", all).recorded);
  BOOST_TEST(!plan_of(R"(,"recording":"off")", "agent", all).recorded);
}

BOOST_AUTO_TEST_CASE(a_machine_says_so_whether_it_is_recorded_or_not) {
  BOOST_TEST(plan_of(R"(,"disclosure":{"en":"I am a machine."})").greeting ==
             "I am a machine. Hello.");
}

/// What an outbound call of an agent with these members does about who picks up.
answer_plan answering_of(const std::string& members,
                         const std::vector<transcript_turn>& said = {},
                         const std::string& direction = "outbound") {
  speaking_options options;
  options.answering = {true, false, true, true, {}, {}};
  call_sheet sheet;
  sheet.id = call_id::make();
  sheet.direction = direction;
  sheet.variables = R"({"name":"Ravi"})";
  sheet.profile = R"({"name":"Asha","prompt":"Talk.","languages":["en"],)"
                  R"("greeting":{"en":"Hello {{name}}."},"goodbye":{"en":"Bye."})" +
                  members + '}';
  return speaking_agents(options)(sheet)->plan(said, {}).answering;
}

BOOST_AUTO_TEST_CASE(only_the_first_session_of_an_outbound_call_asks_who_picked_up) {
  BOOST_TEST(answering_of("").listens);
  BOOST_TEST(!answering_of("", {{1, "agent", "Hello.", "", 0}}).listens);
  BOOST_TEST(!answering_of("", {}, "inbound").listens);
}

BOOST_AUTO_TEST_CASE(an_agent_leaves_a_message_when_it_or_the_node_says_so) {
  BOOST_TEST(!answering_of("").leaves_message);
  const auto usual = answering_of(R"(,"on_voicemail":"message")");
  BOOST_TEST(usual.leaves_message);
  BOOST_TEST(usual.voicemail_message == "Hello Ravi. Bye.");
  const auto own = answering_of(
      R"(,"on_voicemail":"message","voicemail_message":{"en":"{{name}}, call back."})");
  BOOST_TEST(own.voicemail_message == "Ravi, call back.");
}

BOOST_AUTO_TEST_CASE(menus_are_for_agents_that_may_press_keys) {
  BOOST_TEST(!answering_of("").navigates);
  const auto able =
      answering_of(R"(,"tools":[{"name":"press_keys","effect":"press_keys"}])");
  BOOST_TEST(able.navigates);
  BOOST_TEST(able.introduction == "Hello Ravi.");
}

/// The agent of a call in India that finds out a phone number.
std::unique_ptr<call_agent> finding_agent() {
  call_sheet sheet;
  sheet.id = call_id::make();
  sheet.to = "+919876543210";
  sheet.direction = "outbound";
  sheet.variables = "{}";
  sheet.profile =
      R"({"name":"Asha","prompt":"Talk.","languages":["en","hi"],"greeting":"Hello.",)"
      R"("slots":[{"name":"phone","kind":"phone","required":true}],)"
      R"("tools":[{"name":"end_call","effect":"end_call"}]})";
  return speaking_agents({})(sheet);
}

const tool_called capture{
    "t1", "capture_slot", R"({"name":"phone","value":"98450 12345"})"};

BOOST_AUTO_TEST_CASE(reads_a_slot_back_in_the_language_of_the_caller) {
  auto agent = finding_agent();
  const auto english = agent->use_tool(capture, "it is 98450 12345", {});
  BOOST_TEST(english.output.find("nine eight four five zero") != std::string::npos);
  BOOST_TEST(english.expects == "yes_no");
  BOOST_TEST(english.slots.size() == 1u);
  const auto hindi = agent->use_tool(capture, "मेरा नंबर लिख लीजिए", {});
  BOOST_TEST(hindi.output.find("नौ आठ चार पाँच शून्य") != std::string::npos);
  BOOST_TEST(hindi.slots.empty()); // it is known
}

BOOST_AUTO_TEST_CASE(the_end_waits_once_for_what_is_required) {
  auto agent = finding_agent();
  const tool_called end{"t1", "end_call", "{}"};
  const auto held = agent->use_tool(end, "bye", {});
  BOOST_TEST(!held.end_call);
  BOOST_TEST(held.output.find("slots_missing") != std::string::npos);
  BOOST_TEST(agent->use_tool(end, "bye", {}).end_call);
}

BOOST_AUTO_TEST_CASE(goes_over_to_a_language_that_it_speaks) {
  auto agent = finding_agent();
  const auto over = [&](const std::string& language) {
    return agent->use_tool(
        {"t1", "switch_language", R"({"language":")" + language + "\"}"}, "", {});
  };
  BOOST_TEST(over("hi").language == "hi");
  BOOST_TEST(over("fr").language.empty());
  const auto plan = agent->plan({{1, "caller", "ok", "hi", 0}}, {});
  BOOST_TEST(plan.brief.languages.front() == "hi");
}

BOOST_AUTO_TEST_CASE(tells_its_model_what_to_find_out) {
  const auto plan = finding_agent()->plan({}, {});
  BOOST_TEST(plan.brief.instructions.find("- phone (phone, required)") !=
             std::string::npos);
  BOOST_TEST(plan.session_update.find("capture_slot") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace caly::test
