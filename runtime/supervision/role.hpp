#pragma once

#include <caf/actor_cast.hpp>
#include <caf/actor_system.hpp>
#include <caf/monitorable_actor.hpp>

#include <mutex>
#include <set>
#include <string>
#include <utility>

namespace caly {

/// An address that outlives the actors behind it. Whatever is sent to it goes straight on
/// to whoever fills the role now, with the sender and the answer unchanged; while nobody
/// does, requests fail with `sec::request_receiver_down` and other messages are dropped.
class role_proxy : public caf::monitorable_actor {
public:
  explicit role_proxy(caf::actor_config& cfg);

  using caf::monitorable_actor::enqueue;
  void enqueue(caf::mailbox_element_ptr what, caf::execution_unit* host) override;

  void fill(caf::strong_actor_ptr who);

protected:
  void on_cleanup(const caf::error& reason) override;

private:
  std::mutex mutex_;
  caf::strong_actor_ptr who_;
};

/// Makes a proxy and answers its handle.
caf::strong_actor_ptr make_role_proxy(caf::actor_system& sys);

/// A role in the node that supervised actors fill one after the other. Handles taken from
/// it stay good over restarts. Copies share the role.
template <class Handle>
class role {
public:
  role() = default;

  explicit role(caf::actor_system& sys) : proxy_{make_role_proxy(sys)} {}

  /// What everybody else keeps and sends to.
  Handle handle() const { return caf::actor_cast<Handle>(proxy_); }

  /// The new actor in the role; answers it for the supervisor.
  Handle fill(Handle actor) const {
    static_cast<role_proxy*>(caf::actor_cast<caf::abstract_actor*>(proxy_))
        ->fill(caf::actor_cast<caf::strong_actor_ptr>(actor));
    return actor;
  }

private:
  caf::strong_actor_ptr proxy_;
};

} // namespace caly
