#include "net/webhooks/exotel.hpp"
#include "runtime/base/error.hpp"
#include "tests/support/actor_fixture.hpp"

#include <map>

namespace caly::test {

namespace {

using exotel::call_reference;

const std::string secret = "path-and-reference-secret";
const call_reference about{tenant_id::make(), call_id::make()};

std::string multipart(const form_fields& fields) {
  std::string body;
  for (const auto& [name, value] : fields)
    body += "--edge\r\nContent-Disposition: form-data; name=\"" + name + "\"\r\n\r\n" +
            value + "\r\n";
  return body + "--edge--\r\n";
}

struct answer {
  unsigned status = 0;
  std::string body;
};

/// The webhooks with everything behind them answering at once.
struct fixture : actor_fixture {
  http_answer api;
  std::vector<std::string> fetched;
  std::vector<record_progress> events;
  std::vector<call_progressed> hints;
  std::vector<open_call> opened;
  std::map<std::string, std::string> found; ///< record -> JSON
  std::vector<run_record> asked;
  caf::error refusal; ///< of a call that rings in
  progress_effect effect = progress_effect::applied;

  http_requests_actor http = sys.spawn([this] {
    return http_requests_actor::behavior_type{
        [this](const http_call& call) {
          fetched.push_back(call.url);
          return api;
        },
        [](const http_finished&) {},
        [](const get_status&) { return status_report{}; },
    };
  });
  caf::actor store = sys.spawn([this]() -> caf::behavior {
    return {[this](const record_progress& x) {
              events.push_back(x);
              return progress_answer{effect};
            },
            [this](const open_call& x) -> caf::result<reserved_call> {
              opened.push_back(x);
              if (refusal)
                return refusal;
              return x.call;
            }};
  });
  caf::actor records = sys.spawn([this]() -> caf::behavior {
    return {[this](const run_record& x) {
      asked.push_back(x);
      const auto row = found.find(x.statement);
      record_answer out;
      out.json = row == found.end() ? "null" : row->second;
      return out;
    }};
  });
  caf::actor calls = sys.spawn([this]() -> caf::behavior {
    return {[this](const call_progressed& x) { hints.push_back(x); }};
  });
  actor_gateways gateways{sys, 1};
  media_tickets tickets{"cluster", std::chrono::seconds{60}};
  std::unique_ptr<exotel_webhooks> webhooks;
  router routes;

