#include "net/media/latency_metrics.hpp"

#include "runtime/base/json.hpp"
#include "runtime/observe/metrics.hpp"

#include <array>
#include <string>

namespace caly {

namespace {

/// What may be a label: names come from brains of our own, and still are bounded.
constexpr std::array stages{
    "answer", "end_of_turn", "first_word", "first_sound", "gap", "first_audio"};

metric_histogram& histogram_of(std::size_t stage) {
  static const auto all = [] {
    std::array<metric_histogram*, stages.size()> made{};
    for (std::size_t i = 0; i < made.size(); ++i)
      made[i] = &metrics().histogram("caly_turn_seconds",
                                     "Times of an agent's turn by stage; gap is measured "
                                     "on the audio itself.",
                                     {{"stage", stages[i]}});
    return made;
  }();
  return *all[stage];
}

} // namespace

void observe_latency(std::string_view detail) {
  if (detail.find("_ms\"") == std::string_view::npos)
    return;
  const auto times = json::parse(detail);
  if (!times)
    return;
  for (std::size_t i = 0; i < stages.size(); ++i)
    if (const auto ms = (*times)[std::string{stages[i]} + "_ms"].as_int(); ms && *ms >= 0)
      histogram_of(i).Observe(static_cast<double>(*ms) / 1000);
}

} // namespace caly
