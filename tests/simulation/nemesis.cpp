#include "tests/simulation/nemesis.hpp"

#include <array>

namespace caly::test {

namespace {

using namespace std::chrono_literals;

constexpr std::array crashing{
    "call", "call", "campaign", "tenant", "tenant", "dial_scheduler", "region", "calls"};

} // namespace

void nemesis::start() {
  plan();
}

void nemesis::plan() {
  env_.after(env_.ms_between(200, 8000), [this] {
    if (!env_.faults)
      return;
    steps_left_ = static_cast<std::uint32_t>(env_.between(0, 40));
    plan();
  });
}

void nemesis::stepped() {
  if (!steps_left_ || (*steps_left_)-- > 0)
    return;
  steps_left_.reset();
  strike();
}

void nemesis::now_or_never() {
  if (!steps_left_)
    return;
  steps_left_.reset();
  strike();
}

void nemesis::strike() {
  if (!env_.faults)
    return;
  auto& node = any_node();
  const auto luck = env_.between(0, 99);
  if (luck < 40)
    node.crash_actor(crashing[env_.dice() % crashing.size()]);
  else if (luck < 52)
    env_.doom(node.index());
  else if (luck < 67)
    freeze(node);
  else if (luck < 76)
    cut_database(node);
  else if (luck < 85)
    cut_link();
  else if (luck < 94)
    jump_clock(node);
  else
    database_.restart(env_.ms_between(300, 4000));
}

void nemesis::kill(int which) {
  auto& node = *nodes_[static_cast<std::size_t>(which)];
  if (!node.up())
    return;
  node.kill();
  // Its connections break; who looks at them finds out sooner or later.
  for (const auto& other : nodes_)
    if (other.get() != &node)
      env_.after(env_.ms_between(0, 2000), [&other = *other, name = node.name()] {
        if (other.up())
          other.links().lost(name);
      });
  env_.after(env_.ms_between(500, 12'000), [&node] { node.start(); });
}

void nemesis::freeze(sim_node& node) {
  if (!node.up() || node.frozen())
    return;
  node.freeze();
  const auto until =
      env_.one_in(2) ? env_.ms_between(100, 3000) : env_.ms_between(3000, 100'000);
  env_.after(until, [&node, life = node.life()] {
    if (node.life() == life)
      node.thaw();
  });
}

void nemesis::cut_database(sim_node& node) {
  env_.saw(node.name(), "cut off from the database");
  node.cut_database(true);
  env_.after(env_.ms_between(500, 15'000), [this, &node] {
    env_.saw(node.name(), "reaches the database again");
    node.cut_database(false);
  });
}

void nemesis::cut_link() {
  const auto from = static_cast<int>(env_.dice() % nodes_.size());
  const auto to = (from + 1) % static_cast<int>(nodes_.size());
  env_.saw(nodes_[static_cast<std::size_t>(from)]->name(), "link cut");
  network_.cut(from, to);
  env_.after(env_.ms_between(500, 20'000), [this] { network_.mend(); });
}

/// A node's time is its boot clock, set by readings of the database's that may be wrong
/// by half of what they took. What the machine's wall clock says does not matter.
void nemesis::jump_clock(sim_node& node) {
  constexpr std::int64_t wrong_ms_max = 125;
  node.set_clock(env_.ms_between(-wrong_ms_max, wrong_ms_max));
  env_.saw(node.name(), "clock jumped");
}

void nemesis::heal() {
  env_.faults = false;
  steps_left_.reset();
  network_.mend();
  for (const auto& each : nodes_) {
    each->thaw();
    each->cut_database(false);
    each->set_clock(0ms);
  }
}

} // namespace caly::test
