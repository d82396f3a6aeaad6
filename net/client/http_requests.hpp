#pragma once

#include "net/client/http_client.hpp"
#include "runtime/observe/spawn.hpp"

#include <unordered_map>

namespace caly {

/// The client's word to its actor that a request is over.
struct http_finished {
  std::uint64_t number = 0;
  http_answer answer;

  template <class Inspector>
  friend auto inspect(Inspector& f, http_finished& x) {
    return f(x.number, x.answer);
  }
};

/// HTTP REQUESTS sends requests to providers on behalf of other actors, so that answers
/// come through their mailboxes and never on the client's thread.
using http_requests_actor = caf::typed_actor<
    // Never an error: what went wrong stands in the answer.
    caf::replies_to<http_call>::with<http_answer>,
    caf::reacts_to<http_finished>,
    caf::replies_to<get_status>::with<status_report>>;

struct http_requests_state {
  std::unordered_map<std::uint64_t, caf::typed_response_promise<http_answer>> running;
  std::uint64_t sent_total = 0;
  std::uint64_t answered_total = 0;
  std::uint64_t failed_total = 0;
};

http_requests_actor::behavior_type
http_requests(self_ptr<http_requests_actor, http_requests_state> self,
              std::shared_ptr<http_client> client);

} // namespace caly
