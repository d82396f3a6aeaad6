#pragma once

#include "tests/simulation/books.hpp"
#include "tests/simulation/nemesis.hpp"
#include "tests/simulation/operators.hpp"
#include "tests/simulation/phone_company.hpp"
#include "tests/simulation/sim_database.hpp"
#include "tests/simulation/sim_node.hpp"

#include <memory>
#include <vector>

namespace caly::test {

/// Three nodes that dial the campaigns of three tenants: the real region, tenant,
/// campaign, dial scheduler, calls, call and member actors over the memory twins of the
/// stores, and a phone company that does what it likes. Messages are handled in any
/// order; while the faults last, anything may break between any two steps. One seed and
/// mode is one run.
class dial_sim {
public:
  explicit dial_sim(const sim_run& run);
  ~dial_sim();

  dial_sim(const dial_sim&) = delete;
  dial_sim& operator=(const dial_sim&) = delete;

  /// Runs to the end of the faults (safety) or until everything is at rest, or for too
  /// long (liveness). `env().violations` says what went wrong.
  void run();

  sim_env& env() noexcept { return env_; }

private:
  void lay_rows();
  void add_campaign(memory::dial_model::account& who, std::int32_t people);
  void lay_shards();
  void take_webhook(record_progress event, int tries);
  void tell_all(const record_progress& event);

  // -- what happens
  void handle_messages();
  void after_step(int owner);
  void bury();
  void run_safety();
  void run_liveness();
  void pass_time();

  // -- what must hold
  void check_mailboxes();
  bool at_rest();
  std::string leftovers();
  void check_end();
  void check_charges();

  sim_env env_;
  books books_;
  sim_database database_;
  phone_company phones_;
  carrier_actor provider_;
  std::vector<std::unique_ptr<sim_node>> nodes_;
  sim_network network_;
  operators operators_;
  nemesis nemesis_;
  std::chrono::seconds longest_{0};
};

} // namespace caly::test
