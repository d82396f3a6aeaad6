#include "cluster/node/actor_config.hpp"

#include "actors/api/wire.hpp"
#include "runtime/base/error.hpp"

#include <caf/io/middleman.hpp>
#include <caf/openssl/manager.hpp>

#include <algorithm>
#include <thread>

namespace caly {

namespace {

std::string render_errc(std::uint8_t code, caf::atom_value, const caf::message& context) {
  auto text = to_string(static_cast<errc>(code));
  return context.empty() ? text : text + caf::to_string(context);
}

} // namespace

node_actor_config::node_actor_config(const settings& chosen) {
  load<caf::io::middleman>();
  if (!chosen.cluster.tls_certificate.empty()) {
    // All three are set, see config/checks.cpp; without them CAF would take anybody.
    openssl_certificate = chosen.cluster.tls_certificate;
    openssl_key = chosen.cluster.tls_key;
    openssl_cafile = chosen.cluster.tls_authority;
    load<caf::openssl::manager>();
  }
  register_wire_types(*this);
  add_error_category(caf::atom("caly"), render_errc);
  const auto& cluster = chosen.cluster;
  set("scheduler.max-threads",
      std::max<std::size_t>(2, std::thread::hardware_concurrency()));
  // One busy actor must not keep a thread for itself.
  set("scheduler.max-throughput", std::size_t{50});
  // Stealing workers look for work every 50 us for as long as there is a little of it, a
  // third of the node's processor time; those that share a queue are woken.
  set("scheduler.policy", caf::atom("sharing"));
  // Off by default in CAF: a peer that hangs would never be noticed.
  set("middleman.heartbeat-interval", caf::timespan{cluster.heartbeat});
  set("middleman.connection-timeout", caf::timespan{cluster.peer_timeout});
  set("middleman.enable-automatic-connections", false);
  set("middleman.app-identifiers",
      std::vector<std::string>{"caly." + cluster.name + ".1"});
  set("logger.file-verbosity", caf::atom("quiet"));
}

} // namespace caly
