#include "actors/call/log/keeper.hpp"

#include "runtime/base/error.hpp"
#include "runtime/base/json.hpp"

#include <spdlog/spdlog.h>

#include <memory>
#include <utility>
#include <vector>

namespace caly {

namespace {

using namespace std::chrono_literals;
using self_t = self_ptr<call_log_keeper_actor, call_log_keeper_state>;
using logs = std::vector<keep_call_log>;

constexpr auto store_timeout = 20s;

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

void write_later(self_t self, std::chrono::milliseconds wait) {
  if (!std::exchange(self->state.due_later, true))
    self->delayed_anon_send(self, wait, call_logs_due{});
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

std::string to_json(const logs& all) {
  json_writer out;
  out.begin_array();
  for (const auto& each : all) {
    out.begin_object().field("call", each.call.sql()).field("node", each.node);
    out.field("began_at_ms", each.began_at_ms);
    out.field("events", std::int64_t{each.events})
        .raw_field("log", each.log)
        .end_object();
  }
  out.end_array();
  return std::move(out).str();
}

/// The rows did not take them.
void put_back(self_t self, const caf::error& failure, logs all) {
  auto& state = self->state;
  if (comes_back(failure)) {
    for (auto& each : all)
      queue(state, std::move(each));
    write_later(self, call_log_keeper_state::rest);
  } else if (all.size() == 1) {
    lose(state, all.front(), to_string(failure).c_str());
  } else {
    for (auto& each : all)
      state.alone.push_back(std::move(each));
  }
}

/// All of one tenant.
run_record order_of(const logs& batch) {
  return {batch.front().tenant, "calls.keep_logs", {to_json(batch)}, 0};
}

void write(self_t self, const records_actor& records, logs batch) {
  ++self->state.under_way;
  const auto all = std::make_shared<logs>(std::move(batch));
  self->request(records, store_timeout, order_of(*all))
      .then(
          [self, records, all](const record_answer&) {
            auto& state = self->state;
            --state.under_way;
            state.kept_total += all->size();
            for (const auto& each : *all)
              state.kept_bytes_total += each.log.size();
            write_next(self, records);
          },
          [self, records, all](const caf::error& failure) {
            --self->state.under_way;
            put_back(self, failure, std::move(*all));
            write_next(self, records);
          });
}

/// The oldest log, and others of its tenant.
logs take_batch(call_log_keeper_state& state) {
  logs out;
  std::size_t bytes = 0;
  std::deque<keep_call_log> left;
  for (auto& each : state.waiting) {
    const bool fits = out.empty() ||
                      (each.tenant == out.front().tenant &&
                       out.size() < call_log_keeper_state::batch_max &&
                       bytes + each.log.size() <= call_log_keeper_state::batch_bytes_max);
    if (fits)
      bytes += each.log.size();
    (fits ? out.emplace_back() : left.emplace_back()) = std::move(each);
  }
  state.waiting = std::move(left);
  state.waiting_bytes -= bytes;
  return out;
}

void write_next(self_t self, const records_actor& records) {
  auto& state = self->state;
  while (!state.due_later && state.under_way < call_log_keeper_state::under_way_max) {
    if (!state.alone.empty()) {
      auto one = std::move(state.alone.front());
      state.alone.pop_front();
      write(self, records, {std::move(one)});
    } else if (!state.waiting.empty()) {
      write(self, records, take_batch(state));
    } else {
      return;
    }
  }
}

/// The node stops: nobody waits for what the rows answer.
void write_at_last(call_log_keeper_state& state, const records_actor& records) {
  for (auto& each : std::exchange(state.alone, {}))
    caf::anon_send(records, order_of({std::move(each)}));
  while (!state.waiting.empty())
    caf::anon_send(records, order_of(take_batch(state)));
}

} // namespace

call_log_keeper_actor::behavior_type call_log_keeper(self_t self, records_actor records) {
  self->set_exit_handler([self, records](caf::exit_msg& order) {
    write_at_last(self->state, records);
    self->quit(std::move(order.reason));
  });
  return {
      [self, records](keep_call_log& log) {
        if (self->state.waiting.empty())
          write_later(self, call_log_keeper_state::gather);
        queue(self->state, std::move(log));
      },
      [self, records](const call_logs_due&) {
        self->state.due_later = false;
        write_next(self, records);
      },
      [self](const get_status&) {
        const auto& state = self->state;
        status_report report;
        caf::put(report, "waiting", state.waiting.size() + state.alone.size());
        caf::put(report, "waiting_bytes", state.waiting_bytes);
        caf::put(report, "under_way", state.under_way);
        caf::put(report, "due_later", state.due_later);
        caf::put(report, "kept_total", state.kept_total);
        caf::put(report, "kept_bytes_total", state.kept_bytes_total);
        caf::put(report, "lost_total", state.lost_total);
        return report;
      },
  };
}

} // namespace caly
