#include "actors/model/shard.hpp"
#include "cluster/console/commands.hpp"
#include "cluster/console/node_round.hpp"
#include "cluster/console/rows.hpp"
#include "runtime/base/error.hpp"

#include <caf/event_based_actor.hpp>

#include <algorithm>

namespace caly {

namespace {

using namespace std::chrono_literals;

std::size_t shards_of(const cluster_view& view, const node_identity& owner) {
  return static_cast<std::size_t>(
      std::count_if(view.shards.begin(), view.shards.end(), [&](const shard_row& shard) {
        return shard.owner == owner;
      }));
}

std::size_t free_shards(const cluster_view& view) {
  return static_cast<std::size_t>(
      std::count_if(view.shards.begin(), view.shards.end(), [](const shard_row& shard) {
        return shard.owner.node.empty();
      }));
}

/// A lease that ran out tells more than the row's state, which lags behind.
std::string state_of(const node_row& node) {
  const auto works = node.state == "up" || node.state == "draining";
  return works && node.lease_ms <= 0 ? "suspect" : node.state;
}

console_cell lease_of(const node_row& node) {
  if (node.lease_ms <= 0)
    return no_cell();
  return console_cell::time(static_cast<double>(node.lease_ms) / 1000);
}

/// This node has a star.
console_cell name_of(const node_row& node, bool self) {
  return cell_with(node.id.node + (self ? "*" : ""), node.id.node);
}

std::vector<node_row> sorted_nodes(const cluster_view& view) {
  auto nodes = view.nodes;
  std::sort(nodes.begin(), nodes.end(), [](const node_row& a, const node_row& b) {
    return a.id.node < b.id.node;
  });
  return nodes;
}

console_cell number_of(const json& value) {
  return value.is_null() ? no_cell() : cell_of(value);
}

console_table map_of(const peer_list& known, const node_answers& answers) {
  console_table table;
  table.columns = {{"node"},
                   {"state"},
                   {"inc", true},
                   {"build"},
                   {"calls", true},
                   {"shards", true},
                   {"actors", true},
                   {"rss", true},
                   {"lease", true},
                   {"link", true},
                   {"http", false, true}};
  for (const auto& node : sorted_nodes(known.view)) {
    const auto self = node.id == known.self;
    const auto found = answers.find(node.id.node);
    const auto none = found == answers.end();
    const json empty;
    const auto& process = none ? empty : found->second.process;
    const auto& calls = none ? empty : found->second.calls;
    const auto resident = process["resident"].as_int();
    auto link = self ? no_cell() : console_cell{"down"};
    if (!self && !none)
      link = process.is_null() ? console_cell{"no answer"}
                               : console_cell::time(found->second.took_s);
    table.rows.push_back({name_of(node, self),
                          state_of(node),
                          node.id.incarnation,
                          node.build,
                          number_of(calls["calls"]),
                          shards_of(known.view, node.id),
                          number_of(process["actors"]),
                          resident
                              ? console_cell::bytes(static_cast<std::uint64_t>(*resident))
                              : no_cell(),
                          lease_of(node),
                          link,
                          node.http_url});
  }
  return table;
}

/// `3 up · 0 suspect`.
std::string summary(const cluster_view& view) {
  std::map<std::string, std::size_t> states;
  for (const auto& node : view.nodes)
    ++states[state_of(node)];
  auto text = std::to_string(states["up"]) + " up · " +
              std::to_string(states["suspect"]) + " suspect";
  for (const auto& [state, count] : states)
    if (state != "up" && state != "suspect")
      text += " · " + std::to_string(count) + " " + state;
  return text;
}

/// `1-2`: the levels that its build speaks.
std::string protocol_of(const node_row& node) {
  return std::to_string(static_cast<int>(node.protocol.min)) + "-" +
         std::to_string(static_cast<int>(node.protocol.max));
}

std::string permits_text(const json& pools) {
  for (const auto& pool : pools.items())
    if (pool["scope"].text_or("") == "system")
      return "permits system " + pool["used"].dump() + "/" + pool["cap"].dump();
  return "permits unknown";
}

void show_cluster(const console_sources& sources, const console_reply& reply) {
  ask_view(reply, sources, [=](const peer_list& known) {
    const auto on_answers = [=](const node_answers& answers) {
      auto table = map_of(known, answers);
      table.note = summary(known.view) + " · view v" +
                   std::to_string(known.view.version) + " · protocol " +
                   std::to_string(static_cast<int>(known.view.level)) + " · shards " +
                   std::to_string(known.view.shards.size()) + ", free " +
                   std::to_string(free_shards(known.view));
      // The map must also show when the database is away.
      reply.self()
          ->request(sources.records, 500ms, run_record{{}, "permits.list", {}, 100})
          .then(
              [=](const record_answer& answer) mutable {
                const auto pools = json::parse(answer.json);
                table.note += " · " + permits_text(pools ? *pools : json{});
                reply.table(table);
              },
              [=](const caf::error&) mutable {
                table.note += " · database: no answer";
                reply.table(table);
              });
    };
    ask_nodes(reply, sources, known, on_answers);
  });
}

void show_nodes(const console_sources& sources, const console_reply& reply) {
  ask_view(reply, sources, [=](const peer_list& known) {
    console_table table;
    table.columns = {{"node"},
                     {"state"},
                     {"incarnation", true},
                     {"build"},
                     {"protocol"},
                     {"config"},
                     {"lease", true},
                     {"shards", true},
                     {"capacity", true},
                     {"linked"},
                     {"cluster_port"},
                     {"http"},
                     {"load", false, true}};
    for (const auto& node : sorted_nodes(known.view)) {
      const auto self = node.id == known.self;
      table.rows.push_back(
          {name_of(node, self),
           state_of(node),
           node.id.incarnation,
           node.build,
           protocol_of(node),
           node.config_hash.empty() ? no_cell() : console_cell{node.config_hash},
           lease_of(node),
           shards_of(known.view, node.id),
           node.capacity,
           self ? no_cell() : console_cell{known.consoles.contains(node.id.node)},
           node.basp_host + ":" + std::to_string(node.basp_port),
           node.http_url,
           node.load});
    }
    reply.table(std::move(table));
  });
}

void show_links(const console_sources& sources, const console_reply& reply) {
  ask_view(reply, sources, [=](const peer_list& known) {
    console_table table;
    table.columns = {{"peer"},
                     {"incarnation", true},
                     {"link"},
                     {"up_for", true},
                     {"round_trip", true},
                     {"missed", true},
                     {"suspected"}};
    for (const auto& link : known.links)
      table.rows.push_back(
          {link.peer.node,
           link.peer.incarnation,
           link.up ? "up" : "down",
           link.up ? console_cell::time(static_cast<double>(link.up_ms) / 1e3)
                   : no_cell(),
           link.probe_us >= 0 && link.up
               ? console_cell::time(static_cast<double>(link.probe_us) / 1e6)
               : no_cell(),
           link.missed,
           link.suspected});
    table.note = "as " + known.self.node +
                 " sees them; it asks twice a second and suspects after three misses";
    reply.table(std::move(table));
  });
}

void show_shards(const console_sources& sources,
                 const console_args& args,
                 const console_reply& reply) {
  ask_view(reply, sources, [=](const peer_list& known) {
    const auto kind = args.text("kind");
    const auto owner = args.text("owner");
    console_table table;
    table.columns = {{"kind"},
                     {"shard", true},
                     {"owner"},
                     {"incarnation", true},
                     {"fence", true},
                     {"wanted"}};
    for (const auto& shard : known.view.shards) {
      if ((!kind.empty() && shard.kind != kind) ||
          (!owner.empty() && shard.owner.node != owner) ||
          (args.has("free") && !shard.owner.node.empty()) ||
          (args.has("asked") && shard.wanted.empty()))
        continue;
      table.rows.push_back({shard.kind,
                            shard.id,
                            shard.owner.node.empty() ? "free" : shard.owner.node,
                            shard.owner.incarnation,
                            shard.fence,
                            shard.wanted.empty() ? no_cell() : shard.wanted});
    }
    for (const auto& node : sorted_nodes(known.view))
      table.note += (table.note.empty() ? "" : " · ") + node.id.node + " " +
                    std::to_string(shards_of(known.view, node.id));
    table.note += " · free " + std::to_string(free_shards(known.view));
    reply.table(std::move(table));
  });
}

void show_owner(const console_sources& sources,
                const console_reply& reply,
                const tenant_id& tenant) {
  ask_view(reply, sources, [=](const peer_list& known) {
    const auto id = shard_of(tenant);
    const auto& shards = known.view.shards;
    const auto shard =
        std::find_if(shards.begin(), shards.end(), [&](const shard_row& x) {
          return x.kind == "tenant" && x.id == id;
        });
    const auto owned = shard != shards.end() && !shard->owner.node.empty();
    auto table = console_table::make_record();
    table.field("tenant", tenant.str());
    table.field("shard", "tenant/" + std::to_string(id));
    table.field("owner", owned ? shard->owner.node : "free");
    table.field("incarnation", owned ? shard->owner.incarnation : 0);
    table.field("fence", shard != shards.end() ? shard->fence : 0);
    for (const auto& node : known.view.nodes)
      if (owned && node.id.node == shard->owner.node)
        table.field("owner_state",
                    node.id == shard->owner ? state_of(node) : "an older incarnation");
    reply.table(std::move(table));
  });
}

void who_owns(const console_sources& sources,
              const console_args& args,
              const console_reply& reply) {
  const auto show = [=](const tenant_id& tenant) { show_owner(sources, reply, tenant); };
  if (const auto tenant = tenant_id::parse(args.word(0)))
    show(*tenant);
  else if (const auto call = call_id::parse(args.word(0)))
    find_tenant(reply, sources, args, *call, show);
  else if (const auto campaign = campaign_id::parse(args.word(0)))
    find_tenant(reply, sources, args, *campaign, show);
  else
    refuse_word(reply, args.word(0), "tenant, call or campaign", "ten");
}

} // namespace

void add_cluster_commands(console_registry& registry, const console_sources& sources) {
  const auto add = [&](const char* name,
                       const char* usage,
                       const char* help,
                       std::vector<std::string> flags,
                       std::size_t words_max,
                       console_run_function run) {
    add_command(registry,
                sources,
                name,
                console_level::observe,
                usage,
                help,
                std::move(flags),
                words_max,
                run);
  };
  add("cluster",
      "cluster",
      "The nodes with their calls, shards and links, and the permits.",
      {},
      0,
      [](const auto& from, const auto&, const auto& to) { show_cluster(from, to); });
  add("nodes",
      "nodes",
      "The rows of the nodes: incarnation, lease, addresses.",
      {},
      0,
      [](const auto& from, const auto&, const auto& to) { show_nodes(from, to); });
  add("links",
      "links",
      "The links from this node to the others: how fast they answer, who is suspected.",
      {},
      0,
      [](const auto& from, const auto&, const auto& to) { show_links(from, to); });
  add("who-owns",
      "who-owns <ten_…|call_…|cmp_…> [--tenant ten_…]",
      "The shard of a tenant and the node that works for it.",
      {"tenant"},
      1,
      who_owns);
  registry.add({"shards",
                console_level::observe,
                "shards [--kind tenant] [--owner n2] [--free] [--asked]",
                "Which node owns which shard, and where operators want it.",
                {"kind", "owner"},
                {"free", "asked"},
                0,
                [sources](const console_args& args, const console_reply& reply) {
                  show_shards(sources, args, reply);
                }});
}

} // namespace caly
