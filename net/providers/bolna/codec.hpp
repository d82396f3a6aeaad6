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
  std::string status;                  ///< normalised; empty: one we do not know
  bool terminal = false;
  std::optional<std::int32_t> duration_s;
  std::string answered_by;
  std::string transcript; ///< `assistant: …` and `user: …`, one a line
  std::string to;
  std::int64_t created_at_ms = 0; ///< 0 = not told
};

/// The body of POST /call. The agent's own retries are off: the queue here retries.
std::string
create_body(const place_call& call, std::string_view agent_id, std::string_view from);

/// What an answer to POST /call means.
placed_call read_create(int status, std::string_view body, std::int32_t retry_after_s);

/// A webhook body or a GET /executions/{id}; nothing when it is neither.
std::optional<execution> read_execution(std::string_view body);

/// The execution of `wanted` in a list of an agent's executions.
looked_up_call find_in_list(std::string_view body, const doubtful_call& wanted);

looked_up_call as_looked_up(const execution& x);
record_progress as_progress(const execution& x, std::int64_t now_ms);

/// The transcript as turns; at most 1,000.
std::vector<transcript_turn> turns_of(std::string_view transcript, std::int64_t at_ms);

} // namespace caly::bolna
