#pragma once

#include "cluster/console/sources.hpp"
#include "runtime/console/table.hpp"

namespace caly {

/// Runs a list statement for all tenants (or that of `--tenant`) and shows the rows as
/// one table of at most 10,000. The column `tenant` tells whose row it is. `keep` may
/// drop rows, `finish` may change the table that is shown.
void show_all(const console_sources& sources,
              const console_args& args,
              const console_reply& reply,
              run_record ask,
              std::vector<console_column> columns,
              std::function<bool(const json& row)> keep = nullptr,
              std::function<console_table(console_table)> finish = nullptr);

} // namespace caly
