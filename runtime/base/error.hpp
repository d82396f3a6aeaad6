#pragma once

#include <caf/error.hpp>
#include <caf/make_message.hpp> // CAF_ERROR_CODE_ENUM needs it in 0.17

#include <cstdint>
#include <string>

namespace caly {

/// What can go wrong, as far as a caller may want to react to it. Details for people
/// travel in the error's context, never in new codes.
enum class errc : std::uint8_t {
  none = 0,
  invalid,            ///< The request cannot be right; sending it again will not help.
  not_found,          ///< No such thing for this tenant.
  conflict,           ///< The thing is in a state (or version) that forbids this.
  unauthorized,       ///< Who asks is not known.
  forbidden,          ///< Who asks may not do this.
  no_credit,          ///< The prepaid balance does not cover it.
  too_large,          ///< A limit on size was passed.
  tenant_at_capacity, ///< The tenant's concurrent call limit is reached; retry later.
  system_at_capacity, ///< The system's concurrent call limit is reached; retry later.
  rate_limited,       ///< Too many requests; retry after the time in the context.
  overloaded,         ///< A bounded queue is full; retry later.
  unavailable,        ///< A dependency (database, provider) does not answer; retry later.
  timed_out,          ///< The deadline passed.
  refused,            ///< A provider said no and nothing happened there.
  outcome_unknown,    ///< A provider may or may not have acted; never send it again.
  fenced,             ///< Another node owns this shard by now; stop working on it.
  not_mine,           ///< This node does not own the actor's shard; ask the directory.
  restarts_exhausted, ///< A supervised child failed faster than its budget allows.
};

std::string to_string(errc code);

} // namespace caly

CAF_ERROR_CODE_ENUM(caly::errc, "caly")
