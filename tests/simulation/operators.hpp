#pragma once

#include "tests/simulation/sim_node.hpp"

#include <memory>
#include <set>
#include <vector>

namespace caly::test {

/// The people who use the cluster: they pay, pause and resume, put numbers on the
/// do-not-call list, want single calls, and drain nodes.
class operators {
public:
  operators(sim_env& env, std::vector<std::unique_ptr<sim_node>>& nodes)
      : env_{env}, nodes_{nodes} {}

  void start();

  /// Single calls whose wish has no answer yet.
  std::size_t waiting() const noexcept { return waiting_.size(); }

  /// Single calls that somebody was told are under way.
  const std::set<call_id>& accepted() const noexcept { return accepted_; }

private:
  using account = memory::dial_model::account;

  void go_round();
  void pay_and_resume(const tenant_id& id, account& who);
  void list_somebody(account& who);
  void want_call(const tenant_id& id, const account& who);
  void ask(const place_single_call& wish, int tries);
  void drain_somebody();
  void wake(const tenant_id& id, const char* why);

  sim_node& any_node() { return *nodes_[env_.dice() % nodes_.size()]; }

  sim_env& env_;
  std::vector<std::unique_ptr<sim_node>>& nodes_;
  std::set<call_id> waiting_;
  std::set<call_id> accepted_;
  int payments_ = 0;
};

} // namespace caly::test
