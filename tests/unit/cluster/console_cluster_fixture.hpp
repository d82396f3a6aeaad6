#pragma once

#include "cluster/console/commands.hpp"
#include "runtime/base/error.hpp"
#include "runtime/console/commands.hpp"
#include "runtime/console/protocol.hpp"
#include "tests/support/actor_fixture.hpp"

#include <functional>
#include <map>
#include <string>
#include <vector>

namespace caly::test {

using record_function = std::function<caf::expected<std::string>(const run_record&)>;

struct no_state {};

inline records_actor::behavior_type fake_records(self_ptr<records_actor, no_state>,
                                                 record_function answer) {
  return {
      [=](const run_record& ask) -> caf::result<record_answer> {
        auto rows = answer(ask);
        if (!rows)
          return rows.error();
        return record_answer{std::move(*rows), {}, false, 1};
      },
      [](const get_status&) { return status_report{}; },
  };
}

inline region_actor::behavior_type
fake_region(self_ptr<region_actor, no_state>,
            std::function<void(const wake_tenant&)> on_wake) {
  return {
      [](const own_shards&) {},
      [](const peer_changed&) {},
      [=](const wake_tenant& hint) { on_wake(hint); },
      [](const line_demand&) {},
      [](const line_limit&) {},
      [](const get_line_shares&) { return line_share_list{}; },
      [](const place_single_call& ask) { return ask.call; },
      [](const find_call&) -> caf::result<call_actor> {
        return caf::make_error(errc::not_found);
      },
      [](const get_status&) { return status_report{}; },
  };
}

/// The console of another node: keeps what it was told to run and says it did.
inline console_actor::behavior_type
fake_console(self_ptr<console_actor, no_state>,
             std::function<std::string(const console_run&)> answer) {
  return {
      [=](const console_run& run) { return answer(run); },
      [](const get_status&) { return status_report{}; },
  };
}

inline links_actor::behavior_type fake_links(self_ptr<links_actor, no_state>,
                                             std::map<std::string, caf::actor> consoles,
                                             std::vector<link_report> reports) {
  return {
      [](const probe_peers&) {},
      [](const view_changed&) {},
      [=](const list_peers&) {
        return peer_list{{}, {}, consoles, reports};
      },
      [](const get_status&) { return status_report{}; },
  };
}

inline alarm_watch_actor::behavior_type
fake_alarms(self_ptr<alarm_watch_actor, no_state>) {
  return {
      [](const look_around&) {},
      [](const list_alarms&) {
        return alarm_list{
            {{"disk_low", "/var", "1G of 99G are free", 1'800'000'000'000}}};
      },
      [](const get_status&) { return status_report{}; },
  };
}

inline const auto tenant_a = *tenant_id::parse("ten_000000000000000000000000000000a1");
inline const auto tenant_b = *tenant_id::parse("ten_000000000000000000000000000000b2");
inline const auto some_campaign =
    *campaign_id::parse("cmp_00000000000000000000000000000001");
inline const auto some_call = *call_id::parse("call_00000000000000000000000000000002");

/// A session at node n1 of a cluster of n1 and n2 with two tenants. Records answer what
/// `rows` holds for a statement, per tenant first (`statement@ten_…`).
struct console_cluster_fixture : actor_fixture {
  std::map<std::string, std::string> rows;
  std::map<std::string, caf::error> failures;
  std::vector<run_record> asked;
  std::vector<wake_tenant> woken;
  std::vector<console_run> passed_on;
  std::string peer_answer;
  std::vector<std::string> written;
  std::vector<console_audit_entry> audits;
  std::vector<bool> drains; ///< what this node was told
  console_sources sources;
  caf::actor client;
  caf::actor peer;
  links_actor linked;
  std::int64_t next_id = 1;

