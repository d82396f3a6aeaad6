#pragma once

#include "actors/api/call_store.hpp"
#include "actors/api/records.hpp"
#include "tests/simulation/sim_env.hpp"

namespace caly::test {

/// The dial store as its clients see it over a bad line: now and then a request or its
/// answer is lost, with an error or in silence.
dial_store_actor::behavior_type
shaky_dial_store(dial_store_actor::pointer self, sim_env* env, dial_store_actor store);

/// The few record statements that dialing needs, over the rows in memory.
records_actor::behavior_type sim_records(records_actor::pointer self, sim_env* env);

/// The call rows as far as dialing needs them; transcripts are not kept.
call_store_actor::behavior_type sim_call_rows(call_store_actor::pointer self,
                                              sim_env* env);

} // namespace caly::test
