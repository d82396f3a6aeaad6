#include "cluster/console/commands.hpp"
#include "cluster/console/gather.hpp"
#include "cluster/console/rows.hpp"
#include "runtime/base/error.hpp"

#include <algorithm>

namespace caly {

namespace {

void show_permits(const console_sources& sources,
                  const console_args& args,
                  const console_reply& reply) {
  run_record ask{{}, "permits.list", {}, 1000};
  if (const auto text = args.text("tenant"); !text.empty()) {
    const auto tenant = tenant_id::parse(text);
    if (!tenant) {
      refuse_word(reply, text, "tenant", "ten");
      return;
    }
    ask = {*tenant, "permits.get", {}, 10};
  }
  ask_rows(reply, sources, std::move(ask), [reply](const json& rows) {
    auto table = table_of(rows.items(), {{"scope"}, {"used", true}, {"cap", true}});
    table.note = "permits holders shows who has them";
    reply.table(std::move(table));
  });
}

void show_holders(const console_sources& sources,
                  const console_args& args,
                  const console_reply& reply) {
  show_all(sources,
           args,
           reply,
           {{}, "permits.holders", {std::nullopt}, 1000},
           {{"call_id"},
            {"state"},
            {"status"},
            {"node"},
            {"fence", true},
            {"since"},
            {"campaign_id", false, true},
            {"tenant"}});
}

void check_ledger(const console_sources& sources,
                  const console_args& args,
                  const console_reply& reply) {
  const auto table = std::make_shared<console_table>();
  table->columns = {{"tenant"},
                    {"ok"},
                    {"balance_micros", true},
                    {"ledger_balance_micros", true},
                    {"held_micros", true},
                    {"ledger_held_micros", true},
                    {"holds_without_live_call", true}};
  const auto good = std::make_shared<std::size_t>(0);
  sweep_tenants(reply,
                sources,
                args,
                {{{}, "ledger.check", {}, 0},
                 [=](const tenant_id& tenant, const json& row) {
                   *good += row["ok"].bool_or(false) ? 1 : 0;
                   auto& cells = table->rows.emplace_back();
                   cells.emplace_back(tenant.str());
                   for (std::size_t i = 1; i < table->columns.size(); ++i)
                     cells.push_back(cell_of(row[table->columns[i].name]));
                   return true;
                 },
                 [=](std::size_t tenants, std::size_t failed) {
                   table->exit_code = *good < tenants ? 1 : 0;
                   table->note = std::to_string(*good) + " of " +
                                 std::to_string(tenants) + " ledgers add up";
                   if (failed > 0)
                     table->note += "; " + sweep_note(tenants, failed);
                   reply.table(std::move(*table));
                 }});
}

/// A program that runs the check learns of a broken promise from the exit code.
console_table judged(console_table table) {
  const auto broken = std::any_of(table.rows.begin(), table.rows.end(), [](auto& row) {
    return row.size() > 1 && row[1].raw != "true";
  });
  table.exit_code = broken ? 1 : 0;
  return table;
}

void check_invariants(const console_sources& sources,
                      const console_args& args,
                      const console_reply& reply) {
  const std::vector<console_column> columns{
      {"id"}, {"ok"}, {"violations", true}, {"text"}};
  if (!args.text("tenant").empty()) {
    show_all(
        sources, args, reply, {{}, "invariants.check", {}, 100}, columns, {}, judged);
    return;
  }
  using namespace std::chrono_literals;
  reply.extend(20s);
  ask_rows(reply,
           sources,
           {{}, "invariants.system", {}, 100},
           [reply, columns](const json& rows) {
             reply.table(judged(table_of(rows.items(), columns)));
           });
}

} // namespace

void add_check_commands(console_registry& registry, const console_sources& sources) {
  const auto add = [&](const char* name,
                       const char* usage,
                       const char* help,
                       console_run_function run) {
    add_command(
        registry, sources, name, console_level::observe, usage, help, {"tenant"}, 0, run);
  };
  add("permits",
      "permits [--tenant ten_…]",
      "The pools of concurrent calls: used and allowed.",
      show_permits);
  add("permits holders",
      "permits holders [--tenant ten_…]",
      "The calls that hold a permit now.",
      show_holders);
  add("ledger check",
      "ledger check [--tenant ten_…]",
      "Whether balances and holds equal the sums of their ledgers.",
      check_ledger);
  add("invariants",
      "invariants [--tenant ten_…]",
      "Checks the promises about calls, permits and money; looks only.",
      check_invariants);
}

} // namespace caly
