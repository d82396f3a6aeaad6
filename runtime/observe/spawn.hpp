#pragma once

#include "runtime/observe/actor_table.hpp"
#include "runtime/observe/status.hpp"

#include <caf/actor_system.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <exception>
#include <memory>
#include <tuple>
#include <type_traits>
#include <utility>

namespace caly {

namespace detail {

template <class Handle>
struct actor_traits {
  using base = typename Handle::base;
  using behavior = typename Handle::behavior_type;
};

template <>
struct actor_traits<caf::actor> {
  using base = caf::event_based_actor;
  using behavior = caf::behavior;
};

/// Logs what a handler threw; the answer becomes the actor's exit reason.
caf::error on_exception(actor_stats& stats, const std::exception_ptr& thrown);

/// Logs a message that no handler takes; the sender of a request gets the error.
caf::error on_unexpected(const actor_stats& stats);

} // namespace detail

/// Base of every actor with the interface `Handle`: books what enters and leaves its
/// mailbox in the actor table and turns exceptions into logged exit reasons.
template <class Handle>
class observed : public detail::actor_traits<Handle>::base {
public:
  using super = typename detail::actor_traits<Handle>::base;

  observed(caf::actor_config& cfg, actor_label label)
      : super(cfg),
        table_{actor_table::of(this->system())},
        stats_{table_.make(this->address(), std::move(label), parent_of(cfg))} {
    this->set_exception_handler([stats = stats_](std::exception_ptr& thrown) {
      return detail::on_exception(*stats, thrown);
    });
    this->set_default_handler(
        [stats = stats_](caf::scheduled_actor*,
                         caf::message_view&) -> caf::result<caf::message> {
          return detail::on_unexpected(*stats);
        });
    table_.add(stats_); // last: from here on others may send to this actor
  }

  ~observed() override { table_.remove(*stats_, caf::error{}); }

  const char* name() const override { return stats_->label.kind.c_str(); }

  using super::enqueue;

  void enqueue(caf::mailbox_element_ptr x, caf::execution_unit* host) override {
    stats_->note_enqueued(*x);
    super::enqueue(std::move(x), host);
  }

  caf::invoke_message_result consume(caf::mailbox_element& x) override {
    message_scope scope{*stats_, x};
    const auto result = super::consume(x);
    if (result == caf::invoke_message_result::skipped)
      scope.skip();
    return result;
  }

  void initialize() override {
    actor_scope scope{*stats_};
    super::initialize();
  }

  bool cleanup(caf::error&& reason, caf::execution_unit* host) override {
    table_.remove(*stats_, reason);
    return super::cleanup(std::move(reason), host);
  }

  /// This actor's row in the actor table.
  const actor_stats& stats() const noexcept { return *stats_; }

private:
  static caf::actor_id parent_of(const caf::actor_config& cfg) {
    if (cfg.parent != nullptr)
      return cfg.parent->id();
    return running_actor != nullptr ? running_actor->id : caf::actor_id{0};
  }

  actor_table& table_;
  const std::shared_ptr<actor_stats> stats_;
};

/// What a behaviour function gets: `self_ptr<call_gate_actor, call_gate_state> self`.
template <class Handle, class State>
using self_ptr = caf::stateful_actor<State, observed<Handle>>*;

namespace detail {

/// A class actor that runs a free behaviour function.
template <class Handle, class State, class Function, class... Ts>
class function_actor : public caf::stateful_actor<State, observed<Handle>> {
public:
  using super = caf::stateful_actor<State, observed<Handle>>;
  using behavior = typename actor_traits<Handle>::behavior;

  template <class... Us>
  function_actor(caf::actor_config& cfg, actor_label label, Function function, Us&&... xs)
      : super(cfg, std::move(label)),
        function_{std::move(function)},
        arguments_{std::make_unique<std::tuple<Ts...>>(std::forward<Us>(xs)...)} {}

  behavior make_behavior() override {
    const auto arguments = std::move(arguments_);
    return std::apply(
        [this](Ts&... xs) {
          return function_(static_cast<super*>(this), std::move(xs)...);
        },
        *arguments);
  }

private:
  Function function_;
  std::unique_ptr<std::tuple<Ts...>> arguments_;
};

template <class Spawner>
auto& as_spawner(Spawner& at) {
  if constexpr (std::is_pointer_v<Spawner>)
    return *at;
  else
    return at;
}

} // namespace detail

/// Spawns an actor that everybody can look at. Every long-lived actor starts this way.
///
/// `at` is the actor system or the `self` of the actor that becomes the parent;
/// `function(self, xs...)` returns the behaviour. `xs` are copied or moved in once and
/// may be move-only. With `caf::detached` as `Options` the actor gets its own thread.
template <class Handle,
          class State,
          caf::spawn_options Options = caf::no_spawn_options,
          class Spawner,
          class Function,
          class... Ts>
Handle spawn(Spawner&& at, actor_label label, Function function, Ts&&... xs) {
  using impl = detail::function_actor<Handle, State, Function, std::decay_t<Ts>...>;
  auto handle = detail::as_spawner(at).template spawn<impl, Options>(
      std::move(label), std::move(function), std::forward<Ts>(xs)...);
  return caf::actor_cast<Handle>(std::move(handle));
}

} // namespace caly
