#include "actors/scheduler/line_shares.hpp"

#include <boost/test/unit_test.hpp>

#include <array>
#include <numeric>
#include <random>

namespace caly::test {
namespace {

struct fixture {
  line_shares shares;
  std::map<tenant_id, std::uint32_t> limits;
  std::int64_t now_ms = 1000;

  void waits(const tenant_id& tenant, std::uint32_t live = 0, std::uint32_t most = 100) {
    shares.report({tenant, live, most, true}, now_ms);
  }

  void content(const tenant_id& tenant, std::uint32_t live) {
    shares.report({tenant, live, 100, false}, now_ms);
  }

  void guaranteed(const tenant_id& tenant, std::uint32_t lines) {
    shares.report({tenant, 0, 100, true, false, lines}, now_ms);
  }

  std::size_t plan(std::uint32_t lines, std::uint64_t turn = 0) {
    const auto changes = shares.plan(lines, turn, now_ms);
    for (const auto& each : changes)
      limits[each.tenant] = each.lines;
    return changes.size();
  }

  const tenant_id a = tenant_id::make();
  const tenant_id b = tenant_id::make();
  const tenant_id c = tenant_id::make();
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(line_shares_suite, fixture)

BOOST_AUTO_TEST_CASE(one_tenant_may_have_all_lines) {
  waits(a);
  plan(10);
  BOOST_TEST(limits[a] == 10u);
}

BOOST_AUTO_TEST_CASE(two_that_want_everything_get_half_each) {
  waits(a, 10);
  waits(b);
  plan(10);
  BOOST_TEST(limits[a] == 5u);
  BOOST_TEST(limits[b] == 5u);
}

BOOST_AUTO_TEST_CASE(what_one_does_not_want_the_others_get) {
  content(a, 1);
  waits(b);
  waits(c);
  plan(11);
  BOOST_TEST(limits[b] == 5u);
  BOOST_TEST(limits[c] == 5u);
  // It may always go up to what the others have.
  BOOST_TEST(limits[a] == 5u);
}

BOOST_AUTO_TEST_CASE(nobody_is_limited_while_the_lines_suffice) {
  content(a, 3);
  waits(b, 2, 4);
  plan(10);
  BOOST_TEST(limits[a] == 10u);
  BOOST_TEST(limits[b] == 10u);
}

BOOST_AUTO_TEST_CASE(a_tenant_never_wants_more_than_it_may_have) {
  waits(a, 0, 2);
  waits(b);
  plan(10);
  BOOST_TEST(limits[b] == 8u);
}

BOOST_AUTO_TEST_CASE(lines_that_do_not_go_around_go_to_others_each_turn) {
  std::map<tenant_id, std::uint32_t> sums;
  for (std::uint64_t turn = 0; turn < 3; ++turn) {
    for (const auto& each : {a, b, c})
      waits(each);
    plan(1, turn);
    std::uint32_t all = 0;
    for (const auto& [tenant, limit] : limits) {
      all += limit;
      sums[tenant] += limit;
    }
    BOOST_TEST(all == 1u);
  }
  for (const auto& [tenant, sum] : sums)
    BOOST_TEST(sum == 1u);
}

BOOST_AUTO_TEST_CASE(a_guarantee_comes_before_what_others_want) {
  for (const auto& each : {a, b})
    waits(each, 10);
  guaranteed(c, 6);
  plan(12);
  BOOST_TEST(limits[c] == 8u); // and its part of what is left
  BOOST_TEST(limits[a] == 2u);
  BOOST_TEST(limits[b] == 2u);
}

BOOST_AUTO_TEST_CASE(others_borrow_what_is_guaranteed_until_it_is_wanted) {
  shares.report({c, 1, 100, false, false, 6}, now_ms);
  waits(a);
  plan(10);
  BOOST_TEST(limits[a] == 9u);
  BOOST_TEST(limits[c] >= 6u); // at once, whenever it likes
  guaranteed(c, 6);
  plan(10);
  BOOST_TEST(limits[c] == 8u);
  BOOST_TEST(limits[a] == 2u);
}

BOOST_AUTO_TEST_CASE(a_guarantee_never_goes_beyond_the_cap) {
  shares.report({c, 0, 2, true, false, 6}, now_ms);
  waits(a);
  plan(10);
  BOOST_TEST(limits[a] == 8u);
}

BOOST_AUTO_TEST_CASE(guarantees_that_were_promised_twice_go_around) {
  std::map<tenant_id, std::uint32_t> sums;
  for (std::uint64_t turn = 0; turn < 30; ++turn) {
    for (const auto& each : {a, b, c})
      guaranteed(each, 5);
    plan(10, turn);
    for (const auto& [tenant, limit] : limits)
      sums[tenant] += limit;
  }
  for (const auto& [tenant, sum] : sums)
    BOOST_TEST(sum == 100u);
}

BOOST_AUTO_TEST_CASE(what_is_left_goes_by_weight) {
  std::map<tenant_id, std::uint32_t> sums;
  for (std::uint64_t turn = 0; turn < 40; ++turn) {
    waits(a);
    shares.report({b, 0, 100, true, false, 0, 3}, now_ms);
    plan(7, turn);
    for (const auto& [tenant, limit] : limits)
      sums[tenant] += limit;
  }
  BOOST_TEST(sums[a] == 70u);
  BOOST_TEST(sums[b] == 210u);
}

BOOST_AUTO_TEST_CASE(plans_of_one_turn_share_out_alike) {
  waits(a);
  waits(b);
  plan(3, 1);
  const auto before = limits;
  waits(a);
  waits(b);
  plan(3, 1);
  BOOST_TEST(limits == before);
  plan(3, 2);
  BOOST_TEST(limits != before);
}

BOOST_AUTO_TEST_CASE(who_has_waited_longest_is_listed_first) {
  waits(a);
  now_ms += 500;
  waits(b);
  content(c, 3);
  now_ms += 500;
  waits(a, 1); // still
  const auto list = shares.list(now_ms);
  BOOST_REQUIRE(list.size() == 3u);
  BOOST_TEST(list[0].demand.tenant.str() == a.str());
  BOOST_TEST(list[0].waits_ms == 1000);
  BOOST_TEST(list[1].waits_ms == 500);
  BOOST_TEST(list[2].waits_ms == 0);
  BOOST_TEST(list[2].borrowed() == 3u);
}

BOOST_AUTO_TEST_CASE(only_changes_and_answers_are_told) {
  waits(a);
  waits(b);
  BOOST_TEST(plan(10) == 2u);
  BOOST_TEST(plan(10) == 0u);
  waits(a);
  BOOST_TEST(plan(10) == 1u);
  waits(c);
  BOOST_TEST(plan(10) == 3u);
}

BOOST_AUTO_TEST_CASE(who_is_silent_for_long_has_nothing) {
  waits(a, 5);
  now_ms += 4000;
  waits(b);
  plan(10);
  BOOST_TEST(limits[b] == 5u);
  now_ms += 2000;
  plan(10);
  BOOST_TEST(limits[b] == 10u);
  BOOST_TEST(shares.tenants() == 1u);
}

BOOST_AUTO_TEST_CASE(limits_never_add_up_to_more_than_the_lines_where_all_want_more) {
  std::mt19937 dice{7};
  for (int round = 0; round < 500; ++round) {
    line_shares many;
    std::map<tenant_id, line_demand> asked;
    const auto lines = static_cast<std::uint32_t>(dice() % 50);
    for (std::uint32_t i = dice() % 20; i > 0; --i) {
      line_demand each{tenant_id::make(),
                       static_cast<std::uint32_t>(dice() % 8),
                       static_cast<std::uint32_t>(dice() % 30),
                       dice() % 2 == 0};
      asked[each.tenant] = each;
      many.report(each, 0);
    }
    std::uint32_t used = 0;
    std::uint32_t wanted = 0;
    for (const auto& limit : many.plan(lines, dice(), 0)) {
      const auto& each = asked.at(limit.tenant);
      const auto want = each.waits ? std::max(each.most, each.live) : each.live;
      used += std::min(want, limit.lines);
      wanted += want;
    }
    BOOST_TEST(used == std::min(wanted, lines));
  }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caly::test
