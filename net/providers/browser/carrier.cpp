#include "net/providers/browser/carrier.hpp"

#include "runtime/base/error.hpp"
#include "runtime/base/json.hpp"
#include "runtime/observe/outage_log.hpp"

#include <spdlog/spdlog.h>

namespace caly::browser {

namespace {

using namespace std::chrono_literals;
using self_t = self_ptr<line_keeper_actor, line_keeper_state>;

constexpr auto store_timeout = 10s;

struct parts {
  line_keeper_options options;
  line_keeper_ports ports;
};

std::int32_t seconds_of(const line_changed& line) {
  // Every second that began counts, as carriers do it.
  return static_cast<std::int32_t>((line.gone_at_ms - line.joined_at_ms + 999) / 1000);
}

record_progress event_of(const line_changed& line, std::int64_t now_ms) {
  record_progress event;
  event.tenant = line.tenant;
  event.call = line.call;
  event.provider_call_id = line.call.str();
  event.status = line.gone_at_ms == 0     ? "in_progress"
                 : line.joined_at_ms == 0 ? "no_answer"
                                          : "completed";
  event.key = "browser:" + event.status;
  if (line.gone_at_ms > 0 && line.joined_at_ms > 0) {
    event.duration_s = seconds_of(line);
    event.answered_by = "human";
  }
  event.at_ms = now_ms;
  return event;
}

void forget_oldest(line_keeper_state& state, const line_keeper_options& options) {
  // Ids begin with their time.
  for (auto each = state.lines.begin();
       state.lines.size() > options.lines_max && each != state.lines.end();)
    each = each->second.recorded ? state.lines.erase(each) : std::next(each);
}

/// Records the line's last change; its end again until it is recorded.
void record(self_t self, const parts& with, const call_id& call) {
  const auto known = self->state.lines.find(call);
  if (known == self->state.lines.end() || known->second.recorded)
    return;
  const auto line = known->second.last;
  const auto at_ms = line.gone_at_ms > 0 ? line.gone_at_ms : line.joined_at_ms;
  const auto event = event_of(line, at_ms);
  self->request(with.ports.store, store_timeout, event)
      .then(
          [self, with, line, event](const progress_answer& answer) {
            self->send(with.ports.calls,
                       call_progressed{line.call, event.status, answer.effect, {}});
            const auto known = self->state.lines.find(line.call);
            if (known != self->state.lines.end() && line.gone_at_ms > 0)
              known->second.recorded = true;
          },
          [self, with, line](const caf::error& why) {
            warn_failed(why, "browser: line not recorded call={}", line.call.str());
            auto& known = self->state.lines[line.call];
            if (line.gone_at_ms > 0 && ++known.tries < with.options.tries_max)
              self->delayed_anon_send(
                  self, with.options.retry_after, line_due{line.tenant, line.call});
          });
}

/// What the rows tell of a line that was never here.
looked_up_call judge(const json& row, const parts& with, const call_id& call) {
  const auto now_ms = to_unix_ms(with.ports.clock());
  const auto made_at = parse_rfc3339(row["created_at"].text_or(""));
  const auto made_ms = made_at ? to_unix_ms(*made_at) : 0;
  looked_up_call found;
  found.found = true;
  found.provider_call_id = call.str();
  found.at_ms = now_ms;
  const auto node = row["node"].text_or("");
  if (node.empty()) {
    const bool may_come = now_ms - made_ms < with.options.promise.count();
    found.status = may_come ? "ringing" : "no_answer";
  } else if (node != with.options.node && row["alive"].bool_or(false)) {
    found.status = "in_progress"; // that node has it
  } else {
    found.status = "completed";
    found.duration_s = 0; // nobody measured it, so nobody pays for it
  }
  return found;
}

caf::result<looked_up_call>
look_up(self_t self, const parts& with, const look_up_call& ask) {
  const auto known = self->state.lines.find(ask.call.id);
  if (known != self->state.lines.end()) {
    const auto event = event_of(known->second.last, 0);
    looked_up_call found;
    found.found = true;
    found.provider_call_id = event.provider_call_id;
    found.status = event.status;
    found.duration_s = event.duration_s;
    found.answered_by = event.answered_by;
    found.at_ms =
        std::max(known->second.last.gone_at_ms, known->second.last.joined_at_ms);
    return found;
  }
  auto promise = self->make_response_promise<looked_up_call>();
  self->request(with.ports.records,
                store_timeout,
                run_record{ask.tenant, "calls.line", {ask.call.id.str()}, 0})
      .then(
          [promise, with, call = ask.call.id](const record_answer& answer) mutable {
            const auto row = json::parse(answer.json);
            if (row && row->is_object())
              promise.deliver(judge(*row, with, call));
            else
              promise.deliver(looked_up_call{});
          },
          [promise](caf::error& why) mutable { promise.deliver(std::move(why)); });
  return promise;
}

/// Nobody came for a promised line: its call ends.
void look_for(self_t self, const parts& with, const line_due& due) {
  auto promised = look_up_call{due.tenant, {}};
  promised.call.id = due.call;
  self->request(caf::actor_cast<carrier_actor>(self), store_timeout, promised)
      .then(
          [self, with, due](const looked_up_call& found) {
            if (found.status != "no_answer")
              return;
            ++self->state.missed_total;
            self->send(
                self,
                line_changed{due.tenant, due.call, 0, to_unix_ms(with.ports.clock())});
          },
          // The reconciler looks for it two minutes later.
          [due](const caf::error& why) {
            warn_failed(why, "browser: line not looked for call={}", due.call.str());
          });
}

class told_line : public line {
public:
  told_line(line_keeper_actor keeper,
            const tenant_id& tenant,
            const call_id& call,
            wall_clock clock)
      : keeper_{std::move(keeper)},
        change_{tenant, call, 0, 0},
        clock_{std::move(clock)} {}

