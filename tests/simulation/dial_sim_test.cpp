#include "tests/simulation/dial_sim.hpp"

#include <cstdlib>
#include <iostream>

namespace caly::test {
namespace {

constexpr std::uint32_t seeds = 300;

using counts = std::map<std::string, std::uint64_t>;

/// Plays one seed; false when an invariant broke.
bool play(std::uint32_t seed, counts& total) {
  dial_sim sim{seed};
  sim.run();
  for (const auto& [what, count] : sim.env().counts)
    total[what] += count;
  for (const auto& what : sim.env().violations)
    BOOST_ERROR("CALY_SIM_SEED=" << seed << ": " << what);
  return sim.env().violations.empty();
}

BOOST_AUTO_TEST_SUITE(dial_sim_suite)

BOOST_AUTO_TEST_CASE(dialing_keeps_its_invariants_in_any_order_and_through_any_crash) {
  counts total;
  if (const char* seed = std::getenv("CALY_SIM_SEED")) {
    play(static_cast<std::uint32_t>(std::strtoul(seed, nullptr, 10)), total);
    for (const auto& [what, count] : total)
      std::cout << what << ": " << count << '\n';
    return;
  }
  int failed = 0;
  for (std::uint32_t seed = 1; seed <= seeds && failed < 5; ++seed)
    failed += play(seed, total) ? 0 : 1;
  // A simulation in which nothing goes wrong proves nothing.
  for (const auto* what : {"crashed call",
                           "crashed campaign",
                           "crashed tenant",
                           "crashed node",
                           "moved shard",
                           "create unknown live",
                           "create unknown nothing",
                           "webhook lost",
                           "webhook duplicate",
                           "hint lost",
                           "answer lost",
                           "call ended",
                           "call lost",
                           "call not_placed"})
    BOOST_TEST(total[what] > 0u, what);
}

/// The first seed of which the checks say what is wrong; 0 when none of them does.
std::uint32_t found_at(dial_sim::planted mistake, const std::string& what) {
  constexpr std::uint32_t patience = 200;
  for (std::uint32_t seed = 1; seed <= patience; ++seed) {
    dial_sim sim{seed, mistake};
    sim.run();
    for (const auto& each : sim.env().violations)
      if (each.find(what) != std::string::npos) {
        BOOST_TEST_MESSAGE("seed " << seed << ": " << each);
        return seed;
      }
  }
  return 0;
}

BOOST_AUTO_TEST_CASE(a_fence_that_nobody_checks_is_noticed) {
  BOOST_TEST(found_at(dial_sim::planted::fence_unchecked, "I9") > 0u);
}

BOOST_AUTO_TEST_CASE(a_permit_that_is_given_back_without_evidence_is_noticed) {
  BOOST_TEST(found_at(dial_sim::planted::released_on_take_over, "") > 0u);
}

BOOST_AUTO_TEST_CASE(an_attempt_that_is_sent_again_is_noticed) {
  BOOST_TEST(found_at(dial_sim::planted::sent_again, "I1: created twice") > 0u);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace caly::test
