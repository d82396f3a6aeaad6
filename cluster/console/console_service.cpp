#include "cluster/console/console_service.hpp"

#include "cluster/console/commands.hpp"
#include "cluster/console/console_http.hpp"
#include "runtime/console/commands.hpp"
#include "runtime/supervision/exit.hpp"

#include <caf/send.hpp>
#include <spdlog/spdlog.h>

namespace caly {

namespace {

using namespace std::chrono_literals;

constexpr auto audit_timeout = 1800ms;
constexpr auto forward_timeout = 31s;

/// The consoles' callbacks run on the gateway's thread.
void at_once(std::function<void()> work) {
  work();
}

using gateways_ptr = std::shared_ptr<actor_gateways>;

console_audit audit_at(const gateways_ptr& gateways, const console_desk_actor& desk) {
  return
      [gateways, desk](console_audit_entry entry, std::function<void(caf::error)> done) {
        gateways->ask<bool>(desk,
                            audit_timeout,
                            keep_audit{std::move(entry)},
                            at_once,
                            [done = std::move(done)](caf::expected<bool> kept) {
                              done(kept ? caf::error{} : kept.error());
                            });
      };
}

console_forward forward_at(const gateways_ptr& gateways, const console_desk_actor& desk) {
  return [gateways, desk](const std::string& node,
                          console_run run,
                          std::function<void(caf::expected<std::string>)> done) {
    gateways->ask<std::string>(desk,
                               forward_timeout,
                               forward_line{node, std::move(run)},
                               at_once,
                               std::move(done));
  };
}

alarm_watch_actor watch_alarms(const console_parts& parts,
                               const console_desk_actor& desk) {
  alarm_watch_options options;
  options.clock = parts.clock;
  options.folders = parts.folders;
  return spawn<alarm_watch_actor, alarm_watch_state>(parts.system,
                                                     {"alarm_watch", parts.node, ""},
                                                     alarm_watch,
                                                     options,
                                                     desk,
                                                     parts.records);
}

std::shared_ptr<const console_registry> make_commands(const console_parts& parts,
                                                      const console_desk_actor& desk,
                                                      const alarm_watch_actor& alarms) {
  auto commands = std::make_shared<console_registry>();
  add_core_commands(*commands, parts.version);
  const console_sources sources{parts.node,
                                parts.records,
                                parts.region,
                                parts.calls,
                                desk,
                                alarms,
                                parts.clock,
                                parts.drain};
  add_cluster_commands(*commands, sources);
  add_membership_commands(*commands, sources);
  add_campaign_commands(*commands, sources);
  add_call_commands(*commands, sources);
  add_check_commands(*commands, sources);
  add_share_commands(*commands, sources);
  add_work_commands(*commands, sources);
  add_alarm_commands(*commands, sources);
  add_number_commands(*commands, sources);
  return commands;
}

} // namespace

console_service::console_service(const console_parts& parts)
    : gateways_{std::make_shared<actor_gateways>(parts.system, 1)},
      listen_{parts.listen},
      desk_{
          spawn<console_desk_actor, console_desk_state>(parts.system,
                                                        {"console_desk", parts.node, ""},
                                                        console_desk,
                                                        parts.node,
                                                        parts.records)},
      alarms_{watch_alarms(parts, desk_)} {
  console_options console;
  console.commands = make_commands(parts, desk_, alarms_);
  console.node = parts.node;
  console.audit = audit_at(gateways_, desk_);
  console.forward = forward_at(gateways_, desk_);
  door_ = caf::actor_cast<caf::actor>(spawn_console(parts.system, console));
  caf::anon_send(desk_, desk_opened{{}, door_});
  if (parts.listen.token.empty()) {
    spdlog::info("console: not listening reason={}", "console.token is empty");
    return;
  }
  console_server_options options;
  options.host = parts.listen.host;
  options.port = parts.listen.port;
  options.token = parts.listen.token;
  options.sessions_max = static_cast<std::size_t>(parts.listen.sessions_max);
  server_ = std::make_unique<console_server>(parts.system, std::move(console), options);
}

console_service::~console_service() {
  stop();
}

caf::error console_service::start() {
  return server_ ? server_->start() : caf::error{};
}

void console_service::stop() {
  if (server_)
    server_->stop();
  if (door_)
    kill_actor(std::exchange(door_, nullptr));
  if (alarms_)
    kill_actor(std::exchange(alarms_, nullptr));
  if (desk_)
    kill_actor(std::exchange(desk_, nullptr));
}

void console_service::add_to(router& routes, actor_gateways& gateways) const {
  if (listen_.token.empty())
    return;
  console_http_options options;
  options.token = listen_.token;
  options.loopback_only = is_loopback(listen_.host);
  add_console_route(routes, gateways, door_, std::move(options));
}

std::uint16_t console_service::port() const {
  return server_ ? server_->port() : std::uint16_t{0};
}

void console_service::linked(const links_actor& links) {
  caf::anon_send(desk_, desk_opened{links, {}});
}

void console_service::saw(const node_identity& self, const cluster_view& view) {
  caf::anon_send(desk_, view_changed{self, view});
}

} // namespace caly
