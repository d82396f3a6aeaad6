#include "tests/simulation/node_doors.hpp"

#include <chrono>

namespace caly::test {

namespace {

using namespace std::chrono_literals;
using placed_promise = caf::typed_response_promise<placed_call>;

bool burnt(sim_env& env, const place_call& order) {
  return env.boot_now().time_since_epoch().count() > order.not_after_ns;
}

/// Sends the create-call and passes the answer on; with `again`, the classic mistake, it
/// is sent once more when the answer was not understood.
void send_out(carrier_actor::pointer self,
              const carrier_actor& phones,
              const place_call& order,
              placed_promise promise,
              bool again) {
  self->request(phones, caf::infinite, order)
      .then(
          [=](const placed_call& said) mutable {
            if (again && said.result == create_result::unknown)
              send_out(self, phones, order, promise, false);
            else
              promise.deliver(said);
          },
          [promise](caf::error& err) mutable { promise.deliver(std::move(err)); });
}

caf::result<placed_call> place(carrier_actor::pointer self,
                               sim_env& env,
                               const database_client& node,
                               const carrier_actor& phones,
                               const place_call& order) {
  const auto id = short_id(order.call.value());
  if (burnt(env, order) && env.run.mistake != planted::fuse_ignored) {
    env.saw(node.name, "fuse burnt", id);
    return placed_call{create_result::throttled, {}, "the fuse burnt out", 1};
  }
  auto promise = self->make_response_promise<placed_call>();
  if (env.fault(5)) {
    env.saw(node.name, "crash before create-call", id);
    env.doom(node.node);
    env.kept.emplace_back(promise);
    return promise;
  }
  env.saw(node.name, "create-call", id);
  send_out(self, phones, order, promise, env.run.mistake == planted::sent_again);
  if (env.fault(5)) {
    env.saw(node.name, "crash after create-call", id);
    env.doom(node.node);
  }
  return promise;
}

} // namespace

carrier_actor::behavior_type egress(carrier_actor::pointer self,
                                    sim_env* env,
                                    database_client* node,
                                    carrier_actor phones) {
  return {
      [=](const place_call& order) { return place(self, *env, *node, phones, order); },
      [=](const look_up_call& ask) { return self->delegate(phones, ask); },
      [=](const hang_up_call& ask) { return self->delegate(phones, ask); },
      [](const get_status&) { return status_report{}; },
  };
}

caf::behavior webhook_door(caf::event_based_actor* self, dial_store_actor store) {
  return {[=](const record_progress& event, const outcome<progress_answer>& then) {
    self->request(store, 8s, event)
        .then([then](const progress_answer& answer) { then(answer); },
              [then](caf::error& failure) { then(std::move(failure)); });
  }};
}

caf::behavior api_door(caf::event_based_actor* self, region_actor region) {
  return {[=](const place_single_call& wish, const outcome<call_id>& then) {
    self->request(region, 5s, wish)
        .then([then](const call_id& id) { then(id); },
              [then](caf::error& failure) { then(std::move(failure)); });
  }};
}

} // namespace caly::test
