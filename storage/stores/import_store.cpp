#include "storage/stores/import_store.hpp"

#include "runtime/base/error.hpp"
#include "runtime/base/json.hpp"
#include "storage/pg/times.hpp"
#include "storage/stores/copy_lines.hpp"
#include "storage/stores/fields.hpp"

#include <pqxx/tablewriter>

namespace caly {

namespace {

using pg::parameter;
using pg::statement;
using pg::tenant_txn;

using worker_actor = pg::worker_of<import_store_actor>;
using worker_self = self_ptr<worker_actor, pg::job_worker_state>;

constexpr statement begin{
    "import_begin",
    "insert into imports (tenant_id, id, content_key, file_name, default_country, "
    "mapping, created_at, process, taken_at) values ($1, $2, $3, $4, $5, $6::jsonb, $7, "
    "$8, clock_timestamp()) on conflict do nothing"};

// Who uploads a file again whose import was broken off goes on with it.
constexpr statement take{
    "import_take",
    "update imports set process = $3, taken_at = clock_timestamp(), status = "
    "'processing', "
    "error_code = null, error_message = null, completed_at = null where tenant_id = $1 "
    "and "
    "content_key = $2 and (status = 'processing' and process is distinct from $3 or "
    "error_code = 'E_INTERRUPTED')"};

constexpr statement find{
    "import_find",
    "select id, status from imports where tenant_id = $1 and content_key = $2"};

// The rows of a batch wait here for the set-based statement; every session has its own.
constexpr auto make_stage =
    "set local work_mem = '32MB'; "
    "create temp table if not exists import_stage (contact_id uuid, row_no int, "
    "phone text, name text, time_zone text, tags text, variables jsonb) "
    "on commit delete rows";

// Each row looks up its person; one line per person: new, changed, known as is, or on the
// do-not-call list. A person whom this import has already is neither counted nor touched
// again.
constexpr statement merge{
    "import_merge",
    "with staged as materialized ("
    "  select s.*, c.id as known_id, c.id is not null and (not c.is_active "
    "      or (s.name <> '' and s.name <> c.name) "
    "      or (s.time_zone is not null and s.time_zone is distinct from c.time_zone) "
    "      or not string_to_array(s.tags, ',') <@ c.tags "
    "      or not c.variables @> s.variables) as differs, "
    "    exists (select 1 from suppressions x where x.tenant_id = $1 and "
    "      x.phone = s.phone) as silenced "
    "  from import_stage s "
    "  left join lateral (select * from contacts k where k.tenant_id = $1 "
    "    and k.phone = s.phone offset 0) c on true "
    "  left join lateral (select true as seen from import_contacts i where "
    "    i.tenant_id = $1 and i.import_id = $2 and i.contact_id = c.id offset 0) l on "
    "true "
    "  where l.seen is null"
    "), added as ("
    "  insert into contacts (tenant_id, id, phone, name, time_zone, tags, variables, "
    "    created_at, updated_at) "
    "  select $1, contact_id, phone, name, time_zone, string_to_array(tags, ','), "
    "    variables, $3, $3 from staged where known_id is null"
    "), changed as ("
    "  update contacts c set name = case when s.name <> '' then s.name else c.name end, "
    "    time_zone = coalesce(s.time_zone, c.time_zone), "
    "    tags = c.tags || array(select t from unnest(string_to_array(s.tags, ',')) t "
    "      where t <> all (c.tags)), "
    "    variables = c.variables || s.variables, is_active = true, updated_at = $3 "
    "  from (select $1::uuid as tenant, * from staged where differs offset 0) s "
    "  where c.tenant_id = s.tenant and c.id = s.known_id"
    "), listed as ("
    "  insert into import_contacts (tenant_id, import_id, contact_id, row_no, variables, "
    "    suppressed) "
    "  select $1, $2, coalesce(known_id, contact_id), row_no, variables, silenced "
    "  from staged"
    ") select count(*) filter (where not silenced and known_id is null), "
    "  count(*) filter (where not silenced and differs), "
    "  count(*) filter (where not silenced and known_id is not null and not differs), "
    "  count(*) filter (where silenced) from staged"};

constexpr statement put_error{
    "import_error_put",
    "with added as (insert into import_errors (tenant_id, import_id, row_no, code, "
    "message, "
    "suggestion, cells) select $1, $2, e.* from jsonb_to_recordset($3::jsonb) e (row_no "
    "int, "
    "code text, message text, suggestion text, cells jsonb) on conflict do nothing "
    "returning code) select count(*) filter (where code = 'E_DUP_IN_FILE'), "
    "count(*) filter (where code <> 'E_DUP_IN_FILE') from added"};

constexpr statement count{
    "import_count",
    "update imports set imported = imported + $3, updated = updated + $4, "
    "duplicate_in_system = duplicate_in_system + $5, suppressed = suppressed + $6, "
    "duplicate_in_file = duplicate_in_file + $7, invalid = invalid + $8, "
    "rows = rows + $3 + $4 + $5 + $6 + $7 + $8 "
    "where tenant_id = $1 and id = $2 returning rows, "
    "pg_notify('caly_event', json_build_object('type', 'import:progress', 'tenant', "
    "tenant_id, 'import', id, 'rows', rows)::text)"};

constexpr statement lock_import{
    "import_lock",
    "select rows from imports where tenant_id = $1 and id = $2 for no key update"};

constexpr statement finish{
    "import_finish",
    "update imports set status = case when $6::text is null then 'completed' else "
    "'failed' "
    "end, columns = $3::jsonb, mapping = $4::jsonb, sample = $5::jsonb, error_code = $6, "
    "error_message = $7, completed_at = $8 where tenant_id = $1 and id = $2 returning "
    "pg_notify('caly_event', json_build_object('type', 'import:progress', 'tenant', "
    "tenant_id, 'import', id, 'rows', rows, 'status', status)::text)"};

parameter or_null(const std::string& text) {
  return text.empty() ? parameter{} : parameter{text};
}

std::string or_text(const std::string& text, const char* fallback) {
  return text.empty() ? fallback : text;
}

caf::error no_import() {
  return caf::make_error(errc::not_found, "no such import");
}

caf::expected<import_begun>
begin_row(tenant_txn& txn, const begin_import& ask, const store_options& options) {
  txn.run(begin,
          {ask.tenant.sql(),
           ask.import.sql(),
           ask.content_key,
           ask.file_name,
           ask.default_country,
           or_text(ask.mapping, "{}"),
           pg::sql_time(options.clock()),
           or_null(options.process)});
  txn.run(take, {ask.tenant.sql(), ask.content_key, or_null(options.process)});
  const auto rows = txn.run(find, {ask.tenant.sql(), ask.content_key});
  if (rows.empty())
    return caf::make_error(errc::conflict, "the import's id is taken");
  import_begun out;
  out.import = pg::id_of<import_id>(rows[0][0]);
  out.status = pg::text_of(rows[0][1]);
  out.is_new = out.import == ask.import;
  return out;
}

void stage(tenant_txn& txn, const std::vector<import_row>& rows) {
  txn.raw().exec(make_stage);
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
  // stream_to, its heir, cannot take a line that is escaped already.
  pqxx::tablewriter to{txn.raw(), "import_stage"};
#pragma GCC diagnostic pop
  pg::copy_line line;
  for (const auto& row : rows) {
    line.clear();
    line.add(contact_id::make().sql())
        .add(std::to_string(row.row_no))
        .add(row.phone)
        .add(row.name)
        .add_or_null(row.time_zone)
        .add(row.tags)
        .add(or_text(row.variables, "{}"));
    to.write_raw_line(line.text());
  }
  to.complete();
}

std::string as_json(const std::vector<import_error>& errors) {
  std::string out{"["};
  for (const auto& each : errors) {
    if (out.size() > 1)
      out += ',';
    out += "{\"row_no\":" + std::to_string(each.row_no) + ",\"code\":";
    append_json_string(out, each.code);
    out += ",\"message\":";
    append_json_string(out, each.message);
    out += ",\"suggestion\":";
    append_json_string(out, each.suggestion);
    out += ",\"cells\":" + or_text(each.cells, "[]") + '}';
  }
  return out += ']';
}

caf::expected<std::uint64_t>
save_rows(tenant_txn& txn, const save_import_rows& ask, const store_options& options) {
  const auto tenant = ask.tenant.sql();
  const auto import = ask.import.sql();
  if (txn.run(lock_import, {tenant, import}).empty())
    return no_import();
  std::string counts[6] = {"0", "0", "0", "0", "0", "0"};
  if (!ask.rows.empty()) {
    stage(txn, ask.rows);
    const auto row =
        txn.run_planned(merge, {tenant, import, pg::sql_time(options.clock())}).at(0);
    for (int i = 0; i < 4; ++i)
      counts[i] = pg::text_of(row[i]);
  }
  if (!ask.errors.empty()) {
    const auto row = txn.run(put_error, {tenant, import, as_json(ask.errors)}).at(0);
    counts[4] = pg::text_of(row[0]);
    counts[5] = pg::text_of(row[1]);
  }
  const auto rows = txn.run(
      count,
      {tenant, import, counts[0], counts[1], counts[2], counts[3], counts[4], counts[5]});
  return pg::number_of<std::uint64_t>(rows.at(0)[0]);
}

caf::expected<bool>
finish_row(tenant_txn& txn, const finish_import& ask, const store_options& options) {
  const auto rows = txn.run(finish,
                            {ask.tenant.sql(),
                             ask.import.sql(),
                             or_text(ask.columns, "[]"),
                             or_text(ask.mapping, "{}"),
                             or_text(ask.sample, "[]"),
                             or_null(ask.error_code),
                             or_null(ask.error_message),
                             pg::sql_time(options.clock())});
  if (rows.empty())
    return no_import();
  return true;
}

std::size_t bytes_of(const save_import_rows& ask) {
  std::size_t sum = 0;
  for (const auto& row : ask.rows)
    sum += row.phone.size() + row.name.size() + row.variables.size() + 64;
  for (const auto& each : ask.errors)
    sum += each.message.size() + each.cells.size() + 64;
  return sum;
}

worker_actor::behavior_type
import_worker(worker_self self, const store_options& options, pg::gauge waiting) {
  auto lookups = options;
  lookups.database.lookups_only = true;
  pg::start_job_worker(self->state, lookups, std::move(waiting));
  return {
      pg::as_job<begin_import, import_begun>(self, begin_row),
      pg::as_job<save_import_rows, std::uint64_t>(self, save_rows, bytes_of),
      pg::as_job<finish_import, bool>(self, finish_row),
      pg::worker_status(self),
      pg::flushing(self),
  };
}

} // namespace

import_store_actor::behavior_type
import_store(self_ptr<import_store_actor, pg::job_store_state<import_store_actor>> self,
             store_options options) {
  pg::start_pool(self,
                 self->state.pool,
                 options.import_workers,
                 options.waiting_max,
                 [self, options](std::size_t i, const pg::gauge& waiting) {
                   return spawn<worker_actor, pg::job_worker_state, caf::detached>(
                       self,
                       {"import_worker", std::to_string(i), {}},
                       import_worker,
                       options,
                       waiting);
                 });
  return {
      pg::by_tenant<begin_import, import_begun>(self),
      pg::by_tenant<save_import_rows, std::uint64_t>(self),
      pg::by_tenant<finish_import, bool>(self),
      [self](const get_status&) { return pg::pool_status(self->state.pool); },
  };
}

} // namespace caly
