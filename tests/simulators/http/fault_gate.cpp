#include "tests/simulators/http/fault_gate.hpp"

#include "tests/simulators/base/scheduler.hpp"

#include <memory>

namespace caly::sim {

void through_faults(world& world,
                    std::string_view provider,
                    bool creates_call,
                    const exchange_ptr& exchange,
                    std::function<void(fault)> serve) {
  const auto drawn = world.faults.draw(provider, creates_call);
  auto run = [drawn, exchange, serve = std::move(serve)] {
    serve(drawn);
    if (drawn == fault::reset)
      exchange->reset();
  };
  const auto latency_ms = world.faults.plan(provider).latency_ms;
  if (latency_ms <= 0)
    return run();
  auto kept = std::make_shared<timer>();
  *kept =
      world.time.after_real(latency_ms / 1000, [kept, run = std::move(run)] { run(); });
}

} // namespace caly::sim
