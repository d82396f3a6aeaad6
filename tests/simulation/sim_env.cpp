#include "tests/simulation/sim_env.hpp"

namespace caly::test {

sim_env::sim_env(const sim_run& run, const dial_options& options)
    : run{run},
      dice{run.seed},
      model{std::make_shared<memory::dial_model>(options)},
      ids_source_{[this] { return next_uuid(); }} {}

uuid sim_env::next_uuid(std::uint8_t shard) {
  const auto number = ++ids_;
  uuid out;
  for (int i = 0; i < 6; ++i)
    out.bytes[static_cast<std::size_t>(5 - i)] =
        static_cast<std::uint8_t>(number >> (8 * i));
  out.bytes[6] = 0x70;
  out.bytes[8] = 0x80;
  out.bytes[15] = shard;
  return out;
}

bool sim_env::run_one_due() {
  if (agenda_.empty() || agenda_.begin()->first > now())
    return false;
  const auto what = std::move(agenda_.begin()->second);
  agenda_.erase(agenda_.begin());
  what();
  return true;
}

int sim_env::owner_of(caf::actor_id actor) {
  if (const auto known = owners_.find(actor); known != owners_.end())
    return known->second;
  const auto row = fx.table().find(actor);
  const auto owner = row && row->parent_id != 0 ? owner_of(row->parent_id) : -1;
  owners_.emplace(actor, owner);
  return owner;
}

void sim_env::violate(std::string what) {
  if (violations.size() == 20)
    return;
  trace.event(now_ms(), {}, "VIOLATION", what);
  violations.push_back(std::move(what));
}

std::string short_id(const uuid& id) {
  std::int64_t number = 0;
  for (std::size_t i = 0; i < 6; ++i)
    number = number << 8 | id.bytes[i];
  return "#" + std::to_string(number);
}

} // namespace caly::test
