#include "storage/records/catalogue.hpp"

namespace caly::records {

namespace {

const std::string route = "select tenant_id as \"tenant_id:ten\", shard, wake_at from "
                          "tenant_route ";

const std::string checked = "select id, violations = 0 as ok, violations, text from ";

const std::vector<record> all{
    {"numbers.find",
     shape::maybe,
     "text phone",
     "select phone, tenant_id as \"tenant_id:ten\", agent_id as \"agent_id:agt\", "
     "provider "
     "from phone_numbers where phone = :phone"},
    {"numbers.list",
     shape::list,
     "cursor",
     "select phone, provider, agent_id as \"agent_id:agt\", "
     "jsonb_build_array(phone)::text as \"~cursor\" from phone_numbers "
     "where tenant_id = :tenant {and phone > :cursor::jsonb ->> 0} "
     "order by phone limit :limit"},
    {"numbers.set",
     shape::row,
     "text phone, agt? agent, text provider, text who",
     "select phone, provider, agent_id as \"agent_id:agt\" from phone_numbers "
     "where tenant_id = :tenant and phone = :phone",
     "select set_number(:tenant, :phone, :agent, :provider, :who)"},
    {"numbers.patch",
     shape::row,
     "text phone, agt? agent, text who",
     "with changed as (update phone_numbers set agent_id = :agent where tenant_id = "
     ":tenant and phone = :phone returning phone, provider, agent_id), noted as (insert "
     "into audit_log (tenant_id, actor, action, target) select :tenant, :who, "
     "'number.patch', phone from changed) select phone, provider, agent_id as "
     "\"agent_id:agt\" from changed"},
    {"numbers.remove",
     shape::row,
     "text phone, text who",
     "with gone as (delete from phone_numbers where tenant_id = :tenant and phone = "
     ":phone "
     "returning phone), noted as (insert into audit_log (tenant_id, actor, action) "
     "select :tenant, :who, 'number.remove' from gone) select phone from gone"},
    {"route.tenants",
     shape::list,
     "json shards",
     route + "where wake_at is not null and shard in (select x::int from "
             "jsonb_array_elements_text(:shards) x) order by wake_at limit :limit"},
    {"route.shard", shape::row, "", route + "where tenant_id = :tenant"},
    {"route.wake",
     shape::row,
     "time? wake_at",
     "update tenant_route set wake_at = :wake_at where tenant_id = :tenant "
     "returning tenant_id as \"tenant_id:ten\", shard, wake_at"},
    {"route.sleep", shape::row, "", "select sleep_tenant(:tenant) as slept"},
    {"tenants.all", shape::list, "", route + "order by tenant_id limit :limit"},
    {"permits.list",
     shape::list,
     "",
     "select scope, cap, used, guaranteed, weight from pools order by scope limit "
     ":limit"},
    {"permits.system",
     shape::row,
     "",
     "select cap, used from pools where scope = 'system'"},
    {"permits.get",
     shape::list,
     "",
     "select scope, cap, used, guaranteed, weight from pools where scope in ('system', "
     "'tenant:' || "
     ":tenant::uuid) order by scope limit :limit"},
    {"permits.holders",
     shape::list,
     "cursor",
     "select id as \"call_id:call\", campaign_id as \"campaign_id:cmp\", state, status, "
     "node, "
     "fence, created_at as since, id as \"~cursor\" from calls where tenant_id = :tenant "
     "and ended_at is null {and id > :cursor} order by id limit :limit"},
    {"permits.set_system_cap",
     shape::row,
     "int cap",
     "insert into pools (scope, cap) values ('system', :cap) on conflict (scope) do "
     "update "
     "set cap = excluded.cap returning scope, cap, used"},
    {"shares.set",
     shape::row,
     "int? guaranteed, int? weight, text who",
     "select scope, cap, used, guaranteed, weight from "
     "set_tenant_shares(:tenant, :guaranteed, :weight, :who)"},
    {"work.ages",
     shape::row,
     "",
     "select permits_used, permits_max, oldest_permit_s, oldest_due_s, due_campaigns "
     "from work_ages()"},
    {"membership.log",
     shape::list,
     "",
     "select at, node_id as node, incarnation, event, by_whom as by, detail from "
     "membership_log order by id desc limit :limit"},
    {"shards.move",
     shape::row,
     "text kind, int shard, text? node, text who, text reason",
     "select kind, id as shard, owner, owner_incarnation as incarnation, fence, wanted "
     "from move_shard(:kind, :shard, :node, :who, :reason)"},
    {"nodes.evict",
     shape::row,
     "text node, text asked_at, text who, text reason",
     "select node_id as node, incarnation, state from "
     "evict_node(:node, :asked_at, :who, :reason)"},
    {"work.stuck",
     shape::list,
     "int patience_s, time now",
     "select what, id, state, since, why from stuck_work(:tenant, :patience_s, :now) "
     "order by since limit :limit"},
    {"work.orphaned",
     shape::list,
     "",
     "select what, id, why from orphaned_work(:tenant) limit :limit"},
    {"work.given_up",
     shape::list,
     "time since",
     "select kind, id, at, why, replay from given_up(:tenant, :since) "
     "order by at desc nulls last limit :limit"},
    {"work.replay",
     shape::row,
     "call? call, time since, text who",
     "select replay_given_up(:tenant, :call, :since, :who) as calls"},
    {"alarms.facts",
     shape::row,
     "int patience_s, time now",
     "select stuck, doubtful, doubtful_since, no_credit, lost, not_analysed, permits_off "
     "from alarm_facts(:patience_s, :now)"},
    {"invariants.check",
     shape::list,
     "",
     checked + "tenant_invariants(:tenant) limit :limit"},
    {"invariants.system", shape::list, "", checked + "system_invariants() limit :limit"},
};

} // namespace

std::span<const record> console_records() {
  return all;
}

} // namespace caly::records
