// CPU and time of a campaign's forecast: ten courses of a campaign of 50,000 rows on 60
// lines, with retries, hours and other tenants. `bench_forecast [ROWS] [ROUNDS]`.

#include "actors/scheduler/line_shares.hpp"
#include "tests/bench/cpu_time.hpp"
#include "tests/unit/actors/forecast_fixture.hpp"

#include <chrono>
#include <cstdio>
#include <cstdlib>

namespace {

using namespace caly;
using namespace caly::test;

forecast_input campaign_with(std::uint32_t rows, bool crowded) {
  auto in = campaign_of(0);
  in.plan = {60, 20, 0.5};
  in.calls_per_s = 5;
  in.retry_delay_s = {-1, 14'400, 3600, 1800, 900, 900, -1, -1};
  in.zones = {days(9 * hour_ms, 20 * hour_ms), days(4 * hour_ms, 15 * hour_ms)};
  for (std::uint32_t zone = 0; zone < 2; ++zone)
    in.rows.push_back({zone, 0, in.starts_ms, 0, rows / 2});
  in.outcomes = mixed_outcomes();
  if (crowded) {
    in.system_lines = 200;
    for (int i = 0; i < 64; ++i)
      in.others.push_back({tenant_id::make(), 1, 2, true});
  }
  return in;
}

void measure(const char* name, const forecast_input& in, int rounds) {
  for (int round = 0; round < rounds; ++round) {
    const auto cpu_s = bench::own_cpu_s();
    const auto began = std::chrono::steady_clock::now();
    const auto made = forecast(in, shared_lines, {1, 10, std::chrono::seconds{10}});
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
    std::printf("%-10s %2u courses  %.3f s  %.3f CPU s  %lld calls  %.1f days\n",
                name,
                made.runs,
                took.count(),
                bench::own_cpu_s() - cpu_s,
                static_cast<long long>(made.calls.p50),
                static_cast<double>(made.ends_ms.p50 - in.starts_ms) / day_ms);
  }
}

} // namespace

int main(int argc, char** argv) {
  const auto rows = static_cast<std::uint32_t>(argc > 1 ? std::atoi(argv[1]) : 50'000);
  const auto rounds = argc > 2 ? std::atoi(argv[2]) : 3;
  measure("alone", campaign_with(rows, false), rounds);
  measure("crowded", campaign_with(rows, true), rounds);
}
