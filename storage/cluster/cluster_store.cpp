#include "storage/cluster/cluster_store.hpp"

#include "runtime/base/error.hpp"
#include "storage/cluster/admission.hpp"
#include "storage/cluster/cluster_statements.hpp"
#include "storage/cluster/shards_text.hpp"
#include "storage/pg/connection.hpp"

#include <pqxx/pqxx>
#include <spdlog/spdlog.h>

namespace caly {

namespace sql = pg::cluster;

namespace {

/// Leases are judged by everybody, so a stalled statement must fail fast.
pg::connection_options connection_of(std::string url) {
  pg::connection_options out;
  out.url = std::move(url);
  out.role = "caly_app";
  out.statement_timeout = std::chrono::seconds{2};
  out.lock_timeout = std::chrono::seconds{1};
  out.idle_in_transaction_timeout = std::chrono::seconds{3};
  return out;
}

protocol_range range_of(const pqxx::field& min, const pqxx::field& max) {
  return {static_cast<protocol_level>(min.as<std::int32_t>()),
          static_cast<protocol_level>(max.as<std::int32_t>())};
}

std::vector<living_node> living_nodes(pqxx::transaction_base& txn,
                                      std::int64_t lease_ms) {
  std::vector<living_node> found;
  for (const auto& row : txn.exec_params(sql::read_living, lease_ms))
    found.push_back({row[0].as<std::string>(),
                     row[1].as<std::string>(),
                     row[2].as<std::string>(),
                     range_of(row[3], row[4]),
                     {row[5].as<std::string>(), row[6].as<std::string>()}});
  return found;
}

/// A difference that was accepted is still worth a line.
void warn_different(const join_cluster& ask, const std::vector<living_node>& living) {
  for (const auto& other : living)
    if (other.node != ask.node)
      if (const auto differ = differences(ask.config, other.config); !differ.empty())
        spdlog::warn("cluster_store: joins with other settings than node={} differ={}",
                     other.node,
                     fmt::format("{}", fmt::join(differ, ", ")));
}

bool works(std::string_view state) {
  return state == "joining" || state == "up" || state == "draining";
}

protocol_level level_of(const std::vector<node_row>& nodes) {
  std::vector<protocol_range> working;
  for (const auto& node : nodes)
    if (works(node.state))
      working.push_back(node.protocol);
  return common_level(working);
}

/// The first word of a failure; PostgreSQL's go on with the place in the statement.
std::string first_line(const std::exception& failure) {
  const std::string_view what = failure.what();
  return std::string{what.substr(0, what.find('\n'))};
}

} // namespace

struct cluster_store_state {
  pg::connection_options options;
  std::shared_ptr<shared_clock> clock;
  std::chrono::milliseconds grace{};
  std::unique_ptr<pg::connection> connection;
  std::uint64_t ticks_total = 0;
  std::uint64_t failures_total = 0;

  pqxx::connection& connect() {
    if (!connection) {
      auto fresh = std::make_unique<pg::connection>(options);
      for (const auto& each : {pg::statement{"enter", sql::enter},
                               pg::statement{"renew", sql::renew},
                               pg::statement{"suspect", sql::suspect},
                               pg::statement{"declare_dead", sql::declare_dead},
                               pg::statement{"note_death", sql::note_death},
                               pg::statement{"forget_wishes", sql::forget_wishes},
                               pg::statement{"claim", sql::claim},
                               pg::statement{"release", sql::release},
                               pg::statement{"set_state", sql::set_state},
                               pg::statement{"log_event", sql::log_event},
                               pg::statement{"same_incarnation", sql::same_incarnation}})
        fresh->prepare(each);
      connection = std::move(fresh);
    }
    return connection->session();
  }

