#include "runtime/base/error.hpp"
#include "storage/cluster/admission.hpp"

#include <boost/test/unit_test.hpp>

namespace caly::test {
namespace {

constexpr auto level(int number) {
  return static_cast<protocol_level>(number);
}

join_cluster
asking(std::string values = R"({"cluster.name":"caly","dial.settle":"30s"})") {
  join_cluster ask;
  ask.node = "n1";
  ask.build = "2.0";
  ask.process = "p1";
  ask.protocol = {level(2), level(4)};
  ask.config = {values, values};
  return ask;
}

living_node living(const std::string& name) {
  living_node node;
  node.node = name;
  node.build = "1.0";
  node.process = "p2";
  node.protocol = {level(1), level(2)};
  node.config = asking().config;
  return node;
}

std::string words(const caf::error& reason) {
  return to_string(reason);
}

bool has(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

BOOST_AUTO_TEST_SUITE(admission_suite)

BOOST_AUTO_TEST_CASE(ranges_that_touch_fit) {
  BOOST_CHECK(!refusal(asking(), {living("n2")}));
}

BOOST_AUTO_TEST_CASE(ranges_without_a_common_level_say_who_is_behind) {
  auto ask = asking();
  ask.protocol.min = level(3);
  const auto newer = refusal(ask, {living("n2")});
  BOOST_CHECK(newer == errc::forbidden);
  BOOST_CHECK(has(words(newer), "node n1 (build 2.0) speaks the protocol levels 3 to 4"));
  BOOST_CHECK(has(words(newer), "node n2 (build 1.0) those of 1 to 2"));
  BOOST_CHECK(has(words(newer), "upgrade that node"));
  ask.protocol = {level(0), level(0)};
  BOOST_CHECK(has(words(refusal(ask, {living("n2")})), "upgrade this node"));
}

BOOST_AUTO_TEST_CASE(one_node_that_does_not_fit_is_enough) {
  auto other = living("n3");
  other.protocol = {level(7), level(9)};
  BOOST_CHECK(refusal(asking(), {living("n2"), other}) == errc::forbidden);
}

BOOST_AUTO_TEST_CASE(a_setting_that_only_one_build_knows_is_no_difference) {
  auto other = living("n2");
  other.config = {"x", R"({"cluster.name":"caly","dial.settle":"30s","dial.new":"1"})"};
  BOOST_CHECK(!refusal(asking(), {other}));
}

BOOST_AUTO_TEST_CASE(the_name_of_the_cluster_differs_never) {
  auto ask = asking(R"({"cluster.name":"other","dial.settle":"30s"})");
  ask.config.accept_change = true;
  const auto no = refusal(ask, {living("n2")});
  BOOST_CHECK(no == errc::forbidden);
  BOOST_CHECK(has(words(no), "cluster.name is other here and caly there"));
}

BOOST_AUTO_TEST_CASE(secrets_are_named_and_with_another_key_only_the_key_is) {
  const auto values = [](std::string key, std::string token) {
    return shared_config{key + token,
                         R"({"cluster.secret":{"digest":")" + key +
                             R"("},"auth.jwt_secret":{"digest":")" + token + R"("}})"};
  };
  BOOST_TEST(differences(values("k", "a"), values("k", "b")) ==
                 std::vector<std::string>{"auth.jwt_secret is another one"},
             boost::test_tools::per_element());
  BOOST_TEST(differences(values("k", "a"), values("l", "b")) ==
                 std::vector<std::string>{"cluster.secret is another one"},
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_name_belongs_to_one_process) {
  auto holder = living("n1");
  BOOST_CHECK(refusal(asking(), {holder}) == errc::conflict);
  holder.process = asking().process;
  BOOST_CHECK(!refusal(asking(), {holder}));
}

BOOST_AUTO_TEST_CASE(the_common_level_is_the_lowest_of_the_highest) {
  BOOST_CHECK(common_level({{level(1), level(4)}, {level(2), level(3)}}) == level(3));
  BOOST_CHECK(common_level({}) == protocol_level::first);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace caly::test
