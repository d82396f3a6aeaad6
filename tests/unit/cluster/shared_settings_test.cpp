#include "cluster/membership/shared_settings.hpp"

#include <boost/test/unit_test.hpp>

namespace caly::test {
namespace {

settings some() {
  settings chosen;
  chosen.cluster.secret = "the secret of this cluster";
  chosen.auth.jwt_secret = "what signs the tokens";
  return chosen;
}

BOOST_AUTO_TEST_SUITE(shared_settings_suite)

BOOST_AUTO_TEST_CASE(what_nodes_may_have_of_their_own_makes_no_difference) {
  auto other = some();
  other.node.id = "n2";
  other.net.port = 9999;
  other.database.pool_size = 3;
  other.cluster.capacity = 3;
  BOOST_TEST(shared_config_of(some()).hash == shared_config_of(other).hash);
}

BOOST_AUTO_TEST_CASE(what_all_must_share_makes_one) {
  auto other = some();
  other.dial.settle += std::chrono::seconds{1};
  BOOST_TEST(shared_config_of(some()).hash != shared_config_of(other).hash);
  other = some();
  other.auth.jwt_secret += "x";
  BOOST_TEST(shared_config_of(some()).hash != shared_config_of(other).hash);
  other = some();
  other.cluster.secret += "x";
  BOOST_TEST(shared_config_of(some()).hash != shared_config_of(other).hash);
}

BOOST_AUTO_TEST_CASE(secrets_do_not_stand_in_it) {
  const auto values = shared_config_of(some()).values;
  BOOST_TEST(values.find("what signs the tokens") == std::string::npos);
  BOOST_TEST(values.find("the secret of this cluster") == std::string::npos);
  BOOST_TEST(values.find("auth.jwt_secret") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace caly::test
