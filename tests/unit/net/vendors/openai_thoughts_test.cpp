#include "net/providers/openai/chat_stream.hpp"
#include "net/providers/openai/response_stream.hpp"

#include <boost/test/unit_test.hpp>

namespace caly::test {

namespace {

using namespace openai;

const thought_plan talk{{{"system", "Be kind.", "", ""},
                         {"caller", "Where is my order?", "", ""},
                         {"agent", "One moment.", "", ""},
                         {"tool_call", R"({"id":7})", "c1", "order_status"},
                         {"tool_answer", R"({"status":"sent"})", "c1", "order_status"}},
                        {{"end_call", "Ends it.", R"({"type":"object"})"}},
                        8};

} // namespace

BOOST_AUTO_TEST_SUITE(openai_thoughts)

BOOST_AUTO_TEST_CASE(responses_are_asked_with_flat_tools_and_kept_nowhere) {
  const auto body = json::parse(response_request(talk, "m"));
  BOOST_REQUIRE(body);
  const auto& x = *body;
  BOOST_TEST(x["stream"].bool_or(false));
  BOOST_TEST(!x["store"].bool_or(true));
  BOOST_TEST(x["instructions"].text_or("") == "Be kind.");
  BOOST_TEST(x["max_output_tokens"].int_or(0) == 16); // the least that is taken
  BOOST_TEST(x["tools"].items().at(0)["name"].text_or("") == "end_call");
  const auto& input = x["input"].items();
  BOOST_REQUIRE(input.size() == 4u);
  BOOST_TEST(input[1]["role"].text_or("") == "assistant");
  BOOST_TEST(input[2]["type"].text_or("") == "function_call");
  BOOST_TEST(input[3]["call_id"].text_or("") == "c1");
  BOOST_TEST(input[3]["output"].text_or("") == R"({"status":"sent"})");
}

BOOST_AUTO_TEST_CASE(chat_messages_carry_their_tool_calls) {
  const auto body = json::parse(chat_request(talk, "m", "max_completion_tokens"));
  BOOST_REQUIRE(body);
  BOOST_TEST((*body)["max_completion_tokens"].int_or(0) == 8);
  BOOST_TEST((*body)["tools"].items().at(0)["function"]["name"].text_or("") ==
             "end_call");
  const auto& messages = (*body)["messages"].items();
  BOOST_REQUIRE(messages.size() == 4u);
  BOOST_TEST(messages[0]["role"].text_or("") == "system");
  BOOST_TEST(messages[2]["content"].text_or("") == "One moment.");
  const auto& calls = messages[2]["tool_calls"].items();
  BOOST_REQUIRE(calls.size() == 1u);
  BOOST_TEST(calls[0]["function"]["arguments"].text_or("") == R"({"id":7})");
  BOOST_TEST(messages[3]["role"].text_or("") == "tool");
  BOOST_TEST(messages[3]["tool_call_id"].text_or("") == "c1");
}

BOOST_AUTO_TEST_CASE(a_response_gives_words_then_tools) {
  response_reader reader;
  BOOST_TEST(reader.read(R"({"type":"response.output_text.delta","delta":"नम"})") ==
             "नम");
  BOOST_TEST(reader
                 .read(R"({"type":"response.function_call_arguments.delta",)"
                       R"("delta":"{"})")
                 .empty());
  reader.read(R"({"type":"response.output_item.done","item":{"type":"function_call",)"
              R"("id":"fc_1","call_id":"call_1","name":"end_call","arguments":"{}"}})");
  BOOST_TEST(!reader.complete());
  reader.read(R"({"type":"response.completed","response":{"status":"completed"}})");
  BOOST_TEST(reader.complete());
  const auto tools = reader.take_tools();
  BOOST_REQUIRE(tools.size() == 1u);
  BOOST_TEST(tools[0].id == "call_1");
  BOOST_TEST(tools[0].name == "end_call");
}

BOOST_AUTO_TEST_CASE(a_response_that_fails_says_why) {
  response_reader failed;
  failed.read(R"({"type":"response.failed","response":{"error":)"
              R"({"code":"server_error","message":"Oops"}}})");
  BOOST_REQUIRE(failed.problem());
  BOOST_TEST(failed.problem()->why == "Oops");
  BOOST_TEST(failed.problem()->worth_repeating);
  response_reader refused;
  refused.read(R"({"type":"error","code":"insufficient_quota","message":"Pay"})");
  BOOST_TEST(!refused.problem()->worth_repeating);
  response_reader filtered;
  filtered.read(R"({"type":"response.incomplete","response":{"incomplete_details":)"
                R"({"reason":"content_filter"}}})");
  BOOST_TEST(filtered.problem().has_value());
  response_reader garbled;
  garbled.read("{");
  BOOST_TEST(garbled.problem().has_value());
}

BOOST_AUTO_TEST_CASE(tools_of_a_chat_are_put_together_by_their_place) {
  chat_reader reader;
  const auto piece = [&](const std::string& calls) {
    reader.read(R"({"choices":[{"index":0,"delta":{"tool_calls":[)" + calls + "]}}]}");
  };
  piece(R"({"index":0,"id":"a","function":{"name":"one","arguments":""}})");
  piece(R"({"index":1,"id":"b","function":{"name":"two","arguments":"{\"x\""}})");
  piece(R"({"index":0,"function":{"arguments":"{}"}})");
  piece(R"({"index":1,"function":{"arguments":":1}"}})");
  BOOST_TEST(reader.read("[DONE]").empty());
  BOOST_TEST(reader.complete());
  const auto tools = reader.take_tools();
  BOOST_REQUIRE(tools.size() == 2u);
  BOOST_TEST(tools[0].arguments == "{}");
  BOOST_TEST(tools[1].id == "b");
  BOOST_TEST(tools[1].arguments == R"({"x":1})");
}

