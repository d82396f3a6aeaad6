#include "actors/call/transfer.hpp"

#include "actors/call/call_self.hpp"
#include "actors/call/timers.hpp"
#include "runtime/base/error.hpp"
#include "runtime/base/json.hpp"
#include "runtime/observe/outage_log.hpp"

namespace caly {

namespace {

using namespace std::chrono_literals;
using self_t = call_self*;

constexpr auto store_timeout = 10s;

std::string to_string(transfer_mode mode) {
  switch (mode) {
  case transfer_mode::blind:
    return "blind";
  case transfer_mode::warm:
    return "warm";
  case transfer_mode::refer:
    return "refer";
  }
  return "unknown";
}

void tell_agent(self_t self, const std::string& name) {
  auto& state = self->state;
  if (!state.pipe || !state.agent)
    return;
  // The words may be lost when the caller speaks meanwhile; the fact is not.
  self->send(
      state.pipe,
      advise_agent{"The transfer did not come about: " + name +
                   " could not be reached. Tell the caller, if they were not told, "
                   "and go on helping yourself."});
  self->send(state.pipe,
             say_text{state.agent->not_transferred(name, state.transcript.turns())});
}

/// Takes the step in the rows, and hears of it from here as well as from them.
void step(self_t self,
          const std::string& state,
          const std::string& leg,
          const std::string& reason) {
  const auto number = self->state.transfer->number;
  const auto or_none = [](const std::string& text) {
    return text.empty() ? record_argument{} : record_argument{text};
  };
  self->request(self->ports().records,
                store_timeout,
                run_record{self->state.tenant,
                           "transfers.step",
                           {self->state.id.str(),
                            std::to_string(number),
                            state,
                            or_none(leg),
                            or_none(reason),
                            std::nullopt},
                           0})
      .then(
          [self, number](const record_answer& answer) {
            const auto row = json::parse(answer.json);
            if (row)
              on_transfer(
                  self,
                  {self->state.id, number, std::string{(*row)["state"].text_or("")}});
          },
          [self](const caf::error& why) {
            warn_failed(why, "call: transfer not recorded call={}", self->state.id.str());
          });
}

void hang_leg_up(self_t self, const std::string& leg) {
  const auto& carrier = self->ports().carriers.of(self->state.provider);
  if (leg.empty())
    return;
  self->request(carrier.actor, 15s, hang_up_call{self->state.tenant, self->state.id, leg})
      .then([](bool) {},
            [self](const caf::error& why) {
              warn_failed(
                  why, "call: transfer's leg not hung up call={}", self->state.id.str());
            });
}

void ring(self_t self) {
  auto& state = self->state;
  const auto& transfer = *state.transfer;
  place_leg order{
      state.tenant,
      state.id,
      transfer.number,
      transfer.order.destination,
      transfer.from,
      static_cast<std::int32_t>(self->options().ring_timeout.count() / 1000),
      (self->boot_now() + self->options().create_timeout).time_since_epoch().count()};
  self->request(self->ports().carriers.of(state.provider).legs,
                self->options().create_timeout + 5s,
                std::move(order))
      .then(
          [self, number = transfer.number](const placed_call& answer) {
            auto& transfer = self->state.transfer;
            if (!transfer || transfer->number != number) // given up meanwhile
              return hang_leg_up(self, answer.provider_call_id);
            transfer->leg = answer.provider_call_id;
            if (answer.result == create_result::placed)
              step(self, "ringing", transfer->leg, {});
            else if (answer.result != create_result::unknown)
              step(self, "failed", {}, answer.reason);
            // Unknown: it may ring all the same; the carrier's callbacks tell, or time.
          },
          [](const caf::error&) {}); // the same as unknown
}

/// The carrier asks what to do once the agent's line is gone.
void leave(self_t self) {
  auto& state = self->state;
  state.transfer->leaving = true;
  if (state.pipe && state.transfer->order.by != "agent")
    self->send(state.pipe, stop_media{"transfer"}); // else after the agent's last words
}

caf::error problem_of(self_t self, const transfer_call& ask) {
  const auto& state = self->state;
  if (state.phase == call_phase::over || !state.ending.empty())
    return caf::make_error(errc::conflict, "the call is over");
  if (state.transfer)
    return caf::make_error(errc::conflict, "the call is being transferred already");
  if (!self->ports().carriers.of(state.provider).legs)
    return caf::make_error(errc::refused,
                           state.provider + " cannot transfer calls for us");
  if (state.phase != call_phase::talking)
    return caf::make_error(errc::conflict, "nobody talks in the call yet");
  const bool is_sip = ask.destination.starts_with("sip:");
  if (ask.mode == transfer_mode::refer && !is_sip)
    return caf::make_error(errc::invalid, "refer needs a sip: address");
  if (ask.mode == transfer_mode::warm && is_sip)
    return caf::make_error(errc::invalid, "a sip: address takes blind or refer");
  return {};
}

} // namespace

bool is_leaving(const call_state& state) {
  return state.transfer && state.transfer->leaving;
}

void begin_transfer(self_t self,
                    const transfer_call& ask,
                    std::function<void(caf::expected<std::int32_t>)> then) {
  auto& state = self->state;
  if (auto problem = problem_of(self, ask))
    return then(std::move(problem));
  auto order = ask;
  if (order.mode == transfer_mode::warm && !state.pipe)
    order.mode = transfer_mode::blind;
  state.transfer = open_transfer{0, order, {}, {}, false, to_unix_ms(self->now())};
  self->request(self->ports().records,
                store_timeout,
                run_record{state.tenant,
                           "transfers.begin",
                           {state.id.str(),
                            to_string(order.mode),
                            order.destination,
                            order.name,
                            order.briefing,
                            order.by},
                           0})
      .then(
          [self, then](const record_answer& answer) {
            auto& transfer = self->state.transfer;
            const auto row = json::parse(answer.json);
            transfer->number =
                static_cast<std::int32_t>(row ? (*row)["number"].int_or(0) : 0);
            transfer->from = row ? (*row)["from"].text_or("") : "";
            if (transfer->order.mode == transfer_mode::warm)
              ring(self);
            else
              leave(self);
            then(transfer->number);
          },
          [self, then](caf::error& why) {
            self->state.transfer.reset();
            then(std::move(why));
          });
}

caf::result<std::int32_t> begin_transfer(self_t self, const transfer_call& ask) {
  auto promise = self->make_response_promise<std::int32_t>();
  begin_transfer(self, ask, [promise](caf::expected<std::int32_t> begun) mutable {
    if (begun)
      promise.deliver(*begun);
    else
      promise.deliver(std::move(begun.error()));
  });
  return promise;
}

void on_transfer(self_t self, const transfer_progressed& news) {
  auto& state = self->state;
  const bool going = news.state == "accepted" || news.state == "connected";
  // The node that began it may be gone.
  if (!state.transfer && going && state.pipe) {
    state.transfer = open_transfer{};
    state.transfer->number = news.number;
  }
  if (!state.transfer || state.transfer->number != news.number)
    return;
  if (news.state == "wanted" || news.state == "ringing")
    return;
  if (going) {
    if (!state.transfer->leaving && state.pipe)
      self->send(state.pipe, stop_media{"transfer"});
    state.transfer->leaving = true;
    state.phase_since_ms = to_unix_ms(self->now());
    return;
  }
  const auto gone = *std::exchange(state.transfer, std::nullopt);
  if (news.state != "ended" && !gone.leaving)
    tell_agent(self, gone.order.name);
}

void look_at_transfer(self_t self) {
  auto& transfer = self->state.transfer;
  if (!transfer || transfer->leaving || transfer->number == 0)
    return;
  const auto patience = transfer_patience_ms(self->options());
  if (to_unix_ms(self->now()) - transfer->since_ms < patience)
    return;
  transfer->since_ms = to_unix_ms(self->now()); // the rows may be away: tried again
  hang_leg_up(self, transfer->leg);
  step(self, "failed", {}, "nobody answered in time");
}

void end_transfer(self_t self) {
  const auto& transfer = self->state.transfer;
  if (!transfer || transfer->number == 0)
    return;
  if (!transfer->leaving)
    hang_leg_up(self, transfer->leg);
  // A caller who talked with the person ended that; else nothing came of it.
  step(self, transfer->leaving ? "ended" : "canceled", {}, {});
}

} // namespace caly
