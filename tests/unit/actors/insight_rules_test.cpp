#include "actors/insight/rules.hpp"
#include "actors/insight/signals.hpp"
#include "actors/model/speech/spoken_dates.hpp"
#include "runtime/base/json.hpp"

#include <boost/test/unit_test.hpp>

namespace caly::test {
namespace {

const auto at = parse_local_time("2026-11-21T10:00:00").value();

agent_profile agent() {
  agent_profile out;
  out.slots = {{"bedrooms", "number", {{"en", "How many bedrooms do you need?"}}, {}},
               {"budget", "amount", {{"en", "What is your budget, roughly?"}}, {}}};
  out.extraction = {{"bedrooms", "number", "d", {}, ""},
                    {"budget", "number", "d", {}, "amount"},
                    {"visit_date", "text", "d", {}, "date"},
                    {"will_come", "boolean", "d", {}, ""}};
  return out;
}

/// "a:" lines are the agent's, all others the caller's.
std::vector<transcript_turn> turns(const std::vector<std::string>& lines) {
  std::vector<transcript_turn> out;
  for (const auto& line : lines) {
    transcript_turn turn;
    turn.seq = static_cast<std::int32_t>(out.size()) + 1;
    turn.role = line.starts_with("a:") ? "agent" : "caller";
    turn.text = line.starts_with("a:") ? line.substr(2) : line;
    out.push_back(std::move(turn));
  }
  return out;
}

lead_analytics analyse(const std::vector<std::string>& lines,
                       std::vector<std::string> actions = {}) {
  return analyse_by_rules(agent(), turns(lines), actions, at);
}

struct expected {
  const char* outcome;
  const char* sentiment;
  std::vector<std::string> lines;
};

BOOST_AUTO_TEST_SUITE(insight_rules_suite)

BOOST_AUTO_TEST_CASE(people_are_understood_in_three_languages) {
  const std::vector<expected> calls{
      {"interested",
       "positive",
       {"Yes, I am interested. Please tell me more.",
        "What is the price?",
        "That sounds good. Can you send me the details?",
        "Okay, thank you. Goodbye."}},
      {"interested",
       "positive",
       {"हाँ, मुझे जानकारी चाहिए।", "इसकी कीमत क्या है?", "अच्छा है, मुझे पसंद आया।"}},
      {"interested",
       "positive",
       {"Haan, mujhe interest hai, batao.", "Accha, details bhej do please."}},
      {"not_interested",
       "neutral",
       {"Who is this?", "No, I am not interested.", "Okay, thank you. Goodbye."}},
      {"not_interested", "neutral", {"आप कौन बोल रहे हैं?", "नहीं, मुझे रुचि नहीं है।"}},
      {"not_interested",
       "neutral",
       {"Kaun bol raha hai?", "Nahi, mujhe interest nahi hai."}},
      {"callback",
       "neutral",
       {"I am busy right now.", "Please call me later, tomorrow at five."}},
      {"callback", "neutral", {"मैं अभी व्यस्त हूँ।", "कृपया बाद में फ़ोन कीजिए, कल शाम को।"}},
      {"callback",
       "neutral",
       {"Abhi main busy hoon.", "Baad mein call karo, kal shaam ko."}},
      {"appointment",
       "positive",
       {"Yes, I would like to book an appointment.", "Tomorrow at eleven is fine."}},
      {"appointment", "positive", {"हाँ, मुझे अपॉइंटमेंट चाहिए।", "कल सुबह ग्यारह बजे ठीक रहेगा।"}},
      {"appointment",
       "positive",
       {"Haan, mujhe appointment book karna hai.", "Kal gyarah baje theek hai."}},
      {"refusal", "negative", {"Don't call me again. Remove my number from your list."}},
      {"refusal", "negative", {"mujhe dobara call mat karna"}},
      {"voicemail",
       "neutral",
       {"Hello, you have reached my voicemail. I can't take your call right now. Please "
        "leave a message after the beep."}},
      {"other",
       "neutral",
       {"I want to know my order status.",
        "My order number is four five two one.",
        "When will it be delivered?"}},
      {"other",
       "negative",
       {"The product is terrible and I have a complaint about the service"}},
  };
  for (const auto& call : calls) {
    const auto x = analyse(call.lines);
    BOOST_TEST_CONTEXT(call.lines.front() << " -> " << x.summary) {
      BOOST_TEST(x.outcome == call.outcome);
      BOOST_TEST(x.sentiment == call.sentiment);
    }
  }
}

BOOST_AUTO_TEST_CASE(a_refusal_outweighs_everything_said_before) {
  const auto x =
      analyse({"I am interested, send me details", "no, do not call me again"});
  BOOST_TEST(x.outcome == "refusal");
  BOOST_TEST(x.grade == "D");
}

BOOST_AUTO_TEST_CASE(the_last_word_decides_between_yes_and_no) {
  BOOST_TEST(analyse({"I am interested", "no I am not interested"}).outcome ==
             "not_interested");
  BOOST_TEST(analyse({"I am not interested", "okay now I am interested, tell me more"})
                 .outcome == "interested");
}

BOOST_AUTO_TEST_CASE(recorded_actions_are_facts) {
  BOOST_TEST(analyse({"okay fine then let us do it"}, {"appointment"}).outcome ==
             "appointment");
  BOOST_TEST(analyse({"okay fine then let us do it"}, {"do_not_call"}).outcome ==
             "refusal");
}

BOOST_AUTO_TEST_CASE(fields_are_read_from_the_answers_and_the_last_mention_counts) {
  const auto x = analyse({"a:Hello",
                          "I am looking for a flat",
                          "a:How many bedrooms do you need?",
                          "two",
                          "a:What is your budget, roughly?",
                          "eighty lakh",
                          "no wait make it ninety lakh",
                          "I can visit tomorrow",
                          "a:So you will come?",
                          "yes"});
  const auto fields = json::parse(x.extracted);
  BOOST_REQUIRE(fields);
  BOOST_TEST((*fields)["bedrooms"].int_or(0) == 2);
  BOOST_TEST((*fields)["budget"].int_or(0) == 9000000);
  BOOST_TEST((*fields)["visit_date"].text_or("") == "2026-11-22");
  BOOST_TEST((*fields)["will_come"].bool_or(false));
  BOOST_TEST(x.outcome == "interested");
  BOOST_TEST(x.grade == "A");
  BOOST_TEST(x.summary.find("budget 9000000") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(what_was_not_said_is_null) {
  const auto fields = json::parse(analyse({"hello who is this please"}).extracted);
  BOOST_REQUIRE(fields);
  BOOST_TEST(fields->members().size() == 4u);
  for (const auto& [name, value] : fields->members())
    BOOST_TEST(value.is_null(), name);
}

BOOST_AUTO_TEST_CASE(the_summary_never_passes_its_limit_in_any_script) {
  std::string hindi;
  for (int i = 0; i < 200; ++i)
    hindi += "मुझे जानकारी चाहिए ";
  for (const auto& text : {hindi, std::string(5000, 'x')}) {
    const auto summary = analyse({text}).summary;
    std::size_t characters = 0;
    for (const char c : summary)
      characters += (static_cast<unsigned char>(c) & 0xc0) != 0x80;
    BOOST_TEST(characters <= summary_chars_max);
  }
  BOOST_TEST(cut_characters("abc", 3) == "abc");
  BOOST_TEST(cut_characters("abcd", 3) == "ab…");
}

BOOST_AUTO_TEST_CASE(only_transcripts_of_five_words_are_worth_it) {
  BOOST_TEST(!worth_analysis(turns({"a:Hello there", "yes okay"})));
  BOOST_TEST(worth_analysis(turns({"a:Hello there", "yes okay bye"})));
  BOOST_TEST(!worth_analysis({}));
}

BOOST_AUTO_TEST_CASE(a_negated_wish_is_no_signal) {
  BOOST_TEST(
      !find_signals("I do not want to book an appointment").contains("appointment"));
  BOOST_TEST(find_signals("I want to book an appointment").contains("appointment"));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace caly::test
