#include "storage/cluster/shards_text.hpp"

#include <boost/test/unit_test.hpp>

namespace caly::test {

BOOST_AUTO_TEST_SUITE(shards_text_suite)

BOOST_AUTO_TEST_CASE(runs_of_shards_are_told_by_their_ends) {
  std::vector<shard_row> shards;
  for (const int id : {5, 3, 4, 9, 17, 18})
    shards.push_back({"tenant", id, {}, 0});
  shards.push_back({"scheduler", 0, {}, 0});
  BOOST_TEST(shards_text(shards) == "scheduler/0 tenant/3-5,9,17-18");
  BOOST_TEST(shards_text({}) == "");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caly::test
