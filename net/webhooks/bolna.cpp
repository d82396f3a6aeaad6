#include "net/webhooks/bolna.hpp"

#include "net/http/answers.hpp"
#include "runtime/base/error.hpp"
#include "runtime/base/text.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>

namespace caly {

namespace {

void accepted(const request_ptr& request) {
  request->respond(success(request->correlation_id, "{}"));
}

} // namespace

void bolna_webhooks::add_to(router& routes) {
  route each;
  each.method = http_method::post;
  each.pattern = "/api/webhooks/bolna/:secret";
  each.policy = route_policy::webhook;
  each.body = body_kind::raw;
  each.body_bytes_max = parts_.body_bytes_max;
  each.handler = [this](const request_ptr& request) { receive(request); };
  routes.add(std::move(each));
}

void bolna_webhooks::receive(const request_ptr& request) {
  if (parts_.secret.empty() ||
      !equal_constant_time(parts_.secret, request->param("secret")))
    return request->respond(
        problem(request->correlation_id, 404, "not_found", "There is nothing here."));
  const auto& addresses = parts_.addresses;
  if (!addresses.empty() &&
      std::find(addresses.begin(), addresses.end(), request->remote_ip) ==
          addresses.end()) {
    spdlog::warn("bolna: a callback from a strange address remote={} correlation_id={}",
                 request->remote_ip,
                 request->correlation_id);
    return request->respond(problem(
        request->correlation_id, 403, "forbidden", "This address may not call here."));
  }
  const auto told = bolna::read_execution(request->body);
  if (!told)
    return request->respond(problem(
        request->correlation_id, 400, "bad_callback", "The body is not an execution."));
  // Test and web calls of the same agent come here too.
  if (!told->about || told->status.empty())
    return accepted(request);
  if (told->terminal || told->hung_up)
    fetch(request, told->id);
  else
    record(request, *told);
}

void bolna_webhooks::fetch(const request_ptr& request, const std::string& id) {
  auto call = bolna::fetch_execution(parts_.account, id);
  call.deadline = parts_.timeout;
  parts_.gateways.ask<http_answer>(
      parts_.http,
      parts_.timeout + std::chrono::seconds{2},
      std::move(call),
      request->poster(),
      [this, request, id](caf::expected<http_answer> answer) {
        // Bolna sends it again when it is not taken.
        if (!answer || answer->outcome != http_outcome::answered ||
            (answer->status != 200 && answer->status != 404))
          return request->respond(failure(
              request->correlation_id,
              caf::make_error(errc::unavailable, "the provider does not answer")));
        const auto what =
            answer->status == 200 ? bolna::read_execution(answer->body) : std::nullopt;
        if (!what || what->id != id || !what->about || what->status.empty()) {
          spdlog::warn(
              "bolna: a callback that its API does not confirm id={} correlation_id={}",
              id,
              request->correlation_id);
          return accepted(request);
        }
        if (what->hung_up)
          hung_up(request, *what);
        else
          record(request, *what);
      });
}

void bolna_webhooks::hung_up(const request_ptr& request, const bolna::execution& what) {
  if (what.duration_s)
    return record(request, bolna::as_ended(what));
  parts_.gateways.ask<call_sheet>(
      parts_.rows,
      parts_.timeout,
      load_call{what.about->tenant, what.about->call},
      request->poster(),
      [this, request, what](caf::expected<call_sheet> sheet) {
        if (!sheet && sheet.error() != errc::not_found)
          return request->respond(failure(request->correlation_id, sheet.error()));
        // Without the moment of the answer the talk has no length yet; `completed` tells
        // it.
        if (!sheet || sheet->answered_at_ms == 0)
          return accepted(request);
        record(request, bolna::as_ended(what));
      });
}

void bolna_webhooks::record(const request_ptr& request, const bolna::execution& what) {
  parts_.gateways.ask<progress_answer>(
      parts_.store,
      parts_.timeout,
      bolna::as_progress(what, to_unix_ms(parts_.clock())),
      request->poster(),
      [this, request, what](caf::expected<progress_answer> answer) {
        if (!answer)
          return request->respond(failure(request->correlation_id, answer.error()));
        if (answer->effect == progress_effect::ghost) {
          spdlog::error("bolna: a call that was given up lives, hanging up call={} "
                        "tenant={} correlation_id={}",
                        what.about->call.str(),
                        what.about->tenant.str(),
                        request->correlation_id);
          caf::anon_send(parts_.carrier,
                         hang_up_call{what.about->tenant, what.about->call, what.id});
        }
        save_transcript(request, what, answer->effect);
      });
}

void bolna_webhooks::save_transcript(const request_ptr& request,
                                     const bolna::execution& what,
                                     progress_effect effect) {
  const auto hint = [this, what, effect] {
    caf::anon_send(
        parts_.calls,
        call_progressed{what.about->call, what.status, effect, what.answered_by});
  };
  auto turns = what.terminal && effect != progress_effect::unknown_call
                   ? bolna::turns_of(what)
                   : std::vector<transcript_turn>{};
  if (turns.empty()) {
    hint();
    return accepted(request);
  }
  parts_.gateways.ask<std::uint32_t>(
      parts_.rows,
      parts_.timeout,
      save_turns{what.about->tenant, what.about->call, std::move(turns)},
      request->poster(),
      [this, request, what, effect, hint](caf::expected<std::uint32_t> saved) {
        if (!saved)
          return request->respond(failure(request->correlation_id, saved.error()));
        hint();
        // Told twice, the words are judged once; a lost hint is found in the rows.
        if (effect != progress_effect::duplicate)
          caf::anon_send(parts_.insight,
                         analyse_call{what.about->tenant, what.about->call});
        accepted(request);
      });
}

} // namespace caly
