#include "cluster/client/commands.hpp"
#include "cluster/client/progress.hpp"
#include "cluster/client/sign_in.hpp"
#include "runtime/base/text.hpp"

#include <algorithm>
#include <filesystem>
#include <iostream>

namespace caly::client {

namespace {

using kind = out_column::kind;

std::string names_of(const std::vector<json>& agents) {
  std::string text;
  for (const auto& agent : agents)
    text += (text.empty() ? "" : ", ") + std::string{agent["name"].text_or("")};
  return text;
}

bool contains(std::string_view text, std::string_view part) {
  return to_lower(text).find(to_lower(part)) != std::string::npos;
}

std::string body_of(const campaign_import& order,
                    const std::string& agent,
                    const std::string& import,
                    std::int64_t concurrency) {
  const auto stem = std::filesystem::path{order.contacts.file}.stem().string();
  json_writer body;
  body.begin_object()
      .field("name", order.name.empty() ? stem : order.name)
      .field("agent_id", agent)
      .field("import_id", import)
      .field("concurrency", concurrency)
      .key("retry")
      .begin_object();
  if (order.attempts_max > 0)
    body.field("max_attempts", order.attempts_max);
  if (order.retry_delay_s >= 0)
    for (const auto* name :
         {"busy_delay_s", "no_answer_delay_s", "voicemail_delay_s", "failed_delay_s"})
      body.field(name, order.retry_delay_s);
  body.end_object().end_object();
  return std::move(body).str();
}

/// How many calls at a time: what was asked for, else all that the account may have.
std::int64_t concurrency_of(api_client& api, const campaign_import& order) {
  if (order.concurrency > 0)
    return order.concurrency;
  const auto tenant = api.get("/api/tenant");
  return tenant ? std::max<std::int64_t>(1, (*tenant)["concurrent_calls_max"].int_or(1))
                : 1;
}

/// Follows a running campaign and prints how it ended.
exit_code
watch_to_the_end(const command_context& context, api_client& api, const std::string& id) {
  const auto last = watch_campaign(api, id, context.out);
  if (!last) {
    auto reason = last.error();
    if (reason.exit == exit_code::interrupted)
      reason.hint = "the campaign goes on: caly campaigns show " + id + " --watch";
    return complain(context, reason);
  }
  if (context.out.format == out_format::id)
    std::cout << id << '\n';
  else
    std::cout << render_record(*last, context.out.format);
  if ((*last)["status"].text_or("") == "completed")
    return exit_code::ok;
  return complain(context,
                  {exit_code::conflict,
                   "conflict",
                   "the campaign is " + std::string{(*last)["status"].text_or("?")} +
                       " " + std::string{(*last)["status_reason"].text_or("")},
                   "caly campaigns resume " + id});
}

} // namespace

outcome<json> pick_agent(const std::vector<json>& agents, const std::string& wanted) {
  for (const auto* member : {"id", "slug", "name"})
    for (const auto& agent : agents)
      if (iequals(agent[member].text_or(""), wanted))
        return agent;
  std::vector<json> fitting;
  std::copy_if(
      agents.begin(), agents.end(), std::back_inserter(fitting), [&](const json& agent) {
        return contains(agent["name"].text_or(""), wanted) ||
               contains(agent["slug"].text_or(""), wanted);
      });
  if (fitting.size() == 1)
    return fitting.front();
  if (fitting.empty())
    return failure{exit_code::not_found,
                   "not_found",
                   "no agent " + wanted,
                   "one of: " + names_of(agents)};
  return failure{exit_code::usage,
                 "invalid",
                 "more than one agent fits " + wanted,
                 "one of: " + names_of(fitting)};
}

exit_code import_campaign(const command_context& context, const campaign_import& order) {
  auto api = open_api(context.target);
  if (!api)
    return complain(context, api.error());
  const auto agents = api->list("/api/agents", 1'000);
  if (!agents)
    return complain(context, agents.error());
  const auto agent = pick_agent(*agents, order.agent);
  if (!agent)
    return complain(context, agent.error());
  const auto imported = bring_in(*api, order.contacts, context.out);
  if (!imported)
    return complain(context, imported.error());
  auto campaign = api->post("/api/campaigns",
                            body_of(order,
                                    std::string{(*agent)["id"].text_or("")},
                                    std::string{(*imported)["id"].text_or("")},
                                    concurrency_of(*api, order)));
  if (!campaign)
    return complain(context, campaign.error());
  const std::string id{(*campaign)["id"].text_or("")};
  if (!order.start && !order.watch) {
    say(context.out, "campaign " + id + " is a draft; caly campaigns start " + id);
    std::cout << render_record(*campaign, context.out.format);
    return exit_code::ok;
  }
  const auto started = api->post("/api/campaigns/" + id + "/start");
  if (!started)
    return complain(context, started.error());
  say(context.out, "campaign " + id + " runs");
  if (order.watch)
    return watch_to_the_end(context, *api, id);
  std::cout << render_record(*started, context.out.format);
  return exit_code::ok;
}

exit_code list_campaigns(const command_context& context, std::size_t rows_max) {
  auto api = open_api(context.target);
  if (!api)
    return complain(context, api.error());
  const auto rows = api->list("/api/campaigns", rows_max);
  if (!rows)
    return complain(context, rows.error());
  std::cout << render_rows(*rows,
                           {{"ID", "id", kind::text},
                            {"NAME", "name", kind::text},
                            {"STATUS", "status", kind::text},
                            {"DONE", "counts.done", kind::number},
                            {"WAITING", "counts.pending", kind::number},
                            {"RETRY", "counts.waiting_retry", kind::number},
                            {"DIALING", "counts.dialing", kind::number},
                            {"GIVEN UP", "counts.exhausted", kind::number},
                            {"CREATED", "created_at", kind::text}},
                           context.out.format);
  return exit_code::ok;
}

exit_code
show_campaign(const command_context& context, const std::string& id, bool watch) {
  auto api = open_api(context.target);
  if (!api)
    return complain(context, api.error());
  const auto path = "/api/campaigns/" + url_encode(id);
  const auto campaign = api->get(path);
  if (!campaign)
    return complain(context, campaign.error());
  if (watch)
    return watch_to_the_end(context, *api, id);
  const auto progress = api->get(path + "/progress");
  if (!progress)
    return complain(context, progress.error());
  json_writer both;
  both.begin_object();
  for (const auto& [name, value] : campaign->members())
    if (name != "counts")
      both.field(name, value);
  for (const auto& [name, value] : progress->members())
    if (!campaign->has(name) || name == "counts")
      both.field(name, value);
  both.end_object();
  const auto shown = json::parse(both.str(), {4 << 20, 32, 100'000, 32, 3});
  std::cout << render_record(shown ? *shown : *campaign, context.out.format);
  return exit_code::ok;
}

exit_code change_campaign(const command_context& context,
                          const std::string& id,
                          const std::string& action) {
  auto api = open_api(context.target);
  if (!api)
    return complain(context, api.error());
  const auto done = api->post("/api/campaigns/" + url_encode(id) + "/" + action);
  if (!done)
    return complain(context, done.error());
  std::cout << render_record(*done, context.out.format);
  return exit_code::ok;
}

} // namespace caly::client
