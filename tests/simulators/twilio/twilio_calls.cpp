#include "tests/simulators/twilio/twilio_calls.hpp"

#include "tests/simulators/base/call_board.hpp"
#include "tests/simulators/base/ids.hpp"
#include "tests/simulators/base/options.hpp"
#include "tests/simulators/callee/talker.hpp"
#include "tests/simulators/telnyx/signature.hpp"
#include "tests/simulators/twilio/signature.hpp"
#include "tests/simulators/twilio/twiml_runner.hpp"

#include <algorithm>
#include <cmath>
#include <ctime>

namespace caly::sim {

namespace {

constexpr std::size_t ended_max = 20'000;
constexpr std::size_t asked_max = 50;
constexpr double dial_s = 0.05;
constexpr double human_detected_s = 1.5;
constexpr double machine_detected_s = 3;
constexpr double message_end_s = 8;

bool is_wanted(const status_events& events, std::string_view event) {
  if (event == "initiated")
    return events.initiated;
  if (event == "ringing")
    return events.ringing;
  if (event == "answered")
    return events.answered;
  return events.completed;
}

} // namespace

void twilio_calls::add(const twilio_call_ptr& call, std::string_view result) {
  call->created = std::chrono::system_clock::now();
  calls_.emplace(call->sid, call);
  by_number_[call->to].push_back(call);
  world_.log.call(call->inbound ? "call.inbound" : "call.create",
                  call->facts,
                  {{"result", result},
                   {"callee", to_string(call->plan.kind)},
                   {"persona", call->plan.persona->name}});
  world_.board.began(call->facts);
}

void twilio_calls::dial(const twilio_call_ptr& call) {
  report(*call, "initiated");
  if (world_.options.instant)
    return run_at_once(call);
  call->phase = world_.time.after(dial_s, [this, call] { ring(call); });
}

void twilio_calls::ring_in(const twilio_call_ptr& call) {
  call->status = "ringing";
  world_.log.call("call.ringing", call->facts);
  start_instructions(call);
}

void twilio_calls::pick_up(const twilio_call_ptr& call) {
  if (!call->started && !call->over())
    begin_talk(call);
}

void twilio_calls::run_at_once(const twilio_call_ptr& call) {
  call->status = "ringing";
  world_.log.call("call.ringing", call->facts);
  report(*call, "ringing");
  if (call->plan.kind == callee_kind::busy)
    return end(call, "busy");
  if (call->plan.kind == callee_kind::rings_out)
    return end(call, "no-answer");
  answer(call);
  end(call, "completed");
}

void twilio_calls::ring(const twilio_call_ptr& call) {
  call->status = "ringing";
  world_.log.call("call.ringing", call->facts);
  report(*call, "ringing");
  const auto& plan = call->plan;
  if (plan.kind == callee_kind::rings_out || plan.ring_s > call->timeout_s) {
    const auto wait = std::min(call->timeout_s, world_.options.ring_out_seconds);
    call->phase = world_.time.after(wait, [this, call] { end(call, "no-answer"); });
  } else if (plan.kind == callee_kind::busy) {
    call->phase = world_.time.after(plan.ring_s, [this, call] { end(call, "busy"); });
  } else {
    call->phase = world_.time.after(plan.ring_s, [this, call] { answer(call); });
  }
}

void twilio_calls::answer(const twilio_call_ptr& call) {
  begin_talk(call);
  if (world_.options.instant)
    return;
  if (call->detection.enabled)
    detect_machine(call);
  if (!call->detection.enabled || call->detection.async)
    start_instructions(call);
}

void twilio_calls::begin_talk(const twilio_call_ptr& call) {
  call->status = "in-progress";
  call->started = std::chrono::system_clock::now();
  call->answered_at = world_.time.now();
  world_.log.call("call.answered", call->facts);
  world_.board.answered();
  report(*call, "answered");
  if (world_.options.instant)
    return;
  if (call->time_limit_s)
    call->limit =
        world_.time.after(*call->time_limit_s, [this, call] { end(call, "completed"); });
  if (call->plan.talk_s)
    call->talk =
        world_.time.after(*call->plan.talk_s, [this, call] { end(call, "completed"); });
}

void twilio_calls::start_instructions(const twilio_call_ptr& call) {
  call->runner = std::make_shared<twiml_runner>(world_, *this, call);
  if (!call->answer_url.empty())
    call->runner->fetch(call->answer_url, call->answer_method, {});
  else
    call->runner->run(call->twiml, {});
}

void twilio_calls::detect_machine(const twilio_call_ptr& call) {
  const auto& plan = call->plan;
  const bool machine =
      plan.kind == callee_kind::voicemail || plan.kind == callee_kind::picks_up_late;
  const auto wait = !machine                      ? human_detected_s
                    : call->detection.message_end ? message_end_s
                                                  : machine_detected_s;
  const std::string_view verdict =
      !machine ? plan.kind == callee_kind::silent ? "unknown" : "human"
      : call->detection.message_end ? "machine_end_beep"
                                    : "machine_start";
  call->phase = world_.time.after(wait, [this, call, wait, verdict] {
    call->answered_by = verdict;
    if (!call->detection.async)
      return start_instructions(call);
    const auto wait_ms = static_cast<int>(wait * 1000);
    post(*call,
         "amd",
         call->detection.url,
         "POST",
         {{"CallSid", call->sid},
          {"AccountSid", call->account_sid},
          {"AnsweredBy", call->answered_by},
          {"MachineDetectionDuration", std::to_string(wait_ms)}});
  });
}

void twilio_calls::end(const twilio_call_ptr& call, std::string_view status) {
  if (call->over())
    return;
  call->status = status;
  call->ended = std::chrono::system_clock::now();
  if (call->started)
    call->duration_s = static_cast<int>(std::ceil(world_.time.now() - call->answered_at));
  call->phase.cancel();
  call->limit.cancel();
  call->talk.cancel();
  retire(call);
  call->callee = nullptr;
  world_.log.call(
      "call.end", call->facts, {{"status", status}, {"duration_s", call->duration_s}});
  world_.board.ended(call->facts, status);
  report(*call, "completed");
  recordings.call_ended(call);
  ended_.push_back(call->sid);
  forget_oldest();
}

void twilio_calls::retire(const twilio_call_ptr& call) {
  if (!call->runner)
    return;
  call->runner->stop();
  // It may be running right now, so it must outlive this turn.
  world_.time.post([runner = std::move(call->runner)] {});
}

void twilio_calls::redirect(const twilio_call_ptr& call,
                            std::string url,
                            std::string method) {
  retire(call);
  call->runner = std::make_shared<twiml_runner>(world_, *this, call);
  call->runner->fetch(url, method, {});
}

void twilio_calls::redirect(const twilio_call_ptr& call, std::string twiml) {
  retire(call);
  call->runner = std::make_shared<twiml_runner>(world_, *this, call);
  call->runner->run(twiml, {});
}

void twilio_calls::report(twilio_call& call, std::string_view event) {
  if (call.status_url.empty() || !is_wanted(call.events, event))
    return;
  auto form = webhook_form(call);
  if (event == "initiated")
    std::find_if(form.begin(), form.end(), [](const auto& entry) {
      return entry.first == "CallStatus";
    })->second = "initiated";
  form.emplace_back("SequenceNumber", std::to_string(call.sequence++));
  form.emplace_back("Timestamp", to_rfc2822(std::chrono::system_clock::now()));
  form.emplace_back("CallbackSource", "call-progress-events");
  if (call.over()) {
    form.emplace_back("CallDuration", std::to_string(call.duration_s));
    form.emplace_back("Duration", std::to_string((call.duration_s + 59) / 60));
    if (!call.answered_by.empty())
      form.emplace_back("AnsweredBy", call.answered_by);
  }
  post(call,
       std::string{call.over() ? call.status : event},
       call.status_url,
       call.status_method,
       std::move(form));
}

void twilio_calls::post(twilio_call& call,
                        std::string event,
                        const std::string& url,
                        const std::string& method,
                        field_list form,
                        std::function<void(http_result)> done) {
  webhook hook;
  hook.facts = call.facts;
  if (event.starts_with("recording."))
    hook.facts.provider += "/recordings"; // which may have faults of their own
  hook.event = std::move(event);
  hook.call.method = method;
  hook.call.url = url;
  auto& headers = hook.call.headers;
  if (method == "GET") {
    hook.call.url += (url.find('?') == std::string::npos ? '?' : '&') + render_form(form);
    headers.emplace_back("X-Twilio-Signature",
                         twilio_signature(call.auth_token, hook.call.url, {}));
  } else {
    hook.call.body = render_form(form);
    headers.emplace_back("X-Twilio-Signature",
                         twilio_signature(call.auth_token, url, form));
    headers.emplace_back("Content-Type",
                         "application/x-www-form-urlencoded; charset=UTF-8");
  }
  headers.emplace_back("I-Twilio-Idempotency-Token", new_id(""));
  if (call.telnyx) {
    const auto at = std::to_string(std::time(nullptr));
    headers = {{"telnyx-timestamp", at},
               {"telnyx-signature-ed25519", telnyx_signature(at, hook.call.body)},
               {"Content-Type", "application/x-www-form-urlencoded"}};
  }
  call.asked.push_back(hook.call.url);
  if (call.asked.size() > asked_max)
    call.asked.pop_front();
  if (done)
    world_.webhooks.fetch(std::move(hook), std::move(done));
  else
    world_.webhooks.send(call.lane, std::move(hook));
}

twilio_call_ptr twilio_calls::find(std::string_view sid) const {
  const auto found = calls_.find(std::string{sid});
  return found == calls_.end() ? nullptr : found->second;
}

std::vector<twilio_call_ptr> twilio_calls::called(std::string_view to) const {
  const auto found = by_number_.find(std::string{to});
  if (found == by_number_.end())
    return {};
  return {found->second.rbegin(), found->second.rend()};
}

std::vector<twilio_call_ptr> twilio_calls::all() const {
  std::vector<twilio_call_ptr> result;
  result.reserve(calls_.size());
  for (const auto& [sid, call] : calls_)
    result.push_back(call);
  // SIDs are made of UUIDv7s and sort by time.
  std::sort(result.begin(), result.end(), [](const auto& a, const auto& b) {
    return a->sid > b->sid;
  });
  return result;
}

void twilio_calls::forget_oldest() {
  if (ended_.size() <= ended_max)
    return;
  const auto found = calls_.find(ended_.front());
  ended_.pop_front();
  if (found == calls_.end())
    return;
  const auto number = by_number_.find(found->second->to);
  if (number != by_number_.end()) {
    std::erase(number->second, found->second);
    if (number->second.empty())
      by_number_.erase(number);
  }
  recordings.forget(found->first);
  calls_.erase(found);
}

} // namespace caly::sim
