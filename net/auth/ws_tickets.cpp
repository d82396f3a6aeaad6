#include "net/auth/ws_tickets.hpp"

#include "runtime/base/error.hpp"

namespace caly {

caf::expected<principal> ws_tickets::redeem(std::string_view ticket, wall_time now) {
  const auto claims = signer_.verify(token_kind::websocket, ticket, now);
  if (!claims)
    return claims.error();
  // Past the clock skew that the signer forgives nothing needs to be remembered.
  constexpr auto slack = std::chrono::seconds{120};
  std::lock_guard guard{mutex_};
  while (!used_by_age_.empty() && used_by_age_.front().first + slack < now) {
    used_.erase(used_by_age_.front().second);
    used_by_age_.pop_front();
  }
  if (used_.size() >= used_max)
    return caf::make_error(errc::unauthorized, "too many tickets");
  if (!used_.insert(claims->id).second)
    return caf::make_error(errc::unauthorized, "used ticket");
  used_by_age_.emplace_back(claims->expires, claims->id);
  return claims->who;
}

} // namespace caly
