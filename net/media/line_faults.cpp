#include "net/media/line_faults.hpp"

#include "runtime/base/json.hpp"
#include "runtime/observe/metrics.hpp"

#include <algorithm>

namespace caly {

namespace {

constexpr std::array names{"unreadable", "late", "misdated", "lost_ms", "flood_ms"};

metric_counter& counter_of(std::size_t kind) {
  static const auto all = [] {
    std::array<metric_counter*, names.size()> made{};
    for (std::size_t i = 0; i < made.size(); ++i)
      made[i] = &metrics().counter("caly_media_faults_total",
                                   "Strange frames of carriers' media sockets by kind; "
                                   "those that end in _ms are milliseconds.",
                                   {{"fault", names[i]}});
    return made;
  }();
  return *all[kind];
}

} // namespace

bool line_faults::counted(line_fault kind, std::uint64_t total) {
  auto& count = counts_.at(static_cast<std::size_t>(kind));
  if (total <= count)
    return false;
  counter_of(static_cast<std::size_t>(kind))
      .Increment(static_cast<double>(total - count));
  const bool first = count == 0;
  count = total;
  return first;
}

bool line_faults::add(line_fault kind) {
  return counted(kind, counts_.at(static_cast<std::size_t>(kind)) + 1);
}

bool line_faults::any() const {
  return std::ranges::any_of(counts_, [](auto count) { return count > 0; });
}

std::string line_faults::detail() const {
  json_writer out;
  out.begin_object();
  for (std::size_t i = 0; i < counts_.size(); ++i)
    if (counts_[i] > 0)
      out.field(names[i], static_cast<std::int64_t>(counts_[i]));
  out.end_object();
  return std::move(out).str();
}

const char* to_string(line_fault kind) {
  return names.at(static_cast<std::size_t>(kind));
}

} // namespace caly
