#include "tests/simulation/node_lines.hpp"

#include "tests/simulation/record_answers.hpp"

namespace caly::test {

namespace {

/// All that a line's handlers need.
struct line {
  sim_env& env;
  sim_database& database;
  database_client& client;

  memory::dial_model& rows() const { return *env.model; }
};

dial_store_actor::behavior_type dial_line(dial_store_actor::pointer self, line on) {
  const auto run = [self, on](const char* what, const auto& ask, auto effect) {
    using answer = typename decltype(effect(ask))::value_type;
    return on.database.transact<answer>(
        self, on.client, what, ask.tenant, [=] { return effect(ask); });
  };
  return {
      [=](const reserve_calls& ask) {
        return run("reserve", ask, [on](const auto& x) -> caf::expected<reservation> {
          return on.rows().reserve(x, on.env.now());
        });
      },
      [=](const mark_sending& ask) {
        return run("mark", ask, [on](const auto& x) -> caf::expected<sendable_calls> {
          return on.rows().mark(x, on.env.now());
        });
      },
      [=](const record_answered& ask) {
        return run("answered", ask, [on](const auto& x) -> caf::expected<std::string> {
          return on.rows().answered(x, on.env.now());
        });
      },
      [=](const record_progress& ask) {
        return run(
            "progress", ask, [on](const auto& x) -> caf::expected<progress_answer> {
              return progress_answer{on.rows().progress(x, on.env.now())};
            });
      },
      [=](const record_missed& ask) {
        return run("missed", ask, [on](const auto& x) -> caf::expected<std::string> {
          return on.rows().missed(x, on.env.now());
        });
      },
      [=](const take_over_calls& ask) {
        return run("take over", ask, [on](const auto& x) {
          return on.rows().take_over(x, on.env.now());
        });
      },
      [=](const extend_hold& ask) {
        return run("extend", ask, [on](const auto& x) -> caf::expected<bool> {
          return on.rows().extend(x, on.env.now());
        });
      },
      [=](const open_call& ask) {
        return run(
            "open", ask, [on](const auto& x) { return on.rows().open(x, on.env.now()); });
      },
      [=](const list_doubtful& ask) {
        return run("doubtful", ask, [on](const auto& x) -> caf::expected<doubtful_calls> {
          return on.rows().doubtful(x, on.env.now());
        });
      },
      [](const get_status&) { return status_report{}; },
  };
}

records_actor::behavior_type records_line(records_actor::pointer self, line on) {
  return {
      [=](const run_record& ask) {
        return on.database.transact<record_answer>(
            self, on.client, "record", ask.tenant, [=] {
              return answer_record(on.env, ask);
            });
      },
      [](const get_status&) { return status_report{}; },
  };
}

call_store_actor::behavior_type calls_line(call_store_actor::pointer self, line on) {
  return {
      [=](const load_call& ask) {
        return on.database.transact<call_sheet>(
            self, on.client, "load call", ask.tenant, [=] {
              return sheet_of(on.env, ask.tenant, ask.call);
            });
      },
      [](const take_call&) { return call_session{}; },
      [](const end_session&) { return true; },
      [](const save_turns&) { return std::uint32_t{0}; },
      [](const load_turns&) { return std::vector<transcript_turn>{}; },
      [](const save_action&) { return true; },
      [](const save_event&) { return true; },
      [](const list_unanalysed&) { return std::vector<call_id>{}; },
      [](const save_analysis&) { return true; },
      [](const get_status&) { return status_report{}; },
  };
}

cluster_store_actor::behavior_type cluster_line(cluster_store_actor::pointer self,
                                                line on) {
  const auto run = [self, on](const char* what, auto effect) {
    using answer = typename decltype(effect())::value_type;
    return on.database.transact<answer>(
        self, on.client, what, tenant_id{}, std::move(effect));
  };
  return {
      [=](const join_cluster& ask) {
        return run("join", [=]() -> caf::expected<node_identity> {
          return on.env.cluster->join(ask, on.env.now());
        });
      },
      [=](const cluster_tick& ask) {
        return run("tick", [=] { return on.env.cluster->tick(ask, on.env.now()); });
      },
      [=](const claim_shards& ask) {
        return run("claim", [=]() -> caf::expected<std::vector<shard_row>> {
          return on.env.cluster->claim(ask, on.env.now());
        });
      },
      [=](const release_shards& ask) {
        return run("release", [=]() -> caf::expected<std::uint32_t> {
          return on.env.cluster->release(ask);
        });
      },
      [=](const change_node_state& ask) {
        return run("node state",
                   [=]() -> caf::expected<bool> { return on.env.cluster->change(ask); });
      },
      [](const get_status&) { return status_report{}; },
  };
}

} // namespace

node_lines start_lines(sim_env& env, sim_database& database, database_client& client) {
  auto& sys = env.fx.sys;
  const line on{env, database, client};
  return {sys.spawn(dial_line, on),
          sys.spawn(records_line, on),
          sys.spawn(calls_line, on),
          sys.spawn(cluster_line, on)};
}

} // namespace caly::test
