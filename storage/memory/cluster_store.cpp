#include "storage/memory/cluster_store.hpp"

namespace caly::memory {

cluster_store_actor::behavior_type
cluster_store(self_ptr<cluster_store_actor, cluster_store_state>,
              std::shared_ptr<cluster_model> model,
              wall_clock clock) {
  return {
      [=](const join_cluster& ask) -> caf::result<node_identity> {
        return model->join(ask, clock());
      },
      [=](const cluster_tick& ask) -> caf::result<cluster_view> {
        return model->tick(ask, clock());
      },
      [=](const claim_shards& ask) { return model->claim(ask, clock()); },
      [=](const release_shards& ask) { return model->release(ask); },
      [=](const change_node_state& ask) { return model->change(ask); },
      [](const get_status&) { return status_report{}; },
  };
}

} // namespace caly::memory
