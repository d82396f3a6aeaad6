#pragma once

#include <caf/actor_cast.hpp>
#include <caf/local_actor.hpp>

#include <utility>

namespace caly::test {

/// Answers a request that the fake actor `keeper` kept, from outside of any actor.
template <class Handle, class Promise, class Answer>
void deliver(const Handle& keeper, Promise promise, Answer&& answer) {
  // CAF enqueues through the thread that last ran the actor; on the test coordinator that
  // one lived only as long as its turn.
  auto* actor = caf::actor_cast<caf::abstract_actor*>(keeper);
  static_cast<caf::local_actor*>(actor)->context(nullptr);
  promise.deliver(std::forward<Answer>(answer));
}

} // namespace caly::test
