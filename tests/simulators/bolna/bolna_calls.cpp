#include "tests/simulators/bolna/bolna_calls.hpp"

#include "tests/simulators/base/call_board.hpp"
#include "tests/simulators/base/options.hpp"

#include <algorithm>
#include <cmath>

namespace caly::sim {

namespace {

constexpr std::size_t calls_max = 20'000;
constexpr double dial_s = 0.2;
constexpr double post_processing_s = 1;
constexpr double silence_s_max = 10;

/// As exact as the times that an execution tells.
wall_time told_now() {
  return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

} // namespace

void bolna_calls::add(const bolna_call_ptr& call, std::string_view result) {
  call->created = call->updated = told_now();
  calls_.emplace(call->id, call);
  order_.push_back(call);
  if (order_.size() > calls_max && order_.front()->complete) {
    calls_.erase(order_.front()->id);
    order_.pop_front();
  }
  ++live_;
  world_.log.call("call.create",
                  call->facts,
                  {{"result", result},
                   {"callee", to_string(call->plan.kind)},
                   {"persona", call->plan.persona->name}});
  world_.board.began(call->facts);
}

void bolna_calls::dial(const bolna_call_ptr& call) {
  if (world_.options.instant) {
    set_status(call, "initiated");
    ring(call);
    return;
  }
  call->phase = world_.time.after(dial_s, [this, call] {
    set_status(call, "initiated");
    call->phase = world_.time.after(dial_s, [this, call] { ring(call); });
  });
}

void bolna_calls::ring(const bolna_call_ptr& call) {
  world_.log.call("call.ringing", call->facts);
  set_status(call, "ringing");
  const bool instant = world_.options.instant;
  const auto in = [&](double seconds, std::function<void()> run) {
    if (instant)
      return run();
    call->phase = world_.time.after(seconds, std::move(run));
  };
  if (call->plan.kind == callee_kind::busy)
    return in(call->plan.ring_s,
              [this, call] { end_unanswered(call, "busy", "Call recipient was busy"); });
  if (call->plan.kind == callee_kind::rings_out)
    return in(world_.options.ring_out_seconds,
              [this, call] { end_unanswered(call, "no-answer", "Call unanswered"); });
  in(call->plan.ring_s, [this, call] { answer(call); });
}

void bolna_calls::answer(const bolna_call_ptr& call) {
  call->answered = true;
  world_.log.call("call.answered", call->facts);
  world_.board.answered();
  set_status(call, "in-progress");
  call->answered_at = call->updated;
  if (world_.options.instant)
    return hang_up(call);
  auto talk_s = std::min(call->plan.talk_s.value_or(1e9), call->agent.call_terminate_s);
  if (call->plan.kind == callee_kind::silent)
    talk_s = std::min(talk_s, silence_s_max);
  call->phase = world_.time.after(talk_s, [this, call] { hang_up(call); });
}

void bolna_calls::hang_up(const bolna_call_ptr& call) {
  const auto now = told_now();
  const std::chrono::duration<double> talked = now - call->answered_at;
  call->conversation_s =
      static_cast<int>(std::ceil(talked.count() * world_.time.speed()));
  const bool capped =
      !call->plan.talk_s || *call->plan.talk_s > call->agent.call_terminate_s;
  call->hangup_by = capped ? "Carrier" : "Callee";
  call->hangup_reason = capped ? "Carrier ended because call limit exceeded"
                        : call->plan.kind == callee_kind::silent
                            ? "inactivity_timeout"
                            : "Call recipient hung up";
  call->hangup_code = 4000;
  call->transcript = write_transcript(*call);
  note_end(call, "completed");
  set_status(call, "call-disconnected", now);
  const auto finish = [this, call] {
    call->complete = true;
    set_status(call, "completed");
  };
  if (world_.options.instant)
    return finish();
  call->phase = world_.time.after(post_processing_s, finish);
}

void bolna_calls::end_unanswered(const bolna_call_ptr& call,
                                 std::string_view status,
                                 std::string_view reason) {
  call->hangup_by = "Carrier";
  call->hangup_reason = reason;
  call->hangup_code = 3010;
  call->complete = true;
  note_end(call, status);
  set_status(call, status);
}

bool bolna_calls::stop(const bolna_call_ptr& call) {
  if (call->status != "queued" && call->status != "scheduled")
    return false;
  call->phase.cancel();
  call->complete = true;
  note_end(call, "stopped");
  set_status(call, "stopped");
  return true;
}

void bolna_calls::note_end(const bolna_call_ptr& call, std::string_view status) {
  call->over = true;
  --live_;
  world_.log.call("call.end",
                  call->facts,
                  {{"status", status}, {"duration_s", call->conversation_s}});
  world_.board.ended(call->facts, status);
}

void bolna_calls::set_status(const bolna_call_ptr& call, std::string_view status) {
  set_status(call, status, told_now());
}

void bolna_calls::set_status(const bolna_call_ptr& call,
                             std::string_view status,
                             wall_time at) {
  call->status = status;
  call->updated = at;
  if (call->webhook_url.empty())
    return;
  webhook hook;
  hook.facts = call->facts;
  hook.event = status;
  hook.call.url = call->webhook_url;
  hook.call.headers.emplace_back("Content-Type", "application/json");
  json_writer out;
  describe(*call, false, out);
  hook.call.body = std::move(out).str();
  world_.webhooks.send(call->lane, std::move(hook));
}

bolna_call_ptr bolna_calls::find(std::string_view id) const {
  const auto found = calls_.find(std::string{id});
  return found == calls_.end() ? nullptr : found->second;
}

std::vector<bolna_call_ptr> bolna_calls::of_agent(std::string_view agent_id) const {
  std::vector<bolna_call_ptr> result;
  for (auto call = order_.rbegin(); call != order_.rend(); ++call)
    if ((*call)->agent.id == agent_id)
      result.push_back(*call);
  return result;
}

} // namespace caly::sim
