#include "storage/records/catalogue.hpp"

namespace caly::records {

namespace {

const std::string columns =
    "select c.id as \"id:ctc\", c.phone, c.name, c.tags, c.status, c.time_zone, "
    "c.variables, c.last_dialed_at as last_called_at, c.created_at, "
    "exists (select 1 from suppressions s where s.tenant_id = c.tenant_id and "
    "s.phone = c.phone) as suppressed from contacts c ";

// strpos and not like: what people type holds no patterns.
const std::string matching =
    "where c.tenant_id = :tenant and c.is_active {and ("
    "strpos(lower(c.name), lower(:q)) > 0 or strpos(c.phone, :q) > 0)} "
    "{and :tag = any (c.tags)} ";

const std::string one =
    columns + "where c.tenant_id = :tenant and c.id = :id and c.is_active";

const std::vector<record> all{
    {"contacts.list",
     shape::list,
     "text? q, text? tag, cursor",
     "select x.*, replace(x.\"id:ctc\"::text, '-', '') as \"~cursor\" from (" + columns +
         matching + "{and c.id < :cursor} order by c.id desc limit :limit) x"},
    {"contacts.total",
     shape::row,
     "text? q, text? tag",
     "select count(*) as total from contacts c " + matching},
    {"contacts.get", shape::row, "ctc id", one},
    {"contacts.create",
     shape::row,
     "ctc id, text phone, text? name, text? time_zone, json? variables, list? tags",
     columns + "where c.tenant_id = :tenant and c.phone = :phone",
     "select create_contact(:tenant, :id, :phone, :name, :time_zone, :variables, :tags)"},
    {"contacts.patch",
     shape::row,
     "ctc id, text? phone, text? name, text? time_zone, json? variables, list? tags",
     one,
     "select patch_contact(:tenant, :id, :phone, :name, :time_zone, :variables, :tags)"},
    {"contacts.delete",
     shape::row,
     "ctc id",
     "update contacts set is_active = false, updated_at = now() where tenant_id = "
     ":tenant "
     "and id = :id and is_active returning id as \"id:ctc\""},
    {"contacts.erase",
     shape::row,
     "ctc id, text who, time now",
     "select calls, parts from erase_person(:tenant, :id, :who, :now)"},
    {"suppressions.list",
     shape::list,
     "cursor",
     "select phone, reason, created_at, jsonb_build_array(created_at, phone)::text as "
     "\"~cursor\" from suppressions where tenant_id = :tenant {and "
     "(created_at, phone) < ((:cursor::jsonb ->> 0)::timestamptz, :cursor::jsonb ->> 1)} "
     "order by created_at desc, phone desc limit :limit"},
    {"suppressions.add",
     shape::row,
     "text phone, text reason, text who",
     "select phone, reason, created_at from suppressions where tenant_id = :tenant and "
     "phone = :phone",
     "with added as (insert into suppressions (tenant_id, phone, reason) values "
     "(:tenant, "
     ":phone, :reason) on conflict do nothing returning tenant_id, reason) "
     "select audit(tenant_id, :who, 'suppression.add', null, reason) from added"},
    {"suppressions.remove",
     shape::row,
     "text phone, text who",
     "with gone as (delete from suppressions where tenant_id = :tenant and phone = "
     ":phone "
     "returning tenant_id, phone, reason), noted as (insert into audit_log (tenant_id, "
     "actor, "
     "action, reason) select tenant_id, :who, 'suppression.remove', reason from gone) "
     "select phone from gone"},
};

} // namespace

std::span<const record> contact_records() {
  return all;
}

} // namespace caly::records
