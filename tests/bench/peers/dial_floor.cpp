// Floor of dialing: queues in memory, both limits, a row's claim and its completion each
// committed before the next step; one transaction takes all that is due.
//   dial_floor JOBS     with BENCH_DATABASE_URL

#include "tests/bench/peers/common/pg_pipe.hpp"
#include "tests/bench/peers/common/window.hpp"

#include <array>

namespace caly::peers {

namespace {

constexpr int tenants = 20;
constexpr int at_once = 10;
constexpr int at_once_in_all = 200;

struct job {
  std::int64_t id;
  int tenant;
};

void send(PGconn* at, const char* name, const std::vector<job>& jobs) {
  pg_array ids{pg_array::int8};
  for (const auto& each : jobs)
    ids.add(each.id);
  const auto& data = ids.finish();
  const char* values[] = {data.data()};
  const int sizes[] = {static_cast<int>(data.size())};
  const int formats[] = {1};
  if (PQsendQueryPrepared(at, name, 1, values, sizes, formats, 1) == 0)
    database_failed(at);
}

void commit(PGconn* at) {
  PQpipelineSync(at);
  for (;;) {
    auto* result = PQgetResult(at);
    if (result == nullptr)
      continue;
    const auto status = PQresultStatus(result);
    if (status == PGRES_FATAL_ERROR)
      database_failed(at);
    PQclear(result);
    if (status == PGRES_PIPELINE_SYNC)
      return;
  }
}

} // namespace

} // namespace caly::peers

int main(int argc, char** argv) {
  using namespace caly::peers;
  if (argc < 2) {
    std::fprintf(stderr, "usage: dial_floor JOBS\n");
    return 2;
  }
  const auto count = static_cast<std::size_t>(std::atoll(argv[1]));
  auto* at = pg_open();
  pg_prepare(at,
             "claim",
             "update dial_rows set status = 'dialing', dialed_at = now(), "
             "attempts = attempts + 1 where id = any ($1::int8[])");
  pg_prepare(at,
             "complete",
             "update dial_rows set status = 'completed', completed_at = now() "
             "where id = any ($1::int8[])");
  std::array<std::deque<job>, tenants> waiting;
  for (std::size_t i = 0; i < count; ++i)
    waiting[i % tenants].push_back(
        {static_cast<std::int64_t>(i + 1), static_cast<int>(i % tenants)});
  PQenterPipelineMode(at);
  begin_window();
  const auto start = now_ns();
  std::array<int, tenants> live{};
  std::vector<job> dialing;
  for (std::size_t done = 0; done < count;) {
    const auto ended = std::exchange(dialing, {});
    for (const auto& each : ended)
      --live[static_cast<std::size_t>(each.tenant)];
    int all = 0;
    for (const int each : live)
      all += each;
    for (std::size_t tenant = 0; tenant < tenants; ++tenant)
      for (auto& queue = waiting[tenant];
           !queue.empty() && live[tenant] < at_once && all < at_once_in_all;
           ++all, ++live[tenant]) {
        dialing.push_back(queue.front());
        queue.pop_front();
      }
    if (!ended.empty())
      send(at, "complete", ended);
    if (!dialing.empty())
      send(at, "claim", dialing);
    commit(at);
    done += ended.size();
  }
  const auto seconds = static_cast<double>(now_ns() - start) / 1e9;
  end_window("\"units\":" + std::to_string(count) +
             ",\"seconds\":" + std::to_string(seconds));
}
