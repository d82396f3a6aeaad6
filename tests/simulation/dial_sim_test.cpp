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

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace caly::test
