#include "tests/unit/actors/call_fixture.hpp"

namespace caly::test {

namespace {

const captured_slot phone{"phone", "phone", "+919845012345", false, 0};

/// Captures a phone number with every tool and answer, and tells what it knew before.
class capturing_agent : public fake_agent {
public:
  explicit capturing_agent(std::vector<captured_slot>* known) : known_{known} {}

  tool_effect use_tool(const tool_called&, std::string_view, wall_time) override {
    tool_effect effect{R"({"ok":true})", {}, {}, false};
    effect.slots = {phone};
    effect.expects = "yes_no";
    effect.language = "hi";
    return effect;
  }

  void restore(const std::vector<captured_slot>& slots) override { *known_ = slots; }

  text_answer open(const std::vector<transcript_turn>&) override {
    return words("Hello.", "en");
  }

  text_answer
  reply(std::string_view, const std::vector<transcript_turn>&, wall_time) override {
    auto answer = words("I have it. Is that right?", "hi");
    answer.slots = {phone};
    answer.expects = "yes_no";
    return answer;
  }

private:
  static text_answer words(const std::string& text, const std::string& language) {
    text_answer answer;
    answer.text = text;
    answer.language = language;
    return answer;
  }

  std::vector<captured_slot>* known_;
};

struct fixture : one_call {
  std::vector<captured_slot> known;

  void begin() {
    auto with = ports();
    for (auto& [brain, maker] : with.voices.agents)
      maker = [this](const call_sheet&) {
        return std::make_unique<capturing_agent>(&known);
      };
    w.replays = false; // the fixture's agent would say other things
    aut = spawn_call(sys,
                     {"call", id.str(), tenant.str()},
                     w.sheet,
                     options,
                     std::make_shared<const call_ports>(with));
    run();
  }

  std::vector<std::string> kept() const {
    std::vector<std::string> out;
    for (const auto& each : w.records)
      if (each.statement == "calls.save_slots")
        out.push_back(each.arguments.at(1).value_or("") + ' ' +
                      each.arguments.at(2).value_or(""));
    return out;
  }
};

const std::vector<std::string> once{
    R"(1 [{"name":"phone","kind":"phone","value":"+919845012345","confirmed":false,"asks":0}])"};

} // namespace

BOOST_FIXTURE_TEST_SUITE(call_slots, fixture)

BOOST_AUTO_TEST_CASE(what_a_tool_captured_is_kept_before_the_model_is_answered) {
  begin();
  attach(pipe());
  const auto answer = use("t1", "capture_slot");
  BOOST_TEST(answer.output == R"({"ok":true})");
  BOOST_TEST(answer.expects == "yes_no");
  BOOST_CHECK(kept() == once);
}

BOOST_AUTO_TEST_CASE(what_was_said_to_a_carrier_that_listens_is_kept_too) {
  begin();
  ask<spoken_reply>(aut, open_text{"CA1"});
  const auto reply = ask<spoken_reply>(aut, hear_text{1, "98450 12345", "CA1"});
  BOOST_REQUIRE(reply);
  BOOST_TEST(reply->expects == "yes_no");
  BOOST_CHECK(kept() == once);
  bool told = false;
  for (const auto& each : w.events)
    told =
        told || (each.kind == "language" && each.detail == R"({"from":"en","to":"hi"})");
  BOOST_TEST(told);
}

BOOST_AUTO_TEST_CASE(a_turn_is_kept_in_the_language_that_it_was_heard_in) {
  begin();
  attach(pipe());
  self->send(aut, turn_heard{"a", "caller", "नमस्ते", "hi"});
  run();
  BOOST_REQUIRE(!w.saved.empty());
  BOOST_TEST(w.saved.back().turns.back().language == "hi");
}

BOOST_AUTO_TEST_CASE(an_agent_that_goes_on_knows_what_was_captured) {
  begin();
  attach(pipe());
  use("t1", "capture_slot");
  attach(pipe(), "MZ2");
  BOOST_REQUIRE(known.size() == 1u);
  BOOST_CHECK(known[0] == phone);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caly::test
