#include "storage/stores/call_store.hpp"

#include "runtime/base/error.hpp"
#include "storage/pg/array_text.hpp"
#include "storage/pg/times.hpp"
#include "storage/stores/fields.hpp"

namespace caly {

namespace {

using pg::parameter;
using pg::statement;
using pg::tenant_txn;

using worker_actor = pg::worker_of<call_store_actor>;
using worker_self = self_ptr<worker_actor, pg::job_worker_state>;

constexpr statement load_sheet{
    "call_sheet",
    "select k.campaign_id, k.contact_id, k.direction, k.state, k.status, k.to_number, "
    "k.from_number, c.name, k.variables, k.provider, k.provider_call_id, k.agent_id, "
    "k.agent_version, v.profile, k.max_call_s, k.holds, "
    "coalesce((extract(epoch from k.answered_at) * 1000)::bigint, 0), "
    "coalesce((extract(epoch from k.ended_at) * 1000)::bigint, 0), "
    "coalesce((select p.calls from recording_policies p where p.tenant_id = "
    "k.tenant_id), "
    "'agent') from calls k "
    "left join contacts c on c.tenant_id = k.tenant_id and c.id = k.contact_id "
    "left join agent_versions v on v.tenant_id = k.tenant_id and v.agent_id = k.agent_id "
    "and v.version = k.agent_version where k.tenant_id = $1 and k.id = $2"};

// A turn that was cut short comes again with the words that were heard.
constexpr statement put_turns{
    "call_turns_put",
    "insert into transcript_turns (tenant_id, call_id, seq, role, text, language, at) "
    "select k.tenant_id, k.id, t.* from calls k, unnest($3::int[], $4::text[], "
    "$5::text[], $6::text[], $7::timestamptz[]) t where k.tenant_id = $1 and k.id = $2 "
    "on conflict (tenant_id, call_id, seq) do update set role = excluded.role, "
    "text = excluded.text, language = excluded.language, at = excluded.at"};

constexpr statement count_turns{
    "call_turns_count",
    "select (select count(*) from transcript_turns t where t.tenant_id = k.tenant_id and "
    "t.call_id = k.id), pg_notify('caly_event', json_build_object('type', 'transcript', "
    "'tenant', k.tenant_id, 'call', k.id, 'campaign', k.campaign_id)::text) "
    "from calls k where k.tenant_id = $1 and k.id = $2"};

constexpr statement get_turns{
    "call_turns_get",
    "select seq, role, text, language, (extract(epoch from at) * 1000)::bigint "
    "from transcript_turns where tenant_id = $1 and call_id = $2 order by seq limit "
    "1000"};

// Whoever takes the call waits until a transaction that looked here is through.
constexpr statement who_speaks{
    "call_session_held",
    "select session from call_sessions where tenant_id = $1 and call_id = $2 for share"};

constexpr statement take{
    "call_session_take",
    "insert into call_sessions (tenant_id, call_id, session, node, tickets) "
    "select k.tenant_id, k.id, 1, $3, case when $4 = '' then '{}' else array[md5($4)] "
    "end "
    "from calls k where k.tenant_id = $1 and k.id = $2 "
    "and k.ended_at is null and (k.end_reason is null or k.state = 'unknown') on "
    "conflict (tenant_id, call_id) "
    "do update set session = call_sessions.session + 1, node = excluded.node, "
    "since = now(), tickets = call_sessions.tickets || excluded.tickets "
    "where not call_sessions.tickets && excluded.tickets returning session"};

constexpr statement was_used{
    "call_ticket_used",
    "select 1 from call_sessions s join calls k on k.tenant_id = s.tenant_id and k.id = "
    "s.call_id where s.tenant_id = $1 and s.call_id = $2 and md5($3) = any (s.tickets) "
    "and k.ended_at is null"};

constexpr statement get_actions{
    "call_actions_get",
    "select kind, arguments from (select kind, arguments::text, created_at as at from "
    "actions where tenant_id = $1 and call_id = $2 union all select 'transfer_' || "
    "state, "
    "json_build_object('name', name)::text, changed_at from call_transfers where "
    "tenant_id = $1 and call_id = $2 and state in ('declined', 'no_answer', 'busy', "
    "'failed')) done order by at limit 100"};

constexpr statement get_slots{
    "call_slots_get",
    "select name, kind, value, confirmed::int, asks from call_slots where tenant_id = $1 "
    "and call_id = $2 order by name limit 100"};

/// The first reason stays; the carrier's word that the call is over is none, though it
/// may come before ours.
constexpr statement give_reason{
    "call_session_end",
    "with k as (select tenant_id, id, end_reason from calls where tenant_id = $1 and "
    "id = $2 for update), said as (update calls c set end_reason = $3 from k where "
    "c.tenant_id = k.tenant_id and c.id = k.id and (case when c.ended_at is null then "
    "k.end_reason is null else k.end_reason = c.status end) returning 1) "
    "select (select count(*) from k), (select count(*) from said)"};

constexpr statement put_action{
    "call_action_put",
    "with k as (select * from calls where tenant_id = $1 and id = $2), added as ("
    "insert into actions (tenant_id, call_id, tool_call_id, kind, arguments) "
    "select k.tenant_id, k.id, $3, $4, $5::jsonb from k where not exists (select 1 from "
    "actions a where a.tenant_id = $1 and a.call_id = $2 and a.kind = $4 and "
    "a.arguments = $5::jsonb) on conflict do nothing returning 1), "
    "silenced as (insert into suppressions (tenant_id, phone, reason) "
    "select k.tenant_id, case k.direction when 'inbound' then k.from_number else "
    "k.to_number end, 'asked_in_call' from k where $4 = 'do_not_call' "
    "on conflict do nothing) select (select count(*) from k), (select count(*) from "
    "added), (select count(pg_notify('caly_event', json_build_object('type', "
    "'call:action', 'tenant', k.tenant_id, 'call', k.id, 'campaign', k.campaign_id, "
    "'action', $4)::text)) from k, added)"};

constexpr statement put_event{
    "call_event_put",
    "with k as (select tenant_id, id from calls where tenant_id = $1 and id = $2), added "
    "as ("
    "insert into call_events (tenant_id, call_id, event_key, kind, detail, at) "
    "select k.tenant_id, k.id, $3, $4, $5::jsonb, $6 from k on conflict do nothing "
    "returning 1) select (select count(*) from k), (select count(*) from added)"};

constexpr statement unanalysed{"calls_unanalysed",
                               "select id from calls where tenant_id = $1 and analysis = "
                               "'pending' order by id limit "
                               "$2"};

constexpr statement put_analysis{
    "call_analysis_put",
    "with k as (update calls set analysis = $3 where tenant_id = $1 and id = $2 "
    "returning tenant_id, id, contact_id, campaign_id), added as (insert into "
    "lead_analytics "
    "(tenant_id, call_id, status, sentiment, outcome, summary, extracted, grade, model, "
    "error) select k.tenant_id, k.id, $3, $4, $5, $6, $7::jsonb, $8, $9, $10 from k "
    "on conflict (tenant_id, call_id) do update set status = excluded.status, "
    "sentiment = excluded.sentiment, outcome = excluded.outcome, "
    "summary = excluded.summary, extracted = excluded.extracted, grade = excluded.grade, "
    "model = excluded.model, error = excluded.error), person as (update contacts c set "
    "status = $5, tags = case when $5 = any (c.tags) then c.tags else c.tags || $5 end, "
    "updated_at = now() from k where c.tenant_id = k.tenant_id and c.id = k.contact_id "
    "and $3 = 'done' and $5 is not null) "
    "select pg_notify('caly_event', json_build_object('type', 'call:update', 'tenant', "
    "k.tenant_id, 'call', k.id, 'campaign', k.campaign_id, 'analysis', $3)::text) from "
    "k"};

/// Too little was said: not pending any more, and no result either.
constexpr statement nothing_to_analyse{
    "call_analysis_none",
    "update calls set analysis = 'none' where tenant_id = $1 and id = $2 returning 1"};

caf::error no_call() {
  return caf::make_error(errc::not_found, "no such call");
}

parameter or_null(const std::string& text) {
  return text.empty() ? parameter{} : parameter{text};
}

std::string object_or_empty(const std::string& text) {
  return text.empty() ? "{}" : text;
}

caf::expected<call_sheet>
read_sheet(tenant_txn& txn, const load_call& ask, const store_options&) {
  const auto rows = txn.run(load_sheet, {ask.tenant.sql(), ask.call.sql()});
  if (rows.empty())
    return no_call();
  const auto row = rows[0];
  call_sheet out;
  out.id = ask.call;
  out.tenant = ask.tenant;
  out.campaign = pg::id_of<campaign_id>(row[0]);
  out.contact = pg::id_of<contact_id>(row[1]);
  out.direction = pg::text_of(row[2]);
  out.state = pg::text_of(row[3]);
  out.status = pg::text_of(row[4]);
  out.to = pg::text_of(row[5]);
  out.from = pg::text_of(row[6]);
  out.name = pg::text_of(row[7]);
  out.variables = pg::text_of(row[8]);
  out.provider = pg::text_of(row[9]);
  out.provider_call_id = pg::text_of(row[10]);
  out.agent = pg::id_of<agent_id>(row[11]);
  out.agent_version = pg::number_of<std::int32_t>(row[12]);
  out.profile = pg::text_of(row[13]);
  out.max_call_s = pg::number_of<std::int32_t>(row[14]);
  out.holds = pg::number_of<std::int32_t>(row[15]);
  out.answered_at_ms = pg::number_of(row[16]);
  out.ended_at_ms = pg::number_of(row[17]);
  out.recording = pg::text_of(row[18]);
  return out;
}

/// Whether `ask` may write: nobody took the call since. Session 0 always may.
template <class Request>
caf::error check_session(tenant_txn& txn, const Request& ask) {
  if (ask.session == 0)
    return {};
  const auto rows = txn.run(who_speaks, {ask.tenant.sql(), ask.call.sql()});
  if (rows.empty())
    return no_call();
  if (pg::number_of<std::int32_t>(rows[0][0]) != ask.session)
    return caf::make_error(errc::fenced, "another session speaks in the call");
  return {};
}

std::vector<transcript_turn>
turns_of(tenant_txn& txn, const tenant_id& tenant, const call_id& call) {
  std::vector<transcript_turn> out;
  for (const auto& row : txn.run(get_turns, {tenant.sql(), call.sql()}))
    out.push_back({pg::number_of<std::int32_t>(row[0]),
                   pg::text_of(row[1]),
                   pg::text_of(row[2]),
                   pg::text_of(row[3]),
                   pg::number_of(row[4])});
  return out;
}

caf::error why_not_taken(tenant_txn& txn, const take_call& ask) {
  const auto sheet = txn.run(load_sheet, {ask.tenant.sql(), ask.call.sql()});
  if (sheet.empty())
    return no_call();
  const auto used =
      txn.run(was_used, {ask.tenant.sql(), ask.call.sql(), ask.ticket}).size() > 0;
  return used ? caf::make_error(errc::forbidden, "the ticket was used before")
              : caf::make_error(errc::conflict, "the call is over");
}

caf::expected<call_session>
take_over(tenant_txn& txn, const take_call& ask, const store_options&) {
  const auto taken =
      txn.run(take, {ask.tenant.sql(), ask.call.sql(), ask.node, ask.ticket});
  if (taken.empty())
    return why_not_taken(txn, ask);
  call_session out;
  out.number = pg::number_of<std::int32_t>(taken[0][0]);
  if (out.number == 1)
    return out;
  out.turns = turns_of(txn, ask.tenant, ask.call);
  for (const auto& row : txn.run(get_actions, {ask.tenant.sql(), ask.call.sql()}))
    out.actions.push_back({pg::text_of(row[0]), pg::text_of(row[1])});
  for (const auto& row : txn.run(get_slots, {ask.tenant.sql(), ask.call.sql()}))
    out.slots.push_back({pg::text_of(row[0]),
                         pg::text_of(row[1]),
                         pg::text_of(row[2]),
                         pg::number_of(row[3]) > 0,
                         pg::number_of<std::int32_t>(row[4])});
  return out;
}

caf::expected<std::uint32_t>
write_turns(tenant_txn& txn, const save_turns& ask, const store_options&) {
  if (auto stale = check_session(txn, ask))
    return stale;
  pg::array_text seqs, roles, texts, languages, times;
  for (const auto& turn : ask.turns) {
    seqs.add_plain(std::to_string(turn.seq));
    roles.add(turn.role);
    texts.add(turn.text);
    languages.add_optional(or_null(turn.language));
    times.add(pg::sql_time(wall_time{std::chrono::milliseconds{turn.at_ms}}));
  }
  txn.run(put_turns,
          {ask.tenant.sql(),
           ask.call.sql(),
           std::move(seqs).text(),
           std::move(roles).text(),
           std::move(texts).text(),
           std::move(languages).text(),
           std::move(times).text()});
  const auto rows = txn.run(count_turns, {ask.tenant.sql(), ask.call.sql()});
  if (rows.empty())
    return no_call();
  return pg::number_of<std::uint32_t>(rows[0][0]);
}

caf::expected<std::vector<transcript_turn>>
read_turns(tenant_txn& txn, const load_turns& ask, const store_options&) {
  return turns_of(txn, ask.tenant, ask.call);
}

caf::expected<bool> once(const pqxx::result& rows) {
  if (pg::number_of(rows.at(0)[0]) == 0)
    return no_call();
  return pg::number_of(rows[0][1]) > 0;
}

caf::expected<bool>
write_action(tenant_txn& txn, const save_action& ask, const store_options&) {
  if (auto stale = check_session(txn, ask))
    return stale;
  return once(txn.run(put_action,
                      {ask.tenant.sql(),
                       ask.call.sql(),
                       ask.tool_call_id,
                       ask.kind,
                       object_or_empty(ask.arguments)}));
}

caf::expected<bool>
write_end(tenant_txn& txn, const end_session& ask, const store_options&) {
  if (auto stale = check_session(txn, ask))
    return stale;
  return once(txn.run(give_reason, {ask.tenant.sql(), ask.call.sql(), ask.reason}));
}

caf::expected<bool>
write_event(tenant_txn& txn, const save_event& ask, const store_options& options) {
  return once(txn.run(put_event,
                      {ask.tenant.sql(),
                       ask.call.sql(),
                       ask.key,
                       ask.kind,
                       object_or_empty(ask.detail),
                       pg::sql_time(options.clock())}));
}

caf::expected<std::vector<call_id>>
read_unanalysed(tenant_txn& txn, const list_unanalysed& ask, const store_options&) {
  std::vector<call_id> out;
  for (const auto& row :
       txn.run(unanalysed, {ask.tenant.sql(), std::to_string(ask.limit)}))
    out.push_back(pg::id_of<call_id>(row[0]));
  return out;
}

caf::expected<bool>
write_analysis(tenant_txn& txn, const save_analysis& ask, const store_options&) {
  if (!ask.done && ask.error.empty()) {
    if (txn.run(nothing_to_analyse, {ask.tenant.sql(), ask.call.sql()}).empty())
      return no_call();
    return true;
  }
  const auto rows = txn.run(put_analysis,
                            {ask.tenant.sql(),
                             ask.call.sql(),
                             ask.done ? "done" : "failed",
                             or_null(ask.sentiment),
                             or_null(ask.outcome),
                             or_null(ask.summary),
                             object_or_empty(ask.extracted),
                             or_null(ask.grade),
                             ask.model,
                             or_null(ask.error)});
  if (rows.empty())
    return no_call();
  return true;
}

worker_actor::behavior_type
call_worker(worker_self self, const store_options& options, pg::gauge waiting) {
  pg::start_job_worker(self->state, options, std::move(waiting));
  return {
      pg::as_job<load_call, call_sheet>(self, read_sheet),
      pg::as_job<take_call, call_session>(self, take_over),
      pg::as_job<end_session, bool>(self, write_end),
      pg::as_job<save_turns, std::uint32_t>(self, write_turns),
      pg::as_job<load_turns, std::vector<transcript_turn>>(self, read_turns),
      pg::as_job<save_action, bool>(self, write_action),
      pg::as_job<save_event, bool>(self, write_event),
      pg::as_job<list_unanalysed, std::vector<call_id>>(self, read_unanalysed),
      pg::as_job<save_analysis, bool>(self, write_analysis),
      pg::worker_status(self),
      pg::flushing(self),
  };
}

} // namespace

call_store_actor::behavior_type
call_store(self_ptr<call_store_actor, pg::job_store_state<call_store_actor>> self,
           store_options options) {
  pg::start_pool(
      self,
      self->state.pool,
      options.call_workers,
      options.waiting_max,
      [self, options](std::size_t i, const pg::gauge& waiting) {
        return spawn<worker_actor, pg::job_worker_state, caf::detached>(
            self, {"call_worker", std::to_string(i), {}}, call_worker, options, waiting);
      });
  return {
      pg::by_tenant<load_call, call_sheet>(self),
      pg::by_tenant<take_call, call_session>(self),
      pg::by_tenant<end_session, bool>(self),
      pg::by_tenant<save_turns, std::uint32_t>(self),
      pg::by_tenant<load_turns, std::vector<transcript_turn>>(self),
      pg::by_tenant<save_action, bool>(self),
      pg::by_tenant<save_event, bool>(self),
      pg::by_tenant<list_unanalysed, std::vector<call_id>>(self),
      pg::by_tenant<save_analysis, bool>(self),
      [self](const get_status&) { return pg::pool_status(self->state.pool); },
  };
}

} // namespace caly
