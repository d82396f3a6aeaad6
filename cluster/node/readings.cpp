#include "cluster/node/readings.hpp"

namespace caly {

std::vector<reading> member_readings() {
  return {
      {"shards", "caly_cluster_shards_owned", "Shards that this node owns."},
      {"shards_without_owner",
       "caly_cluster_shards_without_owner",
       "Shards that no living node owns, as this node sees it."},
      {"others_up", "caly_cluster_others_up", "Other nodes that are up."},
      {"others_lost",
       "caly_cluster_others_lost",
       "Other nodes that died or went silent and are not back, for ten minutes."},
      {"level", "caly_cluster_protocol_level", "Protocol level of the cluster."},
      {"fenced",
       "caly_node_fenced",
       "1 while this node has no lease and acts for no shard."},
      {"draining", "caly_node_draining", "1 while this node drains."},
      {"failures_total",
       "caly_cluster_lease_failures_total",
       "Renewals of the lease that the database did not answer."},
  };
}

std::vector<reading> link_readings() {
  return {
      {"up", "caly_cluster_links_up", "Links to other nodes that work."},
      {"suspects", "caly_cluster_links_suspected", "Peers that do not answer."},
      {"lost_total", "caly_cluster_links_lost_total", "Links that broke."},
  };
}

std::vector<reading> call_readings() {
  return {
      {"calls", "caly_calls_live", "Calls that this node tends."},
      {"started_total", "caly_calls_started_total", "Calls started on this node."},
      {"resumed_total",
       "caly_calls_resumed_total",
       "Calls that this node took over from their rows."},
      {"crashed_total", "caly_calls_crashed_total", "Call actors that failed."},
  };
}

std::vector<reading> collector_readings() {
  return {
      {"jobs",
       "caly_carrier_recordings_jobs",
       "Recordings at carriers that this node works on."},
      {"begun_total",
       "caly_carrier_recordings_begun_total",
       "Calls that a carrier was told to record."},
      {"fetched_total",
       "caly_carrier_recordings_fetched_total",
       "Recordings that were fetched from a carrier."},
      {"failed_total",
       "caly_carrier_recordings_failed_total",
       "Recordings at carriers that were given up."},
      {"removed_total",
       "caly_carrier_recordings_removed_total",
       "Recordings that were deleted at a carrier."},
      {"retries_total", "caly_carrier_recordings_retries_total", "Steps tried again."},
  };
}

std::vector<reading> recording_readings() {
  return {
      {"live", "caly_recordings_live", "Calls that this node records."},
      {"waiting",
       "caly_recordings_waiting",
       "Recordings that wait on this node's disk to be stored."},
      {"ready_total", "caly_recordings_ready_total", "Recordings that were stored."},
      {"bytes_total", "caly_recordings_bytes_total", "Their bytes."},
      {"failed_total", "caly_recordings_failed_total", "Recordings that were given up."},
      {"torn_total",
       "caly_recordings_torn_total",
       "Recordings whose end a crash had damaged."},
      {"retries_total",
       "caly_recordings_retries_total",
       "Times that storing one was put off."},
      {"erased_total", "caly_recordings_erased_total", "Recordings that were deleted."},
  };
}

std::vector<reading> store_readings() {
  return {
      {"waiting", "caly_database_waiting", "Requests that wait for the database."},
      {"failed_total", "caly_database_failed_total", "Requests that failed there."},
      {"retries_total", "caly_database_retries_total", "Transactions tried again."},
  };
}

std::vector<reading> browser_readings() {
  return {
      {"joined_total", "caly_browser_joined_total", "Test calls whose browser came."},
      {"ended_total", "caly_browser_ended_total", "Test calls that ended."},
      {"missed_total", "caly_browser_missed_total", "Test calls that no browser joined."},
  };
}

std::vector<reading> carrier_readings() {
  return {
      {"placed_total", "caly_carrier_placed_total", "Calls that the provider took."},
      {"refused_total", "caly_carrier_refused_total", "Calls that it refused."},
      {"unknown_total",
       "caly_carrier_unknown_total",
       "Calls of which it is not known whether it took them."},
      {"throttled_total",
       "caly_carrier_throttled_total",
       "Calls that may be tried again: it asked to slow down, or nothing was sent."},
      {"too_late_total",
       "caly_carrier_too_late_total",
       "Of them those that this node was too slow to send."},
  };
}

} // namespace caly
