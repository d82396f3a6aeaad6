#pragma once

#include "runtime/observe/spawn.hpp"
#include "runtime/supervision/supervisor.hpp"

#include <map>
#include <random>
#include <unordered_map>

namespace caly::detail {

using std::chrono::milliseconds;

/// Timer of one child. `generation` tells a due timer from one that was overtaken.
struct child_timer {
  std::uint64_t order = 0;
  std::uint64_t generation = 0;

  template <class Inspector>
  friend auto inspect(Inspector& f, child_timer& x) {
    return f(caf::meta::type_name("caly.child_timer"), x.order, x.generation);
  }
};

/// Starts what `rest_for_one` took down.
struct start_rest {
  std::uint64_t generation = 0;

  template <class Inspector>
  friend auto inspect(Inspector& f, start_rest& x) {
    return f(caf::meta::type_name("caly.start_rest"), x.generation);
  }
};

using full_actor =
    supervisor_actor::extend<caf::reacts_to<child_timer>, caf::reacts_to<start_rest>>;

/// Where a child is in its life.
enum class phase : std::uint8_t { up, stopping, killed, waiting, down };

/// What happens once a stopping child is gone.
enum class aim : std::uint8_t { stay, restart, remove };

struct child_entry {
  child_spec spec;
  caf::actor handle;
  phase at = phase::down;
  aim then = aim::stay;
  std::uint64_t generation = 0;
  std::uint32_t failures = 0; // in a row
  std::uint32_t restarts = 0;
  std::string last_error;
  caf::actor_clock::time_point started;
  std::vector<caf::response_promise> when_gone;
};

/// Invariants: `by_name` names every entry of `children`, `by_address` every entry with a
/// handle. While `rest_from` is set, children from that order on are being taken down or
/// wait for their common restart.
struct supervisor_state {
  using entry = std::map<std::uint64_t, child_entry>::value_type;

  /// CAF destroys the state when the actor ends, for whatever reason: nobody survives an
  /// unsupervised end of the supervisor.
  ~supervisor_state();

  child_entry* find(const std::string& name);

  std::string name;
  supervisor_options options;
  restart_budget budget;
  std::mt19937_64 dice;
  std::map<std::uint64_t, child_entry> children; // by order of start
  std::unordered_map<std::string, std::uint64_t> by_name;
  std::unordered_map<caf::actor_addr, std::uint64_t> by_address;
  std::uint64_t next_order = 1;
  std::uint64_t restarts_total = 0;
  std::uint64_t kills_total = 0;
  std::optional<std::uint64_t> rest_from;
  std::uint64_t rest_generation = 0;
  milliseconds rest_delay{0};
  std::optional<caf::error> ending; // set once it is going down itself
};

using self_type = self_ptr<full_actor, supervisor_state>;

/// The moves of a supervisor; lives as long as its actor.
class keeper {
public:
  explicit keeper(self_type self) : self_{self}, state_{self->state} {}

  // -- messages

  caf::result<caf::actor> get(const get_child& ask) const;

  caf::result<caf::actor> add(const child_spec& spec);

  caf::result<void> restart(const restart_child& ask);

  caf::result<void> stop(const stop_child& ask);

  /// A timer of a child is due: to start it, or to lose patience with it.
  void on_timer(const child_timer& due);

  void on_start_rest(const start_rest& due);

  void on_down(const caf::down_msg& down);

  /// Takes everything down in reverse order, then ends with `reason`.
  void end(caf::error reason);

  void begin(std::vector<child_spec>& specs);

  status_report status() const;

private:
  supervisor_state::entry& insert(child_spec spec);

  void remove(std::uint64_t order);

  /// Starts a child that is down; answers false if its start function failed.
  bool start(std::uint64_t order, child_entry& child);

  void restart_now(std::uint64_t order, child_entry& child);

  /// Starts every child that is down, in order. With rest_for_one a child that does not
  /// start keeps those behind it waiting.
  void start_all_down();

  void arm(std::uint64_t order, child_entry& child, milliseconds delay);

  void stop(std::uint64_t order, child_entry& child, aim then);

  /// A child ended, by itself or because it was told to.
  void gone(std::uint64_t order, child_entry& child, const caf::error& reason);

  void ended_by_itself(std::uint64_t order, child_entry& child, const caf::error& reason);

  /// Plans the restart of a child that is down, or gives up.
  void failed(std::uint64_t order, child_entry& child);

  void take_down_from(std::uint64_t order, milliseconds delay);

  /// Stops the last child that still runs and waits for it; once none is left, goes on.
  void take_down_rest();

  self_type self_;
  supervisor_state& state_;
};

} // namespace caly::detail
