#include "cluster/node/joining.hpp"

#include "cluster/membership/shared_settings.hpp"
#include "runtime/base/error.hpp"
#include "runtime/base/text.hpp"
#include "runtime/base/uuid.hpp"
#include "runtime/base/version.hpp"
#include "storage/cluster/cluster_store.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <thread>

namespace caly {

namespace {

using namespace std::chrono_literals;

constexpr auto patience = 4s;
constexpr auto look_interval = 500ms;

protocol_range protocol_of(const settings& chosen) {
  const auto limit = static_cast<protocol_level>(chosen.cluster.protocol_max);
  return {protocol_min,
          chosen.cluster.protocol_max == 0 ? protocol_max
                                           : std::min(protocol_max, limit)};
}

} // namespace

join_cluster join_request(const settings& chosen, const std::string& public_url) {
  join_cluster ask;
  ask.node = chosen.node.id;
  ask.basp_host = chosen.cluster.basp_host;
  ask.basp_port = chosen.cluster.basp_port;
  ask.http_url = public_url;
  ask.build = build_version;
  ask.lease_ms = chosen.cluster.lease.count();
  ask.capacity = chosen.cluster.capacity;
  ask.process = to_hex(make_uuid());
  ask.protocol = protocol_of(chosen);
  ask.config = shared_config_of(chosen);
  return ask;
}

caf::error await_admission(const pg::connection_options& database,
                           const join_cluster& request) {
  const auto until = std::chrono::steady_clock::now() + patience;
  for (;;) {
    auto no = may_join(database, request);
    const auto may_pass = no == errc::conflict || no == errc::forbidden;
    if (!may_pass || std::chrono::steady_clock::now() >= until)
      return no;
    spdlog::info("node: not taken yet reason={}", to_string(no));
    std::this_thread::sleep_for(look_interval);
  }
}

} // namespace caly
