#include "runtime/supervision/keeper.hpp"

#include "runtime/base/error.hpp"
#include "runtime/observe/error_text.hpp"
#include "runtime/supervision/exit.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>

namespace caly::detail {

namespace {

/// How long a killed child may take to be gone before it is given up.
constexpr milliseconds kill_grace{1'000};

} // namespace

supervisor_state::~supervisor_state() {
  for (const auto& [order, child] : children)
    if (child.handle)
      kill_actor(child.handle);
}

child_entry* supervisor_state::find(const std::string& name) {
  const auto found = by_name.find(name);
  return found != by_name.end() ? &children.at(found->second) : nullptr;
}

caf::result<caf::actor> keeper::get(const get_child& ask) const {
  const auto* child = state_.find(ask.name);
  if (child == nullptr)
    return caf::make_error(errc::not_found, ask.name);
  if (child->at != phase::up)
    return caf::make_error(errc::unavailable, ask.name + " is being restarted");
  return child->handle;
}

caf::result<caf::actor> keeper::add(const child_spec& spec) {
  if (state_.ending)
    return caf::make_error(errc::unavailable, state_.name + " is going down");
  if (state_.by_name.count(spec.name) != 0)
    return caf::make_error(errc::conflict, spec.name + " exists");
  if (state_.children.size() >= state_.options.children_max)
    return caf::make_error(errc::overloaded, state_.name + " has too many children");
  auto& [order, child] = insert(spec);
  if (start(order, child))
    return child.handle;
  auto failure = caf::make_error(errc::unavailable, child.last_error);
  remove(order);
  return failure;
}

caf::result<void> keeper::restart(const restart_child& ask) {
  auto* child = state_.find(ask.name);
  if (child == nullptr || state_.ending)
    return caf::make_error(errc::not_found, ask.name);
  const auto order = state_.by_name.at(ask.name);
  if (child->at == phase::up)
    stop(order, *child, aim::restart);
  else if (child->at == phase::waiting)
    restart_now(order, *child);
  return caf::unit;
}

caf::result<void> keeper::stop(const stop_child& ask) {
  auto* child = state_.find(ask.name);
  if (child == nullptr)
    return caf::make_error(errc::not_found, ask.name);
  const auto order = state_.by_name.at(ask.name);
  if (!child->handle) {
    remove(order);
    return caf::unit;
  }
  auto promise = self_->make_response_promise();
  child->when_gone.push_back(promise);
  stop(order, *child, aim::remove);
  return promise;
}

void keeper::on_timer(const child_timer& due) {
  const auto found = state_.children.find(due.order);
  if (found == state_.children.end() || found->second.generation != due.generation)
    return;
  auto& child = found->second;
  if (child.at == phase::waiting) {
    if (!state_.ending)
      restart_now(due.order, child);
  } else if (child.at == phase::stopping) {
    spdlog::warn("supervisor: killing child={} supervisor={} after_ms={}",
                 child.spec.name,
                 state_.name,
                 child.spec.shutdown.count());
    ++state_.kills_total;
    child.at = phase::killed;
    kill_actor(child.handle);
    arm(due.order, child, kill_grace);
  } else if (child.at == phase::killed) {
    spdlog::error("supervisor: gave up on a child that cannot be killed child={} "
                  "supervisor={}",
                  child.spec.name,
                  state_.name);
    self_->demonitor(child.handle.address());
    gone(due.order, child, caf::make_error(errc::timed_out, "cannot be killed"));
  }
}

void keeper::on_start_rest(const start_rest& due) {
  if (due.generation == state_.rest_generation && state_.rest_from && !state_.ending)
    start_all_down();
}

void keeper::on_down(const caf::down_msg& down) {
  const auto found = state_.by_address.find(down.source);
  if (found == state_.by_address.end())
    return;
  const auto order = found->second;
  gone(order, state_.children.at(order), down.reason);
}

void keeper::end(caf::error reason) {
  if (state_.ending)
    return;
  state_.ending = std::move(reason);
  take_down_rest();
}

void keeper::begin(std::vector<child_spec>& specs) {
  for (auto& spec : specs)
    if (state_.by_name.count(spec.name) == 0)
      insert(std::move(spec));
  start_all_down();
}

status_report keeper::status() const {
  status_report report;
  std::size_t up = 0;
  for (const auto& [order, child] : state_.children)
    up += child.at == phase::up ? 1 : 0;
  caf::put(report, "children", state_.children.size());
  caf::put(report, "children_up", up);
  caf::put(report, "restarts_total", state_.restarts_total);
  caf::put(report, "kills_total", state_.kills_total);
  caf::put(report,
           "strategy",
           state_.options.strategy == restart_strategy::one_for_one ? "one_for_one"
                                                                    : "rest_for_one");
  return report;
}

supervisor_state::entry& keeper::insert(child_spec spec) {
  const auto order = state_.next_order++;
  state_.by_name.emplace(spec.name, order);
  auto& entry = *state_.children.emplace(order, child_entry{}).first;
  entry.second.spec = std::move(spec);
  return entry;
}

void keeper::remove(std::uint64_t order) {
  const auto found = state_.children.find(order);
  state_.by_name.erase(found->second.spec.name);
  state_.children.erase(found);
}

bool keeper::start(std::uint64_t order, child_entry& child) {
  try {
    child.handle = child.spec.start(self_);
    child.last_error = child.handle ? child.last_error : "start returned nothing";
  } catch (const std::exception& failure) {
    child.handle = nullptr;
    child.last_error = failure.what();
  }
  ++child.generation;
  child.started = self_->clock().now();
  if (!child.handle)
    return false;
  child.at = phase::up;
  child.then = aim::stay;
  state_.by_address.emplace(child.handle.address(), order);
  self_->monitor(child.handle);
  if (const auto row = actor_table::of(self_->system()).find(child.handle.id()))
    row->supervised(child.spec.name, child.restarts, child.last_error);
  return true;
}

void keeper::restart_now(std::uint64_t order, child_entry& child) {
  ++child.restarts;
  ++state_.restarts_total;
  if (!start(order, child))
    failed(order, child);
}

void keeper::start_all_down() {
  state_.rest_from.reset();
  state_.rest_delay = milliseconds{0};
  for (auto& [order, child] : state_.children) {
    if (child.at != phase::down)
      continue;
    if (child.generation > 0) {
      ++child.restarts;
      ++state_.restarts_total;
    }
    if (start(order, child))
      continue;
    failed(order, child);
    if (state_.ending || state_.options.strategy == restart_strategy::rest_for_one)
      return;
  }
}

void keeper::arm(std::uint64_t order, child_entry& child, milliseconds delay) {
  self_->delayed_send(self_, delay, child_timer{order, ++child.generation});
}

void keeper::stop(std::uint64_t order, child_entry& child, aim then) {
  child.then = then;
  if (child.at != phase::up)
    return;
  child.at = phase::stopping;
  stop_actor(child.handle);
  arm(order, child, child.spec.shutdown);
}

void keeper::gone(std::uint64_t order, child_entry& child, const caf::error& reason) {
  const auto was = child.at;
  state_.by_address.erase(child.handle.address());
  child.handle = nullptr;
  child.at = phase::down;
  ++child.generation;
  for (auto& promise : child.when_gone)
    promise.deliver(caf::unit);
  child.when_gone.clear();
  if (state_.ending) {
    take_down_rest();
  } else if (was == phase::up) {
    ended_by_itself(order, child, reason);
  } else if (child.then == aim::remove ||
             child.spec.restart == restart_policy::temporary) {
    remove(order);
    take_down_rest();
  } else if (state_.rest_from && order >= *state_.rest_from) {
    take_down_rest();
  } else if (child.then == aim::restart) {
    child.last_error = "restarted by hand";
    if (state_.options.strategy == restart_strategy::rest_for_one)
      take_down_from(order, milliseconds{0});
    else
      restart_now(order, child);
  }
}

void keeper::ended_by_itself(std::uint64_t order,
                             child_entry& child,
                             const caf::error& reason) {
  const auto abnormal = reason && reason != caf::exit_reason::normal &&
                        reason != caf::exit_reason::user_shutdown;
  const auto policy = child.spec.restart;
  if (policy == restart_policy::temporary ||
      (policy == restart_policy::transient && !abnormal)) {
    remove(order);
    take_down_rest();
    return;
  }
  child.last_error = describe(reason);
  if (state_.rest_from && order >= *state_.rest_from)
    take_down_rest(); // was about to be stopped anyway
  else
    failed(order, child);
}

void keeper::failed(std::uint64_t order, child_entry& child) {
  const auto now = self_->clock().now();
  if (now - child.started >= state_.options.delays.healthy_after)
    child.failures = 0;
  if (!state_.budget.spend(now)) {
    spdlog::error("supervisor: restarts exhausted supervisor={} child={} reason={}",
                  state_.name,
                  child.spec.name,
                  child.last_error);
    end(caf::make_error(errc::restarts_exhausted,
                        child.spec.name + ": " + child.last_error));
    return;
  }
  const auto roll = std::uniform_real_distribution<>{0.0, 1.0}(state_.dice);
  const auto delay = state_.options.delays.delay(child.failures++, roll);
  spdlog::warn("supervisor: restarting child={} supervisor={} delay_ms={} reason={}",
               child.spec.name,
               state_.name,
               delay.count(),
               child.last_error);
  if (state_.options.strategy == restart_strategy::rest_for_one) {
    take_down_from(order, delay);
    return;
  }
  child.at = phase::waiting;
  arm(order, child, delay);
}

void keeper::take_down_from(std::uint64_t order, milliseconds delay) {
  state_.rest_from = std::min(order, state_.rest_from.value_or(order));
  state_.rest_delay = std::max(delay, state_.rest_delay);
  ++state_.rest_generation;
  take_down_rest();
}

void keeper::take_down_rest() {
  if (!state_.ending && !state_.rest_from)
    return;
  for (auto i = state_.children.rbegin(); i != state_.children.rend(); ++i) {
    auto& [order, child] = *i;
    if (!state_.ending && order < *state_.rest_from)
      break;
    if (child.handle) {
      stop(order, child, child.then == aim::remove ? aim::remove : aim::stay);
      return;
    }
  }
  if (state_.ending) {
    self_->quit(*state_.ending);
    return;
  }
  self_->delayed_send(self_, state_.rest_delay, start_rest{++state_.rest_generation});
}

} // namespace caly::detail
