#pragma once

#include "runtime/base/clock.hpp"
#include "runtime/observe/message_type.hpp"

#include <caf/actor_addr.hpp>
#include <caf/fwd.hpp>

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace caly {

class trace_buffer;

/// Who an actor is, for people: `kind` from a small fixed set (`call`, `tenant`), `key`
/// telling its instances apart, `tenant` empty for actors of the node itself.
/// `correlation_id` stands in every line that it logs: whose wish it carries out.
struct actor_label {
  std::string kind;
  std::string key;
  std::string tenant;
  std::string correlation_id{};
};

/// What one actor is and did. The actor writes it while it handles messages; anybody may
/// read it at any time. Numbers of one moment may be a message apart.
class actor_stats {
public:
  static constexpr std::size_t history_max = 50;

  struct handled_message {
    message_type type = 0;
    std::chrono::steady_clock::time_point at;
    std::chrono::nanoseconds took{0};
  };

  actor_stats(caf::actor_addr address, actor_label label, const actor_stats* parent);

  // -- fixed at birth

  const caf::actor_addr address;
  const caf::actor_id id;
  const caf::actor_id parent_id;
  const actor_label label;
  /// `/node/tenant:acme/call:call_01…`: the parent's path and one segment of its own.
  const std::string path;
  const wall_time started;

  // -- counters

  /// Messages that wait, those that a behaviour skipped included.
  std::uint64_t depth() const noexcept;

  std::uint64_t handled() const noexcept { return handled_.load(relaxed); }

  std::chrono::nanoseconds busy() const noexcept;

  /// The message being handled right now; `at` is the epoch when idle.
  handled_message current() const noexcept;

  /// The last messages, oldest first, at most `history_max`.
  std::vector<handled_message> history() const;

  // -- what its supervisor and its crashes leave behind

  void supervised(std::string child_name, std::uint32_t restarts, std::string last_error);
  void failed(std::string error);
  std::string child_name() const;

  std::uint32_t restarts() const noexcept { return restarts_.load(relaxed); }

  std::string last_error() const;

  /// Starts a trace in place of the one that runs, if any.
  void trace(std::shared_ptr<trace_buffer> buffer);

  bool traced() const noexcept { return traced_.load(relaxed); }

  // -- called by the observing base only

  void note_enqueued(caf::mailbox_element& x);

  bool mark_dead() noexcept { return !dead_.exchange(true); }

private:
  friend class message_scope;

  static constexpr auto relaxed = std::memory_order_relaxed;

  struct entry {
    std::atomic<message_type> type{0};
    std::atomic<std::int64_t> at_ns{0};
    std::atomic<std::int64_t> took_ns{0};
  };

  void trace_in(caf::mailbox_element& x);
  void trace_out(const actor_stats& to, caf::mailbox_element& x);
  void add_trace_line(const char* direction,
                      const char* preposition,
                      const std::string& peer,
                      caf::mailbox_element& x,
                      bool wanted);

  std::atomic<std::uint64_t> enqueued_{0};
  std::atomic<std::uint64_t> handled_{0};
  std::atomic<std::int64_t> busy_ns_{0};
  std::atomic<message_type> current_type_{0};
  std::atomic<std::int64_t> current_since_ns_{0};
  std::atomic<std::uint32_t> restarts_{0};
  std::atomic<bool> traced_{false};
  std::atomic<bool> dead_{false};
  std::array<entry, history_max> history_;
  mutable std::mutex mutex_; // guards what follows
  std::string child_name_;
  std::string last_error_;
  std::shared_ptr<trace_buffer> trace_;
};

/// The actor whose handler runs on this thread, if any: the parent of what it spawns and
/// the context of what it logs.
inline constinit thread_local actor_stats* running_actor = nullptr;

/// Marks `stats` as the running actor for the scope's lifetime.
class actor_scope {
public:
  explicit actor_scope(actor_stats& stats) noexcept : outer_{running_actor} {
    running_actor = &stats;
  }

  ~actor_scope() { running_actor = outer_; }

  actor_scope(const actor_scope&) = delete;
  actor_scope& operator=(const actor_scope&) = delete;

private:
  actor_stats* outer_;
};

/// Books one message: from the moment its handler starts until the scope ends, also by
/// an exception.
class message_scope {
public:
  message_scope(actor_stats& stats, caf::mailbox_element& x);
  ~message_scope();

  /// The message stays in the mailbox.
  void skip() noexcept { skipped_ = true; }

private:
  actor_scope running_;
  actor_stats& stats_;
  const message_type type_;
  const std::chrono::steady_clock::time_point began_;
  bool skipped_ = false;
};

} // namespace caly
