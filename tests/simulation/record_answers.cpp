#include "tests/simulation/record_answers.hpp"

#include "actors/model/shard.hpp"
#include "runtime/base/error.hpp"
#include "runtime/base/json.hpp"

#include <algorithm>

namespace caly::test {

namespace {

std::string quoted(const std::string& text) {
  return '"' + text + '"';
}

std::string permits(sim_env& env, const tenant_id& tenant) {
  const auto& row = env.model->accounts.at(tenant).row;
  return R"([{"scope":"system","cap":)" + std::to_string(env.model->system_cap) +
         R"(,"used":)" + std::to_string(env.model->system_used) +
         R"(},{"scope":"tenant","cap":)" + std::to_string(row.cap) + R"(,"used":)" +
         std::to_string(row.used) + R"(,"guaranteed":)" + std::to_string(row.cap / 2) +
         R"(,"weight":)" + std::to_string(row.cap) + "}]";
}

std::string running_campaigns(sim_env& env, const tenant_id& tenant) {
  std::string out = "[";
  for (const auto& [id, row] : env.model->accounts.at(tenant).campaigns)
    if (row.status == "running")
      out += (out.size() > 1 ? "," : "") + (R"({"id":)" + quoted(id.str())) +
             R"(,"concurrency":)" + std::to_string(row.concurrency) +
             R"(,"breaker_window":20,"breaker_ratio":0.5})";
  return out + "]";
}

bool has_open_row(const memory::dial_model::account& who, const campaign_id& campaign) {
  return std::any_of(who.queue.begin(), who.queue.end(), [&](const auto& each) {
    return each.first.first == campaign &&
           (each.second.state == "pending" || each.second.state == "dialing");
  });
}

caf::expected<record_answer>
change_campaign(sim_env& env, const run_record& ask, bool finish) {
  auto& who = env.model->accounts.at(ask.tenant);
  const auto id = campaign_id::parse(ask.arguments.at(0).value_or(""));
  record_answer out;
  out.json = R"({"finished":true})";
  if (!id || !who.campaigns.contains(*id))
    return caf::make_error(errc::not_found);
  auto& row = who.campaigns.at(*id);
  if (finish && row.status == "completed")
    return out;
  if (row.status != "running")
    return caf::make_error(errc::conflict);
  if (finish && has_open_row(who, *id))
    out.json = R"({"finished":false})";
  else
    row.status = finish ? "completed" : "paused";
  if (!finish)
    env.count("campaign paused itself");
  return out;
}

/// Nothing is dialed and nothing is to be dialed.
bool may_sleep(const memory::dial_model::account& who) {
  return who.row.used == 0 &&
         std::none_of(who.campaigns.begin(), who.campaigns.end(), [](const auto& each) {
           return each.second.status == "running";
         });
}

std::string tenants_with_work(sim_env& env, const run_record& ask) {
  const auto shards = json::parse(ask.arguments.at(0).value_or("[]"));
  std::string out = "[";
  for (const auto& [id, who] : env.model->accounts)
    for (const auto& shard : shards->items())
      if (shard.int_or(-1) == shard_of(id) && !may_sleep(who))
        out +=
            (out.size() > 1 ? "," : "") + (R"({"tenant_id":)" + quoted(id.str())) + "}";
  return out + "]";
}

} // namespace

caf::expected<record_answer> answer_record(sim_env& env, const run_record& ask) {
  record_answer out;
  if (ask.statement == "permits.get")
    out.json = permits(env, ask.tenant);
  else if (ask.statement == "permits.system")
    out.json = R"({"cap":)" + std::to_string(env.model->system_cap) + "}";
  else if (ask.statement == "route.tenants")
    out.json = tenants_with_work(env, ask);
  else if (ask.statement == "campaigns.work")
    out.json = running_campaigns(env, ask.tenant);
  else if (ask.statement == "campaigns.finish")
    return change_campaign(env, ask, true);
  else if (ask.statement == "campaigns.pause")
    return change_campaign(env, ask, false);
  else if (ask.statement == "route.sleep")
    out.json = may_sleep(env.model->accounts.at(ask.tenant)) ? R"({"slept":true})"
                                                             : R"({"slept":false})";
  else if (ask.statement == "calls.end_reason" || ask.statement == "calls.answered_by" ||
           ask.statement == "calls.nothing_said")
    out.json = "{}";
  else
    env.violate("the simulation knows no statement " + ask.statement);
  return out;
}

caf::expected<call_sheet>
sheet_of(sim_env& env, const tenant_id& tenant, const call_id& call) {
  const auto& calls = env.model->accounts.at(tenant).calls;
  const auto found = calls.find(call);
  if (found == calls.end())
    return caf::make_error(errc::not_found);
  const auto& row = found->second;
  call_sheet out;
  out.id = call;
  out.tenant = tenant;
  out.campaign = row.sheet.campaign;
  out.contact = row.sheet.contact;
  out.state = row.state;
  out.status = row.status;
  out.to = row.sheet.to;
  out.provider_call_id = row.provider_call_id;
  out.max_call_s = row.sheet.max_call_s;
  out.holds = row.holds;
  return out;
}

} // namespace caly::test
