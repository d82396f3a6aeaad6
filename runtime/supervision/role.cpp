#include "runtime/supervision/role.hpp"

#include <caf/detail/sync_request_bouncer.hpp>
#include <caf/make_actor.hpp>

namespace caly {

role_proxy::role_proxy(caf::actor_config& cfg) : caf::monitorable_actor(cfg) {}

void role_proxy::enqueue(caf::mailbox_element_ptr what, caf::execution_unit* host) {
  caf::strong_actor_ptr who;
  {
    const std::lock_guard lock{mutex_};
    who = who_;
  }
  if (who)
    who->enqueue(std::move(what), host);
  else if (what)
    caf::detail::sync_request_bouncer{caf::sec::request_receiver_down}(*what);
}

void role_proxy::fill(caf::strong_actor_ptr who) {
  const std::lock_guard lock{mutex_};
  who_.swap(who);
}

void role_proxy::on_cleanup(const caf::error&) {
  fill(nullptr);
}

caf::strong_actor_ptr make_role_proxy(caf::actor_system& sys) {
  caf::actor_config cfg{nullptr};
  return caf::make_actor<role_proxy, caf::strong_actor_ptr>(
      sys.next_actor_id(), sys.node(), &sys, cfg);
}

} // namespace caly
