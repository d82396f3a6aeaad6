#pragma once

#include "runtime/observe/actor_stats.hpp"

#include <array>
#include <deque>
#include <map>
#include <memory>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace caly {

/// All actors of one kind together, those that are gone included.
struct actor_kind_totals {
  std::uint64_t alive = 0;
  std::uint64_t waiting = 0; ///< Messages in mailboxes right now.
  std::uint64_t handled = 0;
  std::uint64_t spawned = 0;
  std::uint64_t failed = 0; ///< Ended for another reason than being done or told to stop.
  std::chrono::nanoseconds busy{0};
};

/// An actor that failed, kept for those who ask afterwards.
struct actor_obituary {
  caf::actor_id id = 0;
  std::string path;
  std::string reason;
  wall_time at;
};

/// Every observed actor of one actor system, readable from any thread without asking the
/// actors themselves, so that a stuck actor can still be looked at.
class actor_table {
public:
  static constexpr std::size_t obituaries_max = 100;

  /// The table of `sys`, valid as long as the system is.
  static actor_table& of(caf::actor_system& sys);

  /// A row for a new actor. Nobody sees it before it is added.
  std::shared_ptr<actor_stats>
  make(caf::actor_addr address, actor_label label, caf::actor_id parent) const;

  /// Called by the observing base at birth and death.
  void add(std::shared_ptr<actor_stats> stats);
  void remove(actor_stats& stats, const caf::error& reason);

  std::size_t size() const;

  /// The actor with this id, or null.
  std::shared_ptr<actor_stats> find(caf::actor_id id) const;

  /// Sorted by id, which is the order of birth.
  std::vector<std::shared_ptr<actor_stats>> all() const;

  /// `a:17` or `17` names one actor; anything else is a glob over paths, where `*` stands
  /// for any text and `?` for one character. A text without `/` is looked for anywhere in
  /// the last segment.
  std::vector<std::shared_ptr<actor_stats>> match(std::string_view target) const;

  std::map<std::string, actor_kind_totals> totals() const;

  /// The last failures, oldest first.
  std::vector<actor_obituary> obituaries() const;

private:
  using row = std::shared_ptr<actor_stats>;

  struct shard {
    mutable std::shared_mutex mutex;
    std::unordered_map<caf::actor_id, row> rows;
  };

  shard& shard_of(caf::actor_id id) const { return shards_[id % shards_.size()]; }

  mutable std::array<shard, 16> shards_;
  mutable std::mutex mutex_; // guards what follows
  std::map<std::string, actor_kind_totals> gone_;
  std::deque<actor_obituary> obituaries_;
};

/// Whether `text` matches `pattern`, in which `*` stands for any text and `?` for one
/// character.
bool matches_glob(std::string_view text, std::string_view pattern);

} // namespace caly
