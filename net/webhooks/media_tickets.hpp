#pragma once

#include "actors/model/brain_kind.hpp"
#include "actors/model/ids.hpp"

#include <chrono>
#include <deque>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>

namespace caly {

/// What a media ticket entitles to.
struct media_pass {
  tenant_id tenant;
  call_id call;
  brain_kind brain = brain_kind::realtime;
  std::string ticket{}; ///< that was redeemed for it
};

/// Single-use tickets for media sockets: any node of the cluster can check one, each
/// takes it once, and the rows of the call take it once in all. Signed with the cluster's
/// secret; valid for `lifetime`.
class media_tickets {
public:
  media_tickets(std::string secret, std::chrono::seconds lifetime)
      : secret_{std::move(secret)}, lifetime_{lifetime} {}

  std::string issue(const media_pass& pass, std::int64_t now_s) const;

  /// Looks without using it up: the upgrade carries the ticket in its path.
  std::optional<media_pass> check(std::string_view ticket, std::int64_t now_s) const;

  /// Uses a ticket up; a second time it is refused.
  std::optional<media_pass> redeem(std::string_view ticket, std::int64_t now_s);

private:
  static constexpr std::size_t used_max = 100'000;

  std::string secret_;
  std::chrono::seconds lifetime_;
  std::mutex mutex_;
  std::unordered_set<std::string> used_;
  std::deque<std::string> used_order_;
};

} // namespace caly
