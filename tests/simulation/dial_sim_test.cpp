#include "tests/simulation/dial_sim.hpp"

#include <spdlog/spdlog.h>

#include <chrono>
#include <iostream>

namespace caly::test {
namespace {

/// What fits a minute beside the other tests.
constexpr std::uint32_t seeds_by_default = 300;
/// So many seeds must be enough to find a mistake.
constexpr std::uint32_t patience = 200;

using counts = std::map<std::string, std::uint64_t>;

struct quiet_logs {
  quiet_logs() { spdlog::set_level(spdlog::level::off); }
};

BOOST_TEST_GLOBAL_FIXTURE(quiet_logs);

sim_request request() {
  const auto& suite = boost::unit_test::framework::master_test_suite();
  return read_request(suite.argc, suite.argv);
}

/// Plays one run; false when an invariant broke.
bool play(const sim_run& run, counts& total) {
  dial_sim sim{run};
  sim.run();
  auto& env = sim.env();
  for (const auto& [what, count] : env.counts)
    total[what] += count;
  if (env.violations.empty())
    return true;
  std::string text = "violated; to repeat: build/release/simulation -- " + to_string(run);
  for (const auto& what : env.violations)
    text += "\n  " + what;
  BOOST_ERROR(text << "\n  the last events:\n" << env.trace.last());
  return false;
}

/// Plays what was asked for; stops after a few failures.
void play_all(const sim_request& asked, counts& total) {
  int failed = 0;
  for (auto seed = asked.first; seed <= asked.last && failed < 5; ++seed)
    failed += play(asked.run_of(seed), total) ? 0 : 1;
}

BOOST_AUTO_TEST_SUITE(dial_sim_suite)

BOOST_AUTO_TEST_CASE(dialing_keeps_its_invariants_in_any_order_and_through_any_fault) {
  auto asked = request();
  const auto whole = asked.last == 0;
  if (whole)
    asked.last = seeds_by_default;
  counts total;
  const auto began = std::chrono::steady_clock::now();
  play_all(asked, total);
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
  if (!whole) {
    for (const auto& [what, count] : total)
      std::cout << what << ": " << count << '\n';
    std::cout << asked.last - asked.first + 1 << " seeds in " << took.count() << " s\n";
    return;
  }
  // A simulation in which nothing goes wrong proves nothing.
  for (const auto* what : {"crashed call",
                           "crashed campaign",
                           "crashed tenant",
                           "crashed dial_scheduler",
                           "crashed region",
                           "crashed calls",
                           "killed",
                           "killed by its watchdog",
                           "frozen",
                           "fuse burnt",
                           "stood down",
                           "shard moved",
                           "drain",
                           "cut off from the database",
                           "link cut",
                           "clock jumped",
                           "database down",
                           "committed while going down",
                           "crash before a transaction",
                           "crash after a transaction",
                           "crash before create-call",
                           "crash after create-call",
                           "transaction delayed",
                           "request lost in silence",
                           "answer lost",
                           "answer lost in silence",
                           "hint dropped",
                           "hint doubled",
                           "hint delayed",
                           "hint lost",
                           "create unknown live",
                           "create unknown nothing",
                           "webhook lost",
                           "webhook duplicate",
                           "single call accepted",
                           "call ended",
                           "call lost",
                           "call not_placed"})
    BOOST_TEST(total[what] > 0u, what);
}

BOOST_AUTO_TEST_CASE(a_seed_and_mode_is_one_run) {
  const auto hash_of = [](const sim_run& run) {
    dial_sim sim{run};
    sim.run();
    return sim.env().trace.hash();
  };
  for (const auto mode : {sim_mode::safety, sim_mode::liveness})
    for (std::uint32_t seed = 1; seed <= 5; ++seed) {
      const auto first = hash_of({seed, mode});
      BOOST_TEST(hash_of({seed, mode}) == first, "seed " << seed);
      BOOST_TEST(hash_of({seed + 1, mode}) != first, "seed " << seed);
    }
}

/// The first seed of which the checks say that something is wrong; 0 when none does.
std::uint32_t found_at(planted mistake) {
  for (std::uint32_t seed = 1; seed <= patience; ++seed) {
    dial_sim sim{sim_request{1, patience, {}, mistake}.run_of(seed)};
    sim.run();
    if (const auto& found = sim.env().violations; !found.empty()) {
      BOOST_TEST_MESSAGE(to_string(mistake)
                         << ": found at seed " << seed << ": " << found.front());
      return seed;
    }
  }
  return 0;
}

BOOST_AUTO_TEST_CASE(every_planted_mistake_is_found) {
  if (request().last > 0)
    return; // certain seeds were asked for
  for (const auto mistake : all_planted())
    BOOST_TEST(found_at(mistake) > 0u, to_string(mistake));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace caly::test
