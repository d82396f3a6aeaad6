#include "tests/simulators/exotel/exotel_rest.hpp"

#include "runtime/base/text.hpp"
#include "tests/simulators/base/ids.hpp"
#include "tests/simulators/base/options.hpp"
#include "tests/simulators/http/fault_gate.hpp"

#include <algorithm>
#include <cstdlib>
#include <optional>

namespace caly::sim {

namespace {

constexpr std::size_t page_size_max = 100;
constexpr std::size_t stream_url_chars_max = 600;
constexpr std::size_t custom_field_chars_max = 128;

struct rest_problem {
  int status;
  std::string message;
};

http_response error_response(const rest_problem& problem) {
  json_writer out;
  out.begin_object().key("RestException").begin_object();
  out.field("Status", problem.status).field("Message", problem.message);
  out.end_object().end_object();
  auto response = json_response(problem.status, std::move(out).str());
  if (problem.status == 429)
    response.headers.emplace_back("Retry-After", "1");
  return response;
}

std::optional<rest_problem> problem_of(fault drawn) {
  if (drawn == fault::too_many)
    return rest_problem{429, "Too many requests"};
  if (drawn == fault::server_error)
    return rest_problem{500, "Internal Server Error"};
  return std::nullopt;
}

double seconds_or(std::string_view text, double fallback) {
  const auto value = std::atof(std::string{text}.c_str());
  return value > 0 ? value : fallback;
}

/// Reads the form of "Connect Voice AI".
std::optional<rest_problem> read_connect(const field_list& form, exotel_call& call) {
  call.person = field(form, "From");
  call.exophone = field(form, "CallerId");
  call.stream_url = field(form, "StreamUrl");
  call.custom_field = field(form, "CustomField");
  call.timeout_s = seconds_or(field(form, "TimeOut"), 60);
  call.time_limit_s = seconds_or(field(form, "TimeLimit"), 14'400);
  call.status_url = field(form, "StatusCallback");
  call.wants_json = field(form, "StatusCallbackContentType") == "application/json";
  for (const auto& [name, value] : form)
    if (name.starts_with("StatusCallbackEvents") && value == "answered")
      call.wants_answered = true;
  if (call.person.empty() || call.exophone.empty())
    return rest_problem{400, "From and CallerId are mandatory"};
  if (!field(form, "To").empty() || !field(form, "Url").empty())
    return rest_problem{400, "StreamUrl goes with neither To nor Url"};
  if (!call.stream_url.starts_with("ws") ||
      call.stream_url.size() > stream_url_chars_max ||
      field(form, "StreamType") != "bidirectional")
    return rest_problem{400, "StreamUrl or StreamType is not valid"};
  if (call.custom_field.size() > custom_field_chars_max)
    return rest_problem{400, "CustomField is too long"};
  return std::nullopt;
}

/// Our ids as Caly wrote them into CustomField: `call_….ten_….proof`.
std::string id_in(std::string_view custom_field, std::string_view prefix) {
  for (const auto part : split(custom_field, '.'))
    if (part.starts_with(prefix))
      return std::string{part};
  return {};
}

std::string call_json(const exotel_call& call, bool lengths) {
  json_writer out;
  out.begin_object().key("Call");
  describe(call, lengths, out);
  return std::move(out.end_object()).str();
}

/// `gte:A;lte:B`, both times of India, which sort as text.
bool is_within(const std::string& at, std::string_view range) {
  for (const auto bound : split(range, ';')) {
    const auto value = bound.substr(std::min<std::size_t>(4, bound.size()));
    if ((bound.starts_with("gte:") && at < value) ||
        (bound.starts_with("lte:") && at > value))
      return false;
  }
  return true;
}

} // namespace

void exotel_rest::serve(const exchange_ptr& exchange) {
  const auto& request = exchange->request();
  const bool creates =
      request.method == "POST" && request.path.ends_with("/Calls/connect.json");
  through_faults(world_, "exotel", creates, exchange, [this, exchange](fault drawn) {
    route(exchange, drawn);
  });
}

void exotel_rest::route(const exchange_ptr& exchange, fault drawn) {
  const auto& request = exchange->request();
  const auto parts = path_parts(request.path);
  if (parts.size() < 4)
    return answer(exchange, error_response({404, "Not found"}));
  const std::string account{parts[2]};
  if (request.method == "POST" && request.path.ends_with("/Calls/connect.json"))
    return create(exchange, account, drawn);
  if (!is_authorized(request))
    return answer(exchange, error_response({401, "Authorization failed"}));
  if (const auto problem = problem_of(drawn))
    return answer(exchange, error_response(*problem));
  if (drawn == fault::reset)
    return;
  if (parts.size() == 4 && parts[3] == "Calls.json")
    return answer(exchange, list(request, account));
  const auto name =
      parts.size() == 5 && parts[3] == "Calls" ? parts[4] : std::string_view{};
  const auto call =
      name.ends_with(".json") ? calls_.find(name.substr(0, name.size() - 5)) : nullptr;
  if (!call || call->account != account)
    return answer(exchange, error_response({404, "Call not found"}));
  answer(exchange, json_response(200, call_json(*call, calls_.lengths_known(*call))));
}

bool exotel_rest::is_authorized(const http_request& request) const {
  const auto [user, password] = basic_credentials(request);
  const auto& options = world_.options;
  return !user.empty() &&
         (options.exotel_api_key.empty() || user == options.exotel_api_key) &&
         (options.exotel_api_token.empty() || password == options.exotel_api_token);
}

void exotel_rest::create(const exchange_ptr& exchange,
                         const std::string& account,
                         fault drawn) {
  const auto& request = exchange->request();
  auto call = std::make_shared<exotel_call>();
  call->sid = new_id("");
  call->account = account;
  auto problem = read_connect(parse_form(request.body), *call);
  call->facts = {"exotel",
                 call->sid,
                 id_in(call->custom_field, "call_"),
                 call->person,
                 call->exophone,
                 id_in(call->custom_field, "ten_")};
  call->plan = plan_callee(world_.options, call->person);
  if (!is_authorized(request))
    problem = rest_problem{401, "Authorization failed"};
  else if (const auto injected = problem_of(drawn))
    problem = injected;
  if (!problem && call->plan.kind == callee_kind::refused)
    problem = rest_problem{400, "The number " + call->person + " is not valid"};
  if (!problem && call->plan.kind == callee_kind::create_fails)
    problem = rest_problem{500, "Internal Server Error"};
  if (problem || drawn == fault::reset) {
    call->facts.call_id.clear();
    const bool failed = !problem || problem->status >= 500;
    world_.log.call("call.create",
                    call->facts,
                    {{"result", failed ? "error" : "refused"},
                     {"status", problem ? problem->status : 0}});
    if (problem)
      exchange->reply(error_response(*problem));
    return;
  }
  const bool never_told =
      drawn == fault::accept_then_timeout || call->plan.kind == callee_kind::never_told;
  calls_.add(call, never_told ? "accepted_then_timeout" : "accepted");
  if (never_told)
    exchange->hold();
  else
    exchange->reply(json_response(200, call_json(*call, false)));
  calls_.dial(call);
}

http_response exotel_rest::list(const http_request& request,
                                std::string_view account) const {
  const auto from = field(request.query, "From");
  const auto created = field(request.query, "DateCreated");
  const auto wanted = field(request.query, "PageSize");
  const auto size = std::clamp<std::size_t>(
      wanted.empty() ? 50 : std::strtoull(std::string{wanted}.c_str(), nullptr, 10),
      1,
      page_size_max);
  std::size_t total = 0;
  json_writer rows;
  rows.begin_array();
  for (const auto& call : calls_.all()) {
    if (call->account != account || (!from.empty() && call->person != from) ||
        !is_within(india_time(call->created), created))
      continue;
    if (++total <= size)
      describe(*call, calls_.lengths_known(*call), rows);
  }
  rows.end_array();
  json_writer out;
  out.begin_object().key("Metadata").begin_object();
  out.field("Total", static_cast<std::uint64_t>(total))
      .field("PageSize", static_cast<std::uint64_t>(size))
      .null_field("NextPageUri");
  out.end_object().key("Calls").raw(rows.str()).end_object();
  return json_response(200, std::move(out).str());
}

std::string exotel_rest::ring_in(const std::string& to,
                                 const std::string& from,
                                 const std::string& voicebot_url,
                                 const std::string& passthru_url,
                                 const std::string& status_url) {
  auto call = std::make_shared<exotel_call>();
  call->sid = new_id("");
  call->account = world_.options.exotel_account_sid;
  call->inbound = true;
  call->person = from;
  call->exophone = to;
  call->voicebot_url = voicebot_url;
  call->passthru_url = passthru_url;
  call->status_url = status_url;
  call->plan = plan_callee(world_.options, from);
  call->facts = {"exotel", call->sid, {}, to, from, {}};
  calls_.add(call, "accepted");
  calls_.ring_in(call);
  return call->sid;
}

void exotel_rest::answer(const exchange_ptr& exchange, http_response response) {
  const auto& request = exchange->request();
  world_.log.request("exotel", request.method, request.path, response.status);
  exchange->reply(std::move(response));
}

} // namespace caly::sim
