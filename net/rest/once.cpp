#include "net/auth/secrets.hpp"
#include "net/rest/api.hpp"
#include "net/rest/inputs.hpp"

#include <algorithm>
#include <charconv>

namespace caly {

namespace {

constexpr std::size_t key_bytes_max = 200;

/// The key with or without the quotes of a structured field; empty when it is none.
std::string key_of(std::string_view header) {
  if (header.size() >= 2 && header.front() == '"' && header.back() == '"')
    header = header.substr(1, header.size() - 2);
  const auto printable = std::all_of(
      header.begin(), header.end(), [](char c) { return c > ' ' && c < 0x7f; });
  return printable && header.size() <= key_bytes_max ? std::string{header} : "";
}

/// What makes two requests the same.
std::string hash_of(const http_request& request) {
  std::string text{to_string(request.method)};
  text += '\n' + request.target + '\n' + request.body;
  if (request.form) {
    text += request.form->sha256;
    for (const auto& [name, value] : request.form->fields)
      text += '\n' + name + '=' + value;
  }
  return fingerprint(text);
}

/// Whether the same request would get this answer again; everything else may go
/// differently next time.
bool is_final(unsigned status) {
  return status < 300 || status == 402 || status == 404 || status == 422;
}

} // namespace

request_handler rest_api::once(std::string route, request_handler handler) {
  return [this, route = std::move(route), handler = std::move(handler)](
             const request_ptr& request) {
    if (request->header("Idempotency-Key").empty())
      handler(request);
    else
      begin_once(route, request, handler);
  };
}

void rest_api::begin_once(const std::string& route,
                          const request_ptr& request,
                          const request_handler& handler) {
  const auto key = key_of(request->header("Idempotency-Key"));
  if (key.empty())
    return request->respond(
        problem(request->correlation_id,
                422,
                "invalid",
                "The request is not valid.",
                {{"Idempotency-Key", "must have 1 to 200 visible characters"}}));
  // Two users of a tenant may choose the same key.
  const auto scope = route + " " + request->who.user.str();
  auto decide = [=, this](const request_ptr& req, const record_answer& answer) {
    const auto found = json::parse(answer.json, {.bytes_max = 1 << 20});
    const auto state = found ? (*found)["state"].text_or("") : "";
    const auto& id = req->correlation_id;
    if (state == "done") {
      http_response replay;
      replay.status = static_cast<unsigned>((*found)["status"].int_or(200));
      replay.body = (*found)["body"].text_or("");
      return req->respond(std::move(replay.with("Idempotent-Replayed", "true")));
    }
    if (state == "mismatch")
      return req->respond(problem(id,
                                  422,
                                  "idempotency_mismatch",
                                  "Another request was sent under this key before."));
    if (state == "running")
      return req->respond(problem(id,
                                  409,
                                  "idempotency_running",
                                  "The first request under this key still runs.",
                                  {},
                                  1));
    req->made = parse_uuid((*found)["made"].text_or(""));
    const auto tenant = req->who.tenant;
    const auto poster = req->poster();
    req->intercept([this, tenant, scope, key, poster](
                       http_response response, http_request::respond_function next) {
      const auto keep = is_final(response.status) && !response.source;
      auto box = std::make_shared<http_response>(std::move(response));
      arguments values{scope, key};
      if (keep) {
        values.emplace_back(std::to_string(box->status));
        values.emplace_back(box->body);
      }
      // The answer waits until it is kept: a repetition must find it.
      parts_.gateways.ask<record_answer>(
          parts_.actors.records,
          parts_.config.net.request_timeout,
          run_record{tenant,
                     keep ? "idempotency.finish" : "idempotency.ended",
                     std::move(values),
                     0},
          poster,
          [box, next](const caf::expected<record_answer>&) { next(std::move(*box)); });
    });
    handler(req);
  };
  run(request,
      request->who.tenant,
      "idempotency.begin",
      {scope, key, hash_of(*request), to_string(make_uuid())},
      0,
      std::move(decide));
}

} // namespace caly
