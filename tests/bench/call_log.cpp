// What the log of a call costs: the same calls with and without one. Prints JSON:
// nanoseconds a message, bytes a call.
#include "actors/call/call_self.hpp"

#include <caf/all.hpp>
#include <caf/scheduler/test_coordinator.hpp>
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdlib>
#include <ctime>
#include <iostream>
#include <vector>

namespace {

using namespace caly;

std::int64_t cpu_ns() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return now.tv_sec * 1'000'000'000 + now.tv_nsec;
}

struct totals {
  std::uint64_t logs = 0;
  std::uint64_t bytes = 0;
  std::uint64_t events = 0;
};

call_log_keeper_actor::behavior_type keeper(call_log_keeper_actor::pointer, totals* all) {
  return {
      [=](const keep_call_log& log) {
        ++all->logs;
        all->bytes += log.log.size();
        all->events += log.events;
      },
      [](const call_logs_due&) {},
      [](const get_status&) { return status_report{}; },
  };
}

call_store_actor::behavior_type rows(call_store_actor::pointer) {
  return {
      [](const load_call&) { return call_sheet{}; },
      [](const take_call&) { return call_session{}; },
      [](const end_session&) { return true; },
      [](const save_turns& ask) { return static_cast<std::uint32_t>(ask.turns.size()); },
      [](const load_turns&) { return std::vector<transcript_turn>{}; },
      [](const save_action&) { return true; },
      [](const save_event&) { return true; },
      [](const list_unanalysed&) { return std::vector<call_id>{}; },
      [](const save_analysis&) { return true; },
      [](const get_status&) { return status_report{}; },
  };
}

struct agent : call_agent {
  media_plan plan(const std::vector<transcript_turn>&,
                  const std::vector<done_action>&) override {
    return {};
  }

  tool_effect use_tool(const tool_called&, std::string_view, wall_time) override {
    return {"{}", {}, {}};
  }
};

class line {
public:
  line() : sys_{on_one_thread(cfg_)} {}

  /// Nanoseconds of all the calls; `logged` of them with a log.
  std::int64_t run(int calls, int turns, bool logged) {
    call_ports ports;
    ports.rows = rows_;
    ports.clock = system_wall_clock();
    ports.voices.agents = {{brain_kind::realtime,
                            [](const call_sheet&) { return std::make_unique<agent>(); }}};
    if (logged)
      ports.logs = keeper_;
    const auto shared = std::make_shared<const call_ports>(std::move(ports));
    std::int64_t spent = 0;
    for (int i = 0; i < calls; ++i)
      spent += one(shared, turns);
    return spent;
  }

  totals kept;

private:
  static caf::actor_system_config& on_one_thread(caf::actor_system_config& cfg) {
    cfg.set("scheduler.policy", caf::atom("testing"));
    cfg.set("logger.file-verbosity", caf::atom("quiet"));
    return cfg;
  }

  void settle() {
    while (sched_.try_run_once()) {
    }
  }

  std::int64_t one(const std::shared_ptr<const call_ports>& ports, int turns) {
    call_sheet sheet;
    sheet.id = call_id::make();
    sheet.tenant = tenant_id::make();
    sheet.provider_call_id = "CA0123456789abcdef0123456789abcdef";
    sheet.profile = std::string(8'000, 'p');
    sheet.answered_at_ms = to_unix_ms(ports->clock());
    sheet.holds = 100;
    const auto began = cpu_ns();
    const auto call =
        spawn_call(sys_, {"call", sheet.id.str(), ""}, sheet, call_options{}, ports);
    const auto pipe = sys_.spawn([] { return caf::behavior{[](const stop_media&) {}}; });
    caf::anon_send(
        call_actor{call},
        attach_media{
            sheet.tenant, sheet.id, "MZ1", "", caf::actor_cast<media_pipe_actor>(pipe)});
    settle();
    for (int i = 0; i < turns; ++i) {
      const bool agent_speaks = i % 2 == 0;
      caf::anon_send(call_actor{call},
                     turn_heard{"item_" + std::to_string(i),
                                agent_speaks ? "agent" : "caller",
                                "I would like to come on Thursday at half past four, "
                                "if that is possible for the doctor."});
      caf::anon_send(call_actor{call}, media_event{"latency", R"({"ms":812})"});
      caf::anon_send(call_actor{call}, call_tick{});
      settle();
    }
    caf::anon_send_exit(call, caf::exit_reason::kill);
    caf::anon_send_exit(pipe, caf::exit_reason::kill);
    settle();
    return cpu_ns() - began;
  }

  caf::actor_system_config cfg_;
  caf::actor_system sys_;
  caf::scheduler::test_coordinator& sched_ =
      dynamic_cast<caf::scheduler::test_coordinator&>(sys_.scheduler());
  call_store_actor rows_ = sys_.spawn(rows);
  call_log_keeper_actor keeper_ = sys_.spawn(keeper, &kept);
};

} // namespace

int main(int argc, char** argv) {
  CLI::App app{"what the log of a call costs"};
  int calls = 200;
  int turns = 60;
  int rounds = 7;
  app.add_option("--calls", calls);
  app.add_option("--turns", turns);
  app.add_option("--rounds", rounds);
  CLI11_PARSE(app, argc, argv);
  line calls_line;
  std::vector<std::int64_t> plain;
  std::vector<std::int64_t> logged;
  for (int i = 0; i < rounds; ++i) {
    plain.push_back(calls_line.run(calls, turns, false));
    logged.push_back(calls_line.run(calls, turns, true));
  }
  std::ranges::sort(plain);
  std::ranges::sort(logged);
  const auto& kept = calls_line.kept;
  const auto messages =
      std::int64_t{calls} * static_cast<std::int64_t>(kept.events / kept.logs);
  const auto middle = static_cast<std::size_t>(rounds / 2);
  std::cout
      << fmt::format(
             R"({{"messages":{},"without_ns":{},"with_ns":{},"log_ns":{},"log_bytes":{},"events":{}}})",
             messages,
             plain[middle] / messages,
             logged[middle] / messages,
             (logged[middle] - plain[middle]) / messages,
             kept.bytes / kept.logs,
             kept.events / kept.logs)
      << '\n';
  std::exit(0); // the clock of the system holds on to actors that wait for a tick
}