  console_cluster_fixture() {
    rows["tenants.all"] = R"([{"tenant_id":")" + tenant_a.str() + R"("},{"tenant_id":")" +
                          tenant_b.str() + R"("}])";
    sources.node = "n1";
    sources.records = spawn<records_actor, no_state>(
        sys, {"records", "", ""}, fake_records, [this](const run_record& ask) {
          return answer_of(ask);
        });
    sources.region = spawn<region_actor, no_state>(
        sys, {"region", "", ""}, fake_region, [this](const wake_tenant& hint) {
          woken.push_back(hint);
        });
    sources.desk = spawn<console_desk_actor, console_desk_state>(
        sys, {"console_desk", "", ""}, console_desk, std::string{"n1"}, sources.records);
    sources.alarms =
        spawn<alarm_watch_actor, no_state>(sys, {"alarm_watch", "", ""}, fake_alarms);
    sources.drain = [this](bool on) { drains.push_back(on); };
    sources.clock = [] { return wall_time{std::chrono::seconds{1'800'000'000}}; };
    open_session();
    see_cluster();
  }

  ~console_cluster_fixture() {
    stop(client);
    stop(sources.alarms);
    stop(sources.desk);
    stop(sources.records);
    stop(sources.region);
    if (peer)
      stop(peer);
    if (linked)
      stop(linked);
  }

  caf::expected<std::string> answer_of(const run_record& ask) {
    asked.push_back(ask);
    const auto own = ask.statement + "@" + ask.tenant.str();
    for (const auto& key : {own, ask.statement}) {
      if (const auto failed = failures.find(key); failed != failures.end())
        return failed->second;
      if (const auto known = rows.find(key); known != rows.end())
        return known->second;
    }
    return caf::make_error(errc::not_found, ask.statement);
  }

  void open_session() {
    auto registry = std::make_shared<console_registry>();
    add_core_commands(*registry, "caly test");
    add_cluster_commands(*registry, sources);
    add_membership_commands(*registry, sources);
    add_campaign_commands(*registry, sources);
    add_call_commands(*registry, sources);
    add_check_commands(*registry, sources);
    add_work_commands(*registry, sources);
    add_alarm_commands(*registry, sources);
    console_options options;
    options.commands = registry;
    options.node = "n1";
    options.audit = [this](console_audit_entry entry,
                           const std::function<void(caf::error)>& done) {
      audits.push_back(std::move(entry));
      done({});
    };
    client = spawn_console_session(
        sys, options, "asha", console_level::break_glass, [this](std::string line) {
          written.push_back(std::move(line));
        });
    run();
  }

  void see_cluster() {
    view_changed change;
    change.self = {"n1", 7};
    change.view.version = 3;
    for (const auto* name : {"n2", "n1"}) {
      node_row node;
      node.id = {name, name[1] == '1' ? 7 : 9};
      node.state = "up";
      node.lease_ms = 4'000;
      change.view.nodes.push_back(node);
    }
    for (int i = 0; i < 128; ++i)
      change.view.shards.push_back(
          {"tenant",
           i,
           i % 2 == 0 ? node_identity{"n2", 9} : node_identity{"n1", 7},
           50 + i});
    self->send(sources.desk, change);
    run();
  }

  /// Links n2, whose console answers every line with `peer_answer`.
  void link_peer() {
    peer = caf::actor_cast<caf::actor>(spawn<console_actor, no_state>(
        sys, {"console", "n2", ""}, fake_console, [this](const console_run& run) {
          passed_on.push_back(run);
          return peer_answer;
        }));
    linked = spawn<links_actor, no_state>(
        sys,
        {"links", "", ""},
        fake_links,
        std::map<std::string, caf::actor>{{"n2", peer}},
        std::vector<link_report>{{{"n2", 9}, true, 65'000, 700, 1, false}});
    self->send(sources.desk, desk_opened{linked, {}});
    run();
  }

  json answer(const std::string& line) {
    written.clear();
    self->send(client, console_input{console_request_for(next_id++, line)});
    run();
    BOOST_REQUIRE_MESSAGE(!written.empty(), "no answer to " + line);
    auto parsed = json::parse(written.back());
    BOOST_REQUIRE_MESSAGE(parsed, written.back());
    return std::move(*parsed);
  }

  /// `data` of a line that must succeed.
  json data(const std::string& line) {
    const auto x = answer(line + " -o json");
    BOOST_REQUIRE_MESSAGE(x["ok"].bool_or(false), x.dump());
    return x["data"];
  }

  void elevate() {
    BOOST_REQUIRE(answer("elevate P --reason \"test it\"")["ok"].bool_or(false));
    audits.clear();
    asked.clear();
  }

  bool was_asked(const std::string& statement, const tenant_id& tenant) const {
    return std::any_of(asked.begin(), asked.end(), [&](const run_record& each) {
      return each.statement == statement && each.tenant == tenant;
    });
  }
};

} // namespace caly::test
