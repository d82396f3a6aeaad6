#include "net/rest/documents.hpp"
#include "tests/unit/net/rest/rest_fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <map>
#include <set>

namespace caly::test {

namespace {

/// Every route with the role it asks for. A new route is added here by hand: who may use
/// it is a decision.
const std::map<std::string, std::string> expected{
    {"GET /health", "open"},
    {"GET /ready", "open"},
    {"GET /metrics", "open"},
    {"GET /openapi.json", "open"},
    {"GET /docs", "open"},
    {"GET /ws", "open"},
    {"POST /api/auth/register", "open"},
    {"POST /api/auth/login", "open"},
    {"POST /api/auth/refresh", "open"},
    {"POST /api/auth/logout", "open"},
    {"GET /api/auth/me", "viewer"},
    {"GET /api/users", "admin"},
    {"POST /api/users", "admin"},
    {"GET /api/tenant", "viewer"},
    {"PATCH /api/tenant", "admin"},
    {"GET /api/agents", "viewer"},
    {"GET /api/agents/:id", "viewer"},
    {"PATCH /api/agents/:id", "admin"},
    {"POST /api/agents/:id/test-calls", "operator"},
    {"GET /api/numbers", "viewer"},
    {"PATCH /api/numbers/:phone", "admin"},
    {"GET /api/sectors", "viewer"},
    {"GET /api/contacts", "viewer"},
    {"POST /api/contacts", "operator"},
    {"GET /api/contacts/:id", "viewer"},
    {"PATCH /api/contacts/:id", "operator"},
    {"DELETE /api/contacts/:id", "operator"},
    {"GET /api/suppressions", "viewer"},
    {"POST /api/suppressions", "admin"},
    {"DELETE /api/suppressions/:phone", "admin"},
    {"POST /api/imports", "operator"},
    {"POST /api/imports/preview", "operator"},
    {"GET /api/imports", "viewer"},
    {"GET /api/imports/:id", "viewer"},
    {"GET /api/imports/:id/errors.csv", "viewer"},
    {"GET /api/templates/campaign.csv", "viewer"},
    {"GET /api/campaigns", "viewer"},
    {"POST /api/campaigns", "operator"},
    {"GET /api/campaigns/:id", "viewer"},
    {"PATCH /api/campaigns/:id", "operator"},
    {"DELETE /api/campaigns/:id", "operator"},
    {"POST /api/campaigns/:id/validate", "operator"},
    {"POST /api/campaigns/:id/simulate", "operator"},
    {"POST /api/campaigns/:id/start", "operator"},
    {"POST /api/campaigns/:id/pause", "operator"},
    {"POST /api/campaigns/:id/resume", "operator"},
    {"POST /api/campaigns/:id/stop", "operator"},
    {"POST /api/campaigns/:id/redial", "operator"},
    {"GET /api/campaigns/:id/progress", "viewer"},
    {"GET /api/campaigns/:id/forecast", "viewer"},
    {"GET /api/campaigns/:id/contacts", "viewer"},
    {"GET /api/campaigns/:id/contacts/:cid/explain", "viewer"},
    {"POST /api/phone/calls", "operator"},
    {"GET /api/phone/calls/:id", "viewer"},
    {"GET /api/calls", "viewer"},
    {"GET /api/calls/:id", "viewer"},
    {"GET /api/calls/:id/events", "viewer"},
    {"GET /api/calls/:id/transcript", "viewer"},
    {"GET /api/calls/:id/log", "viewer"},
    {"POST /api/calls/:id/actions/hangup", "operator"},
    {"GET /api/calls/:id/transfers", "viewer"},
    {"POST /api/calls/:id/actions/handback", "operator"},
    {"POST /api/calls/:id/actions/hold", "operator"},
    {"POST /api/calls/:id/actions/dtmf", "operator"},
    {"POST /api/calls/:id/actions/recording", "operator"},
    {"POST /api/calls/:id/actions/resume", "operator"},
    {"POST /api/calls/:id/actions/say", "operator"},
    {"POST /api/calls/:id/actions/takeover", "operator"},
    {"POST /api/calls/:id/actions/transfer", "operator"},
    {"POST /api/calls/:id/actions/whisper", "operator"},
    {"GET /api/calls/:id/recording", "viewer"},
    {"DELETE /api/calls/:id/recording", "admin"},
    {"DELETE /api/contacts/:id/recordings", "admin"},
    {"POST /api/contacts/:id/erase", "admin"},
    {"GET /api/recording-policy", "viewer"},
    {"PUT /api/recording-policy", "admin"},
    {"GET /api/billing/balance", "viewer"},
    {"GET /api/billing/ledger", "viewer"},
    {"POST /api/billing/topup", "admin"},
    {"GET /api/analytics/kpis", "viewer"},
    {"GET /api/analytics/latency", "viewer"},
    {"GET /api/analytics/campaigns", "viewer"},
    {"POST /api/ws-ticket", "viewer"},
    {"GET /api/events", "viewer"},
};

std::string name_of(const route& x) {
  return std::string{to_string(x.method)} + " " + x.pattern;
}

/// `/api/calls/{id}` -> `/api/calls/:id`.
std::string pattern_of(std::string path) {
  std::replace(path.begin(), path.end(), '{', ':');
  std::erase(path, '}');
  return path;
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(rest_routes, rest_fixture)

BOOST_AUTO_TEST_CASE(each_route_has_the_role_that_was_decided) {
  std::map<std::string, std::string> found;
  for (const auto& each : routes.routes())
    found.emplace(name_of(*each), to_string(each->policy));
  for (const auto& [name, role] : found)
    BOOST_TEST((expected.contains(name) && expected.at(name) == role), name + " " + role);
  for (const auto& [name, role] : expected)
    BOOST_TEST(found.contains(name), name);
}

BOOST_AUTO_TEST_CASE(every_role_passes_where_it_may_and_only_there) {
  for (const auto& each : routes.routes()) {
    const auto needed = role_of(each->policy);
    for (const auto role : {user_role::none,
                            user_role::viewer,
                            user_role::operator_,
                            user_role::admin,
                            user_role::owner}) {
      header_pairs headers;
      if (role != user_role::none)
        headers.emplace_back("Authorization", "Bearer " + token_of(role));
      auto request = make_request(each->method, each->pattern, headers);
      request->matched = each.get();
      const auto stopped = guard(*request);
      const auto status = stopped ? stopped->status : 0u;
      const auto wanted = needed == user_role::none ? 0u
                          : role == user_role::none ? 401u
                          : role < needed           ? 403u
                                                    : 0u;
      BOOST_TEST(status == wanted, name_of(*each) + " as " << to_string(role));
      request->respond({});
    }
  }
}

BOOST_AUTO_TEST_CASE(the_description_names_the_same_routes_and_roles) {
  json_limits limits{.bytes_max = 4 << 20, .values_max = 100'000};
  const auto api = json::parse(openapi_text(), limits);
  BOOST_REQUIRE(api);
  std::map<std::string, std::string> described;
  for (const auto& [path, methods] : (*api)["paths"].members())
    for (const auto& [method, operation] : methods.members()) {
      std::string upper;
      for (const auto c : method)
        upper += static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
      const auto name = upper + " " + pattern_of(path);
      described.emplace(name, operation["x-caly-role"].text_or(""));
      const auto open = operation["x-caly-role"].text_or("") == "open";
      // Without a `security` of its own an operation needs the bearer token.
      BOOST_TEST(operation.has("security") == open, name);
    }
  BOOST_TEST((described == expected));
  for (const auto& [name, role] : expected)
    BOOST_TEST((described.contains(name) && described[name] == role), name);
}

BOOST_AUTO_TEST_CASE(the_description_refers_only_to_what_it_defines) {
  const auto text = openapi_text();
  json_limits limits{.bytes_max = 4 << 20, .values_max = 100'000};
  const auto api = json::parse(text, limits);
  BOOST_REQUIRE(api);
  constexpr std::string_view mark = "\"#/components/";
  for (auto at = text.find(mark); at != std::string_view::npos;
       at = text.find(mark, at + 1)) {
    const auto reference =
        text.substr(at + mark.size(), text.find('"', at + 1) - at - mark.size());
    const auto slash = reference.find('/');
    BOOST_TEST(
        (*api)["components"][reference.substr(0, slash)].has(reference.substr(slash + 1)),
        reference);
  }
}

BOOST_AUTO_TEST_CASE(a_token_of_another_server_opens_nothing) {
  const token_signer other{{"some-other-secret-that-is-32-bytes-long"}, "caly"};
  const auto forged = other.sign(token_kind::access,
                                 {tenant, user, user_role::owner},
                                 now,
                                 std::chrono::minutes{10});
  const auto answer = call(http_method::get,
                           "/api/tenant",
                           {},
                           user_role::none,
                           {{"Authorization", "Bearer " + forged}});
  BOOST_TEST(answer.status == 401u);
  BOOST_TEST(answer.code() == "invalid_token");
  BOOST_TEST(world->asked.empty());
}

BOOST_AUTO_TEST_CASE(users_have_a_rate_each) {
  limit_settings tight;
  tight.requests_per_minute = 60;
  tight.requests_burst = 2;
  limits = std::make_unique<request_limits>(tight);
  guard = make_guard(
      signer, [this] { return now; }, *limits);
  answer("tenants.get", "{}");
  BOOST_TEST(get("/api/tenant").status == 200u);
  BOOST_TEST(get("/api/tenant").status == 200u);
  const auto third = get("/api/tenant");
  BOOST_TEST(third.status == 429u);
  BOOST_TEST(third.header("Retry-After") == "1");
  BOOST_TEST(third.header("RateLimit") == R"("requests";r=0;t=1)");
  BOOST_TEST(third.header("RateLimit-Policy") == R"("requests";q=60;w=60)");
  user = user_id::make();
  BOOST_TEST(get("/api/tenant").status == 200u);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caly::test
