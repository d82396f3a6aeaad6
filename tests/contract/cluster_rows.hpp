#pragma once

#include "storage/cluster/cluster_store.hpp"
#include "storage/memory/cluster_store.hpp"
#include "tests/contract/stores_fixture.hpp"

#include <chrono>
#include <memory>
#include <string>
#include <tuple>
#include <vector>

namespace caly::test {

/// The cluster store of production, with a door to its rows.
struct postgres_rows : stores_fixture {
  std::shared_ptr<shared_clock> clock = std::make_shared<shared_clock>();
  cluster_store_actor rows =
      start_cluster_store(system, url, clock, std::chrono::milliseconds{0});

  ~postgres_rows() { self->send_exit(rows, caf::exit_reason::user_shutdown); }

  /// As if the node had renewed its lease for the last time so long ago.
  void silent_for(const node_identity& who, int ms) {
    pqxx::nontransaction txn{admin};
    txn.exec_params("update nodes set lease_until = clock_timestamp() + "
                    "(5000 - $2::int) * interval '1 millisecond' where node_id = $1",
                    who.node,
                    ms);
  }

  void restart_just_now() {
    self->send_exit(rows, caf::exit_reason::user_shutdown);
    rows = start_cluster_store(system, url, clock, std::chrono::hours{24});
  }
};

/// Its twin in memory.
struct memory_rows {
  caf::actor_system_config config;
  caf::actor_system system{config};
  caf::scoped_actor self{system};
  std::shared_ptr<memory::cluster_model> model = std::make_shared<memory::cluster_model>(
      std::vector<shard_name>{{"tenant", 5}, {"tenant", 7}});
  cluster_store_actor rows =
      spawn<cluster_store_actor, memory::cluster_store_state>(system,
                                                              {"cluster_store", "", ""},
                                                              memory::cluster_store,
                                                              model,
                                                              system_wall_clock());

  ~memory_rows() { self->send_exit(rows, caf::exit_reason::user_shutdown); }

  template <class Answer, class Handle, class Request>
  caf::expected<Answer> ask(const Handle& whom, Request request) {
    caf::expected<Answer> out{caf::error{}};
    self->request(whom, std::chrono::seconds{20}, std::move(request))
        .receive([&](Answer& answer) { out = std::move(answer); },
                 [&](caf::error& reason) { out = std::move(reason); });
    return out;
  }

  template <class T>
  static std::string error_of(const caf::expected<T>& answer) {
    return answer ? "no error" : to_string(answer.error());
  }

  void silent_for(const node_identity& who, int ms) {
    model->set_lease(who, system_wall_clock()() + std::chrono::milliseconds{5000 - ms});
  }

  void restart_just_now() {
    model->restarted(system_wall_clock()() + std::chrono::hours{24});
  }
};

/// Three nodes that just joined.
template <class Rows>
struct cluster : Rows {
  node_identity n1 = join("n1");
  node_identity n2 = join("n2");
  node_identity n3 = join("n3");

  static join_cluster request(const std::string& name,
                              const std::string& process = "first") {
    join_cluster asked;
    asked.node = name;
    asked.basp_host = "127.0.0.1";
    asked.process = process;
    return asked;
  }

  caf::expected<node_identity> try_join(join_cluster asked) {
    return this->template ask<node_identity>(this->rows, std::move(asked));
  }

  node_identity join(const std::string& name) {
    const auto made = try_join(request(name));
    BOOST_REQUIRE_MESSAGE(made, this->error_of(made));
    return *made;
  }

  caf::expected<cluster_view> try_tick(const node_identity& who,
                                       std::vector<node_identity> suspects = {}) {
    return this->template ask<cluster_view>(
        this->rows, cluster_tick{who, 5000, "{}", std::move(suspects)});
  }

  cluster_view tick(const node_identity& who, std::vector<node_identity> suspects = {}) {
    auto view = try_tick(who, std::move(suspects));
    BOOST_REQUIRE_MESSAGE(view, this->error_of(view));
    return std::move(*view);
  }

  static std::string state_of(const cluster_view& view, const node_identity& who) {
    for (const auto& node : view.nodes)
      if (node.id == who)
        return node.state;
    return "unknown";
  }

  std::vector<shard_row> claim(const node_identity& who, int shard) {
    auto won = this->template ask<std::vector<shard_row>>(
        this->rows, claim_shards{who, {{"tenant", shard}}});
    BOOST_REQUIRE_MESSAGE(won, this->error_of(won));
    return std::move(*won);
  }

  std::uint32_t release(const node_identity& who, int shard) {
    const auto given = this->template ask<std::uint32_t>(
        this->rows, release_shards{who, {{"tenant", shard}}});
    BOOST_REQUIRE_MESSAGE(given, this->error_of(given));
    return *given;
  }

  bool change(const node_identity& who, const std::string& state) {
    const auto done = this->template ask<bool>(this->rows, change_node_state{who, state});
    BOOST_REQUIRE_MESSAGE(done, this->error_of(done));
    return *done;
  }
};

using both = std::tuple<postgres_rows, memory_rows>;

} // namespace caly::test