  fixture() {
    exotel::carrier_options account;
    account.base_url = "https://api.example";
    account.account_sid = "acme1";
    account.reference_secret = secret;
    webhooks = std::make_unique<exotel_webhooks>(exotel_webhook_parts{
        .gateways = gateways,
        .store = caf::actor_cast<dial_store_actor>(store),
        .records = caf::actor_cast<records_actor>(records),
        .calls = caf::actor_cast<calls_actor>(calls),
        .http = http,
        .account = account,
        .streams = exotel_streams{tickets, "https://voice.example", 8'000},
        .secret = secret,
        .clock = [] { return wall_time{std::chrono::seconds{1'767'346'500}}; }});
    webhooks->add_to(routes);
    api.outcome = http_outcome::answered;
    api.status = 200;
  }

  answer send(http_method method,
              const std::string& target,
              const std::string& body = {},
              const std::string& type = {}) {
    answer got;
    auto request =
        std::make_shared<http_request>([](std::function<void()> work) { work(); },
                                       [&](http_response response) {
                                         got.status = response.status;
                                         got.body = response.body;
                                       });
    request->method = method;
    request->target = target;
    request->path = target.substr(0, target.find('?'));
    request->body = body;
    if (!type.empty())
      request->headers.add("Content-Type", type);
    const auto matched = routes.find(method, request->path);
    BOOST_REQUIRE(matched.found != nullptr);
    request->params = matched.params;
    matched.found->handler(request);
    run();
    return got;
  }

  unsigned callback(const form_fields& fields,
                    const std::string& path = "/api/calls/webhook") {
    return send(http_method::post,
                path,
                multipart(fields),
                "multipart/form-data; boundary=edge")
        .status;
  }

  void api_says(const std::string& status, const std::string& more = {}) {
    api.body = R"({"Call":{"Sid":"s1","From":"+919876543210","StartTime":)"
               R"("2026-01-02 15:04:05","Status":")" +
               status + "\"" + more + "}}";
  }

  void number_is_ours() {
    found["numbers.find"] = R"({"tenant_id":")" + about.tenant.str() +
                            R"(","agent_id":")" + agent_id::make().str() + "\"}";
  }
};

form_fields event(const std::string& kind,
                  const std::string& status,
                  const std::string& reference = exotel::write_reference(secret, about)) {
  return {{"CallSid", "s1"},
          {"EventType", kind},
          {"Status", status},
          {"CustomField", reference},
          {"ConversationDuration", "31"}};
}

const form_fields rang_in{{"CallSid", "s1"},
                          {"CallFrom", "09876543210"},
                          {"CallTo", "08047000000"},
                          {"Direction", "incoming"}};

} // namespace

BOOST_FIXTURE_TEST_SUITE(exotel_webhook, fixture)

BOOST_AUTO_TEST_CASE(a_step_forward_is_recorded_and_hinted) {
  BOOST_TEST(callback(event("answered", "in-progress")) == 200u);
  BOOST_REQUIRE(events.size() == 1u);
  BOOST_TEST((events[0].tenant == about.tenant));
  BOOST_TEST((events[0].call == about.call));
  BOOST_TEST(events[0].status == "in_progress");
  BOOST_TEST(events[0].provider_call_id == "s1");
  BOOST_REQUIRE(hints.size() == 1u);
  BOOST_TEST((hints[0].call == about.call));
  BOOST_TEST(fetched.empty());
}

BOOST_AUTO_TEST_CASE(forms_and_json_are_callbacks_too) {
  const auto fields = event("answered", "in-progress");
  BOOST_TEST(send(http_method::post,
                  "/api/calls/webhook",
                  write_form(fields),
                  "application/x-www-form-urlencoded")
                 .status == 200u);
  const std::string json =
      R"({"CallSid":"s1","EventType":"answered","Status":"in-progress",)"
      R"("CustomField":")" +
      fields[3].second + R"(","Legs":[{"Status":null}]})";
  BOOST_TEST(
      send(http_method::post, "/api/calls/webhook", json, "application/json").status ==
      200u);
  BOOST_TEST(events.size() == 2u);
}

BOOST_AUTO_TEST_CASE(the_reference_in_the_address_is_as_good) {
  auto fields = event("answered", "in-progress", "");
  BOOST_TEST(callback(fields,
                      "/api/calls/webhook?ref=" +
                          exotel::write_reference(secret, about)) == 200u);
  BOOST_TEST(events.size() == 1u);
}

BOOST_AUTO_TEST_CASE(without_proof_nothing_is_believed) {
  BOOST_TEST(callback(event("terminal", "completed", "")) == 403u);
  BOOST_TEST(callback(event("terminal",
                            "completed",
                            exotel::write_reference("another", about))) == 403u);
  BOOST_TEST(callback(rang_in, "/api/calls/webhook/guess") == 403u);
  BOOST_TEST(
      send(http_method::post, "/api/calls/webhook/" + secret, "{", "application/json")
          .status == 400u);
  BOOST_TEST(events.empty());
  BOOST_TEST(fetched.empty());
}

BOOST_AUTO_TEST_CASE(the_end_is_believed_only_from_the_api) {
  api_says("busy");
  effect = progress_effect::ended;
  BOOST_TEST(callback(event("terminal", "completed")) == 200u);
  BOOST_REQUIRE(fetched.size() == 1u);
  BOOST_TEST(fetched[0] ==
             "https://api.example/v1/Accounts/acme1/Calls/s1.json?details=true");
  BOOST_REQUIRE(events.size() == 1u);
  BOOST_TEST(events[0].status == "busy");
}

BOOST_AUTO_TEST_CASE(a_forged_end_changes_nothing) {
  api_says("in-progress");
  BOOST_TEST(callback(event("terminal", "completed")) == 200u);
  api.status = 404;
  BOOST_TEST(callback(event("terminal", "completed")) == 200u);
  api.status = 200;
  api_says("completed",
           R"(,"CustomField":")" +
               exotel::write_reference(secret, {about.tenant, call_id::make()}) + "\"");
  BOOST_TEST(callback(event("terminal", "completed")) == 200u);
  BOOST_TEST(events.empty());
}

BOOST_AUTO_TEST_CASE(a_length_that_the_api_does_not_know_yet_is_taken_from_the_callback) {
  api_says("completed");
  BOOST_TEST(callback(event("terminal", "completed")) == 200u);
  BOOST_REQUIRE(events.size() == 1u);
  BOOST_TEST(events[0].duration_s.value_or(0) == 31);
}

BOOST_AUTO_TEST_CASE(is_sent_again_while_the_api_is_down) {
  api.outcome = http_outcome::unknown;
  BOOST_TEST(callback(event("terminal", "completed")) == 503u);
}

BOOST_AUTO_TEST_CASE(a_call_that_was_given_up_is_not_talked_to) {
  effect = progress_effect::ghost;
  BOOST_TEST(callback(event("answered", "in-progress")) == 200u);
  BOOST_REQUIRE(asked.size() == 1u);
  BOOST_TEST(asked[0].statement == "calls.end_reason");
}

BOOST_AUTO_TEST_CASE(the_end_of_a_call_that_rang_in_is_found_by_number_and_id) {
  number_is_ours();
  found["calls.by_provider_id"] = R"({"id":")" + about.call.str() + "\"}";
  api_says("completed", R"(,"Duration":"12")");
  auto fields = rang_in;
  fields.emplace_back("Status", "completed");
  BOOST_TEST(callback(fields, "/api/calls/webhook/" + secret) == 200u);
  BOOST_REQUIRE(events.size() == 1u);
  BOOST_TEST((events[0].call == about.call));
  BOOST_TEST(events[0].duration_s.value_or(0) == 12);
}

