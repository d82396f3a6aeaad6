#include "tests/simulators/bolna/bolna_rest.hpp"

#include "runtime/base/uuid.hpp"
#include "tests/simulators/base/options.hpp"
#include "tests/simulators/http/fault_gate.hpp"
#include "tests/simulators/http/url.hpp"

#include <algorithm>
#include <cstdlib>
#include <optional>

namespace caly::sim {

namespace {

constexpr std::size_t agents_max = 10'000;
constexpr std::size_t page_size_max = 50;
constexpr std::size_t page_size_default = 20;

http_response message_response(int status, std::string_view message) {
  json_writer out;
  out.begin_object().field("error", status).field("message", message).end_object();
  return json_response(status, std::move(out).str());
}

std::optional<http_response> response_of(fault drawn) {
  if (drawn == fault::too_many) {
    auto response = message_response(429, "Too many requests");
    response.headers.emplace_back("Retry-After", "1");
    return response;
  }
  if (drawn == fault::server_error)
    return message_response(500, "Internal server error");
  return std::nullopt;
}

std::size_t count_or(std::string_view text, std::size_t fallback) {
  return text.empty() ? fallback : std::strtoull(std::string{text}.c_str(), nullptr, 10);
}

/// What `body` says about an agent, over what is known of it.
void apply(const json& body, bolna_agent& agent) {
  const auto& config = body["agent_config"];
  const auto take = [&](const json& from, const char* key, std::string& target) {
    if (from[key].is_string())
      target = from[key].text_or("");
  };
  if (config.is_object())
    agent.config = config;
  for (const auto* source : {&body, &config}) {
    take(*source, "agent_name", agent.name);
    take(*source, "webhook_url", agent.webhook_url);
    take(*source, "agent_welcome_message", agent.welcome);
  }
  take(body["agent_prompts"]["task_1"], "system_prompt", agent.prompt);
  for (const auto& task : config["tasks"].items())
    if (const auto seconds = task["task_config"]["call_terminate"].int_or(0); seconds > 0)
      agent.call_terminate_s = static_cast<double>(seconds);
}

void describe_agent(const bolna_agent& agent, json_writer& out) {
  out.begin_object()
      .field("id", agent.id)
      .field("agent_name", agent.name)
      .field("agent_status", "processed")
      .field("webhook_url", agent.webhook_url)
      .field("agent_welcome_message", agent.welcome)
      .field("agent_config", agent.config);
  out.key("agent_prompts").begin_object().key("task_1").begin_object();
  out.field("system_prompt", agent.prompt).end_object().end_object().end_object();
}

} // namespace

bool bolna_rest::owns(std::string_view path) {
  return path == "/call" || path.starts_with("/call/") ||
         path.starts_with("/executions/") || path.starts_with("/v2/agent") ||
         path == "/user/me";
}

void bolna_rest::serve(const exchange_ptr& exchange) {
  const bool creates = exchange->request().path == "/call";
  through_faults(world_, "bolna", creates, exchange, [this, exchange](fault drawn) {
    route(exchange, drawn);
  });
}

bool bolna_rest::is_authorized(const http_request& request) const {
  const auto token = bearer_token(request);
  const auto& key = world_.options.bolna_api_key;
  return !token.empty() && (key.empty() || token == key);
}

void bolna_rest::route(const exchange_ptr& exchange, fault drawn) {
  const auto& request = exchange->request();
  const bool authorized = is_authorized(request);
  if (request.method == "POST" && request.path == "/call")
    return create(exchange, drawn, authorized);
  if (!authorized)
    return answer(exchange, message_response(401, "Unauthorized"));
  if (auto broken = response_of(drawn))
    return answer(exchange, std::move(*broken));
  if (drawn == fault::reset)
    return;
  const auto parts = path_parts(request.path);
  if (request.path == "/user/me")
    return answer(exchange, account());
  if (parts.size() >= 2 && parts[0] == "v2" && parts[1] == "agent") {
    if (parts.size() == 4 && parts[3] == "executions")
      return answer(exchange, list(request, parts[2]));
    return answer(exchange, serve_agent(request, parts));
  }
  if (parts.size() == 3 && parts[0] == "call" && parts[2] == "stop")
    return answer(exchange, stop(parts[1]));
  if (parts.size() == 2 && parts[0] == "executions")
    return answer(exchange, read(request, parts));
  answer(exchange, message_response(404, "Not found"));
}

void bolna_rest::create(const exchange_ptr& exchange, fault drawn, bool authorized) {
  const auto& request = exchange->request();
  const auto body = json::parse(request.body);
  auto call = std::make_shared<bolna_call>();
  call->id = to_string(make_uuid());
  std::optional<http_response> refusal;
  if (body) {
    call->to = (*body)["recipient_phone_number"].text_or("");
    call->from = (*body)["from_phone_number"].text_or("+918000000000");
    call->user_data = (*body)["user_data"];
    const auto agent_id = (*body)["agent_id"].text_or("");
    const auto known = agents_.find(agent_id);
    if (known != agents_.end())
      call->agent = known->second;
    call->agent.id = agent_id;
  }
  if (!body || call->agent.id.empty() || !call->to.starts_with('+'))
    refusal = message_response(
        422, "agent_id and recipient_phone_number in E.164 are required");
  std::string_view tenant;
  for (const auto* name : {"caly_tenant_id", "tenant", "tenant_id"})
    if (tenant.empty())
      tenant = call->user_data[name].text_or("");
  call->facts = {"bolna",
                 call->id,
                 std::string{call->user_data["caly_call_id"].text_or("")},
                 call->to,
                 call->from,
                 std::string{tenant}};
  call->plan = plan_callee(world_.options, call->to);
  if (!authorized)
    refusal = message_response(401, "Unauthorized");
  else if (auto broken = response_of(drawn))
    refusal = std::move(broken);
  else if (!refusal && call->plan.kind == callee_kind::refused)
    refusal = message_response(400, "recipient_phone_number is invalid");
  else if (!refusal && call->plan.kind == callee_kind::create_fails)
    refusal = message_response(500, "Internal server error");
  if (refusal || drawn == fault::reset) {
    call->facts.call_id.clear();
    const bool failed = !refusal || refusal->status >= 500;
    world_.log.call("call.create",
                    call->facts,
                    {{"result", failed ? "error" : "refused"},
                     {"status", refusal ? refusal->status : 0}});
    if (refusal)
      exchange->reply(std::move(*refusal));
    return;
  }
  call->webhook_url = call->agent.webhook_url.empty() ? world_.options.bolna_webhook
                                                      : call->agent.webhook_url;
  const bool never_told =
      drawn == fault::accept_then_timeout || call->plan.kind == callee_kind::never_told;
  calls_.add(call, never_told ? "accepted_then_timeout" : "accepted");
  if (never_told) {
    exchange->hold();
  } else {
    json_writer out;
    out.begin_object().field("message", "done").field("status", "queued");
    out.field("execution_id", call->id).end_object();
    exchange->reply(json_response(200, std::move(out).str()));
  }
  calls_.dial(call);
}

http_response bolna_rest::read(const http_request& request,
                               const path_list& parts) const {
  const auto call = calls_.find(parts[1]);
  if (!call || request.method != "GET")
    return message_response(404, "Execution not found");
  json_writer out;
  describe(*call, false, out);
  return json_response(200, std::move(out).str());
}

http_response bolna_rest::list(const http_request& request,
                               std::string_view agent_id) const {
  auto found = calls_.of_agent(agent_id);
  const auto status = field(request.query, "status");
  const auto to = field(request.query, "to_number");
  std::erase_if(found, [&](const bolna_call_ptr& call) {
    return (!status.empty() && call->status != status) || (!to.empty() && call->to != to);
  });
  const auto size = std::clamp<std::size_t>(
      count_or(field(request.query, "page_size"), page_size_default), 1, page_size_max);
  const auto page =
      std::max<std::size_t>(count_or(field(request.query, "page_number"), 1), 1);
  const auto first = std::min((page - 1) * size, found.size());
  const auto last = std::min(first + size, found.size());
  json_writer out;
  out.begin_object()
      .field("page_number", static_cast<std::uint64_t>(page))
      .field("page_size", static_cast<std::uint64_t>(size))
      .field("total", static_cast<std::uint64_t>(found.size()))
      .field("has_more", last < found.size());
  out.key("data").begin_array();
  for (auto i = first; i < last; ++i)
    describe(*found[i], true, out);
  out.end_array().end_object();
  return json_response(200, std::move(out).str());
}

http_response bolna_rest::stop(std::string_view id) {
  const auto call = calls_.find(id);
  if (!call)
    return message_response(404, "Execution not found");
  if (!calls_.stop(call))
    return message_response(400, "Only queued or scheduled calls can be stopped");
  json_writer out;
  out.begin_object().field("message", "done").field("status", "stopped");
  out.field("execution_id", call->id).end_object();
  return json_response(200, std::move(out).str());
}

http_response bolna_rest::serve_agent(const http_request& request,
                                      const path_list& parts) {
  if (parts.size() == 2 && request.method == "POST")
    return put_agent(request, to_string(make_uuid()), false);
  if (parts.size() != 3)
    return message_response(404, "Not found");
  json_writer out;
  if (parts[2] == "all") {
    out.begin_array();
    for (const auto& [id, agent] : agents_)
      describe_agent(agent, out);
    out.end_array();
    return json_response(200, std::move(out).str());
  }
  if (request.method == "PUT" || request.method == "PATCH")
    return put_agent(request, std::string{parts[2]}, request.method == "PATCH");
  const auto found = agents_.find(parts[2]);
  if (found == agents_.end())
    return message_response(404, "Agent not found");
  if (request.method == "DELETE") {
    agents_.erase(found);
    return json_response(200, R"({"message":"success","state":"deleted"})");
  }
  describe_agent(found->second, out);
  return json_response(200, std::move(out).str());
}

http_response
bolna_rest::put_agent(const http_request& request, std::string id, bool merge) {
  const auto body = json::parse(request.body);
  if (!body || !body->is_object())
    return message_response(422, "The body is not a JSON object");
  const auto known = agents_.find(id);
  if (known == agents_.end() && agents_.size() >= agents_max)
    return message_response(400, "Too many agents");
  bolna_agent agent;
  if (merge && known != agents_.end())
    agent = known->second;
  agent.id = id;
  apply(*body, agent);
  if (!agent.webhook_url.empty() && !parse_url(agent.webhook_url))
    return message_response(422, "webhook_url is not a URL");
  agents_.insert_or_assign(id, agent);
  json_writer out;
  out.begin_object();
  if (request.method == "POST")
    out.field("agent_id", id).field("status", "created");
  else
    out.field("message", "success").field("state", "updated");
  return json_response(200, std::move(out.end_object()).str());
}

http_response bolna_rest::account() const {
  json_writer out;
  out.begin_object()
      .field("id", "00000000-0000-4000-8000-000000000001")
      .field("name", "Sandbox")
      .field("email", "sandbox@example.com")
      .field("wallet", 1000.0);
  out.key("concurrency").begin_object();
  out.field("max", 1000).field("current", static_cast<std::uint64_t>(calls_.live()));
  out.end_object().end_object();
  return json_response(200, std::move(out).str());
}

void bolna_rest::answer(const exchange_ptr& exchange, http_response response) {
  const auto& request = exchange->request();
  world_.log.request("bolna", request.method, request.path, response.status);
  exchange->reply(std::move(response));
}

} // namespace caly::sim
