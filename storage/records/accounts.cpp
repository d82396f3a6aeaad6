#include "storage/records/catalogue.hpp"

namespace caly::records {

namespace {

const std::string account_columns =
    "select u.id as \"user.id:usr\", u.email as \"user.email\", u.role as \"user.role\", "
    "u.tenant_id as \"user.tenant_id:ten\", t.tenant_id as \"tenant.id:ten\", "
    "t.name as \"tenant.name\", t.concurrent_calls_max as "
    "\"tenant.concurrent_calls_max\", "
    "t.time_zone as \"tenant.time_zone\", t.default_country as "
    "\"tenant.default_country\" ";

const std::string account = account_columns +
                            "from users u join tenants t on t.tenant_id = u.tenant_id "
                            "where u.tenant_id = :tenant and u.id = :id";

const std::string user_columns =
    "select id as \"id:usr\", email, role, is_active, created_at from users ";

const std::string user = user_columns + "where tenant_id = :tenant and id = :id";

const std::string tenant =
    "select tenant_id as \"id:ten\", name, concurrent_calls_max, time_zone, "
    "default_country, daily_cap_per_contact, contact_gap_s, created_at from tenants "
    "where tenant_id = :tenant";

// The functions enter the tenant they find; the joins after them see its rows.
const std::string login =
    "select l.user_id as \"user.id:usr\", l.email as \"user.email\", l.role as "
    "\"user.role\", l.tenant_id as \"user.tenant_id:ten\", t.tenant_id as "
    "\"tenant.id:ten\", "
    "t.name as \"tenant.name\", t.concurrent_calls_max as "
    "\"tenant.concurrent_calls_max\", "
    "t.time_zone as \"tenant.time_zone\", t.default_country as "
    "\"tenant.default_country\", "
    "l.password_hash, l.is_active from find_login(:email) l, lateral "
    "tenant_of(l.tenant_id) "
    "t";

const std::string rotate =
    "select r.status, r.family, r.user_id as \"user?.id:usr\", r.email as "
    "\"user?.email\", "
    "r.role as \"user?.role\", r.tenant_id as \"user?.tenant_id:ten\", "
    "t.tenant_id as \"tenant?.id:ten\", t.name as \"tenant?.name\", "
    "t.concurrent_calls_max as \"tenant?.concurrent_calls_max\", "
    "t.time_zone as \"tenant?.time_zone\", t.default_country as "
    "\"tenant?.default_country\" "
    "from rotate_refresh_token(:token_hash, :new_token_hash, :new_expires_at, :now) r "
    "left join lateral tenant_of(r.tenant_id) t on true";

const std::string audit_columns =
    "select id, at, actor as who, action, target, reason, detail, id as \"~cursor\" "
    "from audit_log ";

const std::vector<record> all{
    {"tenants.register",
     shape::row,
     "usr id, text email, text password_hash, text tenant_name, int "
     "signup_credits_micros, "
     "int concurrent_calls_max, json agents, text? time_zone, text? default_country",
     account,
     "select register_tenant(:tenant, :id, :email, :password_hash, :tenant_name, "
     ":signup_credits_micros, :concurrent_calls_max, :agents, :time_zone, "
     ":default_country)"},
    {"users.find_login", shape::row, "text email", login},
    {"refresh.issue",
     shape::row,
     "usr user, text token_hash, uuid family, time expires_at",
     "select family from refresh_tokens where token_hash = :token_hash",
     "insert into refresh_tokens (token_hash, family, tenant_id, user_id, expires_at) "
     "values (:token_hash, :family, :tenant, :user, :expires_at) on conflict do nothing"},
    {"refresh.rotate",
     shape::row,
     "text token_hash, text new_token_hash, time new_expires_at, time now",
     rotate},
    {"refresh.revoke",
     shape::row,
     "text token_hash",
     "with gone as (update refresh_tokens set revoked_at = now() where revoked_at is "
     "null "
     "and family = (select family from refresh_tokens where token_hash = :token_hash) "
     "returning 1) select count(*) as revoked from gone"},
    {"me.get", shape::row, "usr id", account + " and u.is_active"},
    {"users.list",
     shape::list,
     "cursor",
     user_columns +
         "where tenant_id = :tenant {and id > :cursor} order by id limit :limit"},
    {"users.get", shape::row, "usr id", user},
    {"users.create",
     shape::row,
     "usr id, text email, text password_hash, text role, text who",
     user,
     "select create_user(:tenant, :id, :email, :password_hash, :role, :who)"},
    {"users.patch",
     shape::row,
     "usr id, text? role, bool? is_active, text? password_hash, text who",
     user,
     "select patch_user(:tenant, :id, :role, :is_active, :password_hash, :who)"},
    {"tenants.get", shape::row, "", tenant},
    {"tenants.patch",
     shape::row,
     "int? concurrent_calls_max, text? time_zone, text? default_country, "
     "int? daily_cap_per_contact, int? contact_gap_s, text who",
     tenant,
     "select patch_tenant(:tenant, :concurrent_calls_max, :time_zone, :default_country, "
     ":daily_cap_per_contact, :contact_gap_s, :who)"},
    {"idempotency.begin",
     shape::row,
     "text route, text key, text request_hash, uuid made",
     "select state, status, body, made from begin_once(:tenant, :route, :key, "
     ":request_hash, :made)"},
    {"idempotency.finish",
     shape::row,
     "text route, text key, int status, text body",
     "update idempotency_keys set status = :status, body = :body where tenant_id = "
     ":tenant "
     "and route = :route and key = :key returning 'done' as state"},
    {"idempotency.ended",
     shape::row,
     "text route, text key",
     "with x as (update idempotency_keys set since = '-infinity' where tenant_id = "
     ":tenant and route = :route and key = :key and status is null) select 'ended' as "
     "state"},
    {"audit.append",
     shape::row,
     "text who, text action, text? target, text? reason, json? detail",
     "insert into audit_log (tenant_id, actor, action, target, reason, detail) values "
     "(:tenant, :who, :action, :target, :reason, coalesce(:detail::jsonb, '{}')) "
     "returning id"},
    {"audit.platform",
     shape::row,
     "text who, text action, text? target, text? reason, json? detail",
     // Not `returning id`: a platform's line is not visible to tenants, nor to nobody.
     "select 0 as id",
     "insert into audit_log (tenant_id, actor, action, target, reason, detail) values "
     "(null, :who, :action, :target, :reason, coalesce(:detail::jsonb, '{}'))"},
    {"audit.list",
     shape::list,
     "cursor",
     audit_columns +
         "where tenant_id = :tenant {and id < :cursor} order by id desc limit :limit"},
};

} // namespace

std::span<const record> account_records() {
  return all;
}

} // namespace caly::records
