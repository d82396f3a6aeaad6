#pragma once

#include <caf/actor_cast.hpp>
#include <caf/actor_control_block.hpp>
#include <caf/exit_reason.hpp>
#include <caf/message.hpp>
#include <caf/message_priority.hpp>
#include <caf/system_messages.hpp>

namespace caly {

/// Ends an actor before it handles anything else of its mailbox. CAF's `send_exit` waits
/// behind the messages that are already there.
template <class Handle>
void kill_actor(const Handle& whom, caf::exit_reason reason = caf::exit_reason::kill) {
  if (const auto actor = caf::actor_cast<caf::strong_actor_ptr>(whom))
    actor->enqueue(nullptr,
                   caf::make_message_id(caf::message_priority::high),
                   caf::make_message(caf::exit_msg{actor->address(), reason}),
                   nullptr);
}

/// Asks an actor to end after what its mailbox already holds.
template <class Handle>
void stop_actor(const Handle& whom,
                caf::exit_reason reason = caf::exit_reason::user_shutdown) {
  if (const auto actor = caf::actor_cast<caf::strong_actor_ptr>(whom))
    actor->enqueue(nullptr,
                   caf::make_message_id(),
                   caf::make_message(caf::exit_msg{actor->address(), reason}),
                   nullptr);
}

} // namespace caly
