#pragma once

#include "actors/api/call_store.hpp"
#include "actors/api/carrier.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace caly::bolna {

/// Which of our calls an execution belongs to.
struct call_reference {
  tenant_id tenant;
  call_id call;
};

/// What Bolna says of one execution, in our words.
struct execution {
  std::string id;
  std::optional<call_reference> about; ///< absent: not one of ours (test and web calls)
  std::string event;                   ///< the status in Bolna's own word
  std::string status;                  ///< normalised; empty: one we do not know
  bool terminal = false;               ///< nothing more will be told
  bool hung_up = false; ///< they stopped talking; the rest is still to come
  std::optional<std::int32_t> duration_s; ///< of the talk; absent: not told yet
  std::string answered_by;
  std::string transcript; ///< `assistant: …` and `user: …`, one a line
  std::string to;
  std::int64_t created_at_ms = 0; ///< 0 = not told
  std::int64_t updated_at_ms = 0; ///< when `event` came about; 0 = not told
};

/// The body of POST /call. The agent's own retries are off: the queue here retries.
std::string
create_body(const place_call& call, std::string_view agent_id, std::string_view from);

/// What an answer to POST /call means.
placed_call read_create(int status, std::string_view body, std::int32_t retry_after_s);

/// A webhook body or a GET /executions/{id}; nothing when it is neither.
std::optional<execution> read_execution(std::string_view body);

/// A call that was hung up as one that ended: the line is free and the talk is over. Its
/// length is what Bolna told or, where that is absent, what lies between the moment it
/// was answered and `updated_at_ms`.
execution as_ended(execution x);

/// The execution of `wanted` in a list of an agent's executions.
looked_up_call find_in_list(std::string_view body, const doubtful_call& wanted);

/// A call that was hung up counts as ended only when its length is known; else it is told
/// as one that rings: when it was answered cannot be seen any more.
looked_up_call as_looked_up(const execution& x);
record_progress as_progress(const execution& x, std::int64_t now_ms);

/// The transcript as turns; at most 1,000. Bolna tells no times: they have that of the
/// execution.
std::vector<transcript_turn> turns_of(const execution& x);

} // namespace caly::bolna
