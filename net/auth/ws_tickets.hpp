#pragma once

#include "net/auth/jwt.hpp"

#include <deque>
#include <mutex>
#include <string>
#include <unordered_set>

namespace caly {

/// Tickets that open one WebSocket: they stand in a URL, so they live for seconds and
/// work once on a node. Any node of the cluster takes them, since they are signed.
class ws_tickets {
public:
  static constexpr std::size_t used_max = 100'000;

  explicit ws_tickets(const token_signer& signer,
                      std::chrono::seconds lives = std::chrono::seconds{30})
      : signer_{signer}, lives_{lives} {}

  std::string issue(const principal& who, wall_time now) const {
    return signer_.sign(token_kind::websocket, who, now, lives_);
  }

  /// Errors: `errc::unauthorized`, also for the second use.
  caf::expected<principal> redeem(std::string_view ticket, wall_time now);

private:
  const token_signer& signer_;
  const std::chrono::seconds lives_;
  std::mutex mutex_;
  std::unordered_set<std::string> used_;
  std::deque<std::pair<wall_time, std::string>> used_by_age_;
};

} // namespace caly
