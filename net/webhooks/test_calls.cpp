#include "net/webhooks/test_calls.hpp"

#include "net/http/answers.hpp"
#include "net/rest/inputs.hpp"
#include "runtime/base/error.hpp"
#include "runtime/base/json.hpp"

#include <spdlog/spdlog.h>

namespace caly {

namespace {

constexpr const char* socket_path = "/phone-ws/browser/";

/// Whoever can listen to audio from a socket.
const std::set<brain_kind> possible{
    brain_kind::realtime, brain_kind::cascade, brain_kind::embedded};

/// Who turns the caller's speech into text: a model, the grammar of our own recogniser,
/// or the browser, where that knows no such language.
const char* recogniser_of(const voice_choice& voice) {
  if (voice.brain != brain_kind::embedded)
    return "model";
  return voice.language == "en" ? "grammar" : "browser";
}

} // namespace

void test_calls::add_to(router& routes) {
  routes.websocket(std::string{socket_path} + ":session",
                   route_policy::webhook,
                   [this](websocket_upgrade upgrade) { join(std::move(upgrade)); });
}

void test_calls::open(const request_ptr& request) {
  const auto agent = path_id<agent_id>(request);
  if (!agent)
    return;
  const auto body = body_object(request);
  if (!body)
    return;
  json_reader reader{*body};
  const auto variables = variables_text(reader, "variables");
  reader.refuse_unknown();
  if (refuse_problems(request, reader))
    return;
  open_call order;
  order.tenant = request->who.tenant;
  order.inbound = true;
  order.provider = "browser";
  order.owner.node = parts_.node;
  order.call.id = made_id<call_id>(*request);
  order.provider_call_id = order.call.id.str();
  order.call.to = order.call.from = "browser";
  order.call.agent = *agent;
  order.call.variables = variables.value_or("{}");
  order.call.max_call_s = parts_.max_call_s;
  parts_.gateways.ask<reserved_call>(
      parts_.store,
      parts_.timeout,
      order,
      request->poster(),
      [this, request](caf::expected<reserved_call> opened) {
        if (opened)
          choose(request, {request->who.tenant, opened->id, brain_kind::embedded});
        else
          request->respond(failure(request->correlation_id, opened.error()));
      });
}

void test_calls::choose(const request_ptr& request, const media_pass& pass) {
  parts_.gateways.ask<call_actor>(
      parts_.calls,
      parts_.timeout,
      find_call{pass.tenant, pass.call, true},
      request->poster(),
      [this, request, pass](caf::expected<call_actor> call) {
        if (!call)
          return drop(request, pass, call.error());
        parts_.gateways.ask<voice_choice>(
            *call,
            parts_.timeout,
            choose_voice{pass.call.str(), possible},
            request->poster(),
            [this, request, pass](caf::expected<voice_choice> voice) {
              if (voice)
                answer(request, pass, *voice);
              else
                drop(request, pass, voice.error());
            });
      });
}

void test_calls::answer(const request_ptr& request,
                        media_pass pass,
                        const voice_choice& voice) {
  caf::anon_send(parts_.keeper, browser::line_promised{pass.tenant, pass.call});
  pass.brain = voice.brain;
  const auto path =
      socket_path + parts_.tickets.issue(pass, to_unix_ms(parts_.clock()) / 1000);
  const auto& base = parts_.public_url;
  json_writer data;
  data.begin_object()
      .field("id", pass.call.str())
      .field("socket", "ws" + base.substr(base.starts_with("http") ? 4 : 0) + path)
      .field("path", path)
      .field("brain", to_string(voice.brain))
      .field("language", voice.language)
      .field("recogniser", recogniser_of(voice))
      .field("price_per_minute_micros", parts_.price_per_minute_micros)
      .end_object();
  request->respond(success(request->correlation_id, data.str(), 201));
}

void test_calls::drop(const request_ptr& request,
                      const media_pass& pass,
                      const caf::error& why) {
  spdlog::warn("browser: test call not connected call={} tenant={} correlation_id={} "
               "reason={}",
               pass.call.str(),
               pass.tenant.str(),
               request->correlation_id,
               to_string(why));
  caf::anon_send(
      parts_.keeper,
      browser::line_changed{pass.tenant, pass.call, 0, to_unix_ms(parts_.clock())});
  if (why != errc::not_found)
    return request->respond(failure(request->correlation_id, why));
  request->respond(problem(request->correlation_id,
                           409,
                           "no_brain",
                           "Nobody here can listen to this agent's callers: it needs the "
                           "program caly_speech and its model, or an account of a speech "
                           "model."));
}

void test_calls::join(websocket_upgrade upgrade) {
  const auto pass =
      parts_.tickets.redeem(upgrade.param("session"), to_unix_ms(parts_.clock()) / 1000);
  if (!pass) {
    spdlog::warn("browser: refused a socket without a valid ticket remote={}",
                 upgrade.remote_ip);
    return refuse_upgrade(std::move(upgrade), 403, "The ticket is not valid.");
  }
  auto ticket = upgrade.param("session");
  parts_.media.adopt(
      std::move(upgrade),
      [this, pass] {
        return std::make_unique<browser::media_wire>(
            pass->call.str(),
            browser::kept_line(parts_.keeper, pass->tenant, pass->call, parts_.clock));
      },
      *pass,
      std::move(ticket));
}

} // namespace caly
