#include "runtime/observe/metrics.hpp"

#include "runtime/observe/actor_table.hpp"
#include "runtime/observe/process.hpp"

#include <prometheus/text_serializer.h>
#include <utility>

namespace caly {

namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;

MetricFamily family(std::string name, std::string help, MetricType type) {
  MetricFamily made;
  made.name = std::move(name);
  made.help = std::move(help);
  made.type = type;
  return made;
}

void add(MetricFamily& to, double value, const std::string& kind = {}) {
  ClientMetric metric;
  if (!kind.empty())
    metric.label.push_back({"kind", kind});
  if (to.type == MetricType::Counter)
    metric.counter.value = value;
  else
    metric.gauge.value = value;
  to.metric.push_back(std::move(metric));
}

void add_process(std::vector<MetricFamily>& families) {
  const auto process = read_process_usage();
  const auto one =
      [&](const char* name, const char* help, MetricType type, double value) {
        auto made = family(name, help, type);
        add(made, value);
        families.push_back(std::move(made));
      };
  one("process_resident_memory_bytes",
      "Resident memory.",
      MetricType::Gauge,
      static_cast<double>(process.resident_bytes));
  one("process_heap_allocated_bytes",
      "What the program holds of its heap; the rest of the resident memory is code, "
      "stacks and "
      "what the allocator keeps.",
      MetricType::Gauge,
      static_cast<double>(process.allocated_bytes));
  one("process_open_fds",
      "Open file descriptors.",
      MetricType::Gauge,
      static_cast<double>(process.open_files));
  one("process_threads",
      "Threads.",
      MetricType::Gauge,
      static_cast<double>(process.threads));
  one("process_cpu_seconds_total",
      "User and system time.",
      MetricType::Counter,
      process.cpu_seconds);
}

void add_actors(std::vector<MetricFamily>& families, const actor_table& table) {
  auto alive = family("caly_actors", "Actors alive.", MetricType::Gauge);
  auto waiting =
      family("caly_actor_mailbox_messages", "Messages in mailboxes.", MetricType::Gauge);
  auto handled = family(
      "caly_actor_messages_handled_total", "Messages handled.", MetricType::Counter);
  auto busy =
      family("caly_actor_busy_seconds_total", "Time in handlers.", MetricType::Counter);
  auto spawned =
      family("caly_actors_spawned_total", "Actors spawned.", MetricType::Counter);
  auto failed = family(
      "caly_actors_failed_total", "Actors that ended by a failure.", MetricType::Counter);
  for (const auto& [kind, total] : table.totals()) {
    add(alive, static_cast<double>(total.alive), kind);
    add(waiting, static_cast<double>(total.waiting), kind);
    add(handled, static_cast<double>(total.handled), kind);
    add(busy, std::chrono::duration<double>(total.busy).count(), kind);
    add(spawned, static_cast<double>(total.spawned), kind);
    add(failed, static_cast<double>(total.failed), kind);
  }
  for (auto* each : {&alive, &waiting, &handled, &busy, &spawned, &failed})
    families.push_back(std::move(*each));
}

} // namespace

const std::vector<double>& latency_bounds() {
  static const std::vector<double> bounds{
      0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30};
  return bounds;
}

metric_counter& metric_set::counter(const std::string& name,
                                    const std::string& help,
                                    metric_labels labels) {
  return prometheus::BuildCounter().Name(name).Help(help).Register(registry_).Add(labels);
}

metric_gauge& metric_set::gauge(const std::string& name,
                                const std::string& help,
                                metric_labels labels) {
  return prometheus::BuildGauge().Name(name).Help(help).Register(registry_).Add(labels);
}

metric_histogram& metric_set::histogram(const std::string& name,
                                        const std::string& help,
                                        metric_labels labels,
                                        const std::vector<double>& bounds) {
  return prometheus::BuildHistogram().Name(name).Help(help).Register(registry_).Add(
      labels, bounds);
}

void metric_set::on_collect(std::function<void()> update) {
  std::lock_guard guard{mutex_};
  updates_.push_back(std::move(update));
}

std::vector<prometheus::MetricFamily> metric_set::collect() {
  {
    std::lock_guard guard{mutex_};
    for (const auto& update : updates_)
      update();
  }
  return registry_.Collect();
}

metric_set& metrics() {
  static metric_set set;
  return set;
}

labelled_counter::labelled_counter(metric_set& set,
                                   std::string name,
                                   std::string help,
                                   std::string label)
    : set_{set},
      name_{std::move(name)},
      help_{std::move(help)},
      label_{std::move(label)} {}

metric_counter& labelled_counter::of(const std::string& value) {
  {
    std::shared_lock guard{mutex_};
    if (const auto found = counters_.find(value); found != counters_.end())
      return *found->second;
  }
  std::unique_lock guard{mutex_};
  const auto name = counters_.size() < values_max ? value : std::string{"other"};
  if (const auto found = counters_.find(name); found != counters_.end())
    return *found->second;
  auto& counter = set_.counter(name_, help_, {{label_, name}});
  counters_.emplace(name, &counter);
  return counter;
}

std::string render_metrics(caf::actor_system& sys, metric_set& set) {
  auto families = set.collect();
  add_actors(families, actor_table::of(sys));
  add_process(families);
  return prometheus::TextSerializer{}.Serialize(families);
}

} // namespace caly
