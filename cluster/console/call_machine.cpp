#include "cluster/console/call_machine.hpp"

#include "actors/api/call_log.hpp"
#include "runtime/base/error.hpp"
#include "runtime/console/table.hpp"

#include <caf/event_based_actor.hpp>
#include <fmt/format.h>

#include <algorithm>

namespace caly {

namespace {

using namespace std::chrono_literals;

constexpr json_limits view_limits{4 << 20, 16, 100'000, 32, 3};

std::string time_of_day(std::int64_t unix_ms) {
  const auto text = to_rfc3339(wall_time{} + std::chrono::milliseconds{unix_ms});
  return text.substr(11, 12);
}

std::string seconds(std::int64_t ms) {
  return console_cell::time(static_cast<double>(ms) / 1000).text;
}

std::string states_line(const json& view, std::int64_t now_ms) {
  std::string out;
  for (const auto& each : view["states"].items()) {
    out += out.empty() ? "" : " > ";
    const std::string name{each["name"].text_or("")};
    out +=
        each["current"].bool_or(false)
            ? '[' + name + ' ' + seconds(now_ms - each["since_ms"].int_or(now_ms)) + ']'
            : name;
  }
  return out;
}

std::string timers_line(const json& view, std::int64_t now_ms) {
  std::string out;
  for (const auto& each : view["timers"].items()) {
    const auto left = each["due_ms"].int_or(0) - now_ms;
    out.append(out.empty() ? "" : ", ").append(each["name"].text_or(""));
    out += left > 0 ? " in " + seconds(left) : " is due";
  }
  return out.empty() ? "none" : out;
}

std::string fields_line(const json& view) {
  std::string out;
  for (const auto& [name, value] : view["fields"].members())
    if (const auto text = value.text_or(""); !text.empty())
      out.append(out.empty() ? "" : " ").append(name).append("=").append(text);
  return out;
}

void show_here(const console_sources& sources,
               const console_reply& reply,
               const tenant_id& tenant,
               const call_id& id) {
  const auto fail = [=](const caf::error& err) { reply.fail(err, "call " + id.str()); };
  reply.self()
      ->request(sources.calls, 1s, find_call{tenant, id, false})
      .then(
          [=](const call_actor& call) {
            reply.self()
                ->request(caf::actor_cast<call_watch_actor>(call), 1s, watch_call{})
                .then(
                    [=](const call_view& view) {
                      const auto parsed = json::parse(view.json, view_limits);
                      if (parsed)
                        reply.text(machine_text(id.str(), *parsed));
                      else
                        fail(parsed.error());
                    },
                    fail);
          },
          fail);
}

void show_there(const console_sources& sources,
                const console_reply& reply,
                const std::string& node,
                const std::string& line) {
  ask_node(reply, sources, node, 1500ms, line, [=](const json& answer) {
    if (answer["ok"].bool_or(false))
      reply.text("at " + node + ": " + std::string{answer["text"].text_or("")});
    else if (answer.is_null())
      reply.fail(caf::make_error(errc::unavailable, "no answer from " + node));
    else
      reply.fail(caf::make_error(errc::not_found,
                                 node + ": " +
                                     std::string{answer["error"]["message"].text_or("")}),
                 "its actor may just be moving; call <call_…> shows the row");
  });
}

} // namespace

std::string machine_text(const std::string& call, const json& view) {
  const auto now_ms = view["now_ms"].int_or(0);
  auto out = fmt::format("{} {}Z\nstates    {}\nmailbox   {} waiting\ntimers    {}\n",
                         call,
                         time_of_day(now_ms),
                         states_line(view, now_ms),
                         view["mailbox"].int_or(0),
                         timers_line(view, now_ms));
  for (std::string title = "leases"; const auto& each : view["leases"].items()) {
    out += fmt::format(
        "{:<9} {}: {}\n", title, each["name"].text_or(""), each["value"].text_or(""));
    title.clear();
  }
  out += "state     " + fields_line(view) + '\n';
  const auto& messages = view["messages"].items();
  out += fmt::format("messages  the last {}", messages.size());
  for (const auto& each : messages)
    out += fmt::format("\n{:>6} {} {}{}{}",
                       each["n"].int_or(0),
                       time_of_day(each["at_ms"].int_or(0)),
                       each["kind"].text_or(""),
                       each["did"].text_or("").empty()
                           ? std::string{}
                           : " -> " + std::string{each["did"].text_or("")},
                       each["changed"].text_or("").empty()
                           ? std::string{}
                           : " | " + std::string{each["changed"].text_or("")});
  return out;
}

std::string node_of_call(const json& row, const peer_list& known) {
  const std::string node{row["node"].text_or("")};
  const auto up = std::any_of(
      known.view.nodes.begin(), known.view.nodes.end(), [&](const node_row& each) {
        return each.id.node == node && each.lease_ms > 0;
      });
  return up ? node : std::string{};
}

void show_call_machine(const console_sources& sources,
                       const console_args& args,
                       const console_reply& reply) {
  const auto id = id_word<call_tag>(reply, args, 0, "call");
  if (!id)
    return;
  find_tenant(reply, sources, args, *id, [=](const tenant_id& tenant) {
    if (args.has("here"))
      return show_here(sources, reply, tenant, *id);
    ask_rows(reply, sources, {tenant, "calls.get", {id->str()}, 0}, [=](const json& row) {
      if (!row["ended_at"].is_null())
        return reply.fail(caf::make_error(errc::conflict, "the call is over"),
                          "caly calls replay " + id->str() + " runs it again");
      ask_rows(
          reply, sources, {tenant, "calls.speaker", {id->str()}, 0}, [=](const json& at) {
            ask_view(reply, sources, [=](const peer_list& known) {
              const auto node = node_of_call(at.is_object() ? at : row, known);
              if (node.empty())
                reply.fail(
                    caf::make_error(errc::not_found, "no living node has the call now"),
                    "its carrier's next request brings it to one");
              else if (node == sources.node)
                show_here(sources, reply, tenant, *id);
              else
                show_there(sources,
                           reply,
                           node,
                           "call machine " + id->str() + " --here --tenant " +
                               tenant.str());
            });
          });
    });
  });
}

} // namespace caly
