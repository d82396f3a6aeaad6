#pragma once

#include "actors/api/call_voices.hpp"

#include <caf/actor_addr.hpp>
#include <caf/error.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <vector>

namespace caly {

/// Those who listen in to a call, on whatever node they are. Each has credit for two
/// seconds of audio: a piece costs one until it was taken, so that a slow or cut-off
/// listener keeps that much in the mailboxes and links between, and what it has no credit
/// for is dropped. Belongs to the actor that sends.
class call_listeners {
public:
  /// Of one call; each costs twenty messages a second.
  static constexpr std::size_t most = 8;

  /// Pieces of a tenth of a second, of two sides.
  static constexpr std::uint32_t credit_pieces = 40;

  /// Who did not answer for a piece by then gets its credit back.
  static constexpr std::chrono::seconds taken_within{10};

  /// False: it listens already, or too many do.
  bool add(const call_listener_actor& listener) {
    if (all_.size() == most || find(listener.address()) != all_.end())
      return false;
    all_.push_back({listener, credit_pieces});
    return true;
  }

  /// False: it did not listen.
  bool remove(const caf::actor_addr& listener) {
    const auto found = find(listener);
    if (found == all_.end())
      return false;
    all_.erase(found);
    return true;
  }

  bool empty() const noexcept { return all_.empty(); }

  std::size_t size() const noexcept { return all_.size(); }

  /// Pieces that somebody had no credit for.
  std::uint64_t dropped_total() const noexcept { return dropped_total_; }

  /// `self` is the actor whose state this is.
  template <class Self>
  void tell(Self self, const call_audio& piece) {
    for (auto& each : all_) {
      if (each.credit == 0) {
        ++dropped_total_;
        continue;
      }
      --each.credit;
      const auto give_back = [this, whose = each.actor.address()] {
        if (const auto found = find(whose); found != all_.end())
          ++found->credit;
      };
      self->request(each.actor, taken_within, piece)
          .then(give_back, [give_back](const caf::error&) { give_back(); });
    }
  }

private:
  struct listener {
    call_listener_actor actor;
    std::uint32_t credit;
  };

  std::vector<listener>::iterator find(const caf::actor_addr& whose) {
    return std::ranges::find_if(
        all_, [&](const auto& each) { return each.actor.address() == whose; });
  }

  std::vector<listener> all_;
  std::uint64_t dropped_total_ = 0;
};

} // namespace caly
