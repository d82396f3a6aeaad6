#include "storage/records/catalogue.hpp"

namespace caly::records {

namespace {

const std::string columns =
    "select a.id as \"id:agt\", a.slug, a.name, a.sector, a.kind, a.languages, "
    "a.enabled, "
    "a.version, coalesce(v.profile -> 'variables', '[]') as variables, a.updated_at";

const std::string from =
    " from agents a join agent_versions v on v.tenant_id = a.tenant_id and "
    "v.agent_id = a.id and v.version = a.version where a.tenant_id = :tenant ";

const std::string one =
    columns +
    ", v.profile -> 'prompt' as prompt, v.profile -> 'greeting' as greeting, "
    "coalesce(v.profile -> 'tools', '[]') as tools, "
    "coalesce(v.profile -> 'slots', '[]') as slots, v.profile -> 'language_policy' as "
    "language_policy, coalesce(v.profile -> 'guardrails', '[]') as guardrails, "
    "coalesce(v.profile -> 'extraction', '[]') as extraction, v.profile" +
    from + "and a.id = :id";

const std::vector<record> all{
    {"agents.list",
     shape::list,
     "cursor",
     columns + ", jsonb_build_array(a.sector, a.name, a.id)::text as \"~cursor\"" + from +
         "{and (a.sector, a.name, a.id) > "
         "(:cursor::jsonb ->> 0, :cursor::jsonb ->> 1, (:cursor::jsonb ->> 2)::uuid)} "
         "order by a.sector, a.name, a.id limit :limit"},
    {"agents.get", shape::row, "agt id", one},
    {"agents.patch",
     shape::row,
     "agt id, json changes, text who",
     one,
     "select patch_agent(:tenant, :id, :changes, :who)"},
    {"agents.version",
     shape::row,
     "agt id, int version",
     "select agent_id as \"agent_id:agt\", version, profile, created_at from "
     "agent_versions "
     "where tenant_id = :tenant and agent_id = :id and version = :version"},
    {"agents.seed",
     shape::row,
     "json agents",
     "select seed_agents(:tenant, :agents) as added"},
    {"sectors.list",
     shape::list,
     "",
     "select a.sector as id, coalesce(max(v.profile ->> 'sector_name'), "
     "initcap(replace(a.sector, '_', ' '))) as name, json_agg(json_build_object('id', "
     "public_id('agt', a.id), 'name', a.name) order by a.name) as agents" +
         from + "and a.enabled group by a.sector order by a.sector limit :limit"},
};

} // namespace

std::span<const record> agent_records() {
  return all;
}

} // namespace caly::records
