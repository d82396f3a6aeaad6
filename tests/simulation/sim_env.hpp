#pragma once

#include "runtime/base/clock.hpp"
#include "storage/memory/dial_model.hpp"
#include "tests/support/actor_fixture.hpp"

#include <any>
#include <functional>
#include <map>
#include <random>
#include <string>
#include <vector>

namespace caly::test {

/// What all parts of one simulated world share: one seed's dice, the virtual clock, the
/// rows, and what is to happen later. Everything runs on one thread.
class sim_env {
public:
  explicit sim_env(std::uint32_t seed, const dial_options& options)
      : dice{seed}, model{std::make_shared<memory::dial_model>(options)} {}

  /// The clock of rows and webhooks; it stands at the actors' clock.
  wall_time now() {
    return wall_time{std::chrono::milliseconds{1'795'254'245'000}} +
           std::chrono::duration_cast<wall_time::duration>(
               fx.sched.clock().now().time_since_epoch());
  }

  wall_clock clock() {
    return [this] { return now(); };
  }

  // -- dice

  bool one_in(std::uint32_t n) { return dice() % n == 0; }

  /// True in `percent` of 100 cases, and never once the faults are over.
  bool fault(std::uint32_t percent) { return faults && dice() % 100 < percent; }

  std::int64_t between(std::int64_t low, std::int64_t high) {
    return low +
           static_cast<std::int64_t>(dice() % static_cast<std::uint64_t>(high - low + 1));
  }

  // -- the future

  void after(std::chrono::milliseconds delay, std::function<void()> what) {
    agenda_.emplace(now() + delay, std::move(what));
  }

  /// Runs what is due; true when something was.
  bool run_due() {
    bool any = false;
    while (!agenda_.empty() && agenda_.begin()->first <= now()) {
      auto what = std::move(agenda_.begin()->second);
      agenda_.erase(agenda_.begin());
      what();
      any = true;
    }
    return any;
  }

  // -- what was seen

  void violate(std::string what) {
    if (violations.size() < 20)
      violations.push_back(std::move(what));
  }

  void count(const std::string& what) { ++counts[what]; }

  actor_fixture fx;
  std::mt19937 dice;
  std::shared_ptr<memory::dial_model> model;
  bool faults = true;
  std::vector<std::string> violations;
  std::map<std::string, std::uint64_t> counts;
  /// Answers that never come.
  std::vector<std::any> kept;

private:
  std::multimap<wall_time, std::function<void()>> agenda_;
};

} // namespace caly::test
