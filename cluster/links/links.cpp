#include "cluster/links/links.hpp"

#include "cluster/links/tcp_connect.hpp"
#include "runtime/base/error.hpp"
#include "runtime/base/text.hpp"
#include "runtime/supervision/exit.hpp"

#include <caf/io/all.hpp>
#include <caf/io/basp_broker.hpp>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <set>
#include <unistd.h>

namespace caly {

namespace {

using namespace std::chrono_literals;
using self_t = self_ptr<links_actor, links_state>;

constexpr auto retry_interval = 1s;

/// Tells the member when other peers are suspected than before.
void tell_suspects(self_t self, const std::vector<node_identity>& before) {
  const auto now = self->state.suspected.suspects();
  if (now == before || !self->state.member)
    return;
  for (const auto& peer : now)
    if (std::ranges::find(before, peer) == before.end())
      spdlog::warn("links: suspected peer={}", peer.node);
  self->send(self->state.member, suspects_changed{now});
}

template <class Change>
void change_suspicion(self_t self, Change change) {
  const auto before = self->state.suspected.suspects();
  change(self->state.suspected);
  tell_suspects(self, before);
}

void drop(self_t self,
          const region_actor& region,
          links_state::link& link,
          const std::string& why) {
  if (link.up) {
    ++self->state.lost_total;
    spdlog::warn("links: lost peer={} reason={}", link.peer.node, why);
    self->send(region, peer_changed{link.peer, {}});
    change_suspicion(self, [&](suspicion& its) { its.lost(link.peer); });
  }
  link.up = false;
  link.door = nullptr;
  link.region = nullptr;
  link.console = nullptr;
  link.retry_at = self->clock().now() + retry_interval;
}

void greet(self_t self,
           const links_options& options,
           const region_actor& region,
           const std::string& node) {
  auto& link = self->state.links.at(node);
  hello greeting{
      options.door.cluster, self->state.self, link.peer, to_hex(make_uuid()), {}};
  greeting.mac = hello_mac(options.door.secret, greeting);
  const auto peer = link.peer;
  self->request(link.door, options.request_timeout, std::move(greeting))
      .then(
          [=](const hello_answer& answer) {
            const auto found = self->state.links.find(node);
            if (found == self->state.links.end() || found->second.peer != peer ||
                answer.from != peer)
              return;
            found->second.up = true;
            found->second.up_at = self->clock().now();
            found->second.probe_time = std::chrono::microseconds{-1};
            found->second.region = answer.region;
            found->second.console = answer.console;
            ++self->state.connected_total;
            spdlog::info("links: up peer={}", node);
            change_suspicion(self, [&](suspicion& its) { its.answered(peer); });
            self->send(region, peer_changed{peer, answer.region});
          },
          [=](const caf::error& err) {
            if (const auto found = self->state.links.find(node);
                found != self->state.links.end())
              drop(self, region, found->second, to_string(err));
          });
}

auto broker_of(self_t self) {
  return self->system().middleman().named_broker<caf::io::basp_broker>(caf::atom("BASP"));
}

/// Hands a connected socket to CAF, which then does the BASP handshake on it.
void adopt(self_t self,
           const links_options& options,
           const region_actor& region,
           const node_row& peer,
           int fd) {
  const auto node = peer.id.node;
  auto scribe = make_link_socket(self->system(), fd, options.tls, options.bounds);
  if (!scribe) {
    close(fd);
    drop(self, region, self->state.links.at(node), "no TLS session");
    return;
  }
  self->request(broker_of(self),
                options.request_timeout,
                caf::connect_atom::value,
                std::move(scribe),
                static_cast<std::uint16_t>(peer.basp_port))
      .then(
          [=](const caf::node_id&,
              caf::strong_actor_ptr& published,
              std::set<std::string>&) {
            const auto found = self->state.links.find(node);
            if (found == self->state.links.end() || !published)
              return;
            found->second.door = caf::actor_cast<caf::actor>(published);
            self->monitor(found->second.door);
            greet(self, options, region, node);
          },
          [=](const caf::error& err) {
            if (const auto found = self->state.links.find(node);
                found != self->state.links.end())
              drop(self, region, found->second, to_string(err));
          });
}

void connect(self_t self,
             const links_options& options,
             const region_actor& region,
             const node_row& peer) {
  auto& link = self->state.links[peer.id.node];
  if (link.peer != peer.id && link.up)
    drop(self, region, link, "a new incarnation");
  if (link.up || link.door || link.retry_at > self->clock().now())
    return;
  link.peer = peer.id;
  link.retry_at = self->clock().now() + retry_interval + options.request_timeout;
  // From our own address, so that firewalls between nodes can tell them apart.
  const int fd = tcp_connect(
      peer.basp_host, peer.basp_port, options.connect_timeout, options.basp_host);
  if (fd < 0) {
    spdlog::warn("links: cannot reach peer={}", peer.id.node);
    change_suspicion(self, [&](suspicion& its) { its.missed(peer.id); });
    return;
  }
  adopt(self, options, region, peer, fd);
}

void publish(self_t self, const links_options& options) {
  auto& state = self->state;
  state.door = spawn<door_actor, door_state>(
      self, {"door", state.self.node, ""}, door, state.self, options.door);
  // The middleman holds it, too; without us nobody is to be let in.
  self->attach_functor([open = state.door] { stop_actor(open); });
  std::string why;
  auto doorman = make_link_doorman(self->system(),
                                   options.basp_host,
                                   static_cast<std::uint16_t>(options.basp_port),
                                   options.tls,
                                   options.bounds,
                                   why);
  if (!doorman) {
    spdlog::error("links: cannot open the cluster port {}:{}: {}",
                  options.basp_host,
                  options.basp_port,
                  why);
    return;
  }
  const auto port = doorman->port();
  caf::anon_send(broker_of(self),
                 caf::publish_atom::value,
                 std::move(doorman),
                 port,
                 caf::actor_cast<caf::strong_actor_ptr>(state.door),
                 std::set<std::string>{});
  state.published = true;
}

void see(self_t self,
         const links_options& options,
         const region_actor& region,
         const view_changed& change) {
  auto& state = self->state;
  if (state.door && state.self != change.self)
    self->send(state.door, new_incarnation{change.self});
  state.self = change.self;
  state.view = change.view;
  state.member = change.from;
  if (!state.published)
    publish(self, options);
  std::set<std::string> present;
  for (const auto& node : state.view.nodes) {
    if (node.id == state.self || node.lease_ms <= 0 ||
        (node.state != "up" && node.state != "draining"))
      continue;
    present.insert(node.id.node);
    connect(self, options, region, node);
  }
  for (auto& [name, link] : state.links)
    if (!present.contains(name)) {
      drop(self, region, link, "not a member any more");
      change_suspicion(self, [&](suspicion& its) { its.forget(name); });
    }
  std::erase_if(state.links,
                [&](const auto& each) { return !present.contains(each.first); });
}

/// Over the same connection as the work, so that what stops the one stops the other.
void ask_peers(self_t self, const links_options& options, const region_actor& region) {
  for (const auto& [name, link] : self->state.links) {
    if (!link.up)
      continue;
    const auto peer = link.peer;
    const auto asked_at = self->clock().now();
    self->request(link.door, options.probe_interval, probe{peer})
        .then(
            [=](const node_identity&) {
              if (const auto found = self->state.links.find(peer.node);
                  found != self->state.links.end()) {
                auto& link = found->second;
                link.probe_time = std::chrono::duration_cast<std::chrono::microseconds>(
                    self->clock().now() - asked_at);
                // A region that was started again knows nobody.
                if (link.up && link.peer == peer)
                  self->send(region, peer_changed{peer, link.region});
              }
              change_suspicion(self, [&](suspicion& its) { its.answered(peer); });
            },
            [=](const caf::error&) {
              const auto found = self->state.links.find(peer.node);
              if (found != self->state.links.end() && found->second.up &&
                  found->second.peer == peer)
                change_suspicion(self, [&](suspicion& its) { its.missed(peer); });
            });
  }
}

peer_list list_of(self_t self) {
  const auto& state = self->state;
  peer_list list{state.self, state.view, {}, {}};
  const auto now = self->clock().now();
  for (const auto& [name, link] : state.links) {
    if (link.up)
      list.consoles.emplace(name, link.console);
    const auto missed = state.suspected.misses(link.peer);
    list.links.push_back(
        {link.peer,
         link.up,
         link.up ? std::chrono::duration_cast<std::chrono::milliseconds>(now - link.up_at)
                       .count()
                 : 0,
         link.probe_time.count(),
         missed,
         missed >= suspicion::misses_max});
  }
  return list;
}

} // namespace

links_actor::behavior_type
links(self_t self, links_options options, region_actor region) {
  self->set_down_handler([=](const caf::down_msg& down) {
    for (auto& [name, link] : self->state.links)
      if (link.door && link.door.address() == down.source)
        drop(self, region, link, to_string(down.reason));
  });
  self->delayed_anon_send(self, options.probe_interval, probe_peers{});
  return {
      [=](const view_changed& change) { see(self, options, region, change); },
      [=](const probe_peers& again) {
        ask_peers(self, options, region);
        self->delayed_anon_send(self, options.probe_interval, again);
      },
      [=](const list_peers&) { return list_of(self); },
      [=](const get_status&) {
        const auto& state = self->state;
        status_report report;
        std::size_t up = 0;
        for (const auto& [name, link] : state.links)
          up += link.up ? 1 : 0;
        caf::put(report, "links", state.links.size());
        caf::put(report, "up", up);
        caf::put(report, "published", state.published);
        caf::put(report, "suspects", state.suspected.suspects().size());
        caf::put(report, "connected_total", state.connected_total);
        caf::put(report, "lost_total", state.lost_total);
        return report;
      },
  };
}

} // namespace caly