  ~told_line() override {
    change_.gone_at_ms = to_unix_ms(clock_());
    caf::anon_send(keeper_, change_);
  }

  void joined() override {
    if (change_.joined_at_ms > 0)
      return;
    change_.joined_at_ms = to_unix_ms(clock_());
    caf::anon_send(keeper_, change_);
  }

private:
  line_keeper_actor keeper_;
  line_changed change_;
  wall_clock clock_;
};

} // namespace

std::unique_ptr<line> kept_line(line_keeper_actor keeper,
                                const tenant_id& tenant,
                                const call_id& call,
                                wall_clock clock) {
  return std::make_unique<told_line>(std::move(keeper), tenant, call, std::move(clock));
}

line_keeper_actor::behavior_type
line_keeper(self_t self, line_keeper_options options, line_keeper_ports ports) {
  const parts with{std::move(options), std::move(ports)};
  return {
      [](const place_call&) {
        return placed_call{create_result::refused, {}, "browsers are not called"};
      },
      [=](const look_up_call& ask) { return look_up(self, with, ask); },
      // Its media session closes the socket.
      [](const hang_up_call&) { return true; },
      [=](const get_status&) {
        const auto& state = self->state;
        status_report report;
        caf::put(report, "joined_total", state.joined_total);
        caf::put(report, "ended_total", state.ended_total);
        caf::put(report, "missed_total", state.missed_total);
        return report;
      },
      [=](const line_promised& line) {
        self->delayed_anon_send(
            self, with.options.promise, line_due{line.tenant, line.call});
      },
      [=](const line_changed& line) {
        auto& state = self->state;
        ++(line.gone_at_ms > 0 ? state.ended_total : state.joined_total);
        state.lines[line.call] = {line, 0, false};
        record(self, with, line.call);
        forget_oldest(state, with.options);
      },
      [=](const line_due& due) {
        if (self->state.lines.contains(due.call))
          record(self, with, due.call);
        else
          look_for(self, with, due);
      },
  };
}

} // namespace caly::browser
