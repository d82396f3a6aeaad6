#include "net/rest/net_server.hpp"
#include "tests/unit/net/http/loopback.hpp"

#include <boost/test/unit_test.hpp>
#include <caf/actor_system_config.hpp>

#include <fstream>

namespace caly::test {

namespace {

settings test_settings(const scratch_folder& folder) {
  settings config;
  config.node.profile = "test";
  config.node.state_dir = folder.path.string();
  config.net.port = 0;
  config.net.dashboard_dir = (folder.path / "site").string();
  config.auth.jwt_secret = "caly-jwt-secret-which-is-32-bytes!";
  config.auth.argon2_memory = 8192;
  config.auth.argon2_passes = 1;
  return config;
}

/// A whole node's face without anybody behind it.
struct fixture {
  fixture() {
    std::filesystem::create_directories(folder.path / "site");
    std::ofstream{folder.path / "site/index.html"} << "dashboard";
    net_options options;
    options.config = test_settings(folder);
    options.more_routes.emplace_back([](router& routes, actor_gateways&) {
      routes.get("/extra", route_policy::webhook, [](const request_ptr& request) {
        request->respond({.body = "extra"});
      });
    });
    server.emplace(sys, events, api_actors{}, std::move(options));
    BOOST_REQUIRE(!server->start());
  }

  ~fixture() { server.reset(); }

  std::string get(const std::string& path, const std::string& more = "") {
    raw_client client{server->port()};
    client.send("GET " + path + " HTTP/1.0\r\n" + more + "\r\n");
    return client.read_all();
  }

  scratch_folder folder;
  caf::actor_system_config cfg;
  caf::actor_system sys{cfg};
  event_hub events;
  std::optional<net_server> server;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(net_serving, fixture)

BOOST_AUTO_TEST_CASE(serves_the_api_the_dashboard_and_what_others_add) {
  BOOST_TEST(status_of(get("/health")) == 200);
  BOOST_TEST(body_of(get("/")) == "dashboard");
  BOOST_TEST(body_of(get("/calls", "Accept: text/html\r\n")) == "dashboard");
  BOOST_TEST(body_of(get("/extra")) == "extra");
  BOOST_TEST(status_of(get("/api/tenant")) == 401);
}

BOOST_AUTO_TEST_CASE(counts_what_it_answers) {
  get("/health");
  const auto text = get("/metrics");
  BOOST_TEST(
      text.find("caly_http_requests_total{route=\"GET /health\",status=\"200\"}") !=
      std::string::npos);
  BOOST_TEST(text.find("caly_http_request_seconds_bucket{route=\"GET /health\"") !=
             std::string::npos);
}

BOOST_AUTO_TEST_CASE(says_unavailable_when_the_store_is_gone) {
  const token_signer signer{{"caly-jwt-secret-which-is-32-bytes!"}, "caly"};
  const auto token = signer.sign(token_kind::access,
                                 {tenant_id::make(), user_id::make(), user_role::viewer},
                                 std::chrono::system_clock::now(),
                                 std::chrono::minutes{1});
  const auto response = get("/api/tenant", "Authorization: Bearer " + token + "\r\n");
  BOOST_TEST(status_of(response) == 503);
  BOOST_TEST(response.find("Retry-After: ") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(refuses_to_start_on_a_port_that_is_taken) {
  net_options options;
  options.config = test_settings(folder);
  options.config.net.port = server->port();
  // The address is reused only after its owner is gone.
  net_server second{sys, events, api_actors{}, std::move(options)};
  BOOST_TEST((second.start() == errc::unavailable));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caly::test
