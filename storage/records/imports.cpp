#include "storage/records/catalogue.hpp"

namespace caly::records {

namespace {

const std::string columns =
    "select id as \"id:imp\", file_name, default_country, "
    "case when gone then 'failed' else status end as status, rows, "
    "imported as \"counts.imported\", updated as \"counts.updated\", "
    "duplicate_in_file as \"counts.duplicate_in_file\", "
    "duplicate_in_system as \"counts.duplicate_in_system\", "
    "suppressed as \"counts.suppressed\", invalid as \"counts.invalid\", "
    "case when gone then 'E_INTERRUPTED' else error_code end as \"error?.code\", "
    "case when gone then 'The node that read the file is gone. Upload the same file "
    "again: "
    "the rows that are in stay and are not doubled.' else error_message end as "
    "\"error?.message\", created_at, completed_at";

const std::string from =
    " from imports i cross join lateral (select is_interrupted(i) as gone offset 0) x ";

const std::vector<record> all{
    {"imports.list",
     shape::list,
     "cursor",
     columns + ", id as \"~cursor\"" + from +
         "where tenant_id = :tenant {and id < :cursor} order by id desc limit :limit"},
    {"imports.get",
     shape::row,
     "imp id",
     columns + ", columns, mapping, sample" + from +
         "where tenant_id = :tenant and id = :id"},
    {"imports.errors",
     shape::list,
     "imp id, cursor",
     "select row_no, code, message, suggestion, cells, row_no as \"~cursor\" "
     "from import_errors where tenant_id = :tenant and import_id = :id "
     "{and row_no > :cursor} order by row_no limit :limit"},
};

} // namespace

std::span<const record> import_records() {
  return all;
}

} // namespace caly::records
