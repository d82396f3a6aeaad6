#include "net/providers/openai/minds.hpp"
#include "runtime/base/json.hpp"
#include "tests/unit/providers/sandbox_fixture.hpp"

#include <array>

namespace caly::test {

namespace {

using namespace openai;
using format = mind_options::format;

struct fixture : sandbox_fixture {
  static constexpr std::array formats{format::responses, format::chat_completions};

  std::unique_ptr<mind> begin(format speaks, std::string with_key = "the-key") {
    forget();
    mind_options chosen;
    chosen.speaks = speaks;
    chosen.base_url = url;
    chosen.api_key = std::move(with_key);
    chosen.model = "m";
    return make_minds(client, chosen)(*this, io);
  }

  thought_plan talk(const std::string& said) const {
    thought_plan plan;
    plan.messages = {{"system", "GREETING: Hello from Caly, how may I help?", "", ""}};
    if (!said.empty())
      plan.messages.push_back({"caller", said, "", ""});
    plan.tools = {{"lookup_order",
                   "Finds an order.",
                   R"({"type":"object","properties":{"order_number":{"type":"string"}},)"
                   R"("required":["order_number"]})"}};
    return plan;
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(minds_of_providers, fixture)

BOOST_AUTO_TEST_CASE(each_format_answers_word_by_word) {
  for (const auto speaks : formats) {
    const auto thinking = begin(speaks);
    thinking->think(1, talk(""));
    BOOST_TEST(outcome() == "");
    BOOST_TEST(words == "Hello from Caly, how may I help?");
    BOOST_TEST(pieces > 3);
    BOOST_TEST(tools.empty());
  }
}

BOOST_AUTO_TEST_CASE(each_format_calls_tools_and_goes_on_with_their_answer) {
  for (const auto speaks : formats) {
    const auto thinking = begin(speaks);
    auto plan = talk("Where is my order? It is four five two one.");
    thinking->think(1, plan);
    BOOST_TEST(outcome() == "");
    BOOST_REQUIRE(tools.size() == 1u);
    BOOST_TEST(tools[0].name == "lookup_order");
    BOOST_TEST(!tools[0].id.empty());
    BOOST_CHECK(json::parse(tools[0].arguments));
    plan.messages.push_back(
        {"tool_call", tools[0].arguments, tools[0].id, tools[0].name});
    plan.messages.push_back(
        {"tool_answer", R"({"status":"on its way"})", tools[0].id, tools[0].name});
    forget();
    thinking->think(2, plan);
    BOOST_TEST(outcome() == "");
    BOOST_TEST(words.find("on its way") != std::string::npos, words);
  }
}

BOOST_AUTO_TEST_CASE(each_format_tells_whether_it_is_worth_repeating) {
  for (const auto speaks : formats) {
    const auto stranger = begin(speaks, "wrong");
    stranger->think(1, talk(""));
    BOOST_TEST(outcome() ==
               "openai: HTTP 401 invalid_api_key: Incorrect API key provided.");
    BOOST_TEST(!worth_repeating);
    const auto thinking = begin(speaks);
    std::uint64_t number = 2;
    for (const auto* fault : {"rate_429", "rate_500", "rate_reset", "rate_cut"}) {
      plan("openai", '"' + std::string{fault} + "\":1");
      thinking->think(number++, talk(""));
      BOOST_TEST(!outcome().empty(), fault);
      BOOST_TEST(worth_repeating, fault);
      plan("openai", '"' + std::string{fault} + "\":0");
    }
  }
}

BOOST_AUTO_TEST_CASE(a_thought_that_was_cancelled_says_no_more) {
  for (const auto speaks : formats) {
    const auto thinking = begin(speaks);
    thinking->think(1, talk(""));
    thinking->think(2, talk("Goodbye"));
    thinking->cancel(1);
    BOOST_TEST(outcome() == "");
    BOOST_TEST(words.find("Hello from Caly") == std::string::npos);
  }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caly::test
