#pragma once

#include "actors/api/call_log.hpp"
#include "actors/call/log/replay.hpp"
#include "runtime/observe/error_text.hpp"

#include <string>
#include <vector>

namespace caly::test {

/// Puts what it gets behind `logs`.
call_log_keeper_actor::behavior_type fake_log_keeper(call_log_keeper_actor::pointer,
                                                     std::vector<keep_call_log>* logs);

/// Replays a log with the agents that `voices` has.
caf::expected<call_logs::replay_result>
replay_with(const std::string& log, const call_voices& voices, bool any_build = false);

/// What a call did in a test, it does again.
void check_replays(const std::vector<keep_call_log>& logs, const call_voices& voices);

} // namespace caly::test
