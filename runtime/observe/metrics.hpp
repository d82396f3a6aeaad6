#pragma once

#include <caf/fwd.hpp>

#include <atomic>
#include <functional>
#include <map>
#include <mutex>
#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace caly {

using metric_labels = std::map<std::string, std::string>;
using metric_counter = prometheus::Counter;
using metric_gauge = prometheus::Gauge;
using metric_histogram = prometheus::Histogram;

/// Bounds in seconds that suit calls to databases and providers.
const std::vector<double>& latency_bounds();

/// Counters, gauges and histograms by name and labels. Names begin with `caly_`, counters
/// end in `_total`, units stand in the name (`_seconds`, `_bytes`). Labels take values
/// from small fixed sets, never ids, numbers or tenants.
///
/// The references stay valid as long as the set: look them up once and keep them.
class metric_set {
public:
  metric_counter&
  counter(const std::string& name, const std::string& help, metric_labels labels = {});
  metric_gauge&
  gauge(const std::string& name, const std::string& help, metric_labels labels = {});
  metric_histogram& histogram(const std::string& name,
                              const std::string& help,
                              metric_labels labels = {},
                              const std::vector<double>& bounds = latency_bounds());

  /// Called before every rendering, to bring gauges up to date. Must not block.
  void on_collect(std::function<void()> update);

  std::vector<prometheus::MetricFamily> collect();

private:
  prometheus::Registry registry_;
  std::mutex mutex_;
  std::vector<std::function<void()>> updates_;
};

/// The metrics of this process.
metric_set& metrics();

/// Counters of one name that differ in one label, found without a lock over the family;
/// values beyond the first 64 count as `other`.
class labelled_counter {
public:
  labelled_counter(metric_set& set,
                   std::string name,
                   std::string help,
                   std::string label);

  metric_counter& of(const std::string& value);

private:
  static constexpr std::size_t values_max = 64;

  metric_set& set_;
  const std::string name_;
  const std::string help_;
  const std::string label_;
  std::shared_mutex mutex_;
  std::unordered_map<std::string, metric_counter*> counters_;
};

/// The text that Prometheus reads: `set`, the process and the actors of `sys` by kind.
std::string render_metrics(caf::actor_system& sys, metric_set& set = metrics());

} // namespace caly
