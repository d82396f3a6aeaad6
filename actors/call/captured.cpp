#include "actors/call/captured.hpp"

#include "actors/call/call_self.hpp"
#include "actors/call/session.hpp"
#include "runtime/base/error.hpp"
#include "runtime/base/json.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>

namespace caly {

namespace {

using namespace std::chrono_literals;
using self_t = call_self*;

constexpr auto store_timeout = 5s;

std::string to_json(const std::vector<captured_slot>& slots) {
  json_writer out;
  out.begin_array();
  for (const auto& each : slots) {
    out.begin_object().field("name", each.name).field("kind", each.kind);
    out.field("value", each.value).field("confirmed", each.confirmed);
    out.field("asks", each.asks).end_object();
  }
  out.end_array();
  return std::move(out).str();
}

void remember(call_state& state, const std::vector<captured_slot>& slots) {
  for (const auto& each : slots) {
    const auto known = std::ranges::find(state.slots, each.name, &captured_slot::name);
    if (known == state.slots.end())
      state.slots.push_back(each);
    else
      *known = each;
  }
}

} // namespace

void keep_slots(self_t self,
                const std::vector<captured_slot>& slots,
                std::function<void(caf::error)> then) {
  auto& state = self->state;
  if (slots.empty())
    return then({});
  remember(state, slots);
  const auto session = state.session;
  run_record order{state.tenant,
                   "calls.save_slots",
                   {state.id.str(), std::to_string(session), to_json(slots)},
                   0};
  self->request(self->ports().records, store_timeout, std::move(order))
      .then([then](const record_answer&) { then({}); },
            [self, session, then](caf::error& failure) {
              if (failure == errc::fenced && self->state.session == session)
                lose_session(self);
              else
                spdlog::error("call: slots not kept call={} reason={}",
                              self->state.id.str(),
                              to_string(failure));
              then(std::move(failure));
            });
}

caf::result<tool_answer> answer_kept(self_t self,
                                     const std::vector<captured_slot>& slots,
                                     const tool_answer& answer) {
  auto promise = self->make_response_promise<tool_answer>();
  keep_slots(self, slots, [promise, answer](const caf::error& failure) mutable {
    promise.deliver(
        failure ? tool_answer{R"({"ok":false,"error":"could not be saved; try again"})",
                              false}
                : answer);
  });
  return promise;
}

} // namespace caly
