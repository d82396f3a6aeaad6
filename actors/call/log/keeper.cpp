#include "actors/call/log/keeper.hpp"

#include "runtime/base/error.hpp"

#include <spdlog/spdlog.h>

namespace caly {

namespace {

using namespace std::chrono_literals;
using self_t = self_ptr<call_log_keeper_actor, call_log_keeper_state>;

constexpr auto store_timeout = 20s;
constexpr auto rest = 5s;

bool comes_back(const caf::error& failure) {
  return failure == errc::unavailable || failure == errc::overloaded ||
         failure == errc::timed_out || failure.category() == caf::atom("system");
}

void lose(call_log_keeper_state& state, const keep_call_log& log, const char* why) {
  ++state.lost_total;
  spdlog::warn("call_logs: log not kept call={} bytes={} reason={}",
               log.call.str(),
               log.log.size(),
               why);
}

void queue(call_log_keeper_state& state, keep_call_log log) {
  state.waiting_bytes += log.log.size();
  state.waiting.push_back(std::move(log));
  while (state.waiting_bytes > call_log_keeper_state::waiting_bytes_max) {
    const auto oldest = std::move(state.waiting.front());
    state.waiting.pop_front();
    state.waiting_bytes -= oldest.log.size();
    lose(state, oldest, "too many wait");
  }
}

void write_next(self_t self, const records_actor& records);

void write(self_t self, const records_actor& records, keep_call_log log) {
  ++self->state.under_way;
  run_record order{log.tenant,
                   "calls.keep_log",
                   {log.call.str(),
                    log.node,
                    std::to_string(log.began_at_ms),
                    std::to_string(log.events),
                    log.log},
                   0};
  self->request(records, store_timeout, std::move(order))
      .then(
          [self, records, bytes = log.log.size()](const record_answer&) {
            --self->state.under_way;
            ++self->state.kept_total;
            self->state.kept_bytes_total += bytes;
            write_next(self, records);
          },
          [self, records, log](const caf::error& failure) {
            auto& state = self->state;
            --state.under_way;
            if (!comes_back(failure)) {
              lose(state, log, to_string(failure).c_str());
              return write_next(self, records);
            }
            queue(state, log);
            if (std::exchange(state.resting, true))
              return;
            self->delayed_anon_send(self, rest, call_log_rested{});
          });
}

void write_next(self_t self, const records_actor& records) {
  auto& state = self->state;
  while (!state.resting && !state.waiting.empty() &&
         state.under_way < call_log_keeper_state::under_way_max) {
    auto log = std::move(state.waiting.front());
    state.waiting.pop_front();
    state.waiting_bytes -= log.log.size();
    write(self, records, std::move(log));
  }
}

} // namespace

call_log_keeper_actor::behavior_type call_log_keeper(self_t self, records_actor records) {
  return {
      [self, records](keep_call_log& log) {
        queue(self->state, std::move(log));
        write_next(self, records);
      },
      [self, records](const call_log_rested&) {
        self->state.resting = false;
        write_next(self, records);
      },
      [self](const get_status&) {
        const auto& state = self->state;
        status_report report;
        caf::put(report, "waiting", state.waiting.size());
        caf::put(report, "waiting_bytes", state.waiting_bytes);
        caf::put(report, "under_way", state.under_way);
        caf::put(report, "resting", state.resting);
        caf::put(report, "kept_total", state.kept_total);
        caf::put(report, "kept_bytes_total", state.kept_bytes_total);
        caf::put(report, "lost_total", state.lost_total);
        return report;
      },
  };
}

} // namespace caly
