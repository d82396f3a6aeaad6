#include "storage/records/catalogue.hpp"

namespace caly::records {

namespace {

const std::string columns =
    "select k.id as \"id:call\", k.direction, k.status, l.outcome, "
    "k.from_number as \"from\", k.to_number as \"to\", k.contact_id as "
    "\"contact_id:ctc\", "
    "c.name as contact_name, k.campaign_id as \"campaign_id:cmp\", "
    "k.agent_id as \"agent_id:agt\", a.name as agent_name, "
    "coalesce(k.placed_at, k.sending_at) as started_at, k.answered_at, k.ended_at, "
    "k.duration_s, k.charged_micros, k.end_reason, l.sentiment, l.grade, k.created_at";

const std::string joins =
    " from calls k "
    "left join contacts c on c.tenant_id = k.tenant_id and c.id = k.contact_id "
    "left join agents a on a.tenant_id = k.tenant_id and a.id = k.agent_id "
    "left join lead_analytics l on l.tenant_id = k.tenant_id and l.call_id = k.id ";

const std::string matching =
    "where k.tenant_id = :tenant {and k.campaign_id = :campaign} "
    "{and k.status = :status} {and k.direction = :direction} ";

// The page is cut before its 50 rows look up their people; `offset 0` keeps the planner,
// which cannot know the limit, from joining whole tables. Agents are few: read once.
const std::string page =
    columns + ", k.id as \"~cursor\" from (select * from calls k " + matching +
    "{and k.id < :cursor} order by k.id desc limit :limit) k "
    "left join lateral (select name from contacts x where x.tenant_id = k.tenant_id and "
    "x.id = k.contact_id offset 0) c on true "
    "left join (select x.id, x.name from agents x where x.tenant_id = :tenant offset 0) "
    "a "
    "on a.id = k.agent_id "
    "left join lateral (select outcome, sentiment, grade from lead_analytics x where "
    "x.tenant_id = k.tenant_id and x.call_id = k.id offset 0) l on true "
    "order by k.id desc";

const std::string one =
    columns +
    ", k.state, k.provider, k.provider_call_id, k.attempt_no, k.node, "
    "l.sentiment as \"analytics?.sentiment\", l.outcome as \"analytics?.outcome\", "
    "l.summary as \"analytics?.summary\", l.extracted as \"analytics?.extracted\", "
    "l.grade as \"analytics?.grade\", l.status as \"analytics?.status\", "
    "coalesce((select json_agg(json_build_object('name', s.name, 'kind', s.kind, "
    "'value', "
    "nullif(s.value, ''), 'confirmed', s.confirmed, 'asks', s.asks) order by s.first_at, "
    "s.name) from call_slots s where s.tenant_id = k.tenant_id and s.call_id = k.id), "
    "'[]') as slots" +
    joins + "where k.tenant_id = :tenant and k.id = :id";

// The times of the protocol are columns of the call; everything else is an event row.
const std::string events =
    "select e.at, e.kind, e.detail from ("
    "select x.at, x.kind, x.detail, x.n from calls k cross join lateral (values "
    "(k.created_at, 'reserved', jsonb_build_object('attempt_no', k.attempt_no), 0), "
    "(k.sending_at, 'sending', '{}', 1), "
    "(k.placed_at, 'placed', jsonb_strip_nulls(jsonb_build_object('provider', "
    "k.provider, "
    "'provider_call_id', k.provider_call_id)), 2), "
    "(k.answered_at, 'answered', jsonb_strip_nulls(jsonb_build_object('answered_by', "
    "k.answered_by)), 4), "
    "(k.ended_at, 'ended', jsonb_strip_nulls(jsonb_build_object('status', k.status, "
    "'reason', k.end_reason, 'duration_s', k.duration_s, 'charged_micros', "
    "k.charged_micros)), 6)) x (at, kind, detail, n) "
    "where k.tenant_id = :tenant and k.id = :id and x.at is not null "
    "union all select v.at, v.kind, v.detail, 3 from call_events v "
    "where v.tenant_id = :tenant and v.call_id = :id) e "
    "order by e.at, e.n, status_rank(e.kind) limit 1000";

const std::vector<record> all{
    {"calls.list",
     shape::list,
     "cmp? campaign, text? status, text? direction, cursor",
     page},
    {"calls.total",
     shape::row,
     "cmp? campaign, text? status, text? direction",
     "select count(*) as total from calls k " + matching},
    {"calls.get", shape::row, "call id", one},
    {"calls.events", shape::list, "call id", events},
    {"calls.transcript",
     shape::list,
     "call id",
     "select seq, role, text, at, language from transcript_turns where tenant_id = "
     ":tenant "
     "and call_id = :id order by seq limit 1000"},
    // Each actor that tended the call has one, which grows while it does. Those of a
    // tenant's calls that are older than 30 days go as new ones come.
    {"calls.keep_logs",
     shape::row,
     "text logs",
     "select true as kept",
     "with old as (delete from call_logs where tenant_id = :tenant and ctid = any (array("
     "select x.ctid from call_logs x where x.tenant_id = :tenant and x.kept_at < now() - "
     "interval '30 days' order by x.kept_at limit 200 for update skip locked))) "
     "insert into call_logs (tenant_id, call_id, began_at_ms, node, events, log) "
     "select distinct on (k.id, x.began_at_ms, x.node) k.tenant_id, k.id, x.began_at_ms, "
     "x.node, x.events, x.log from json_to_recordset(:logs::json) x (call uuid, "
     "began_at_ms bigint, node text, events int, log json) join calls k on "
     "k.tenant_id = :tenant and k.id = x.call order by k.id, x.began_at_ms, x.node, "
     "x.events desc on conflict (tenant_id, call_id, began_at_ms, node) do update set "
     "events = excluded.events, log = excluded.log, kept_at = now() "
     "where call_logs.events < excluded.events"},
    {"calls.log",
     shape::list,
     "call id",
     "select began_at_ms, node, events, kept_at, log::json as log from call_logs where "
     "tenant_id = :tenant and call_id = :id order by began_at_ms, node limit :limit"},
    {"calls.by_provider_id",
     shape::maybe,
     "text provider, text provider_call_id",
     "select id as \"id:call\", state, status, direction, node, "
     "campaign_id as \"campaign_id:cmp\" from calls where tenant_id = :tenant and "
     "id = (select i.call_id from call_provider_ids i where i.tenant_id = :tenant and "
     "i.provider = :provider and i.provider_call_id = :provider_call_id)"},
    {"calls.tenant_of",
     shape::maybe,
     "call id",
     "select t as \"tenant_id:ten\" from tenant_of_call(:id) t where t is not null"},
    {"calls.live",
     shape::list,
     "",
     "select id as \"id:call\", state, status, direction, campaign_id as "
     "\"campaign_id:cmp\", "
     "contact_id as \"contact_id:ctc\", node, provider, created_at from calls "
     "where tenant_id = :tenant and ended_at is null order by id limit 1000"},
    // Said by whoever ends the call, before the provider confirms; the first reason
    // stays.
    {"calls.end_reason",
     shape::row,
     "call id, text reason",
     "update calls set end_reason = coalesce(end_reason, :reason) where tenant_id = "
     ":tenant "
     "and id = :id and ended_at is null returning id as \"id:call\", end_reason"},
    // Who picked up, as far as we heard it; `was` is what we said before. What the
    // carrier says stays, unless we know better than anybody: without `was`.
    {"calls.answered_by",
     shape::maybe,
     "call id, text who, text? was",
     "update calls set answered_by = :who where tenant_id = :tenant and id = :id and "
     "ended_at is null and (answered_by is null or answered_by = coalesce(:was, "
     "answered_by)) returning id as \"id:call\", answered_by"},
    {"calls.still_sending",
     shape::maybe,
     "call id",
     "select state = 'sending' as sending from calls where tenant_id = :tenant and id = "
     ":id"},
    // Ended before a time, and nobody spoke: there is nothing to analyse.
    {"calls.nothing_said",
     shape::row,
     "text provider, time before",
     "with k as (select c.id from calls c where c.tenant_id = :tenant and c.analysis = "
     "'pending' and c.provider = :provider and c.ended_at < :before and not exists "
     "(select 1 from transcript_turns "
     "t where t.tenant_id = c.tenant_id and t.call_id = c.id) order by c.id limit 1000 "
     "for no key update skip locked), done as (update calls c set analysis = 'none' "
     "from k where c.tenant_id = :tenant and c.id = k.id returning 1) select count(*) "
     "as calls from done"},
    // What the caller told, as the session of the call knows it.
    {"calls.save_slots",
     shape::row,
     "call id, int session, json slots",
     "select save_slots(:tenant, :id, :session, :slots) as changed"},
    // What its carrier's next request finds of a call that was connected before.
    {"calls.talk",
     shape::maybe,
     "call id",
     "select k.ended_at is null and (k.end_reason is null or k.state = 'unknown') as "
     "live, coalesce(s.session, 0) as sessions, coalesce(k.variables->>'language', "
     "v.profile->'language_policy'->>'begin', v.profile->'languages'->>0, 'en') as "
     "language from calls k "
     "left join call_sessions s on s.tenant_id = k.tenant_id and s.call_id = k.id "
     "left join agent_versions v on v.tenant_id = k.tenant_id and v.agent_id = "
     "k.agent_id "
     "and v.version = k.agent_version where k.tenant_id = :tenant and k.id = :id"},
    // The node that has the call's talk.
    {"calls.speaker",
     shape::maybe,
     "call id",
     "select s.node, s.session from call_sessions s join calls k on k.tenant_id = "
     "s.tenant_id and k.id = s.call_id where s.tenant_id = :tenant and s.call_id = :id "
     "and k.ended_at is null"},
    // Where the socket of a browser's call is, as far as the rows know.
    {"calls.line",
     shape::maybe,
     "call id",
     "select k.created_at, s.node, exists (select 1 from nodes n where n.node_id = "
     "s.node "
     "and n.lease_until > clock_timestamp()) as alive from calls k "
     "left join call_sessions s on s.tenant_id = k.tenant_id and s.call_id = k.id "
     "where k.tenant_id = :tenant and k.id = :id"},
    {"attempts.list",
     shape::list,
     "text? state, cmp? campaign, cursor",
     "select id as \"id:call\", campaign_id as \"campaign_id:cmp\", contact_id as "
     "\"contact_id:ctc\", attempt_no, state, status, provider, provider_call_id, node, "
     "fence, "
     "created_at, sending_at, placed_at, ended_at, id as \"~cursor\" from attempts "
     "where tenant_id = :tenant {and state = :state} {and campaign_id = :campaign} "
     "{and id < :cursor} order by id desc limit :limit"},
    {"attempts.by_state",
     shape::list,
     "",
     "select state, count(*) as count, min(created_at) as oldest_at from attempts "
     "where tenant_id = :tenant group by state order by state limit :limit"},
};

} // namespace

std::span<const record> call_records() {
  return all;
}

} // namespace caly::records
