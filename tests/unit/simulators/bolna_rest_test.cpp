#include "runtime/base/json.hpp"
#include "tests/simulators/http/http_client.hpp"
#include "tests/simulators/http/http_server.hpp"
#include "tests/simulators/sandbox.hpp"

#include <boost/test/unit_test.hpp>

using namespace caly;
using namespace caly::sim;

namespace {

/// The sandbox in instant mode, and a listener in Caly's place, all on one thread.
struct fixture {
  fixture()
      : caly{io, 0, [this](const exchange_ptr& exchange) {
               hooks.push_back(*json::parse(exchange->request().body));
               exchange->reply(json_response(200, "{}"));
             }} {
    options.instant = true;
    options.bolna_webhook = "http://127.0.0.1:" + std::to_string(caly.port()) + "/hook";
    sim.emplace(io, options);
  }

  json send(const std::string& method, const std::string& path, std::string body = {}) {
    http_call call;
    call.method = method;
    call.url = "http://127.0.0.1:" + std::to_string(sim->port()) + path;
    call.headers = {{"Authorization", "Bearer bn-test"},
                    {"Content-Type", "application/json"}};
    call.body = std::move(body);
    std::optional<http_result> result;
    client.send(std::move(call), [&](http_result got) { result = std::move(got); });
    while (!result)
      io.run_one();
    auto answer = json::parse(result->body);
    BOOST_REQUIRE_MESSAGE(answer, result->body);
    return std::move(*answer);
  }

  /// What was called back of one call until its end.
  std::vector<json> told(const std::string& to) {
    const auto made = send("POST",
                           "/call",
                           R"({"agent_id":"a1","recipient_phone_number":")" + to +
                               R"(","user_data":{"caly_call_id":"call_7"}})");
    id = made["execution_id"].text_or("");
    BOOST_TEST(!id.empty());
    while (hooks.empty() || hooks.back()["status"].text_or("") == "initiated" ||
           hooks.back()["status"].text_or("") == "ringing" ||
           hooks.back()["status"].text_or("") == "in-progress" ||
           hooks.back()["status"].text_or("") == "call-disconnected")
      io.run_one();
    return hooks;
  }

  sim_options options;
  boost::asio::io_context io{1};
  std::vector<json> hooks;
  http_server caly;
  http_client client{io};
  std::optional<sandbox> sim;
  std::string id;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(bolna_rest_suite, fixture)

BOOST_AUTO_TEST_CASE(a_call_is_told_step_by_step_and_its_words_come_last) {
  const auto steps = told("+919876543210");
  std::vector<std::string> names;
  for (const auto& step : steps)
    names.emplace_back(step["status"].text_or(""));
  const std::vector<std::string> wanted{
      "initiated", "ringing", "in-progress", "call-disconnected", "completed"};
  BOOST_TEST(names == wanted, boost::test_tools::per_element());
  const auto& hung_up = steps.at(3);
  BOOST_TEST(hung_up["transcript"].is_null());
  BOOST_TEST(hung_up["telephony_data"]["duration"].text_or("") == "0");
  const auto& done = steps.at(4);
  BOOST_TEST(done["transcript"].text_or("").starts_with("assistant: "));
  BOOST_TEST(done["context_details"]["caly_call_id"].text_or("") == "call_7");
  BOOST_TEST(send("GET", "/executions/" + id)["status"].text_or("") == "completed");
}

BOOST_AUTO_TEST_CASE(who_does_not_pick_up_has_no_talk) {
  const auto steps = told("+919876540002");
  BOOST_TEST(steps.back()["status"].text_or("") == "busy");
  BOOST_TEST(steps.back()["conversation_duration"].int_or(9) == 0);
}

BOOST_AUTO_TEST_SUITE_END()
