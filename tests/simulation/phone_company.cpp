#include "tests/simulation/phone_company.hpp"

#include "actors/call/call.hpp"
#include "runtime/base/error.hpp"
#include "tests/support/deliver.hpp"

#include <algorithm>

namespace caly::test {

namespace {

using std::chrono::milliseconds;

/// What leaves a node later may meet a call that was given up meanwhile.
void check_fuse(sim_env& env, const place_call& order) {
  const auto& rows = env.model->accounts.at(order.tenant).calls;
  const auto row = rows.find(order.call);
  if (row != rows.end() && row->second.sending_at &&
      *row->second.sending_at + call_options{}.fuse < env.now())
    env.violate("I1: sent after the fuse " + short_id(order.call.value()));
}

} // namespace

carrier_actor::behavior_type phone_company::behavior(carrier_actor::pointer self) {
  return {
      [=, this](const place_call& order) { return place(self, order); },
      [this](const look_up_call& ask) -> caf::result<looked_up_call> {
        if (env_.fault(200))
          return caf::make_error(errc::unavailable);
        return look_up(ask.call.id);
      },
      [this](const hang_up_call& ask) -> caf::result<bool> {
        if (env_.fault(200))
          return caf::make_error(errc::unavailable);
        const auto found = calls_.find(ask.call);
        if (found != calls_.end() && found->second.live)
          end(ask.call, found->second.answered_at ? "completed" : "canceled");
        return true;
      },
      [](const get_status&) { return status_report{}; },
  };
}

std::size_t phone_company::live() const {
  return static_cast<std::size_t>(std::count_if(
      calls_.begin(), calls_.end(), [](const auto& each) { return each.second.live; }));
}

phone_company::fate phone_company::draw() {
  fate out;
  out.live_after = milliseconds{env_.between(0, 300)};
  out.answer_after = out.live_after + milliseconds{env_.between(0, 500)};
  const auto luck = env_.faults ? env_.between(0, 99) : 99;
  if (luck < 6) {
    out = {create_result::refused, false, false, {}, out.answer_after};
  } else if (luck < 12) {
    out = {create_result::throttled, false, false, {}, out.answer_after};
  } else if (luck < 20) { // rings although nobody was told
    out.said = create_result::unknown;
    out.live_after = milliseconds{env_.between(0, 8000)};
    out.silent = env_.one_in(2);
    out.answer_after = milliseconds{env_.between(0, 9000)};
  } else if (luck < 28) { // nothing rings, and nobody was told
    out.said = create_result::unknown;
    out.placed = false;
    out.silent = env_.one_in(2);
    out.answer_after = milliseconds{env_.between(0, 9000)};
  } else if (luck < 45) { // webhooks are faster than the answer
    out.answer_after = milliseconds{env_.between(1000, 9000)};
  }
  return out;
}

void phone_company::check_order(const place_call& order) {
  const auto id = short_id(order.call.value());
  if (calls_.contains(order.call))
    env_.violate("I1: created twice " + id);
  const auto& who = env_.model->accounts.at(order.tenant);
  const auto row = who.calls.find(order.call);
  if (row == who.calls.end()) {
    env_.violate("I7: created without a row of this tenant " + id);
    return;
  }
  if (row->second.state != "sending" && row->second.state != "unknown")
    env_.violate("I1: created while " + row->second.state + ' ' + id);
  if (row->second.sheet.to != order.to)
    env_.violate("I7: created to a number that is not its row's " + id);
}

caf::result<placed_call> phone_company::place(carrier_actor::pointer self,
                                              const place_call& order) {
  check_fuse(env_, order);
  auto promise = self->make_response_promise<placed_call>();
  const auto flight =
      env_.fault(100) ? env_.ms_between(50, 5000) : env_.ms_between(0, 20);
  env_.after(flight, [=, this] { take(self, order, promise); });
  return promise;
}

void phone_company::take(carrier_actor::pointer self,
                         const place_call& order,
                         caf::typed_response_promise<placed_call> promise) {
  check_order(order);
  const auto id = order.call;
  auto& call = calls_[id];
  call.order = order;
  call.sid = "CA" + std::to_string(calls_.size());
  const auto how = draw();
  env_.saw("provider", "created", short_id(id.value()));
  env_.count("create " + to_string(how.said) + (how.placed ? " live" : " nothing"));
  if (how.placed)
    env_.after(how.live_after, [this, id] { go_live(id); });
  if (how.silent) {
    env_.kept.emplace_back(promise);
    return;
  }
  placed_call answer{how.said, {}, to_string(how.said), 0};
  if (how.said == create_result::placed)
    answer.provider_call_id = call.sid;
  if (how.said == create_result::throttled)
    answer.retry_after_s = static_cast<std::int32_t>(env_.between(1, 5));
  env_.after(how.answer_after,
             [self, promise, answer] { deliver(self, promise, answer); });
}

void phone_company::check_limits(const phone_call& call) {
  const auto& model = *env_.model;
  std::int32_t all = 0;
  std::int32_t tenants = 0;
  for (const auto& [id, each] : calls_) {
    if (!each.live)
      continue;
    ++all;
    tenants += each.order.tenant == call.order.tenant ? 1 : 0;
    if (each.order.tenant == call.order.tenant && each.order.to == call.order.to)
      env_.violate("I1b: " + short_id(call.order.call.value()) + " rings while " +
                   short_id(id.value()) + " is with the same person");
  }
  if (all + 1 > model.system_cap)
    env_.violate("I3: more live calls than the system may have");
  if (tenants + 1 > model.accounts.at(call.order.tenant).row.cap)
    env_.violate("I3: more live calls than the tenant may have");
}

void phone_company::go_live(const call_id& id) {
  auto& call = calls_.at(id);
  check_limits(call);
  call.live = true;
  call.status = "ringing";
  env_.saw("provider", "rings", short_id(id.value()));
  tell(call);
  const auto luck = env_.between(0, 99);
  const milliseconds ring{env_.between(500, 12'000)};
  if (luck < 18)
    return env_.after(ring, [this, id] { end(id, "busy"); });
  if (luck < 38)
    return env_.after(milliseconds{30'000}, [this, id] { end(id, "no_answer"); });
  if (luck < 44)
    return env_.after(ring, [this, id] { end(id, "failed"); });
  if (luck < 54)
    call.answered_by = "machine_start";
  const milliseconds talk{env_.between(1000, 45'000)};
  env_.after(ring, [this, id, talk] {
    auto& answered = calls_.at(id);
    if (!answered.live)
      return;
    answered.answered_at = env_.now();
    answered.status = "in_progress";
    tell(answered);
    env_.after(talk, [this, id] { end(id, "completed"); });
  });
}

void phone_company::end(const call_id& id, const std::string& status) {
  auto& call = calls_.at(id);
  if (!call.live)
    return;
  call.live = false;
  call.status = status;
  env_.saw("provider", "over", short_id(id.value()) + ' ' + status);
  call.ended_at = env_.now();
  if (call.answered_at)
    call.duration_s = static_cast<std::int32_t>(
        std::chrono::ceil<std::chrono::seconds>(*call.ended_at - *call.answered_at)
            .count());
  tell(call);
}

void phone_company::tell(const phone_call& call) {
  record_progress event;
  event.tenant = call.order.tenant;
  event.call = call.order.call;
  event.key = "hook:" + call.status;
  event.provider_call_id = call.sid;
  event.status = call.status;
  if (call.ended_at)
    event.duration_s = call.duration_s;
  event.answered_by = call.answered_at ? call.answered_by : "";
  event.at_ms = to_unix_ms(env_.now());
  if (env_.fault(120)) {
    env_.count("webhook lost");
    return;
  }
  const auto copies = env_.fault(200) ? 2 : 1;
  for (int i = 0; i < copies; ++i) {
    const auto late = env_.fault(200) ? env_.between(1000, 20'000) : env_.between(0, 400);
    env_.after(milliseconds{late}, [this, event] { webhook_(event); });
  }
}

looked_up_call phone_company::look_up(const call_id& id) const {
  const auto found = calls_.find(id);
  if (found == calls_.end() || found->second.status.empty())
    return {};
  const auto& call = found->second;
  looked_up_call out{true, call.sid, call.status, std::nullopt, {}};
  if (call.ended_at)
    out.duration_s = call.duration_s;
  if (call.answered_at)
    out.answered_by = call.answered_by;
  return out;
}

} // namespace caly::test
