#include "cluster/node/embedded_agent.hpp"
#include "config/sector_pack.hpp"

#include <boost/test/unit_test.hpp>

namespace caly::test {
namespace {

using namespace std::chrono_literals;

/// 21 November 2026, 20:00 UTC: already the 22nd in India.
const wall_time late_evening{std::chrono::sys_days{2026y / 11 / 21} + 20h};

call_sheet sheet_for(const std::string& slug, const std::string& language) {
  static const auto loaded = load_sector_packs("config/sectors");
  call_sheet sheet;
  sheet.id = call_id::make();
  sheet.agent = agent_id::make();
  sheet.to = "+919876543210";
  sheet.name = "Ravi Kumar";
  sheet.variables = R"({"language":")" + language + R"(","company":"Asha Clinic"})";
  for (const auto& pack : loaded.packs)
    for (const auto& agent : pack.agents)
      if (agent.slug == slug)
        sheet.profile = agent.profile;
  BOOST_REQUIRE_MESSAGE(!sheet.profile.empty(), slug << " is not shipped");
  return sheet;
}

/// A call with the transcript that its actor would keep.
struct talk {
  explicit talk(call_sheet sheet) : agent{embedded_agents()(sheet)} {
    BOOST_REQUIRE(agent != nullptr);
  }

  text_answer open() { return note(agent->open(said)); }

  text_answer hear(const std::string& text) {
    auto answer = agent->reply(text, said, late_evening);
    said.push_back({0, "caller", text, answer.language, to_unix_ms(late_evening)});
    return note(std::move(answer));
  }

  text_answer note(text_answer answer) {
    said.push_back({0, "agent", answer.text, answer.language, to_unix_ms(late_evening)});
    return answer;
  }

  std::vector<transcript_turn> said;
  std::unique_ptr<call_agent> agent;
};

BOOST_AUTO_TEST_SUITE(embedded_agent_suite)

BOOST_AUTO_TEST_CASE(greets_with_the_persons_name_in_the_persons_language) {
  talk hindi{sheet_for("healthcare.appointment_booking", "hi")};
  const auto first = hindi.open();
  BOOST_TEST(first.language == "hi");
  BOOST_TEST(first.text.find("नमस्ते") != std::string::npos);
  BOOST_TEST(first.text.find("Asha Clinic") != std::string::npos);
  BOOST_TEST(!first.end_call);
}

BOOST_AUTO_TEST_CASE(asks_once_whether_somebody_is_there_and_then_says_goodbye) {
  talk with{sheet_for("healthcare.appointment_booking", "en")};
  with.open();
  const auto asked = with.hear("");
  BOOST_TEST(asked.text == "Hello? Are you still there?");
  BOOST_TEST(!asked.end_call);
  const auto last = with.hear(" ");
  BOOST_TEST(last.end_call);
  BOOST_TEST(last.end_reason == "idle");
  BOOST_TEST(!last.text.empty());
}

BOOST_AUTO_TEST_CASE(silence_counts_afresh_after_every_word) {
  talk with{sheet_for("healthcare.appointment_booking", "en")};
  with.open();
  with.hear("");
  with.hear("I want to book an appointment");
  BOOST_TEST(!with.hear("").end_call);
}

BOOST_AUTO_TEST_CASE(a_refusal_is_recorded_and_ends_the_call) {
  talk with{sheet_for("healthcare.appointment_booking", "en")};
  with.open();
  const auto answer = with.hear("Don't call me again. Remove my number from your list.");
  BOOST_TEST(answer.action_kind == "do_not_call");
  BOOST_TEST(!answer.unsaved.empty());
  BOOST_TEST(answer.end_call);
  BOOST_TEST(!answer.end_reason.empty());
}

BOOST_AUTO_TEST_CASE(another_node_goes_on_where_the_first_one_stood) {
  const auto sheet = sheet_for("healthcare.appointment_booking", "en");
  const std::vector<std::string> words{"I want to book an appointment",
                                       "tomorrow at 11 am"};
  talk whole{sheet};
  whole.open();
  for (const auto& each : words)
    whole.hear(each);
  talk second{sheet};
  second.said = whole.said;
  const auto here = whole.hear("My name is Ravi Kumar");
  const auto there = second.hear("My name is Ravi Kumar");
  BOOST_TEST(there.text == here.text);
  BOOST_TEST(there.arguments == here.arguments);
}

BOOST_AUTO_TEST_CASE(days_are_those_where_the_person_lives) {
  talk with{sheet_for("healthcare.appointment_booking", "en")};
  with.open();
  std::string arguments;
  for (const auto* each : {"I want to book an appointment",
                           "tomorrow at 11 am",
                           "a check-up",
                           "My name is Ravi Kumar",
                           "yes",
                           "yes"})
    if (auto answer = with.hear(each); !answer.arguments.empty() && arguments.empty())
      arguments = answer.arguments;
  BOOST_TEST(arguments.find("2026-11-23") != std::string::npos, arguments);
}

BOOST_AUTO_TEST_CASE(an_unusable_profile_makes_no_agent) {
  auto sheet = sheet_for("healthcare.appointment_booking", "en");
  sheet.profile = "{";
  BOOST_TEST(embedded_agents()(sheet) == nullptr);
}

BOOST_AUTO_TEST_CASE(says_that_a_call_is_recorded_where_its_carrier_does_it) {
  const auto make = carrier_agents({false, true, {"twilio"}});
  auto sheet = sheet_for("healthcare.appointment_booking", "en");
  const auto greets = [&](const std::string& wish, const std::string& provider) {
    sheet.recording = wish;
    sheet.provider = provider;
    const auto agent = make(sheet);
    const bool says = agent->open({}).text.find("recorded") != std::string::npos;
    return std::pair{agent->plan({}, {}).recorded, says};
  };
  BOOST_CHECK(greets("on", "twilio") == std::pair(true, true));
  BOOST_CHECK(greets("off", "twilio") == std::pair(false, false));
  BOOST_CHECK(greets("agent", "twilio") == std::pair(false, false));
  BOOST_CHECK(greets("on", "telnyx") == std::pair(true, false));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace caly::test