BOOST_AUTO_TEST_CASE(who_rings_in_gets_a_socket_of_the_numbers_tenant) {
  number_is_ours();
  const auto got =
      send(http_method::get,
           "/api/webhooks/exotel/voicebot/" + secret + "?" + write_form(rang_in));
  BOOST_TEST(got.status == 200u);
  BOOST_REQUIRE(opened.size() == 1u);
  BOOST_TEST((opened[0].tenant == about.tenant));
  BOOST_TEST(opened[0].inbound);
  BOOST_TEST(opened[0].provider == "exotel");
  BOOST_TEST(opened[0].provider_call_id == "s1");
  BOOST_TEST(opened[0].call.to == "+918047000000");
  BOOST_TEST(opened[0].call.from == "+919876543210");
  const auto body = json::parse(got.body);
  const std::string url{(*body)["url"].text_or("")};
  const std::string base = "wss://voice.example/phone-ws/exotel/";
  BOOST_REQUIRE(url.starts_with(base));
  const auto ticket = url.substr(base.size(), url.find('?') - base.size());
  const auto pass = tickets.check(ticket, 1'767'346'500);
  BOOST_REQUIRE(pass);
  BOOST_TEST((pass->tenant == about.tenant));
  BOOST_TEST(url.size() <= 600u);
}

BOOST_AUTO_TEST_CASE(nobody_else_gets_one) {
  number_is_ours();
  const auto query = "?" + write_form(rang_in);
  BOOST_TEST(
      send(http_method::get, "/api/webhooks/exotel/voicebot/guess" + query).status ==
      404u);
  BOOST_TEST(send(http_method::get, "/api/webhooks/exotel/voicebot/" + secret).status ==
             400u);
  refusal = caf::make_error(errc::tenant_at_capacity);
  BOOST_TEST(
      send(http_method::get, "/api/webhooks/exotel/voicebot/" + secret + query).status >=
      429u);
  found.clear();
  BOOST_TEST(
      send(http_method::get, "/api/webhooks/exotel/voicebot/" + secret + query).status ==
      404u);
}

BOOST_AUTO_TEST_CASE(a_flow_is_led_back_while_the_rows_say_that_the_talk_goes_on) {
  const auto path = "/api/webhooks/exotel/passthru/" + secret;
  auto fields = rang_in;
  fields.emplace_back("digits", "\"1\"");
  const auto query = path + "?" + write_form(fields);
  BOOST_TEST(send(http_method::get, query).status == 200u);
  number_is_ours();
  found["calls.by_provider_id"] = R"({"id":")" + about.call.str() + "\"}";
  found["calls.talk"] = R"({"live":true,"sessions":1})";
  BOOST_TEST(send(http_method::get, query).status == 302u);
  BOOST_TEST(send(http_method::post,
                  path,
                  R"({"CallSid":"s1","To":"08047000000"})",
                  "application/json")
                 .status == 302u);
  found["calls.talk"] = R"({"live":true,"sessions":4})";
  BOOST_TEST(send(http_method::get, query).status == 200u);
  found["calls.talk"] = R"({"live":false,"sessions":1})";
  BOOST_TEST(send(http_method::get, query).status == 200u);
  BOOST_TEST(send(http_method::get, "/api/webhooks/exotel/passthru/guess").status ==
             404u);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caly::test
