#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <string>
#include <vector>

/// How a measured program and `scripts/bench` talk: the program prints `begin` when the
/// measured stretch starts and one line of JSON when it ends, then waits until its
/// standard input closes, so that its CPU time can still be read.
namespace caly::peers {

inline std::uint64_t now_ns() {
  using namespace std::chrono;
  return static_cast<std::uint64_t>(
      duration_cast<nanoseconds>(steady_clock::now().time_since_epoch()).count());
}

inline void begin_window() {
  std::puts("begin");
  std::fflush(stdout);
}

/// `facts` are the members of a JSON object.
inline void end_window(const std::string& facts) {
  std::printf("{%s}\n", facts.c_str());
  std::fflush(stdout);
  while (std::getchar() != EOF) {
  }
}

/// Percentile of latencies in microseconds, as milliseconds.
inline double percentile_ms(std::vector<std::uint32_t>& values, double share) {
  if (values.empty())
    return 0;
  const auto at =
      std::min(values.size() - 1,
               static_cast<std::size_t>(share * static_cast<double>(values.size())));
  const auto place = values.begin() + static_cast<std::ptrdiff_t>(at);
  std::nth_element(values.begin(), place, values.end());
  return *place / 1e3;
}

/// `"p50_ms":…,"p99_ms":…,"p999_ms":…` with a prefix before each name.
inline std::string latency_facts(std::vector<std::uint32_t>& values,
                                 const std::string& prefix = "") {
  std::string out;
  for (const auto& [name, share] :
       {std::pair{"p50_ms", 0.5}, {"p99_ms", 0.99}, {"p999_ms", 0.999}})
    out += (out.empty() ? "\"" : ",\"") + prefix + name +
           "\":" + std::to_string(percentile_ms(values, share));
  return out;
}

} // namespace caly::peers
