#include "net/http/router.hpp"

#include <boost/test/unit_test.hpp>

namespace caly::test {

namespace {

struct routes_fixture {
  routes_fixture() {
    for (const auto* pattern : {"/api/calls",
                                "/api/calls/:id",
                                "/api/calls/live",
                                "/api/calls/:id/events",
                                "/"})
      routes.get(pattern, route_policy::viewer, nullptr);
    routes.add({.method = http_method::post,
                .pattern = "/api/calls/:id",
                .policy = route_policy::admin});
  }

  std::string find(http_method method, const char* path) {
    const auto match = routes.find(method, path);
    return match.found == nullptr ? "none" : match.found->pattern;
  }

  router routes;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(routing, routes_fixture)

BOOST_AUTO_TEST_CASE(prefers_the_more_specific_pattern) {
  BOOST_TEST(find(http_method::get, "/api/calls/live") == "/api/calls/live");
  BOOST_TEST(find(http_method::get, "/api/calls/x") == "/api/calls/:id");
  BOOST_TEST(find(http_method::get, "/api/calls/x/events") == "/api/calls/:id/events");
  BOOST_TEST(find(http_method::get, "/") == "/");
}

BOOST_AUTO_TEST_CASE(finds_nothing_for_everything_else) {
  for (const auto* path : {"/api/calls/",
                           "/api/calls/x/",
                           "/api",
                           "/api/calls/x/events/y",
                           "//api/calls",
                           "/API/calls",
                           "/api/calls/../users"})
    BOOST_TEST(find(http_method::get, path) == "none", path);
}

BOOST_AUTO_TEST_CASE(decodes_parameters_after_matching) {
  const auto match = routes.find(http_method::get, "/api/calls/a%2Fevents");
  BOOST_REQUIRE(match.found != nullptr);
  BOOST_TEST(match.found->pattern == "/api/calls/:id");
  BOOST_TEST(match.params.front().second == "a/events");
}

BOOST_AUTO_TEST_CASE(tells_the_methods_that_a_path_knows) {
  const auto match = routes.find(http_method::del, "/api/calls/x");
  BOOST_TEST((match.found == nullptr));
  BOOST_TEST(match.allowed == "GET, POST");
  BOOST_TEST(find(http_method::head, "/api/calls") == "/api/calls");
}

BOOST_AUTO_TEST_CASE(refuses_a_route_that_is_there_already) {
  BOOST_CHECK_THROW(routes.get("/api/calls", route_policy::open, nullptr),
                    std::logic_error);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caly::test