  caf::error join(const join_cluster& ask, node_identity& id) {
    pqxx::work txn{connect()};
    txn.exec1(sql::join_in_turn);
    const auto living = living_nodes(txn, ask.lease_ms);
    if (auto no = refusal(ask, living))
      return no;
    warn_different(ask, living);
    const auto row = txn.exec_prepared1("enter",
                                        ask.node,
                                        ask.basp_host,
                                        ask.basp_port,
                                        ask.http_url,
                                        ask.build,
                                        ask.lease_ms,
                                        ask.capacity,
                                        ask.process,
                                        static_cast<std::int32_t>(ask.protocol.min),
                                        static_cast<std::int32_t>(ask.protocol.max),
                                        ask.config.hash,
                                        ask.config.values);
    id = {ask.node, row[0].as<std::int64_t>()};
    txn.exec0(sql::bump_version);
    txn.exec_prepared0("forget_wishes", id.node);
    txn.exec_prepared("log_event", id.node, id.incarnation, "joined", ask.build);
    txn.commit();
    return {};
  }

  std::int64_t version_and_time(pqxx::work& txn) {
    const auto asked = boot_clock::now();
    const auto row = txn.exec1(sql::read_version);
    clock->set(wall_time{std::chrono::microseconds{row[1].as<std::int64_t>()}},
               asked,
               boot_clock::now());
    return row[0].as<std::int64_t>();
  }

  /// `fenced`: this incarnation is dead; `conflict`: another process has its name.
  errc tick(const cluster_tick& ask, cluster_view& view) {
    pqxx::work txn{connect()};
    const auto renewed = txn.exec_prepared(
        "renew", ask.self.node, ask.self.incarnation, ask.lease_ms, ask.load);
    if (renewed.affected_rows() == 0) {
      const auto mine =
          txn.exec_prepared("same_incarnation", ask.self.node, ask.self.incarnation);
      return !mine.empty() && !mine[0][0].as<bool>() ? errc::conflict : errc::fenced;
    }
    for (const auto& peer : ask.suspects)
      txn.exec_prepared0(
          "suspect", peer.node, peer.incarnation, ask.self.node, ask.self.incarnation);
    const auto dead = txn.exec_prepared("declare_dead", ask.lease_ms, grace.count());
    for (const auto& row : dead)
      txn.exec_prepared("note_death",
                        row[0].as<std::string>(),
                        row[1].as<std::int64_t>(),
                        ask.self.node,
                        row[2].as<std::string>());
    view.version = version_and_time(txn);
    for (const auto& row : txn.exec(sql::read_nodes))
      view.nodes.push_back({{row[0].as<std::string>(), row[1].as<std::int64_t>()},
                            row[2].as<std::string>(),
                            row[3].as<std::int32_t>(),
                            row[4].as<std::string>(),
                            row[5].as<std::string>(),
                            row[6].as<std::string>(),
                            row[8].as<std::int64_t>(),
                            row[7].as<std::string>(),
                            row[9].as<double>(),
                            range_of(row[10], row[11]),
                            row[12].as<std::string>()});
    view.level = level_of(view.nodes);
    for (const auto& row : txn.exec(sql::read_shards))
      view.shards.push_back({row[0].as<std::string>(),
                             row[1].as<std::int32_t>(),
                             {row[2].as<std::string>(), row[3].as<std::int64_t>()},
                             row[4].as<std::int64_t>(),
                             row[5].as<std::string>()});
    txn.commit();
    ++ticks_total;
    return errc::none;
  }

  std::vector<shard_row> take(const claim_shards& ask) {
    std::vector<shard_row> won;
    pqxx::work txn{connect()};
    for (const auto& shard : ask.shards)
      for (const auto& row : txn.exec_prepared("claim",
                                               ask.self.node,
                                               ask.self.incarnation,
                                               shard.kind,
                                               shard.id,
                                               grace.count()))
        won.push_back({row[0].as<std::string>(),
                       row[1].as<std::int32_t>(),
                       ask.self,
                       row[2].as<std::int64_t>()});
    if (!won.empty()) {
      txn.exec0(sql::bump_version);
      txn.exec_prepared("log_event",
                        ask.self.node,
                        ask.self.incarnation,
                        "shards_taken",
                        shards_text(won));
    }
    txn.commit();
    return won;
  }

