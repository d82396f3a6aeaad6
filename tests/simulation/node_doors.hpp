#pragma once

#include "actors/api/carrier.hpp"
#include "actors/api/dial_store.hpp"
#include "actors/api/region.hpp"
#include "tests/simulation/sim_database.hpp"

namespace caly::test {

/// A node's way to the provider: looks at the fuse, lets the create-call out once, and
/// the node may die just before or just after it.
carrier_actor::behavior_type egress(carrier_actor::pointer self,
                                    sim_env* env,
                                    database_client* node,
                                    carrier_actor phones);

/// What came of something that was asked of a node from outside.
template <class Answer>
using outcome = std::function<void(caf::expected<Answer>)>;

/// Where webhooks come in: commits the event, then says what became of it. Takes a
/// `record_progress` and an `outcome<progress_answer>`.
caf::behavior webhook_door(caf::event_based_actor* self, dial_store_actor store);

/// Where the API's wishes come in. Takes a `place_single_call` and an `outcome<call_id>`.
caf::behavior api_door(caf::event_based_actor* self, region_actor region);

} // namespace caly::test

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(caly::test::outcome<caly::progress_answer>)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(caly::test::outcome<caly::call_id>)
