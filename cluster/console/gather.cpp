#include "cluster/console/gather.hpp"

#include "cluster/console/rows.hpp"

namespace caly {

namespace {

constexpr std::size_t rows_most = 10'000;

} // namespace

void show_all(const console_sources& sources,
              const console_args& args,
              const console_reply& reply,
              run_record ask,
              std::vector<console_column> columns,
              std::function<bool(const json& row)> keep,
              std::function<console_table(console_table)> finish) {
  const auto table = std::make_shared<console_table>();
  table->columns = std::move(columns);
  const auto each = [table, keep = std::move(keep)](const tenant_id& tenant,
                                                    const json& rows) {
    for (const auto& row : rows.items()) {
      if (keep && !keep(row))
        continue;
      if (table->rows.size() >= rows_most)
        return false;
      auto& cells = table->rows.emplace_back();
      for (const auto& column : table->columns)
        cells.push_back(column.name == "tenant" ? console_cell{tenant.str()}
                                                : cell_of(row[column.name]));
    }
    return true;
  };
  const auto done = [table, reply, finish = std::move(finish)](std::size_t tenants,
                                                               std::size_t failed) {
    table->note = sweep_note(tenants, failed);
    reply.table(finish ? finish(std::move(*table)) : std::move(*table));
  };
  sweep_tenants(reply, sources, args, {std::move(ask), each, done});
}

} // namespace caly
