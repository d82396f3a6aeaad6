#include "tests/simulation/sim_stores.hpp"

#include "runtime/base/error.hpp"

#include <algorithm>

namespace caly::test {

namespace {

/// Hands `ask` on, unless the line breaks before or after it had its effect.
template <class Answer, class Ask>
caf::result<Answer> hand_on(dial_store_actor::pointer self,
                            sim_env* env,
                            const dial_store_actor& store,
                            const Ask& ask) {
  const auto luck = env->faults ? env->between(0, 149) : 149;
  if (luck < 2) {
    env->count("request lost");
    return caf::make_error(errc::unavailable);
  }
  auto promise = self->make_response_promise<Answer>();
  if (luck == 2) {
    env->count("request lost in silence");
    env->kept.emplace_back(promise);
    return promise;
  }
  self->request(store, caf::infinite, ask)
      .then(
          [=](Answer& answer) mutable {
            if (luck < 5) {
              env->count("answer lost");
              promise.deliver(caf::make_error(errc::unavailable));
            } else if (luck == 5) {
              env->count("answer lost in silence");
              env->kept.emplace_back(promise);
            } else {
              promise.deliver(std::move(answer));
            }
          },
          [=](caf::error& failure) mutable { promise.deliver(std::move(failure)); });
  return promise;
}

std::string quoted(const std::string& text) {
  return '"' + text + '"';
}

std::string permits(sim_env& env, const tenant_id& tenant) {
  const auto& row = env.model->accounts.at(tenant).row;
  return R"([{"scope":"system","cap":)" + std::to_string(env.model->system_cap) +
         R"(,"used":)" + std::to_string(env.model->system_used) +
         R"(},{"scope":"tenant","cap":)" + std::to_string(row.cap) + R"(,"used":)" +
         std::to_string(row.used) + "}]";
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

caf::result<record_answer>
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

bool may_sleep(sim_env& env, const tenant_id& tenant) {
  const auto& who = env.model->accounts.at(tenant);
  return who.row.used == 0 &&
         std::none_of(who.campaigns.begin(), who.campaigns.end(), [](const auto& each) {
           return each.second.status == "running";
         });
}

caf::result<record_answer> answer(sim_env& env, const run_record& ask) {
  record_answer out;
  if (ask.statement == "permits.get")
    out.json = permits(env, ask.tenant);
  else if (ask.statement == "campaigns.work")
    out.json = running_campaigns(env, ask.tenant);
  else if (ask.statement == "campaigns.finish")
    return change_campaign(env, ask, true);
  else if (ask.statement == "campaigns.pause")
    return change_campaign(env, ask, false);
  else if (ask.statement == "route.sleep")
    out.json = may_sleep(env, ask.tenant) ? R"({"slept":true})" : R"({"slept":false})";
  else
    out.json = "{}";
  return out;
}

} // namespace

dial_store_actor::behavior_type
shaky_dial_store(dial_store_actor::pointer self, sim_env* env, dial_store_actor to) {
  return {
      [=](const reserve_calls& x) { return hand_on<reservation>(self, env, to, x); },
      [=](const mark_sending& x) { return hand_on<sendable_calls>(self, env, to, x); },
      [=](const record_answered& x) { return hand_on<std::string>(self, env, to, x); },
      [=](const record_progress& x) {
        return hand_on<progress_answer>(self, env, to, x);
      },
      [=](const record_missed& x) { return hand_on<std::string>(self, env, to, x); },
      [=](const take_over_calls& x) { return hand_on<taken_over>(self, env, to, x); },
      [=](const extend_hold& x) { return hand_on<bool>(self, env, to, x); },
      [=](const open_call& x) { return hand_on<reserved_call>(self, env, to, x); },
      [=](const list_doubtful& x) { return hand_on<doubtful_calls>(self, env, to, x); },
      [](const get_status&) { return status_report{}; },
  };
}

records_actor::behavior_type sim_records(records_actor::pointer self, sim_env* env) {
  return {
      [=](const run_record& ask) -> caf::result<record_answer> {
        if (env->fault(1))
          return caf::make_error(errc::unavailable);
        if (env->fault(1)) {
          auto promise = self->make_response_promise<record_answer>();
          env->kept.emplace_back(promise);
          return promise;
        }
        return answer(*env, ask);
      },
      [](const get_status&) { return status_report{}; },
  };
}

call_store_actor::behavior_type sim_call_rows(call_store_actor::pointer, sim_env* env) {
  return {
      [=](const load_call& ask) -> caf::result<call_sheet> {
        if (env->fault(5))
          return caf::make_error(errc::unavailable);
        const auto& calls = env->model->accounts.at(ask.tenant).calls;
        const auto found = calls.find(ask.call);
        if (found == calls.end())
          return caf::make_error(errc::not_found);
        const auto& row = found->second;
        call_sheet out;
        out.id = ask.call;
        out.tenant = ask.tenant;
        out.campaign = row.sheet.campaign;
        out.contact = row.sheet.contact;
        out.state = row.state;
        out.status = row.status;
        out.to = row.sheet.to;
        out.provider_call_id = row.provider_call_id;
        out.max_call_s = row.sheet.max_call_s;
        out.holds = row.holds;
        return out;
      },
      [](const take_call&) { return call_session{}; },
      [](const end_session&) { return true; },
      [](const save_turns&) { return std::uint32_t{0}; },
      [](const load_turns&) { return std::vector<transcript_turn>{}; },
      [](const save_action&) { return true; },
      [](const save_event&) { return true; },
      [](const list_unanalysed&) { return std::vector<call_id>{}; },
      [](const save_analysis&) { return true; },
      [](const get_status&) { return status_report{}; },
  };
}

} // namespace caly::test
