#include "runtime/base/json.hpp"
#include "runtime/base/text.hpp"
#include "tests/simulators/http/http_client.hpp"
#include "tests/simulators/http/http_server.hpp"
#include "tests/simulators/sandbox.hpp"
#include "tests/simulators/twilio/signature.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <unistd.h>

using namespace caly;
using namespace caly::sim;

namespace {

/// The sandbox in instant mode, and a listener in Caly's place, all on one thread.
struct fixture {
  fixture()
      : caly{io, 0, [this](const exchange_ptr& exchange) {
               hooks.push_back(exchange->request());
               exchange->reply(json_response(204, ""));
             }} {
    options.instant = true;
    options.twilio_auth_token = "secret";
    options.history_path = (std::filesystem::temp_directory_path() /
                            ("caly_sim_test_" + std::to_string(::getpid()) + ".jsonl"))
                               .string();
    std::filesystem::remove(options.history_path);
    sim.emplace(io, options);
  }

  ~fixture() { std::filesystem::remove(options.history_path); }

  http_result send(http_call call) {
    std::optional<http_result> result;
    client.send(std::move(call), [&](http_result got) { result = std::move(got); });
    while (!result)
      io.run_one();
    return std::move(*result);
  }

  std::string hook_url() const {
    return "http://127.0.0.1:" + std::to_string(caly.port()) + "/status?call=call_7";
  }

  http_call create(const std::string& to) {
    http_call call;
    call.url = "http://127.0.0.1:" + std::to_string(sim->port()) +
               "/2010-04-01/Accounts/AC1/Calls.json";
    call.headers = {{"Authorization", "Basic " + to_base64("AC1:secret")},
                    {"Content-Type", "application/x-www-form-urlencoded"}};
    call.body = render_form({{"To", to},
                             {"From", "+14155550100"},
                             {"Url", "http://127.0.0.1:1/voice"},
                             {"StatusCallback", hook_url()},
                             {"StatusCallbackEvent", "ringing"},
                             {"StatusCallbackEvent", "completed"}});
    return call;
  }

  std::vector<json> lines() const {
    std::vector<json> all;
    std::ifstream in{options.history_path};
    for (std::string line; std::getline(in, line);)
      all.push_back(*json::parse(line));
    return all;
  }

  sim_options options;
  boost::asio::io_context io{1};
  std::vector<http_request> hooks;
  http_server caly;
  http_client client{io};
  std::optional<sandbox> sim;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(sandbox_suite, fixture)

BOOST_AUTO_TEST_CASE(the_history_knows_a_call_before_its_creator_does) {
  const auto result = send(create("+919876543210"));
  BOOST_TEST(result.status == 201);
  const auto history = lines();
  BOOST_REQUIRE(!history.empty());
  BOOST_TEST(history[0]["kind"].text_or("") == "call.create");
  BOOST_TEST(history[0]["result"].text_or("") == "accepted");
  BOOST_TEST(history[0]["attempt"].text_or("") == "call_7");
  BOOST_TEST(history[0]["call_id"].text_or("") ==
             (*json::parse(result.body))["sid"].text_or("-"));
}

BOOST_AUTO_TEST_CASE(reports_what_was_asked_for_in_order_and_signed) {
  send(create("+919876543210"));
  while (hooks.size() < 2)
    io.run_one();
  const auto first = parse_form(hooks[0].body);
  const auto last = parse_form(hooks[1].body);
  BOOST_TEST(field(first, "CallStatus") == "ringing");
  BOOST_TEST(field(last, "CallStatus") == "completed");
  BOOST_TEST(field(first, "SequenceNumber") == "0");
  BOOST_TEST(field(last, "SequenceNumber") == "1");
  BOOST_TEST(hooks[0].header("X-Twilio-Signature") ==
             twilio_signature("secret", hook_url(), first));
}

BOOST_AUTO_TEST_CASE(refused_and_failed_creates_place_nothing) {
  BOOST_TEST(send(create("+919876540005")).status == 400);
  BOOST_TEST(send(create("+919876540007")).status == 500);
  auto stranger = create("+919876543210");
  stranger.headers[0].second = "Basic " + to_base64("AC1:wrong");
  BOOST_TEST(send(stranger).status == 401);
  const auto history = lines();
  BOOST_REQUIRE(history.size() == 3U);
  BOOST_TEST(history[0]["result"].text_or("") == "refused");
  BOOST_TEST(history[1]["result"].text_or("") == "error");
  BOOST_TEST(history[2]["result"].text_or("") == "refused");
}

BOOST_AUTO_TEST_CASE(a_call_whose_create_was_never_answered_is_found_in_the_list) {
  auto lost = create("+919876540006");
  lost.timeout_s = 0.2;
  BOOST_TEST(send(lost).status == 0);
  auto list = create("");
  list.method = "GET";
  list.url += "?To=%2B919876540006&StartTime%3E=2020-01-01";
  list.body.clear();
  const auto found = json::parse(send(list).body);
  BOOST_REQUIRE(found);
  BOOST_REQUIRE((*found)["calls"].items().size() == 1U);
  BOOST_TEST(lines()[0]["result"].text_or("") == "accepted_then_timeout");
}

BOOST_AUTO_TEST_CASE(a_url_that_does_not_answer_leads_to_the_fallback_once) {
  const std::string dead = "http://127.0.0.1:1/voice";
  const auto fallback = "http://127.0.0.1:" + std::to_string(caly.port()) + "/again";
  http_call ring;
  ring.url = "http://127.0.0.1:" + std::to_string(sim->admin_port()) + "/inbound";
  ring.body = R"({"to":"+14155550100","from":"+919876543210","url":")" + dead +
              R"(","fallback":")" + fallback + "\"}";
  BOOST_TEST(send(ring).status == 201);
  const auto ended = [&] {
    const auto history = lines();
    return std::any_of(history.begin(), history.end(), [](const json& line) {
      return line["kind"].text_or("") == "call.end";
    });
  };
  while (!ended())
    io.run_one();
  BOOST_REQUIRE(hooks.size() == 1u); // whose answer was no TwiML either
  const auto form = parse_form(hooks[0].body);
  BOOST_TEST(hooks[0].path == "/again");
  BOOST_TEST(field(form, "ErrorCode") == "11205");
  BOOST_TEST(field(form, "ErrorUrl") == dead);
}

BOOST_AUTO_TEST_SUITE_END()
