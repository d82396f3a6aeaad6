#include "runtime/base/error.hpp"

namespace caly {

std::string to_string(errc code) {
  switch (code) {
  case errc::none:
    return "none";
  case errc::invalid:
    return "invalid";
  case errc::not_found:
    return "not_found";
  case errc::conflict:
    return "conflict";
  case errc::unauthorized:
    return "unauthorized";
  case errc::forbidden:
    return "forbidden";
  case errc::no_credit:
    return "no_credit";
  case errc::too_large:
    return "too_large";
  case errc::tenant_at_capacity:
    return "tenant_at_capacity";
  case errc::system_at_capacity:
    return "system_at_capacity";
  case errc::rate_limited:
    return "rate_limited";
  case errc::overloaded:
    return "overloaded";
  case errc::unavailable:
    return "unavailable";
  case errc::timed_out:
    return "timed_out";
  case errc::refused:
    return "refused";
  case errc::outcome_unknown:
    return "outcome_unknown";
  case errc::fenced:
    return "fenced";
  case errc::not_mine:
    return "not_mine";
  case errc::restarts_exhausted:
    return "restarts_exhausted";
  }
  return "unknown";
}

} // namespace caly
