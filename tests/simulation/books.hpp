#pragma once

#include "tests/simulation/sim_env.hpp"

#include <deque>
#include <map>

namespace caly::test {

/// What must hold in the rows after every single transaction. It remembers what it saw of
/// each call, so that nothing goes backwards between two of them.
class books {
public:
  explicit books(sim_env& env, const dial_options& options)
      : env_{env}, options_{options} {}

  void after_commit(const tenant_id& tenant);

  /// I6: this event of this call had an effect.
  void event_took_effect(const call_id& call, const std::string& key);

private:
  using account = memory::dial_model::account;

  struct seen_call {
    int rank = 0;
    std::string state;
  };

  void check_money(const account& who);
  void check_lines(const account& who);
  void check_rows(const account& who);
  void check_call(const account& who, const call_id& id, const memory::call_row& call);
  void check_sending(const account& who, const memory::call_row& call);
  void check_rate(const memory::call_row& call);

  sim_env& env_;
  dial_options options_;
  std::map<call_id, seen_call> calls_;
  std::map<std::pair<call_id, std::string>, int> effects_;
  std::map<contact_id, wall_time> sent_;
  std::map<std::string, std::deque<wall_time>> reserved_; ///< by calling number
  std::map<tenant_id, std::size_t> rows_;
};

} // namespace caly::test
