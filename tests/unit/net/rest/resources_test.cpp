#include "tests/unit/net/rest/rest_fixture.hpp"

#include <boost/test/unit_test.hpp>

namespace caly::test {

namespace {

const std::string campaign = "cmp_" + std::string(32, 'a');
const std::string contact = "ctc_" + std::string(32, 'b');

std::string plan(const std::string& more = "") {
  return R"({"name":"Spring","agent_id":")" + agent_id::make().str() +
         R"(","import_id":")" + import_id::make().str() + '"' + more + "}";
}

std::unique_ptr<upload_form> form_with_file() {
  auto form = std::make_unique<upload_form>();
  form->file_path = "/nonexistent/caly-test.upload";
  form->file_name = "leads.csv";
  form->sha256 = std::string(64, '0');
  form->file_bytes = 10;
  form->head = "phone\n+911";
  return form;
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(rest_resources, rest_fixture)

BOOST_AUTO_TEST_CASE(asks_only_for_rows_of_the_users_own_tenant) {
  answer("campaigns.progress", R"({"status":"running"})");
  const auto got = get("/api/campaigns/" + campaign + "/progress");
  BOOST_TEST(got.status == 200u);
  BOOST_TEST(got.body["data"]["status"].text_or("") == "running");
  BOOST_TEST((world->asked.front().tenant == tenant));
  BOOST_TEST(world->asked.front().arguments[0].value() == campaign);
  BOOST_TEST(world->asked.front().arguments[1].value() == "2025-10-09T08:53:20.000Z");
}

BOOST_AUTO_TEST_CASE(answers_404_for_what_is_not_there_and_for_what_cannot_be) {
  BOOST_TEST(get("/api/campaigns/" + campaign).status == 404u);
  const auto before = world->asked.size();
  for (const auto* id : {"1",
                         "cmp_1",
                         "call_0193f0a2c4b87d3e9a51b2c3d4e5f607",
                         "%27--",
                         "cmp_0193f0a2c4b87d3e9a51b2c3d4e5f6zz"})
    BOOST_TEST(get(std::string{"/api/campaigns/"} + id).status == 404u, id);
  // A wrong shape never reaches the database.
  BOOST_TEST(world->asked.size() == before);
}

BOOST_AUTO_TEST_CASE(turns_errors_into_the_statuses_of_the_contract) {
  const std::map<errc, unsigned> faces{{errc::invalid, 422},
                                       {errc::not_found, 404},
                                       {errc::conflict, 409},
                                       {errc::no_credit, 402},
                                       {errc::too_large, 413},
                                       {errc::unavailable, 503},
                                       {errc::overloaded, 503},
                                       {errc::tenant_at_capacity, 429},
                                       {errc::forbidden, 403},
                                       {errc::rate_limited, 429},
                                       {errc::timed_out, 503}};
  for (const auto& [code, status] : faces) {
    fail("tenants.get", code, "details");
    const auto got = get("/api/tenant");
    BOOST_TEST(got.status == status, to_string(code));
    BOOST_TEST(got.code() == to_string(code));
    BOOST_TEST(((status == 503 || status == 429) == !got.header("Retry-After").empty()));
    // What is ours to repair is not shown.
    BOOST_TEST((got.raw.body.find("details") == std::string::npos) == (status == 503));
  }
}

BOOST_AUTO_TEST_CASE(puts_pagination_beside_the_list) {
  world->statements["contacts.list"] = [](const run_record& ask) {
    BOOST_TEST(ask.limit == 2u);
    BOOST_TEST(ask.arguments[0].value() == "asha & co");
    BOOST_TEST(!ask.arguments[1].has_value());
    BOOST_TEST(ask.arguments[2].value() == "abc");
    return record_answer{"[1,2]", "next", true, 2};
  };
  answer("contacts.total", R"({"total":7})");
  const auto got =
      get("/api/contacts?limit=2&cursor=abc&q=asha+%26%20co&tag=&include_total=true");
  BOOST_TEST(got.status == 200u);
  BOOST_TEST(got.body["data"].items().size() == 2u);
  BOOST_TEST(got.body["pagination"]["next_cursor"].text_or("") == "next");
  BOOST_TEST(got.body["pagination"]["has_more"].bool_or(false));
  BOOST_TEST(got.body["total"].int_or(0) == 7);
}

BOOST_AUTO_TEST_CASE(refuses_pages_that_cannot_be) {
  for (const auto* query : {"limit=0",
                            "limit=101",
                            "limit=x",
                            "limit=1e1",
                            "limit=-1",
                            "limit=",
                            "cursor=%ff",
                            "cursor=a%00b",
                            "q=%c3"})
    BOOST_TEST(get(std::string{"/api/contacts?"} + query).status == 422u, query);
  BOOST_TEST(get("/api/contacts?cursor=" + std::string(600, 'a')).status == 422u);
  BOOST_TEST(world->asked.empty());
  fail("contacts.list", errc::invalid, "The cursor is not one of this list.");
  BOOST_TEST(get("/api/contacts?cursor=garbage").status == 422u);
}

BOOST_AUTO_TEST_CASE(survives_the_json_that_kills_parsers) {
  const std::string deep(100'000, '[');
  for (const std::string& body : {std::string{"[0.00000000001e-2147483639]"},
                                  deep,
                                  std::string{"{"},
                                  std::string{R"({"name":"a","name":"b"})"},
                                  std::string{"[]"},
                                  std::string{"\xff"},
                                  std::string{"{} {}"},
                                  std::string{"null"}})
    BOOST_TEST(post("/api/campaigns", body).status == 400u, body.substr(0, 40));
  BOOST_TEST(post("/api/campaigns", R"({"name":"\u0000"})").status == 422u);
}

BOOST_AUTO_TEST_CASE(names_all_wrong_fields_at_once) {
  const auto got = post("/api/campaigns",
                        R"({"name":"","agent_id":"cmp_1","concurrency":0,)"
                        R"("retry":{"max_attempts":11,"busy_delay":1},)"
                        R"("calling_window":{"from":"9:00","to":"25:00","days":[0]},)"
                        R"("failure_breaker":{"ratio":2},"max_call_s":1,"credits":5})");
  BOOST_TEST(got.status == 422u);
  BOOST_TEST(got.fields() ==
             "name agent_id import_id concurrency retry.max_attempts retry.busy_delay "
             "calling_window.from calling_window.to calling_window.days "
             "failure_breaker.ratio max_call_s credits");
  BOOST_TEST(world->asked.empty());
}

BOOST_AUTO_TEST_CASE(creates_a_campaign_and_gives_its_version_as_etag) {
  answer("campaigns.create", R"({"id":"cmp_x","status":"draft","version":1})");
  const auto got =
      post("/api/campaigns",
           plan(R"(,"retry":{"max_attempts":2},"calling_window":null,"concurrency":4)"));
  BOOST_TEST(got.status == 201u);
  BOOST_TEST(got.header("ETag") == "\"1\"");
  const auto& values = world->asked.front().arguments;
  BOOST_TEST(values[1].value() == "Spring");
  BOOST_TEST(values[5].value() == "4");
  BOOST_TEST(values[6].value() == R"({"max_attempts":2})");
  BOOST_TEST(!values[7].has_value());
  BOOST_TEST(values[10].value() == user.str());
}

BOOST_AUTO_TEST_CASE(changes_a_campaign_only_in_the_version_that_was_seen) {
  answer("campaigns.patch", R"({"id":"cmp_x","version":4})");
  const auto patch = [&](const char* version) {
    header_pairs headers;
    if (version != nullptr)
      headers.emplace_back("If-Match", version);
    return call(http_method::patch,
                "/api/campaigns/" + campaign,
                R"({"name":"New"})",
                user_role::operator_,
                headers);
  };
  BOOST_TEST(patch(nullptr).status == 428u);
  BOOST_TEST(patch("*").status == 409u);
  BOOST_TEST(patch("\"x\"").status == 409u);
  const auto got = patch("\"3\"");
  BOOST_TEST(got.status == 200u);
  BOOST_TEST(got.header("ETag") == "\"4\"");
  BOOST_TEST(world->asked.front().arguments[1].value() == "3");
  BOOST_TEST(world->woken.size() == 1u);
}

BOOST_AUTO_TEST_CASE(wakes_the_tenant_when_a_campaign_starts) {
  answer("campaigns.start", R"({"id":"cmp_x","status":"running","rows":3})");
  BOOST_TEST(post("/api/campaigns/" + campaign + "/start").status == 200u);
  BOOST_REQUIRE(world->woken.size() == 1u);
  BOOST_TEST((world->woken.front().tenant == tenant));
  fail("campaigns.pause", errc::conflict, "It does not run.");
  const auto got = post("/api/campaigns/" + campaign + "/pause", R"({"reason":"lunch"})");
  BOOST_TEST(got.status == 409u);
  BOOST_TEST(world->asked.back().arguments[2].value() == "lunch");
  BOOST_TEST(world->woken.size() == 1u);
}

BOOST_AUTO_TEST_CASE(places_single_calls) {
  const auto agent = agent_id::make().str();
  const auto ask = [&](const std::string& to) {
    return post("/api/phone/calls",
                R"({"to":")" + to + R"(","agent_id":")" + agent +
                    R"(","variables":{"name":"Asha"}})");
  };
  const auto got = ask("+919876543210");
  BOOST_TEST(got.status == 201u);
  BOOST_TEST(got.body["data"]["status"].text_or("") == "queued");
  BOOST_REQUIRE(world->placed.size() == 1u);
  BOOST_TEST(got.body["data"]["id"].text_or("") == world->placed.front().call.str());
  BOOST_TEST(world->placed.front().variables == R"({"name":"Asha"})");
  BOOST_TEST(world->placed.front().correlation_id ==
             got.body["correlation_id"].text_or("-"));
  BOOST_TEST(ask("+910000000002").status == 402u);
  BOOST_TEST(ask("98765").fields() == "to");
}

BOOST_AUTO_TEST_CASE(checks_contacts_before_they_are_stored) {
  const auto got = post("/api/contacts",
                        R"({"phone":"12","tags":[""],"variables":{"a":{}},"role":"x"})");
  BOOST_TEST(got.status == 422u);
  BOOST_TEST(got.fields() == "phone variables.a tags role");
  answer("contacts.create", "{}");
  BOOST_TEST(post("/api/contacts", R"({"phone":"+919876543210"})").status == 201u);
  fail("contacts.create", errc::conflict, "This number exists.");
  BOOST_TEST(post("/api/contacts", R"({"phone":"+919876543210"})").status == 409u);
}

BOOST_AUTO_TEST_CASE(begins_an_import_and_hands_the_file_to_the_runner) {
  auto form = form_with_file();
  form->fields = {{"default_country", "IN"},
                  {"mapping", R"({"phone":"Mobile No","name":"Who"})"}};
  const auto got = call(
      http_method::post, "/api/imports", "", user_role::operator_, {}, std::move(form));
  BOOST_TEST(got.status == 202u);
  BOOST_TEST(got.body["data"]["id"].text_or("") == world->import.import.str());
  BOOST_REQUIRE(world->runs.size() == 1u);
  BOOST_TEST(world->runs.front().path == "/nonexistent/caly-test.upload");
  BOOST_TEST(world->begun.front().mapping == R"({"name":"Who","phone":"Mobile No"})");
}

BOOST_AUTO_TEST_CASE(gives_the_same_key_to_the_same_file_mapping_and_country) {
  const auto upload = [&](const char* country, const char* mapping) {
    auto form = form_with_file();
    form->fields = {{"mapping", mapping}, {"default_country", country}};
    call(
        http_method::post, "/api/imports", "", user_role::operator_, {}, std::move(form));
    return world->begun.back().content_key;
  };
  const auto first = upload("IN", R"({"phone":"a","name":"b"})");
  BOOST_TEST(first == upload("IN", R"({ "name":"b", "phone":"a" })"));
  BOOST_TEST(first != upload("US", R"({"phone":"a","name":"b"})"));
  BOOST_TEST(first != upload("IN", R"({"phone":"b","name":"a"})"));
}

BOOST_AUTO_TEST_CASE(runs_no_import_that_is_done) {
  world->import = {import_id::make(), "completed", false};
  const auto got = call(
      http_method::post, "/api/imports", "", user_role::operator_, {}, form_with_file());
  BOOST_TEST(got.status == 200u);
  BOOST_TEST(world->runs.empty());
}

BOOST_AUTO_TEST_CASE(refuses_uploads_without_a_file_or_with_odd_fields) {
  auto form = std::make_unique<upload_form>();
  form->fields = {{"default_country", "XX"}, {"mapping", "[]"}, {"tenant_id", "ten_1"}};
  const auto got = call(
      http_method::post, "/api/imports", "", user_role::operator_, {}, std::move(form));
  BOOST_TEST(got.status == 422u);
  BOOST_TEST(got.fields() == "tenant_id file default_country mapping");
}

BOOST_AUTO_TEST_CASE(streams_the_error_file_piece_by_piece) {
  world->error_pieces = {
      {"head\r\na\r\n", "1", true}, {"b\r\n", "2", true}, {"c\r\n", "", false}};
  const auto got = get("/api/imports/" + world->import.import.str() + "/errors.csv");
  BOOST_TEST(got.status == 200u);
  BOOST_TEST(got.raw.content_type == "text/csv; charset=utf-8");
  BOOST_TEST(got.header("Content-Disposition").starts_with("attachment"));
  std::string whole;
  for (bool more = true; more;) {
    std::optional<caf::expected<std::string>> piece;
    got.raw.source([&](caf::expected<std::string> x) { piece.emplace(std::move(x)); });
    while (!piece) {
      run();
      queue->run_one();
    }
    BOOST_REQUIRE(*piece);
    more = !(*piece)->empty();
    whole += **piece;
  }
  BOOST_TEST(whole == "head\r\na\r\nb\r\nc\r\n");
  world->error_pieces.clear();
  BOOST_TEST(get("/api/imports/" + world->import.import.str() + "/errors.csv").status ==
             404u);
}

BOOST_AUTO_TEST_CASE(shows_events_after_a_sequence_number) {
  events.publish(tenant, "call:start", R"({"call_id":"a"})");
  events.publish(tenant, "call:end", R"({"call_id":"a"})");
  events.publish(tenant_id::make(), "call:end", R"({"call_id":"theirs"})");
  const auto all = get("/api/events");
  BOOST_REQUIRE(all.body["data"].items().size() == 2u);
  const auto seq = all.body["data"].items()[0]["seq"].int_or(0);
  const auto rest = get("/api/events?after=" + std::to_string(seq));
  BOOST_REQUIRE(rest.body["data"].items().size() == 1u);
  BOOST_TEST(rest.body["data"].items()[0]["type"].text_or("") == "call:end");
  BOOST_TEST(get("/api/events?after=x").status == 422u);
}

BOOST_AUTO_TEST_CASE(shows_health_to_anybody) {
  const auto got = get("/health", user_role::none);
  BOOST_TEST(got.status == 200u);
  BOOST_TEST(got.body["status"].text_or("") == "ok");
  BOOST_TEST(got.body["data"]["status"].text_or("") == "ok");
  BOOST_TEST(get("/docs", user_role::none).raw.content_security_policy.find("sha256-") !=
             std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caly::test
