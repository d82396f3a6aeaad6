#include "tests/simulators/telnyx/telnyx_rest.hpp"

#include "runtime/base/json.hpp"
#include "runtime/base/text.hpp"
#include "tests/simulators/base/history.hpp"
#include "tests/simulators/base/ids.hpp"
#include "tests/simulators/base/options.hpp"
#include "tests/simulators/http/fault_gate.hpp"
#include "tests/simulators/http/url.hpp"

#include <algorithm>
#include <optional>

namespace caly::sim {

namespace {

struct problem {
  int status = 422;
  std::string code;
  std::string detail;
};

http_response error_response(const problem& x) {
  json_writer out;
  out.begin_object().key("errors").begin_array().begin_object();
  out.field("code", x.code).field("title", "Error").field("detail", x.detail);
  out.end_object().end_array().end_object();
  return json_response(x.status, std::move(out).str());
}

std::optional<problem> problem_of(fault drawn) {
  if (drawn == fault::too_many)
    return problem{429, "10011", "Too many requests"};
  if (drawn == fault::server_error)
    return problem{500, "10007", "Unexpected error"};
  return std::nullopt;
}

/// Fills a new call from the JSON of a create; answers what is wrong with it.
std::optional<problem> read_create(const std::string& body, twilio_call& call) {
  const auto order = json::parse(body);
  if (!order)
    return problem{400, "10015", "The body is not JSON"};
  call.to = (*order)["To"].text_or("");
  call.from = (*order)["From"].text_or("");
  call.answer_url = (*order)["Url"].text_or("");
  call.fallback_url = (*order)["FallbackUrl"].text_or("");
  call.status_url = (*order)["StatusCallback"].text_or("");
  const auto tenant = query_value(call.status_url, "tenant");
  const auto attempt = query_value(call.status_url, "call");
  call.facts = {"telnyx", call.sid, attempt, call.to, call.from, tenant};
  if ((*order)["ApplicationSid"].text_or("").empty())
    return problem{422, "10015", "ApplicationSid is required"};
  if (call.to.size() < 8 || call.to.front() != '+' || !parse_url(call.answer_url))
    return problem{422, "10015", "To or Url is not valid"};
  const auto events = split((*order)["StatusCallbackEvent"].text_or("completed"), ' ');
  const auto wants = [&](std::string_view event) {
    return std::find(events.begin(), events.end(), event) != events.end();
  };
  call.events = {
      wants("initiated"), wants("ringing"), wants("answered"), wants("completed")};
  call.timeout_s = static_cast<double>((*order)["Timeout"].int_or(30));
  call.time_limit_s = static_cast<double>((*order)["TimeLimit"].int_or(14'400));
  call.detection.enabled = (*order)["MachineDetection"].text_or("") == "Enable";
  call.detection.async = (*order)["AsyncAmd"].bool_or(false);
  call.detection.url = (*order)["AsyncAmdStatusCallback"].text_or("");
  return std::nullopt;
}

http_response call_response(const twilio_call& call) {
  json_writer out;
  describe(call, out);
  return json_response(200, std::move(out).str());
}

} // namespace

void telnyx_rest::serve(const exchange_ptr& exchange) {
  const auto& request = exchange->request();
  const bool creates = request.method == "POST" && request.path.ends_with("/Calls");
  through_faults(world_, "telnyx", creates, exchange, [this, exchange](fault drawn) {
    route(exchange, drawn);
  });
}

void telnyx_rest::route(const exchange_ptr& exchange, fault drawn) {
  const auto& request = exchange->request();
  const auto parts = path_parts(request.path);
  if (parts.size() < 5 || parts[2] != "Accounts" || parts[4] != "Calls")
    return answer(exchange, error_response({404, "10005", "Resource not found"}));
  const std::string account{parts[3]};
  if (parts.size() == 5 && request.method == "POST")
    return create(exchange, account, drawn);
  if (bearer_token(request).empty())
    return answer(exchange, error_response({401, "10009", "Authentication failed"}));
  if (const auto injected = problem_of(drawn))
    return answer(exchange, error_response(*injected));
  if (drawn == fault::reset)
    return;
  if (parts.size() == 5)
    return list(exchange, account);
  const auto call = calls_.find(url_decode(parts[5]));
  if (!call || !call->telnyx || call->account_sid != account)
    return answer(exchange, error_response({404, "10005", "Resource not found"}));
  if (request.method != "POST")
    return answer(exchange, call_response(*call));
  if (call->over())
    return answer(exchange, error_response({422, "90018", "Call has already ended"}));
  if (field(parse_form(request.body), "Status") == "completed")
    calls_.end(call, call->started ? "completed" : "canceled");
  answer(exchange, call_response(*call));
}

void telnyx_rest::create(const exchange_ptr& exchange,
                         const std::string& account,
                         fault drawn) {
  const auto& request = exchange->request();
  auto call = std::make_shared<twilio_call>();
  call->sid = "v3:" + new_id("");
  call->account_sid = account;
  call->telnyx = true;
  auto wrong = read_create(request.body, *call);
  if (bearer_token(request).empty())
    wrong = problem{401, "10009", "Authentication failed"};
  else if (const auto injected = problem_of(drawn))
    wrong = injected;
  call->plan = plan_callee(world_.options, call->to);
  if (!wrong && call->plan.kind == callee_kind::refused)
    wrong = problem{422, "10015", "The number is not valid"};
  if (!wrong && call->plan.kind == callee_kind::create_fails)
    wrong = problem{500, "10007", "Unexpected error"};
  if (wrong || drawn == fault::reset) {
    call->facts.call_id.clear();
    const bool failed = !wrong || wrong->status >= 500;
    world_.log.call("call.create",
                    call->facts,
                    {{"result", failed ? "error" : "refused"},
                     {"status", wrong ? wrong->status : 0}});
    if (wrong)
      exchange->reply(error_response(*wrong));
    return;
  }
  const bool never_told =
      drawn == fault::accept_then_timeout || call->plan.kind == callee_kind::never_told;
  calls_.add(call, never_told ? "accepted_then_timeout" : "accepted");
  if (never_told) {
    exchange->hold();
  } else {
    json_writer out;
    out.begin_object().field("call_sid", call->sid).field("from", call->from);
    out.field("to", call->to).field("status", "queued").end_object();
    exchange->reply(json_response(200, std::move(out).str()));
  }
  calls_.dial(call);
}

void telnyx_rest::list(const exchange_ptr& exchange, const std::string& account) {
  const auto& query = exchange->request().query;
  json_writer out;
  out.begin_object().key("calls").begin_array();
  for (const auto& call : calls_.called(field(query, "To")))
    if (call->telnyx && call->account_sid == account &&
        call->from == field(query, "From"))
      describe(*call, out);
  out.end_array().field("page", 0).end_object();
  answer(exchange, json_response(200, std::move(out).str()));
}

void telnyx_rest::answer(const exchange_ptr& exchange, http_response response) {
  const auto& request = exchange->request();
  world_.log.request("telnyx", request.method, request.path, response.status);
  exchange->reply(std::move(response));
}

} // namespace caly::sim
