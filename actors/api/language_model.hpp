#pragma once

#include "runtime/observe/status.hpp"

#include <caf/meta/type_name.hpp>

#include <cstdint>
#include <string>

namespace caly {

/// A request body for the text interface of a language model (OpenAI's POST /responses).
struct complete_text {
  std::string body;             ///< JSON
  std::string correlation_id{}; ///< told to the provider; printable ASCII

  template <class Inspector>
  friend auto inspect(Inspector& f, complete_text& x) {
    return f(caf::meta::type_name("caly.complete_text"), x.body, x.correlation_id);
  }
};

/// What came back, whatever its status.
struct completed_text {
  std::int32_t status = 0;
  std::string body;

  template <class Inspector>
  friend auto inspect(Inspector& f, completed_text& x) {
    return f(caf::meta::type_name("caly.completed_text"), x.status, x.body);
  }
};

/// A LANGUAGE MODEL answers texts. It does not retry.
using language_model_actor = caf::typed_actor<
    // Errors: `unavailable`, `timed_out`.
    caf::replies_to<complete_text>::with<completed_text>,
    caf::replies_to<get_status>::with<status_report>>;

} // namespace caly
