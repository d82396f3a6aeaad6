#include "tests/simulators/twilio/twilio_rest.hpp"

#include "runtime/base/text.hpp"
#include "tests/simulators/base/ids.hpp"
#include "tests/simulators/base/options.hpp"
#include "tests/simulators/http/fault_gate.hpp"
#include "tests/simulators/http/url.hpp"
#include "tests/simulators/twilio/call_form.hpp"

#include <algorithm>
#include <cstdlib>

namespace caly::sim {

namespace {

constexpr std::size_t page_size_max = 1000;
constexpr std::size_t page_size_default = 50;

const twilio_problem not_found{404, 20404, "The requested resource was not found"};

/// The id that Caly sent along, wherever it put it.
std::string attempt_in(const twilio_call& call) {
  for (const auto* url : {&call.status_url, &call.answer_url})
    for (const auto* name : {"call", "attempt"})
      if (auto id = query_value(*url, name); !id.empty())
        return id;
  return {};
}

void fill_facts(twilio_call& call) {
  auto tenant = query_value(call.status_url, "tenant");
  if (tenant.empty())
    tenant = query_value(call.answer_url, "tenant");
  call.facts = {
      "twilio", call.sid, attempt_in(call), call.to, call.from, std::move(tenant)};
}

std::string call_json(const twilio_call& call) {
  json_writer out;
  describe(call, out);
  return std::move(out).str();
}

std::size_t count_or(std::string_view text, std::size_t fallback) {
  return text.empty() ? fallback : std::strtoull(std::string{text}.c_str(), nullptr, 10);
}

/// One filter of the list; a date compares with its day.
bool is_in(const twilio_call& call, const std::string& name, const std::string& value) {
  if (value.empty())
    return true;
  if (name == "To")
    return call.to == value;
  if (name == "From")
    return call.from == value;
  if (name == "Status")
    return call.status == value;
  const auto day = to_date(call.started.value_or(call.created));
  const auto wanted = value.substr(0, 10);
  if (name == "StartTime>")
    return day >= wanted;
  if (name == "StartTime<")
    return day <= wanted;
  if (name == "StartTime")
    return day == wanted;
  return true;
}

/// The fault as an answer of Twilio's; nothing for the faults that answer nothing.
std::optional<twilio_problem> problem_of(fault drawn) {
  if (drawn == fault::too_many)
    return twilio_problem{429, 20429, "Too Many Requests"};
  if (drawn == fault::server_error)
    return twilio_problem{500, 20500, "Internal Server Error"};
  return std::nullopt;
}

} // namespace

void twilio_rest::serve(const exchange_ptr& exchange) {
  const auto& request = exchange->request();
  const bool records = request.path.find("/Recordings") != std::string::npos;
  const bool creates =
      request.method == "POST" && (request.path.ends_with("/Calls.json") ||
                                   request.path.ends_with("/Recordings.json"));
  const auto* provider = records ? "twilio/recordings" : "twilio";
  through_faults(world_, provider, creates, exchange, [this, exchange](fault drawn) {
    route(exchange, drawn);
  });
}

void twilio_rest::route(const exchange_ptr& exchange, fault drawn) {
  const auto& request = exchange->request();
  const auto parts = path_parts(request.path);
  const bool is_known = parts.size() >= 4 && parts[1] == "Accounts" &&
                        (parts[3] == "Calls.json" || parts[3] == "Calls" ||
                         (parts[3] == "Recordings" && parts.size() == 5));
  if (!is_known)
    return answer(exchange, error_response(not_found));
  const std::string account{parts[2]};
  if (parts[3] == "Calls.json" && request.method == "POST")
    return create(exchange, account, drawn);
  if (!is_authorized(request, account))
    return answer(exchange, error_response({401, 20003, "Authenticate"}));
  if (const auto problem = problem_of(drawn))
    return answer(exchange, error_response(*problem));
  if (drawn == fault::reset)
    return;
  if (parts[3] == "Calls.json")
    return list(exchange, account);
  if (parts[3] == "Recordings")
    return answer(exchange, calls_.recordings.serve(request.method, parts[4]));
  if (parts.size() >= 6 && parts[5].starts_with("Recordings"))
    return record(exchange, account, parts, drawn);
  if (parts.size() == 6 && parts[5] == "Events.json")
    return events(exchange, account, parts[4]);
  const auto sid = parts.size() == 5 && parts[4].ends_with(".json")
                       ? parts[4].substr(0, parts[4].size() - 5)
                       : std::string_view{};
  const auto call = calls_.find(sid);
  if (!call || call->account_sid != account)
    return answer(exchange, error_response(not_found));
  if (request.method == "POST")
    return change(exchange, call);
  answer(exchange, json_response(200, call_json(*call)));
}

bool twilio_rest::is_authorized(const http_request& request,
                                std::string_view account) const {
  const auto [user, password] = basic_credentials(request);
  const auto& options = world_.options;
  if (user.empty())
    return false;
  if (!options.twilio_account_sid.empty() &&
      (user != options.twilio_account_sid || account != options.twilio_account_sid))
    return false;
  return options.twilio_auth_token.empty() || password == options.twilio_auth_token;
}

void twilio_rest::create(const exchange_ptr& exchange,
                         const std::string& account,
                         fault drawn) {
  const auto& request = exchange->request();
  auto call = std::make_shared<twilio_call>();
  call->sid = new_id("CA");
  call->account_sid = account;
  auto problem = read_call_form(parse_form(request.body), *call);
  fill_facts(*call);
  if (!is_authorized(request, account))
    problem = twilio_problem{401, 20003, "Authenticate"};
  else if (const auto injected = problem_of(drawn))
    problem = injected;
  call->plan = plan_callee(world_.options, call->to);
  if (!problem && call->plan.kind == callee_kind::refused)
    problem = twilio_problem{400, 21211, "The number " + call->to + " is not valid."};
  if (!problem && call->plan.kind == callee_kind::create_fails)
    problem = twilio_problem{500, 20500, "Internal Server Error"};
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
  last_token_ = basic_credentials(request).second;
  call->auth_token = world_.options.twilio_auth_token.empty()
                         ? last_token_
                         : world_.options.twilio_auth_token;
  const bool never_told =
      drawn == fault::accept_then_timeout || call->plan.kind == callee_kind::never_told;
  calls_.add(call, never_told ? "accepted_then_timeout" : "accepted");
  if (never_told)
    exchange->hold();
  else
    exchange->reply(json_response(201, call_json(*call)));
  calls_.dial(call);
}

void twilio_rest::list(const exchange_ptr& exchange, const std::string& account) {
  const auto& request = exchange->request();
  const auto to = field(request.query, "To");
  auto found = to.empty() ? calls_.all() : calls_.called(to);
  std::erase_if(found, [&](const twilio_call_ptr& call) {
    return call->account_sid != account ||
           !std::all_of(
               request.query.begin(), request.query.end(), [&](const auto& entry) {
                 return is_in(*call, entry.first, entry.second);
               });
  });
  const auto size = std::clamp<std::size_t>(
      count_or(field(request.query, "PageSize"), page_size_default), 1, page_size_max);
  const auto page = count_or(field(request.query, "Page"), 0);
  const auto first = std::min(page * size, found.size());
  const auto last = std::min(first + size, found.size());
  const auto uri_of = [&](std::size_t number) {
    auto query = request.query;
    std::erase_if(query, [](const auto& entry) {
      return entry.first == "Page" || entry.first == "PageSize";
    });
    query.emplace_back("PageSize", std::to_string(size));
    query.emplace_back("Page", std::to_string(number));
    return request.path + "?" + render_form(query);
  };
  json_writer out;
  out.begin_object().key("calls").begin_array();
  for (auto i = first; i < last; ++i)
    describe(*found[i], out);
  out.end_array()
      .field("page", static_cast<std::uint64_t>(page))
      .field("page_size", static_cast<std::uint64_t>(size))
      .field("start", static_cast<std::uint64_t>(first))
      .field("end", static_cast<std::uint64_t>(last == first ? first : last - 1))
      .field("uri", uri_of(page))
      .field("first_page_uri", uri_of(0));
  if (last < found.size())
    out.field("next_page_uri", uri_of(page + 1));
  else
    out.null_field("next_page_uri");
  if (page > 0)
    out.field("previous_page_uri", uri_of(page - 1));
  else
    out.null_field("previous_page_uri");
  answer(exchange, json_response(200, std::move(out.end_object()).str()));
}

/// https://www.twilio.com/docs/voice/api/call-event-resource
void twilio_rest::events(const exchange_ptr& exchange,
                         const std::string& account,
                         std::string_view sid) {
  const auto call = calls_.find(sid);
  if (!call || call->account_sid != account)
    return answer(exchange, error_response(not_found));
  json_writer out;
  out.begin_object().key("events").begin_array();
  for (const auto& url : call->asked)
    out.begin_object()
        .key("request")
        .begin_object()
        .field("method", call->status_method)
        .field("url", url)
        .end_object()
        .end_object();
  out.end_array().field("page", 0).field("page_size", 50).null_field("next_page_uri");
  answer(exchange, json_response(200, std::move(out.end_object()).str()));
}

void twilio_rest::record(const exchange_ptr& exchange,
                         const std::string& account,
                         const std::vector<std::string_view>& parts,
                         fault drawn) {
  const auto& request = exchange->request();
  const auto call = calls_.find(parts[4]);
  if (!call || call->account_sid != account)
    return answer(exchange, error_response(not_found));
  const auto form = parse_form(request.body);
  if (parts.size() == 7)
    return answer(exchange,
                  calls_.recordings.change(
                      call, parts[6].substr(0, parts[6].rfind(".json")), form));
  if (request.method != "POST")
    return answer(exchange, calls_.recordings.list(*call));
  auto begun = calls_.recordings.begin(call, form);
  if (drawn == fault::accept_then_timeout)
    return exchange->hold();
  answer(exchange, std::move(begun));
}

void twilio_rest::change(const exchange_ptr& exchange, const twilio_call_ptr& call) {
  const auto form = parse_form(exchange->request().body);
  const auto status = field(form, "Status");
  const auto url = field(form, "Url");
  const auto twiml = field(form, "Twiml");
  if (call->over())
    return answer(
        exchange,
        error_response({400, 21220, "Call is not in-progress. Cannot redirect."}));
  if (status == "canceled" && call->started)
    return answer(exchange, error_response({400, 21220, "Call is in-progress."}));
  if (status == "completed" || status == "canceled")
    calls_.end(call, call->started ? "completed" : "canceled");
  else if (!url.empty() && call->started)
    calls_.redirect(
        call, std::string{url}, iequals(field(form, "Method"), "GET") ? "GET" : "POST");
  else if (!twiml.empty() && call->started)
    calls_.redirect(call, std::string{twiml});
  answer(exchange, json_response(200, call_json(*call)));
}

std::string twilio_rest::ring_in(const std::string& to,
                                 const std::string& from,
                                 const std::string& url,
                                 const std::string& fallback_url,
                                 const std::string& status_url) {
  auto call = std::make_shared<twilio_call>();
  call->sid = new_id("CA");
  const auto& options = world_.options;
  call->account_sid = options.twilio_account_sid.empty()
                          ? "AC00000000000000000000000000000000"
                          : options.twilio_account_sid;
  call->auth_token =
      options.twilio_auth_token.empty() ? last_token_ : options.twilio_auth_token;
  call->to = to;
  call->from = from;
  call->inbound = true;
  call->answer_url = url;
  call->fallback_url = fallback_url;
  call->status_url = status_url;
  call->plan = plan_callee(options, from);
  fill_facts(*call);
  calls_.add(call, "accepted");
  calls_.ring_in(call);
  return call->sid;
}

void twilio_rest::answer(const exchange_ptr& exchange, http_response response) {
  const auto& request = exchange->request();
  world_.log.request("twilio", request.method, request.path, response.status);
  exchange->reply(std::move(response));
}

} // namespace caly::sim
