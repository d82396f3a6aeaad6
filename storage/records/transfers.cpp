#include "storage/records/catalogue.hpp"

namespace caly::records {

namespace {

const std::string columns =
    "select t.number, t.mode, t.destination, t.name, t.briefing, t.state, t.leg, "
    "t.reason, t.wanted_by, t.created_at, t.changed_at, t.answered_at, t.ended_at, "
    "t.talked_s";

const std::string rows =
    " from call_transfers t where t.tenant_id = :tenant and t.call_id = :id ";

const std::vector<record> all{
    {"transfers.of_call",
     shape::list,
     "call id",
     columns + rows + "order by t.number limit :limit"},
    // What a carrier has to know when it asks what to do with one of the two legs.
    {"transfers.get",
     shape::maybe,
     "call id, int number",
     columns + ", k.ended_at is null as live, case k.direction when 'inbound' then "
               "k.to_number else k.from_number end as \"from\", "
               "coalesce(k.variables->>'language', "
               "v.profile->'languages'->>0, 'en') as language from call_transfers t "
               "join calls k on k.tenant_id = t.tenant_id and k.id = t.call_id "
               "left join agent_versions v on v.tenant_id = k.tenant_id and v.agent_id = "
               "k.agent_id and v.version = k.agent_version "
               "where t.tenant_id = :tenant and t.call_id = :id and t.number = :number"},
    {"transfers.open",
     shape::maybe,
     "call id",
     columns +
         ", case k.direction when 'inbound' then k.to_number else k.from_number end as "
         "\"from\" from "
         "call_transfers t join calls k on k.tenant_id = t.tenant_id and k.id = "
         "t.call_id "
         "where t.tenant_id = :tenant and t.call_id = :id and is_open_transfer(t.state)"},
    {"transfers.begin",
     shape::row,
     "call id, text mode, text destination, text name, text briefing, text by",
     "select transfer_begin(:tenant, k.id, :mode, :destination, :name, :briefing, :by) "
     "as number, case k.direction when 'inbound' then k.to_number else k.from_number end "
     "as \"from\" from calls k where k.tenant_id = :tenant and k.id = :id"},
    {"transfers.step",
     shape::row,
     "call id, int number, text state, text? leg, text? reason, int? talked_s",
     "select transfer_told(:tenant, :id, :number, :state, :leg, :reason, :talked_s) as "
     "state"},
};

} // namespace

std::span<const record> transfer_records() {
  return all;
}

} // namespace caly::records
