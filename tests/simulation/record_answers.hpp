#pragma once

#include "actors/api/call_store.hpp"
#include "actors/api/records.hpp"
#include "tests/simulation/sim_env.hpp"

namespace caly::test {

/// The few record statements that dialing needs, over the rows in memory.
caf::expected<record_answer> answer_record(sim_env& env, const run_record& ask);

/// The call as its row tells it; transcripts are not kept.
caf::expected<call_sheet>
sheet_of(sim_env& env, const tenant_id& tenant, const call_id& call);

} // namespace caly::test
