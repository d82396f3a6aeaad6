#include "cluster/console/commands.hpp"
#include "cluster/console/rows.hpp"
#include "runtime/base/error.hpp"

namespace caly {

namespace {

using namespace std::chrono_literals;

constexpr auto answer_limit = 3s;

/// Why a tenant that waits does not get a line.
const char* waits_for(const line_share& share) {
  const auto& demand = share.demand;
  if (!demand.waits)
    return "-";
  if (demand.live >= demand.most)
    return "a line of its own";
  return demand.live >= share.limit ? "a line of the system" : "its next round";
}

void show_list(const console_reply& reply, const line_share_list& list) {
  console_table table;
  table.columns = {{"tenant"},
                   {"live", true},
                   {"guaranteed", true},
                   {"borrowed", true},
                   {"limit", true},
                   {"most", true},
                   {"weight", true},
                   {"waits_for"},
                   {"waits_ms", true}};
  std::uint64_t live = 0;
  for (const auto& share : list.shares) {
    const auto& demand = share.demand;
    live += demand.live;
    table.rows.push_back({demand.tenant.str(),
                          demand.live,
                          demand.guaranteed,
                          share.borrowed(),
                          share.limit,
                          demand.most,
                          demand.weight,
                          waits_for(share),
                          share.waits_ms});
  }
  table.note =
      std::to_string(live) + " of " + std::to_string(list.lines) + " lines of the system";
  reply.table(std::move(table));
}

void show_shares(const console_sources& sources, const console_reply& reply) {
  reply.extend(answer_limit);
  reply.self()
      ->request(sources.region, answer_limit, get_line_shares{})
      .then([=](const line_share_list& list) { show_list(reply, list); },
            [=](caf::error& err) {
              reply.fail(std::move(err), "dialing goes on meanwhile; try again soon");
            });
}

record_argument flag_argument(const console_args& args, const char* flag) {
  const auto text = args.text(flag);
  return text.empty() ? record_argument{} : record_argument{text};
}

void set_shares(const console_sources& sources,
                const console_args& args,
                const console_reply& reply) {
  const auto tenant = id_word<tenant_tag>(reply, args, 0, "tenant");
  if (!tenant)
    return;
  const auto guaranteed = flag_argument(args, "guaranteed");
  const auto weight = flag_argument(args, "weight");
  if (!guaranteed && !weight)
    return reply.fail(caf::make_error(errc::invalid, "nothing to set"),
                      "say --guaranteed N, --weight N or both");
  if (args.has("dry-run"))
    return reply.text("would change the shares of " + tenant->str() +
                      "; run without --dry-run");
  ask_rows(reply,
           sources,
           {*tenant, "shares.set", {guaranteed, weight, reply.user()}, 0},
           [reply](const json& row) {
             auto table = console_table::make_record();
             add_fields(table, row);
             reply.table(std::move(table));
           });
}

} // namespace

void add_share_commands(console_registry& registry, const console_sources& sources) {
  add_command(
      registry,
      sources,
      "shares",
      console_level::observe,
      "shares",
      "How the system's lines are shared out now, and who waits for what.",
      {},
      0,
      [](const auto& from, const auto&, const auto& to) { show_shares(from, to); });
  add_command(registry,
              sources,
              "shares set",
              console_level::operate,
              "shares set <ten_…> [--guaranteed 5] [--weight 2] [--dry-run]",
              "Promises lines to a tenant, or a larger part of what is left.",
              {"guaranteed", "weight"},
              1,
              set_shares);
}

} // namespace caly
