#include "cluster/alarms/alarm_watch.hpp"

#include "cluster/alarms/alarm_rules.hpp"
#include "runtime/observe/error_text.hpp"
#include "runtime/observe/metrics.hpp"

#include <spdlog/spdlog.h>

#include <filesystem>

namespace caly {

namespace {

using namespace std::chrono_literals;
using self_t = self_ptr<alarm_watch_actor, alarm_watch_state>;

constexpr auto near_timeout = 1s;
constexpr auto rows_timeout = 5s;

/// A folder that cannot be asked is left out: it may not be there yet.
std::vector<disk_space> disks_of(const std::vector<std::string>& folders) {
  std::vector<disk_space> out;
  for (const auto& folder : folders) {
    std::error_code failed;
    const auto space = std::filesystem::space(folder, failed);
    if (!failed)
      out.push_back({folder, space.available, space.capacity});
  }
  return out;
}

/// All conditions that hold, as far as the last answers tell.
std::vector<alarm> look(self_t self, const alarm_watch_options& options) {
  auto& state = self->state;
  auto seen = cluster_alarms(state.known);
  const auto add = [&](std::vector<alarm> more) {
    std::ranges::move(more, std::back_inserter(seen));
  };
  if (state.database_away.empty())
    add(work_alarms(state.facts));
  else
    seen.push_back({"database_away", "", state.database_away});
  for (const auto& [path, circuit] : state.circuits)
    if (circuit == "open")
      seen.push_back(
          {"circuit_open", path, "the provider fails; requests are held back"});
  add(actor_alarms(actor_table::of(self->system()), options.clock()));
  add(disk_alarms(disks_of(options.folders)));
  return seen;
}

void tell(const alarm_book& book, const alarm_book::change& change) {
  for (const auto& each : change.raised)
    spdlog::warn("alarm: raised name={} subject={} text=\"{}\"",
                 each.name,
                 each.subject,
                 each.text);
  for (const auto& each : change.over)
    spdlog::info("alarm: over name={} subject={}", each.name, each.subject);
  std::map<std::string_view, double> counts;
  for (const auto& kind : alarm_kinds())
    counts[kind.name] = 0;
  for (const auto& each : book.raised())
    ++counts[each.name];
  for (const auto& [name, count] : counts)
    metrics()
        .gauge("caly_alarm", "Alarms that last, by name.", {{"name", std::string{name}}})
        .Set(count);
}

void ask_rows(self_t self, const alarm_watch_options& options, records_actor records) {
  self->request(records,
                rows_timeout,
                run_record{{},
                           "alarms.facts",
                           {std::to_string(options.patience.count()),
                            to_rfc3339(options.clock())},
                           0})
      .then(
          [self](const record_answer& answer) {
            auto facts = json::parse(answer.json);
            self->state.facts = facts ? std::move(*facts) : json{};
            self->state.database_away.clear();
          },
          [self](const caf::error& err) { self->state.database_away = describe(err); });
}

/// Providers are the actors of that kind; which ones there are is the node's affair.
void ask_providers(self_t self) {
  for (const auto& each : actor_table::of(self->system()).all()) {
    if (each->label.kind != "provider")
      continue;
    const auto actor = caf::actor_cast<caf::actor>(each->address);
    if (!actor)
      continue;
    self->request(actor, near_timeout, get_status{})
        .then(
            [self, path = each->path](const status_report& report) {
              self->state.circuits[path] =
                  caf::get_or(report, "circuit", std::string{"unknown"});
            },
            // One that is stuck is an alarm of its own.
            [self, path = each->path](const caf::error&) {
              self->state.circuits.erase(path);
            });
  }
}

} // namespace

alarm_watch_actor::behavior_type alarm_watch(self_t self,
                                             alarm_watch_options options,
                                             peer_source peers,
                                             records_actor records) {
  self->send(alarm_watch_actor{self}, look_around{});
  return {
      [=](const look_around& again) {
        auto& state = self->state;
        // What was asked the last time has been answered by now, or will not be.
        if (state.looks_total > 0)
          tell(state.book, state.book.update(look(self, options), options.clock()));
        self->request(peers, near_timeout, list_peers{})
            .then([self](peer_list& known) { self->state.known = std::move(known); },
                  [](const caf::error&) {}); // the last view is good until it answers
        if (state.looks_total % options.looks_per_rows == 0 ||
            !state.database_away.empty())
          ask_rows(self, options, records);
        ask_providers(self);
        ++state.looks_total;
        self->delayed_anon_send(self, options.interval, again);
      },
      [=](const list_alarms&) { return alarm_list{self->state.book.raised()}; },
      [=](const get_status&) {
        status_report report;
        caf::put(report, "alarms", self->state.book.raised().size());
        caf::put(report, "looks_total", self->state.looks_total);
        return report;
      },
  };
}

} // namespace caly
