#pragma once

#include "actors/api/call_store.hpp"
#include "actors/api/carrier.hpp"
#include "actors/api/dial_store.hpp"
#include "actors/api/insight.hpp"
#include "actors/api/records.hpp"
#include "runtime/observe/spawn.hpp"

#include <cstdint>

/// Ports of calls that take everything and keep nothing, so that only the node can grow.
namespace caly::bench::kept_nowhere {

struct counts {
  std::uint64_t written = 0;
};

inline call_sheet sheet_of(const load_call& ask) {
  call_sheet sheet;
  sheet.id = ask.call;
  sheet.tenant = ask.tenant;
  sheet.direction = "inbound";
  sheet.state = "placed";
  sheet.status = "in_progress";
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

inline call_store_actor::behavior_type
call_rows(self_ptr<call_store_actor, counts> self) {
  return {
      [](const load_call& ask) { return sheet_of(ask); },
      [](const take_call&) { return call_session{}; },
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
      [](const record_progress&) { return progress_answer{}; },
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

inline carrier_actor::behavior_type carrier(self_ptr<carrier_actor, counts>) {
  return {
      [](const place_call&) { return placed_call{}; },
      [](const look_up_call&) { return looked_up_call{}; },
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
