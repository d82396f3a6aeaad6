#include "cluster/console/desk.hpp"

#include "runtime/base/error.hpp"
#include "runtime/base/json.hpp"

#include <algorithm>

namespace caly {

namespace {

using namespace std::chrono_literals;
using self_t = self_ptr<console_desk_actor, console_desk_state>;

constexpr auto links_timeout = 5s;
constexpr auto forward_timeout = 30s;
constexpr auto audit_timeout = 1500ms;

/// The links may be busy opening a connection; until they answer the last list is good.
void refresh(self_t self) {
  if (!self->state.links)
    return;
  self->request(self->state.links, links_timeout, list_peers{})
      .then(
          [self](peer_list& list) {
            self->state.known.consoles = std::move(list.consoles);
            self->state.known.links = std::move(list.links);
          },
          [](const caf::error&) {}); // the next view asks again
}

bool is_member(const cluster_view& view, const std::string& node) {
  return std::any_of(view.nodes.begin(), view.nodes.end(), [&](const node_row& row) {
    return row.id.node == node;
  });
}

caf::result<std::string> forward(self_t self, forward_line& order) {
  auto& state = self->state;
  auto to = state.console;
  if (order.node != state.known.self.node) {
    const auto peer = state.known.consoles.find(order.node);
    if (peer == state.known.consoles.end() || !peer->second) {
      if (is_member(state.known.view, order.node))
        return caf::make_error(errc::unavailable, order.node + " is not linked");
      return caf::make_error(errc::not_found, "no node " + order.node);
    }
    to = peer->second;
  }
  if (!to)
    return caf::make_error(errc::unavailable, "the console is starting");
  ++state.forwarded_total;
  auto promise = self->make_response_promise<std::string>();
  self->request(to, forward_timeout, std::move(order.run))
      .then(
          [promise](std::string& answer) mutable { promise.deliver(std::move(answer)); },
          [promise, node = order.node](const caf::error&) mutable {
            promise.deliver(
                caf::make_error(errc::unavailable, node + " does not answer"));
          });
  return promise;
}

run_record record_of(const console_audit_entry& entry) {
  json_writer detail;
  detail.begin_object()
      .field("line", entry.line)
      .field("level", to_string(entry.level))
      .end_object();
  return {{},
          "audit.platform",
          {"console:" + entry.user,
           "console.run",
           entry.node,
           entry.reason,
           std::move(detail).str()},
          0};
}

} // namespace

console_desk_actor::behavior_type
console_desk(self_t self, std::string node, records_actor records) {
  self->state.known.self.node = std::move(node);
  return {
      [self](desk_opened& opened) {
        if (opened.links)
          self->state.links = std::move(opened.links);
        if (opened.console)
          self->state.console = std::move(opened.console);
        refresh(self);
      },
      [self](view_changed& change) {
        self->state.known.self = std::move(change.self);
        self->state.known.view = std::move(change.view);
        refresh(self);
      },
      [self](const list_peers&) { return self->state.known; },
      [self](forward_line& order) { return forward(self, order); },
      [self, records](const keep_audit& order) -> caf::result<bool> {
        auto promise = self->make_response_promise<bool>();
        self->request(records, audit_timeout, record_of(order.entry))
            .then(
                [self, promise](const record_answer&) mutable {
                  ++self->state.audits_total;
                  promise.deliver(true);
                },
                [promise](const caf::error& err) mutable {
                  promise.deliver(caf::make_error(errc::unavailable, to_string(err)));
                });
        return promise;
      },
      [self](const get_status&) {
        const auto& state = self->state;
        status_report report;
        caf::put(report, "view_version", state.known.view.version);
        caf::put(report, "nodes", state.known.view.nodes.size());
        caf::put(report, "consoles", state.known.consoles.size());
        caf::put(report, "forwarded_total", state.forwarded_total);
        caf::put(report, "audits_total", state.audits_total);
        return report;
      },
  };
}

} // namespace caly
