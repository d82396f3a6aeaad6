#pragma once

#include "runtime/base/clock.hpp"
#include "runtime/base/uuid_source.hpp"
#include "storage/memory/cluster_model.hpp"
#include "storage/memory/dial_model.hpp"
#include "tests/simulation/event_trace.hpp"
#include "tests/simulation/sim_options.hpp"
#include "tests/support/actor_fixture.hpp"

#include <any>
#include <functional>
#include <map>
#include <random>
#include <string>
#include <unordered_map>
#include <vector>

namespace caly::test {

/// What all parts of one simulated world share: one seed's dice, the virtual clock, the
/// rows, what is to happen later, and what was seen. Everything runs on one thread.
class sim_env {
public:
  sim_env(const sim_run& run, const dial_options& options);

  /// The database's and the provider's clock; it stands at the actors' clock, which
  /// nobody sets.
  wall_time now() { return wall_time{start_of_time} + since_start(); }

  /// What fuses burn by.
  boot_clock::time_point boot_now() { return boot_clock::time_point{since_start()}; }

  std::int64_t now_ms() {
    return std::chrono::duration_cast<std::chrono::milliseconds>(since_start()).count();
  }

  // -- dice

  bool one_in(std::uint32_t n) { return dice() % n == 0; }

  /// True in `permille` of 1000 cases, and never once the faults are over.
  bool fault(std::uint32_t permille) { return faults && dice() % 1000 < permille; }

  std::int64_t between(std::int64_t low, std::int64_t high) {
    return low +
           static_cast<std::int64_t>(dice() % static_cast<std::uint64_t>(high - low + 1));
  }

  std::chrono::milliseconds ms_between(std::int64_t low, std::int64_t high) {
    return std::chrono::milliseconds{between(low, high)};
  }

  /// An id that is the same in every run of a seed; `shard` is its last byte.
  uuid next_uuid(std::uint8_t shard = 0);

  // -- the future

  void after(std::chrono::milliseconds delay, std::function<void()> what) {
    agenda_.emplace(now() + delay, std::move(what));
  }

  /// Runs the first thing that is due; false when nothing is.
  bool run_one_due();

  std::size_t planned() const noexcept { return agenda_.size(); }

  // -- whose step it is

  /// `root` and the actors under it belong to node number `node`.
  void own(caf::actor_id root, int node) { owners_[root] = node; }

  /// The node that an actor runs on, -1 for those outside of all.
  int owner_of(caf::actor_id actor);

  /// This node dies before anything else happens.
  void doom(int node) { doomed = node; }

  // -- what was seen

  void violate(std::string what);

  void count(const std::string& what) { ++counts[what]; }

  /// An event of the trace; the same `what` is counted.
  void saw(std::string_view node, const char* what, std::string_view detail = {}) {
    ++counts[what];
    trace.event(now_ms(), node, what, detail);
  }

  const sim_run run;
  actor_fixture fx;
  std::mt19937 dice;
  std::shared_ptr<memory::dial_model> model;
  std::shared_ptr<memory::cluster_model> cluster;
  event_trace trace;
  bool faults = true;
  int doomed = -1;
  std::vector<std::string> violations;
  std::map<std::string, std::uint64_t> counts;
  /// Answers that never come.
  std::vector<std::any> kept;

private:
  static constexpr std::chrono::milliseconds start_of_time{1'795'254'245'000};

  wall_time::duration since_start() {
    return std::chrono::duration_cast<wall_time::duration>(
        fx.sched.clock().now().time_since_epoch());
  }

  std::int64_t ids_ = 0;
  std::multimap<wall_time, std::function<void()>> agenda_;
  std::unordered_map<caf::actor_id, int> owners_;
  scoped_uuid_source ids_source_;
};

/// The number of an id that `next_uuid` made, for people.
std::string short_id(const uuid& id);

} // namespace caly::test
