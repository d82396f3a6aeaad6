#pragma once

#include "actors/api/call_store.hpp"
#include "actors/api/carrier.hpp"
#include "actors/api/dial_store.hpp"
#include "actors/api/insight.hpp"
#include "actors/api/records.hpp"
#include "runtime/base/error.hpp"
#include "runtime/observe/spawn.hpp"

#include <cstdint>
#include <mutex>
#include <unordered_set>

/// Ports of calls that take everything and keep nothing, so that only the node can grow.
/// All that they know is which calls live.
namespace caly::bench::kept_nowhere {

struct counts {
  std::uint64_t written = 0;
};

/// For all threads.
class live_calls {
public:
  void begin(const call_id& call) {
    const std::lock_guard lock{mutex_};
    all_.insert(call);
  }

  void end(const call_id& call) {
    const std::lock_guard lock{mutex_};
    all_.erase(call);
  }

  bool has(const call_id& call) const {
    const std::lock_guard lock{mutex_};
    return all_.contains(call);
  }

private:
  mutable std::mutex mutex_;
  std::unordered_set<call_id> all_;
};

inline call_sheet sheet_of(const load_call& ask, bool lives) {
  call_sheet sheet;
  sheet.id = ask.call;
  sheet.tenant = ask.tenant;
  sheet.direction = "inbound";
  sheet.state = lives ? "placed" : "ended";
  sheet.status = lives ? "in_progress" : "completed";
  sheet.to = "+12025550100";
  sheet.from = "+919876543210";
  sheet.variables = "{}";
  sheet.provider = "twilio";
  sheet.provider_call_id = "CA1";
  sheet.profile =
      R"({"name":"Asha","prompt":"Answer in two sentences.","languages":["en"],)"
      R"("greeting":"Hello and welcome.","brain":"cascade"})";
  return sheet;
}

inline call_store_actor::behavior_type call_rows(self_ptr<call_store_actor, counts> self,
                                                 const live_calls* live) {
  return {
      [live](const load_call& ask) { return sheet_of(ask, live->has(ask.call)); },
      [live](const take_call& ask) -> caf::result<call_session> {
        if (!live->has(ask.call))
          return caf::make_error(errc::conflict, "the call is over");
        return call_session{};
      },
      [](const end_session&) { return true; },
      [self](const save_turns& ask) {
        ++self->state.written;
        return static_cast<std::uint32_t>(ask.turns.size());
      },
      [](const load_turns&) { return std::vector<transcript_turn>{}; },
      [](const save_action&) { return true; },
      [self](const save_event&) {
        ++self->state.written;
        return true;
      },
      [](const list_unanalysed&) { return std::vector<call_id>{}; },
      [](const save_analysis&) { return true; },
      [](const get_status&) { return status_report{}; },
  };
}

inline dial_store_actor::behavior_type dial_rows(self_ptr<dial_store_actor, counts>) {
  return {
      [](const reserve_calls&) { return reservation{}; },
      [](const mark_sending& ask) { return sendable_calls{ask.calls}; },
      [](const record_answered&) { return std::string{"placed"}; },
      [](const record_progress& ask) {
        return progress_answer{ask.status == "completed" ? progress_effect::ended
                                                         : progress_effect::applied};
      },
      [](const record_missed&) { return std::string{"unknown"}; },
      [](const take_over_calls&) { return taken_over{}; },
      [](const extend_hold&) { return true; },
      [](const open_call& ask) { return ask.call; },
      [](const list_doubtful&) { return doubtful_calls{}; },
      [](const get_status&) { return status_report{}; },
  };
}

inline records_actor::behavior_type other_rows(self_ptr<records_actor, counts> self) {
  return {
      [self](const run_record&) {
        ++self->state.written;
        record_answer answer;
        answer.json = "{}";
        return answer;
      },
      [](const get_status&) { return status_report{}; },
  };
}

inline carrier_actor::behavior_type carrier(self_ptr<carrier_actor, counts>,
                                            const live_calls* live) {
  return {
      [](const place_call&) { return placed_call{}; },
      [live](const look_up_call& ask) {
        looked_up_call found;
        found.found = true;
        found.provider_call_id = ask.call.provider_call_id;
        found.status = live->has(ask.call.id) ? "in_progress" : "completed";
        return found;
      },
      [](const hang_up_call&) { return true; },
      [](const get_status&) { return status_report{}; },
  };
}

inline insight_actor::behavior_type insight(self_ptr<insight_actor, counts> self) {
  return {
      [self](const analyse_call&) { ++self->state.written; },
      [](const get_status&) { return status_report{}; },
  };
}

} // namespace caly::bench::kept_nowhere