BOOST_AUTO_TEST_CASE(servers_that_leave_things_out_are_understood) {
  chat_reader reader;
  BOOST_TEST(reader.read(R"({"choices":[{"delta":{"content":"Hi"}}]})") == "Hi");
  BOOST_TEST(reader.read(R"({"choices":[]})").empty());
  BOOST_TEST(reader
                 .read(R"({"choices":[{"delta":{"content":"","reasoning_content":"x"},)"
                       R"("finish_reason":"stop"}],"usage":null})")
                 .empty());
  reader.read(R"({"choices":[{"message":{"tool_calls":[{"function":{"name":"go",)"
              R"("arguments":{"x":1}}}]}}]})");
  const auto tools = reader.take_tools();
  BOOST_REQUIRE(tools.size() == 1u);
  BOOST_TEST(!tools[0].id.empty());
  BOOST_TEST(tools[0].arguments == R"({"x":1})");
}

BOOST_AUTO_TEST_CASE(an_answer_without_bounds_is_cut) {
  chat_reader words;
  const auto long_text = std::string(30'000, 'x');
  for (int i = 0; i < 3; ++i)
    words.read(R"({"choices":[{"delta":{"content":")" + long_text + "\"}}]}");
  BOOST_TEST(words.problem().has_value());
  chat_reader tools;
  for (int i = 0; i < 20; ++i)
    tools.read(R"({"choices":[{"delta":{"tool_calls":[{"index":)" + std::to_string(i) +
               R"(,"function":{"name":"x"}}]}}]})");
  BOOST_TEST(tools.problem().has_value());
}

BOOST_AUTO_TEST_CASE(refusals_are_worth_repeating_or_not) {
  const auto repeat = [](int status, const char* body) {
    return read_refusal(status, body).worth_repeating;
  };
  BOOST_TEST(repeat(429, R"({"error":{"code":"rate_limit_exceeded"}})"));
  BOOST_TEST(!repeat(429, R"({"error":{"code":"insufficient_quota"}})"));
  BOOST_TEST(repeat(500, ""));
  BOOST_TEST(repeat(503, "<html>"));
  BOOST_TEST(!repeat(401, R"({"error":{"code":"invalid_api_key"}})"));
  BOOST_TEST(!repeat(400, R"({"error":"bad"})"));
  BOOST_TEST(read_refusal(400, R"({"detail":"no such model"})").why ==
             "HTTP 400: no such model");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caly::test
