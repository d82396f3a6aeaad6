#pragma once

#include "net/http/request.hpp"
#include "net/http/response.hpp"
#include "runtime/base/json.hpp"

#include <caf/error.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace caly {

/// What else stands beside `data`.
struct list_frame {
  bool is_list = false;
  std::string next_cursor;
  bool has_more = false;
  std::string total; ///< digits; empty: not asked
};

/// The envelope of a success around `data`, which is JSON text already.
http_response success(std::string_view correlation_id,
                      std::string_view data,
                      unsigned status = 200,
                      const list_frame& list = {});

/// The envelope of a failure. `retry_after_s` above 0 also becomes a header.
http_response problem(std::string_view correlation_id,
                      unsigned status,
                      std::string_view code,
                      std::string_view message,
                      const std::vector<json_reader::problem>& fields = {},
                      int retry_after_s = 0);

/// How an error looks to a client: the one table from codes to statuses.
struct error_face {
  unsigned status;
  const char* code;
  const char* message; ///< used when the error says nothing for people
  int retry_after_s;
};

error_face face_of(const caf::error& reason);

/// The response to an error of an actor or a parser. Errors that are nobody's fault but
/// ours show no detail.
http_response failure(std::string_view correlation_id, const caf::error& reason);

/// The text for people in an error's context; empty when there is none.
std::string context_text(const caf::error& reason);

} // namespace caly