  std::uint32_t give(const release_shards& ask) {
    std::uint32_t count = 0;
    pqxx::work txn{connect()};
    for (const auto& shard : ask.shards)
      count += static_cast<std::uint32_t>(
          txn.exec_prepared(
                 "release", ask.self.node, ask.self.incarnation, shard.kind, shard.id)
              .affected_rows());
    txn.exec0(sql::bump_version);
    txn.commit();
    return count;
  }

  bool change(const change_node_state& ask) {
    pqxx::work txn{connect()};
    const auto changed =
        txn.exec_prepared("set_state", ask.self.node, ask.self.incarnation, ask.state)
            .affected_rows();
    if (changed == 0)
      return false;
    if (ask.state != "up")
      txn.exec_prepared0("forget_wishes", ask.self.node);
    txn.exec0(sql::bump_version);
    txn.exec_prepared("log_event", ask.self.node, ask.self.incarnation, ask.state, "");
    txn.commit();
    return true;
  }

  /// Runs one request; any failure costs the connection, so that the next one is fresh.
  template <class Function>
  auto guarded(Function function) -> caf::result<decltype(function())> {
    try {
      return function();
    } catch (const std::exception& failure) {
      ++failures_total;
      connection.reset();
      return caf::make_error(errc::unavailable, first_line(failure));
    }
  }
};

namespace {

using self_t = self_ptr<cluster_store_actor, cluster_store_state>;

cluster_store_actor::behavior_type cluster_store(self_t self,
                                                 std::string url,
                                                 std::shared_ptr<shared_clock> clock,
                                                 std::chrono::milliseconds grace) {
  self->state.options = connection_of(std::move(url));
  self->state.clock = std::move(clock);
  self->state.grace = grace;
  auto& state = self->state;
  return {
      [&state](const join_cluster& ask) -> caf::result<node_identity> {
        caf::error refused;
        auto answer = state.guarded([&] {
          node_identity id;
          refused = state.join(ask, id);
          return id;
        });
        if (refused)
          return refused;
        return answer;
      },
      [&state](const cluster_tick& ask) -> caf::result<cluster_view> {
        auto verdict = errc::none;
        auto answer = state.guarded([&] {
          cluster_view view;
          verdict = state.tick(ask, view);
          return view;
        });
        if (verdict != errc::none)
          return caf::make_error(verdict, ask.self.node);
        return answer;
      },
      [&state](const claim_shards& ask) {
        return state.guarded([&] { return state.take(ask); });
      },
      [&state](const release_shards& ask) {
        return state.guarded([&] { return state.give(ask); });
      },
      [&state](const change_node_state& ask) {
        return state.guarded([&] { return state.change(ask); });
      },
      [&state](const get_status&) {
        status_report report;
        caf::put(report, "connected", static_cast<bool>(state.connection));
        caf::put(report, "ticks_total", state.ticks_total);
        caf::put(report, "failures_total", state.failures_total);
        return report;
      },
  };
}

} // namespace

caf::error may_join(const pg::connection_options& database, const join_cluster& ask) {
  try {
    pg::connection at{database};
    pqxx::read_transaction txn{at.session()};
    if (txn.exec1("select to_regclass('nodes') is null")[0].as<bool>())
      return {}; // the first node of all
    return refusal(ask, living_nodes(txn, ask.lease_ms));
  } catch (const std::exception& failure) {
    return caf::make_error(errc::unavailable, first_line(failure));
  }
}

cluster_store_actor start_cluster_store(caf::actor_system& sys,
                                        const std::string& url,
                                        std::shared_ptr<shared_clock> clock,
                                        std::chrono::milliseconds grace) {
  return spawn<cluster_store_actor, cluster_store_state, caf::detached>(
      sys, {"cluster_store", "", ""}, cluster_store, url, std::move(clock), grace);
}

} // namespace caly
