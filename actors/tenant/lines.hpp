#pragma once

#include "actors/api/dial_store.hpp"

#include <cstdint>
#include <map>
#include <vector>

namespace caly {

/// A wish of one campaign for some dials, ready to be reserved in one transaction.
struct dial_batch {
  campaign_id campaign;
  std::vector<call_id> calls;
};

/// Decides who may dial now. Pure; time is passed in.
///
/// Invariant: claimed_ counts the wants taken from the mailbox whose reservation has not
/// been answered; claimed_ + live_ <= cap_ whenever `open()` answered true for each.
class tenant_lines {
public:
  /// How many calls the tenant may have at once, and how many it has, on all nodes.
  void set_capacity(std::uint32_t cap, std::uint32_t live_elsewhere) noexcept {
    cap_ = cap;
    elsewhere_ = live_elsewhere;
  }

  /// May another want be taken from the mailbox? Otherwise it stays there.
  bool open(std::int64_t now_ms) const noexcept {
    return now_ms >= closed_until_ms_ && claimed_ + live_ + elsewhere_ < cap_ &&
           (now_ms >= limited_until_ms_ || claimed_ + live_ < limit_);
  }

  /// What the dial scheduler leaves us for now. Without its word for long there is no
  /// limit but the rows'.
  void set_limit(std::uint32_t lines, std::int64_t until_ms) noexcept {
    limit_ = lines;
    limited_until_ms_ = until_ms;
  }

  /// Takes one want of `campaign`.
  void claim(const campaign_id& campaign) {
    ++claimed_;
    ++waiting_[campaign];
  }

  /// All claimed wants that are not being reserved yet, one batch a campaign.
  std::vector<dial_batch> take_batches(std::uint32_t batch_max);

  /// A batch was answered. A stop for lack of lines closes the gate until `now + retry`.
  void answered(std::uint32_t asked,
                std::uint32_t granted,
                reserve_stop stop,
                std::int64_t now_ms);

  /// A call that was granted here is over.
  void released() noexcept {
    live_ -= live_ > 0 ? 1 : 0;
    closed_until_ms_ = 0;
  }

  /// Something changed: look again now.
  void reopen() noexcept { closed_until_ms_ = 0; }

  /// A single call, not of a campaign, starts here.
  void add_live() noexcept { ++live_; }

  std::uint32_t live() const noexcept { return live_; }

  std::uint32_t claimed() const noexcept { return claimed_; }

  std::uint32_t limit() const noexcept { return limit_; }

  std::uint32_t cap() const noexcept { return cap_; }

  std::int64_t closed_until_ms() const noexcept { return closed_until_ms_; }

private:
  std::uint32_t cap_ = 0;
  std::uint32_t elsewhere_ = 0;
  std::uint32_t live_ = 0;
  std::uint32_t claimed_ = 0;
  std::int64_t closed_until_ms_ = 0;
  std::uint32_t limit_ = 0;
  std::int64_t limited_until_ms_ = 0;
  std::map<campaign_id, std::uint32_t> waiting_;
};

} // namespace caly
