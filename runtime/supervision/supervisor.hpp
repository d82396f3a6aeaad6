#pragma once

#include "runtime/observe/status.hpp"
#include "runtime/supervision/restart_budget.hpp"

#include <caf/actor.hpp>
#include <caf/actor_cast.hpp>
#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/fwd.hpp>
#include <caf/meta/type_name.hpp>
#include <caf/typed_actor.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace caly {

enum class restart_policy : std::uint8_t {
  permanent, ///< Comes back whatever ended it.
  transient, ///< Comes back only if it failed.
  temporary, ///< Never comes back.
};

/// How to start a child, the first time and every time after.
struct child_spec {
  std::string name; ///< Unique within its supervisor.
  /// Spawns the child with the supervisor as parent. May throw; that counts as a failure
  /// of the child.
  std::function<caf::actor(caf::local_actor* parent)> start;
  restart_policy restart = restart_policy::permanent;
  /// Time to end by itself when asked, before it is killed. A child that is a supervisor
  /// needs more than its own children together.
  std::chrono::milliseconds shutdown{5'000};
};

/// A child spec around a start function that returns any kind of handle.
template <class Start>
child_spec child(std::string name,
                 Start start,
                 restart_policy restart = restart_policy::permanent,
                 std::chrono::milliseconds shutdown = std::chrono::milliseconds{5'000}) {
  return {std::move(name),
          [start = std::move(start)](caf::local_actor* parent) {
            return caf::actor_cast<caf::actor>(start(parent));
          },
          restart,
          shutdown};
}

/// Asks who currently fills the role `name`. Never keep the answer across a DOWN: the
/// next incarnation is another actor.
struct get_child {
  std::string name;

  template <class Inspector>
  friend auto inspect(Inspector& f, get_child& x) {
    return f(caf::meta::type_name("caly.get_child"), x.name);
  }
};

/// Starts one more child behind the others. Stays within the process.
struct add_child {
  child_spec spec;
};

/// Ends the child and starts it again at once; does not count as a failure.
struct restart_child {
  std::string name;

  template <class Inspector>
  friend auto inspect(Inspector& f, restart_child& x) {
    return f(caf::meta::type_name("caly.restart_child"), x.name);
  }
};

/// Ends the child and forgets it.
struct stop_child {
  std::string name;

  template <class Inspector>
  friend auto inspect(Inspector& f, stop_child& x) {
    return f(caf::meta::type_name("caly.stop_child"), x.name);
  }
};

/// The SUPERVISOR keeps its children alive. It starts them in order and ends them in
/// reverse order when it is told to end.
using supervisor_actor = caf::typed_actor<
    // Errors: `not_found`; `unavailable` while the child waits for its restart.
    caf::replies_to<get_child>::with<caf::actor>,
    // Errors: `conflict` for a name that is taken, `overloaded` beyond `children_max`,
    // `unavailable` when its start function failed (the child is then not added).
    caf::replies_to<add_child>::with<caf::actor>,
    // Answers at once. Errors: `not_found`.
    caf::replies_to<restart_child>::with<void>,
    // Answers when the child is gone. Errors: `not_found`.
    caf::replies_to<stop_child>::with<void>,
    // Conforms to INSPECTABLE.
    caf::replies_to<get_status>::with<status_report>>;

enum class restart_strategy : std::uint8_t {
  one_for_one,  ///< A failed child is restarted on its own.
  rest_for_one, ///< So are, after it, all children that were started after it.
};

struct supervisor_options {
  restart_strategy strategy = restart_strategy::one_for_one;
  /// Beyond it the supervisor ends all children, then itself with `restarts_exhausted`:
  /// the rest is up to its own supervisor.
  restart_limits limits;
  backoff delays;
  std::size_t children_max = 10'000;
  /// Of the jitter; drawn at random when absent.
  std::optional<std::uint64_t> seed;
};

/// Spawns a supervisor as a child of `parent`, visible as `supervisor:<name>`.
supervisor_actor spawn_supervisor(caf::local_actor* parent,
                                  std::string name,
                                  std::vector<child_spec> children,
                                  supervisor_options options = {});

/// Spawns the root of a tree.
supervisor_actor spawn_supervisor(caf::actor_system& sys,
                                  std::string name,
                                  std::vector<child_spec> children,
                                  supervisor_options options = {});

} // namespace caly

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(caly::add_child)
