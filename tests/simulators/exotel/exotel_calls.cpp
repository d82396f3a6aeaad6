#include "tests/simulators/exotel/exotel_calls.hpp"

#include "runtime/base/uuid.hpp"
#include "tests/simulators/base/call_board.hpp"
#include "tests/simulators/base/options.hpp"
#include "tests/simulators/callee/talker.hpp"
#include "tests/simulators/exotel/exotel_stream.hpp"
#include "tests/simulators/http/http_client.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <cmath>

namespace caly::sim {

namespace {

constexpr std::size_t calls_max = 20'000;
constexpr double dial_s = 0.05;
/// Exotel needs minutes; a scenario has no such patience.
constexpr double lengths_after_s = 3;

std::string multipart(const field_list& fields, const std::string& boundary) {
  std::string body;
  for (const auto& [name, value] : fields)
    body += "--" + boundary + "\r\nContent-Disposition: form-data; name=\"" + name +
            "\"\r\n\r\n" + value + "\r\n";
  return body + "--" + boundary + "--\r\n";
}

std::string json_body(const field_list& fields) {
  json_writer out;
  out.begin_object();
  json_writer leg;
  leg.begin_object();
  bool has_leg = false;
  for (const auto& [name, value] : fields) {
    constexpr std::string_view of_leg = "Legs[0][";
    if (!name.starts_with(of_leg)) {
      out.field(name, value);
      continue;
    }
    has_leg = true;
    leg.field(name.substr(of_leg.size(), name.size() - of_leg.size() - 1), value);
  }
  leg.end_object();
  if (has_leg)
    out.key("Legs").begin_array().raw(leg.str()).end_array();
  return std::move(out.end_object()).str();
}

} // namespace

void exotel_calls::add(const exotel_call_ptr& call, std::string_view result) {
  call->created = std::chrono::system_clock::now();
  calls_.emplace(call->sid, call);
  order_.push_back(call);
  if (order_.size() > calls_max && order_.front()->over()) {
    calls_.erase(order_.front()->sid);
    order_.pop_front();
  }
  world_.log.call(call->inbound ? "call.inbound" : "call.create",
                  call->facts,
                  {{"result", result},
                   {"callee", to_string(call->plan.kind)},
                   {"persona", call->plan.persona->name}});
  world_.board.began(call->facts);
}

void exotel_calls::dial(const exotel_call_ptr& call) {
  if (world_.options.instant)
    return ring(call);
  call->phase = world_.time.after(dial_s, [this, call] { ring(call); });
}

void exotel_calls::ring(const exotel_call_ptr& call) {
  world_.log.call("call.ringing", call->facts);
  const auto in = [&](double seconds, std::function<void()> run) {
    if (world_.options.instant)
      return run();
    call->phase = world_.time.after(seconds, std::move(run));
  };
  const auto& plan = call->plan;
  if (plan.kind == callee_kind::rings_out || plan.ring_s > call->timeout_s)
    return in(std::min(call->timeout_s, world_.options.ring_out_seconds),
              [this, call] { end(call, "no-answer"); });
  if (plan.kind == callee_kind::busy)
    return in(plan.ring_s, [this, call] { end(call, "busy"); });
  in(plan.ring_s, [this, call] { answer(call); });
}

void exotel_calls::answer(const exotel_call_ptr& call) {
  begin_talk(call);
  if (world_.options.instant)
    return end(call, "completed");
  open_stream(call, call->stream_url);
}

void exotel_calls::ring_in(const exotel_call_ptr& call) {
  world_.log.call("call.ringing", call->facts);
  ask_voicebot(call);
}

void exotel_calls::begin_talk(const exotel_call_ptr& call) {
  if (call->answered)
    return;
  call->answered = true;
  call->answered_at = world_.time.now();
  world_.log.call("call.answered", call->facts);
  world_.board.answered();
  if (call->wants_answered)
    report(*call, "answered");
  const auto ends = [this, call] { end(call, "completed"); };
  if (call->time_limit_s)
    call->limit = world_.time.after(*call->time_limit_s, ends);
  if (call->plan.talk_s)
    call->talk = world_.time.after(*call->plan.talk_s, ends);
}

void exotel_calls::open_stream(const exotel_call_ptr& call, const std::string& url) {
  const std::weak_ptr<exotel_call> weak{call};
  if (!call->callee) {
    const auto hang_up = [this, weak] {
      // Not from within a tick: ending the call stops its stream.
      world_.time.post([this, weak] {
        if (const auto left = weak.lock())
          end(left, "completed");
      });
    };
    const auto note = [this, facts = call->facts](std::string_view kind,
                                                  std::string_view text) {
      world_.log.call(kind, facts, {{"text", text}});
    };
    call->callee = std::make_shared<talker>(world_,
                                            call->plan,
                                            call->plan.talk_s.value_or(1e9),
                                            call->person,
                                            machine_port{note, hang_up});
    call->callee->prepare();
  } else {
    const auto passed_s = world_.time.now() - call->answered_at;
    call->callee->go_on(call->plan.talk_s.value_or(1e9) - passed_s);
  }
  call->stream = std::make_shared<exotel_stream>(world_, call, url, [this, weak] {
    if (const auto left = weak.lock())
      stream_over(left);
  });
  call->stream->open();
}

void exotel_calls::stream_over(const exotel_call_ptr& call) {
  if (call->over())
    return;
  call->stream = nullptr;
  if (call->passthru_url.empty())
    end(call, "completed");
  else
    ask_passthru(call);
}

void exotel_calls::ask_voicebot(const exotel_call_ptr& call) {
  ask_flow(call, "voicebot", call->voicebot_url, {}, [this, call](const auto& result) {
    const auto body = json::parse(result.body);
    const auto url = body ? std::string{(*body)["url"].text_or("")} : std::string{};
    if (call->over())
      return;
    if (result.status != 200 || url.empty())
      return end(call, call->answered ? "completed" : "failed");
    begin_talk(call);
    open_stream(call, url);
  });
}

void exotel_calls::ask_passthru(const exotel_call_ptr& call) {
  ask_flow(call,
           "passthru",
           call->passthru_url,
           {{"Stream[Status]", "completed"}, {"Stream[DisconnectedBy]", "bot"}},
           [this, call](const auto& result) {
             if (call->over())
               return;
             if (result.status == 302)
               return ask_voicebot(call);
             end(call, "completed");
           });
}

void exotel_calls::ask_flow(const exotel_call_ptr& call,
                            std::string event,
                            const std::string& url,
                            field_list more,
                            std::function<void(const http_result&)> then) {
  auto fields = flow_fields(*call);
  std::move(more.begin(), more.end(), std::back_inserter(fields));
  webhook hook;
  hook.facts = call->facts;
  hook.event = std::move(event);
  hook.call.method = "GET";
  hook.call.url =
      url + (url.find('?') == std::string::npos ? '?' : '&') + render_form(fields);
  world_.webhooks.fetch(std::move(hook), std::move(then));
}

void exotel_calls::end(const exotel_call_ptr& call, std::string_view status) {
  if (call->over())
    return;
  call->status = status;
  call->ended = std::chrono::system_clock::now();
  call->ended_at = world_.time.now();
  if (call->answered)
    call->duration_s = static_cast<int>(std::ceil(call->ended_at - call->answered_at));
  call->phase.cancel();
  call->limit.cancel();
  call->talk.cancel();
  if (call->stream) {
    call->stream->stop();
    // It may be running right now, so it must outlive this turn.
    world_.time.post([stream = std::move(call->stream)] {});
  }
  call->callee = nullptr;
  world_.log.call(
      "call.end", call->facts, {{"status", status}, {"duration_s", call->duration_s}});
  world_.board.ended(call->facts, status);
  report(*call, "terminal");
}

void exotel_calls::report(exotel_call& call, std::string_view event) {
  if (call.status_url.empty())
    return;
  const auto fields = callback_fields(call, event);
  webhook hook;
  hook.facts = call.facts;
  hook.event = event == "terminal" ? call.status : std::string{event};
  hook.call.url = call.status_url;
  std::string type = "application/json";
  if (call.wants_json) {
    hook.call.body = json_body(fields);
  } else {
    const auto boundary = "----exotel" + to_string(make_uuid());
    hook.call.body = multipart(fields, boundary);
    type = "multipart/form-data; boundary=" + boundary;
  }
  hook.call.headers.emplace_back("Content-Type", std::move(type));
  world_.webhooks.send(call.lane, std::move(hook));
}

bool exotel_calls::lengths_known(const exotel_call& call) const {
  return call.over() && world_.time.now() - call.ended_at >= lengths_after_s;
}

exotel_call_ptr exotel_calls::find(std::string_view sid) const {
  const auto found = calls_.find(std::string{sid});
  return found == calls_.end() ? nullptr : found->second;
}

std::vector<exotel_call_ptr> exotel_calls::all() const {
  return {order_.rbegin(), order_.rend()};
}

} // namespace caly::sim
