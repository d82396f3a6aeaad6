#include "actors/call/voice.hpp"

#include "actors/call/call_self.hpp"
#include "actors/call/session.hpp"
#include "runtime/base/error.hpp"

#include <spdlog/spdlog.h>

namespace caly {

namespace {

using namespace std::chrono_literals;
using self_t = call_self*;

constexpr auto store_timeout = 10s;

/// Makes sure that the state has the call's sheet.
void bring_sheet(self_t self, std::function<void(caf::error)> then) {
  if (self->state.sheet)
    return then({});
  self->request(self->ports().rows,
                store_timeout,
                load_call{self->state.tenant, self->state.id})
      .then(
          [self, then](call_sheet& sheet) {
            self->state.max_call_s = sheet.max_call_s;
            self->state.sheet = std::move(sheet);
            then({});
          },
          [then](caf::error& failure) { then(std::move(failure)); });
}

/// Lets go of the sheet: the agent is what is needed of it.
caf::error make_agent(call_state& state, const call_voices& voices, brain_kind brain) {
  const auto sheet = std::exchange(state.sheet, std::nullopt);
  if (state.agent && state.brain == brain)
    return {};
  const auto maker = voices.agents.find(brain);
  if (maker == voices.agents.end())
    return caf::make_error(errc::not_found, "no brain " + to_string(brain) + " here");
  state.agent = maker->second(*sheet);
  state.brain = brain;
  return state.agent ? caf::error{} : caf::make_error(errc::not_found, "no usable agent");
}

void tell_of_fallback(self_t self, brain_kind wanted, brain_kind chosen) {
  spdlog::warn("call: the agent's brain cannot run here call={} wanted={} chosen={}",
               self->state.id.str(),
               to_string(wanted),
               to_string(chosen));
  note(self,
       "brain_fallback",
       R"({"wanted":")" + to_string(wanted) + R"(","chosen":")" + to_string(chosen) +
           "\"}");
}

caf::expected<voice_choice> choose_from_sheet(self_t self, const choose_voice& ask) {
  auto& state = self->state;
  const auto wish = self->ports().voices.wish_of(*state.sheet);
  if (!wish)
    return caf::make_error(errc::not_found, "no usable agent");
  std::set<brain_kind> able;
  for (const auto& [brain, maker] : self->ports().voices.agents)
    able.insert(brain);
  const auto wanted = wish->brain.value_or(self->ports().voices.usual);
  const auto chosen = nearest_brain(wanted, able, ask.possible);
  if (!chosen) {
    spdlog::error("call: no brain works with this carrier call={} wanted={}",
                  state.id.str(),
                  to_string(wanted));
    return caf::make_error(errc::not_found, "no brain works with this carrier");
  }
  if (*chosen != wanted)
    tell_of_fallback(self, wanted, *chosen);
  if (auto failure = make_agent(state, self->ports().voices, *chosen))
    return failure;
  return voice_choice{*chosen, wish->language};
}

} // namespace

caf::result<voice_choice> choose(self_t self, const choose_voice& ask) {
  if (!ask.provider_call_id.empty())
    self->state.provider_call_id = ask.provider_call_id;
  auto promise = self->make_response_promise<voice_choice>();
  bring_sheet(self, [self, ask, promise](caf::error failure) mutable {
    if (failure)
      promise.deliver(std::move(failure));
    else if (auto voice = choose_from_sheet(self, ask))
      promise.deliver(std::move(*voice));
    else
      promise.deliver(std::move(voice.error()));
  });
  return promise;
}

void bring_agent(self_t self, brain_kind brain, std::function<void(caf::error)> then) {
  if (self->state.agent && self->state.brain == brain)
    return then({});
  bring_sheet(self, [self, brain, then](caf::error failure) {
    then(failure ? std::move(failure)
                 : make_agent(self->state, self->ports().voices, brain));
  });
}

} // namespace caly
