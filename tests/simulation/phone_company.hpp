#pragma once

#include "actors/api/carrier.hpp"
#include "tests/simulation/sim_env.hpp"

#include <map>
#include <optional>

namespace caly::test {

/// A carrier and everybody who can be called, drawn from the dice: it accepts, refuses,
/// throttles, answers late or never, places a call although it said nothing, and its
/// webhooks come late, twice, in any order or not at all. It counts what is live itself
/// and looks at the rows only to see whether it should have been asked.
class phone_company {
public:
  struct phone_call {
    place_call order;
    std::string sid;
    bool live = false;
    std::string status; ///< normalised; empty before it is live
    std::string final;
    std::string answered_by;
    std::optional<wall_time> answered_at;
    std::optional<wall_time> ended_at;
    std::int32_t duration_s = 0;
  };

  /// Takes an event of a call the way a webhook is taken.
  using webhook = std::function<void(const record_progress&)>;

  explicit phone_company(sim_env& env) : env_{env} {}

  phone_company(const phone_company&) = delete;
  phone_company& operator=(const phone_company&) = delete;

  carrier_actor::behavior_type behavior(carrier_actor::pointer self);

  void deliver_to(webhook to) { webhook_ = std::move(to); }

  const std::map<call_id, phone_call>& calls() const noexcept { return calls_; }

  std::size_t live() const;

private:
  struct fate {
    create_result said = create_result::placed;
    bool placed = true;
    bool silent = false;
    std::chrono::milliseconds live_after{0};
    std::chrono::milliseconds answer_after{0};
  };

  caf::result<placed_call> place(carrier_actor::pointer self, const place_call& order);
  void take(carrier_actor::pointer self,
            const place_call& order,
            caf::typed_response_promise<placed_call> promise);
  fate draw();
  void check_order(const place_call& order);
  void go_live(const call_id& id);
  void check_limits(const phone_call& call);
  void end(const call_id& id, const std::string& status);
  void tell(const phone_call& call);
  looked_up_call look_up(const call_id& id) const;

  sim_env& env_;
  webhook webhook_;
  std::map<call_id, phone_call> calls_;
};

} // namespace caly::test
