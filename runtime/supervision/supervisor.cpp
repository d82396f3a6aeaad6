#include "runtime/supervision/supervisor.hpp"

#include "runtime/supervision/keeper.hpp"

#include <memory>
#include <utility>

namespace caly {

namespace {

using detail::full_actor;
using detail::self_type;
using detail::supervisor_state;

full_actor::behavior_type supervisor(self_type self,
                                     const std::string& name,
                                     supervisor_options options,
                                     std::vector<child_spec> specs) {
  auto& state = self->state;
  state.name = name;
  state.budget = restart_budget{options.limits};
  state.dice.seed(options.seed ? *options.seed : std::random_device{}());
  state.options = std::move(options);
  const auto keep = std::make_shared<detail::keeper>(self);
  self->set_down_handler([=](const caf::down_msg& down) { keep->on_down(down); });
  self->set_exit_handler([=](const caf::exit_msg& exit) { keep->end(exit.reason); });
  keep->begin(specs);
  return {
      [=](const get_child& ask) { return keep->get(ask); },
      [=](const add_child& ask) { return keep->add(ask.spec); },
      [=](const restart_child& ask) { return keep->restart(ask); },
      [=](const stop_child& ask) { return keep->stop(ask); },
      [=](const get_status&) { return keep->status(); },
      [=](const detail::child_timer& due) { keep->on_timer(due); },
      [=](const detail::start_rest& due) { keep->on_start_rest(due); },
  };
}

template <class Spawner>
supervisor_actor spawn_at(Spawner& at,
                          std::string name,
                          std::vector<child_spec> children,
                          supervisor_options options) {
  actor_label label{"supervisor", name, ""};
  return spawn<full_actor, supervisor_state>(at,
                                             std::move(label),
                                             supervisor,
                                             std::move(name),
                                             std::move(options),
                                             std::move(children));
}

} // namespace

supervisor_actor spawn_supervisor(caf::local_actor* parent,
                                  std::string name,
                                  std::vector<child_spec> children,
                                  supervisor_options options) {
  return spawn_at(*parent, std::move(name), std::move(children), std::move(options));
}

supervisor_actor spawn_supervisor(caf::actor_system& sys,
                                  std::string name,
                                  std::vector<child_spec> children,
                                  supervisor_options options) {
  return spawn_at(sys, std::move(name), std::move(children), std::move(options));
}

} // namespace caly
