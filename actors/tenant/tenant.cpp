#include "actors/tenant/tenant.hpp"

#include "actors/tenant/pending_words.hpp"
#include "actors/tenant/reconcile.hpp"
#include "runtime/base/error.hpp"
#include "runtime/base/json.hpp"
#include "runtime/observe/outage_log.hpp"

#include <spdlog/spdlog.h>

#include <utility>

namespace caly {

namespace {

using namespace std::chrono_literals;
using self_t = self_ptr<tenant_actor, tenant_state>;

constexpr auto store_timeout = 10s;
constexpr auto look_interval = 2s;
constexpr auto report_interval = 1s;
constexpr auto last_word_time = 1s;
/// So long the dial scheduler's word holds.
constexpr std::int64_t limit_holds_ms = 5000;
/// Ticks without campaigns, calls or doubts before the actor goes to sleep.
constexpr std::uint32_t idle_ticks_max = 15;
/// Campaigns of one tenant that run at the same time; more wait for these to end.
constexpr std::uint32_t campaigns_max = 200;

/// Hints the tenant sends itself; anything else comes from outside.
constexpr const char* flush_hint = "self:flush";
constexpr const char* look_hint = "self:look";
constexpr const char* reconcile_hint = "self:reconcile";
constexpr const char* reopen_hint = "self:reopen";
constexpr const char* retry_hint = "self:retry";
constexpr const char* report_hint = "self:report";

void hint_self(self_t self, const char* why) {
  self->send(tenant_actor{self}, wake_tenant{self->state.id, why});
}

template <class Duration>
void hint_self_later(self_t self, Duration delay, const char* why) {
  self->delayed_anon_send(self, delay, wake_tenant{self->state.id, why});
}

void start(self_t self,
           const tenant_ports& ports,
           const tenant_options& options,
           reserved_call call,
           std::string correlation_id = {}) {
  self->state.live_calls.insert(call.id);
  const auto id = call.id;
  const auto campaign = call.campaign;
  start_call order{self->state.id,
                   std::move(call),
                   self->state.owner,
                   options.provider,
                   tenant_actor{self},
                   std::move(correlation_id)};
  self->request(ports.calls, store_timeout, std::move(order))
      .then(
          [self, id, campaign](const call_actor& actor) {
            // Who was told before this tenant may be told the end; watching tells, too.
            self->state.tended.insert_or_assign(actor.address(),
                                                tenant_state::tended_call{id, campaign});
            self->monitor(actor);
          },
          [self, id, campaign](const caf::error& err) {
            // The row stays reserved; the next owner or reconciler undoes it.
            spdlog::error(
                "tenant: call not started call={} reason={}", id.str(), to_string(err));
            self->send(tenant_actor{self}, call_finished{id, campaign, "never_sent"});
          });
}

/// Tells the dial scheduler what this tenant has and whether it could use more.
void report_demand(self_t self, const tenant_ports& ports) {
  auto& state = self->state;
  const auto live = state.lines.live() + state.lines.claimed();
  state.told_waits = state.waits;
  // Once more when there is nothing: what it had is free for others at once.
  const bool anything = live > 0 || state.waits;
  if (ports.region && (anything || state.told_anything))
    self->send(ports.region,
               line_demand{state.id,
                           live,
                           state.lines.cap(),
                           state.waits,
                           false,
                           state.guaranteed,
                           state.weight});
  state.told_anything = anything;
  state.waits = false;
}

/// A dial found no line; the scheduler hears of it at once.
void wait_for_line(self_t self, const tenant_ports& ports) {
  self->state.waits = true;
  if (!self->state.told_waits)
    report_demand(self, ports);
}

void reserve(self_t self,
             const tenant_ports& ports,
             const tenant_options& options,
             const dial_batch& batch) {
  self->request(
          ports.store,
          store_timeout,
          reserve_calls{self->state.id, batch.campaign, self->state.owner, batch.calls})
      .then(
          [self, ports, options, batch](reservation& answer) {
            auto& state = self->state;
            const auto asked = static_cast<std::uint32_t>(batch.calls.size());
            const auto granted = static_cast<std::uint32_t>(answer.calls.size());
            const auto now_ms = to_unix_ms(ports.clock());
            state.lines.answered(asked, granted, answer.stop, now_ms);
            if (answer.stop == reserve_stop::system_at_capacity)
              wait_for_line(self, ports);
            state.reserved_total += granted;
            for (auto& call : answer.calls)
              start(self, ports, options, std::move(call));
            if (answer.stop == reserve_stop::fenced) {
              self->quit(caf::make_error(errc::fenced, state.id.str()));
              return;
            }
            if (state.lines.closed_until_ms() > now_ms)
              hint_self_later(
                  self,
                  std::chrono::milliseconds{state.lines.closed_until_ms() - now_ms},
                  reopen_hint);
            if (const auto campaign = state.campaigns.find(batch.campaign);
                campaign != state.campaigns.end())
              self->send(
                  campaign->second,
                  dial_result{
                      granted, asked - granted, answer.stop, answer.wait_until_ms});
          },
          [self, ports, options, batch](const caf::error& err) {
            // Whether it happened is not known: the same ids are asked for again.
            warn_failed(
                err, "tenant: reservation not answered tenant={}", self->state.id.str());
            self->state.unanswered.push_back(batch);
            hint_self_later(self, 500ms, retry_hint);
          });
}

void flush(self_t self, const tenant_ports& ports, const tenant_options& options) {
  self->state.flush_due = false;
  for (const auto& batch : self->state.lines.take_batches(options.batch_max))
    reserve(self, ports, options, batch);
}

void start_campaigns(self_t self, const tenant_ports& ports, const json& rows) {
  auto& campaigns = self->state.campaigns;
  for (const auto& row : rows.items()) {
    const auto id = campaign_id::parse(row["id"].text_or(""));
    if (!id || campaigns.contains(*id))
      continue;
    auto child =
        ports.start_campaign(*self, self->state.id, *id, row, tenant_actor{self});
    self->monitor(child);
    campaigns.emplace(*id, std::move(child));
  }
}

void sleep_if_idle(self_t self, const tenant_ports& ports) {
  auto& state = self->state;
  const auto idle =
      state.campaigns.empty() && state.live_calls.empty() && state.lines.claimed() == 0;
  state.idle_ticks = idle ? state.idle_ticks + 1 : 0;
  if (state.idle_ticks < idle_ticks_max)
    return;
  self->request(ports.records, store_timeout, run_record{state.id, "route.sleep", {}, 0})
      .then(
          [self](const record_answer& answer) {
            // Not slept: a campaign or call appeared meanwhile.
            const auto row = json::parse(answer.json);
            if (row && (*row)["slept"].bool_or(false) && self->state.campaigns.empty() &&
                self->state.live_calls.empty())
              self->quit();
          },
          [](const caf::error&) {});
}

/// Reads the running campaigns and starts those that have no actor yet.
void look_for_campaigns(self_t self, const tenant_ports& ports) {
  self->request(ports.records,
                store_timeout,
                run_record{self->state.id,
                           "campaigns.work",
                           {to_rfc3339(ports.clock()), std::nullopt},
                           campaigns_max})
      .then(
          [self, ports](const record_answer& answer) {
            self->state.looking = false;
            if (const auto rows = json::parse(answer.json))
              start_campaigns(self, ports, *rows);
            sleep_if_idle(self, ports);
          },
          [self](const caf::error& err) {
            self->state.looking = false;
            warn_failed(err, "tenant: cannot look tenant={}", self->state.id.str());
          });
}

/// Reads what the rows say: capacity first, then running campaigns.
void look(self_t self, const tenant_ports& ports) {
  auto& state = self->state;
  if (state.looking)
    return;
  state.looking = true;
  self->request(ports.records, store_timeout, run_record{state.id, "permits.get", {}, 0})
      .then(
          [self, ports](const record_answer& answer) {
            if (const auto pools = json::parse(answer.json))
              for (const auto& pool : pools->items())
                if (pool["scope"].text_or("") != "system") {
                  const auto used = static_cast<std::uint32_t>(pool["used"].int_or(0));
                  const auto here = self->state.lines.live();
                  self->state.guaranteed =
                      static_cast<std::uint32_t>(pool["guaranteed"].int_or(0));
                  self->state.weight =
                      static_cast<std::uint32_t>(pool["weight"].int_or(1));
                  self->state.lines.set_capacity(
                      static_cast<std::uint32_t>(pool["cap"].int_or(0)),
                      used > here ? used - here : 0);
                }
            look_for_campaigns(self, ports);
          },
          [self](const caf::error& err) {
            self->state.looking = false;
            warn_failed(err, "tenant: cannot look tenant={}", self->state.id.str());
          });
}

void take_over(self_t self, const tenant_ports& ports) {
  self->request(
          ports.store, store_timeout, take_over_calls{self->state.id, self->state.owner})
      .then(
          [self, ports](const taken_over& cleaned) {
            if (cleaned.undone + cleaned.doubtful > 0)
              spdlog::warn("tenant: took over tenant={} undone={} doubtful={}",
                           self->state.id.str(),
                           cleaned.undone,
                           cleaned.doubtful);
            look(self, ports);
            hint_self(self, reconcile_hint);
          },
          [self](const caf::error& err) { self->quit(err); });
}

caf::result<void>
take_want(self_t self, const tenant_ports& ports, const want_dial& want) {
  auto& state = self->state;
  if (!state.lines.open(to_unix_ms(ports.clock()))) {
    wait_for_line(self, ports);
    return caf::skip;
  }
  state.lines.claim(want.campaign);
  if (!state.flush_due) {
    state.flush_due = true;
    hint_self(self, flush_hint);
  }
  return caf::unit;
}

caf::result<call_id> place_single(self_t self,
                                  const tenant_ports& ports,
                                  const tenant_options& options,
                                  const place_single_call& ask) {
  auto promise = self->make_response_promise<call_id>();
  open_call order;
  order.tenant = self->state.id;
  order.call.id = ask.call;
  order.call.to = ask.to;
  order.call.from = ask.from.empty() ? options.default_from : ask.from;
  order.call.agent = ask.agent;
  order.call.variables = ask.variables.empty() ? "{}" : ask.variables;
  order.provider = options.provider;
  order.owner = self->state.owner;
  self->request(ports.store, store_timeout, std::move(order))
      .then(
          [self, ports, options, promise, wish = ask.correlation_id](
              reserved_call& call) mutable {
            const auto id = call.id;
            if (!self->state.live_calls.contains(id)) {
              spdlog::info("tenant: single call call={} correlation_id={}",
                           id.str(),
                           wish.empty() ? id.str() : wish);
              self->state.lines.add_live();
              start(self, ports, options, std::move(call), wish);
            }
            promise.deliver(id);
          },
          [promise](caf::error& err) mutable { promise.deliver(std::move(err)); });
  return promise;
}

void on_hint(self_t self,
             const tenant_ports& ports,
             const tenant_options& options,
             const wake_tenant& hint) {
  if (hint.why == flush_hint) {
    flush(self, ports, options);
  } else if (hint.why == look_hint) {
    look(self, ports);
    hint_self_later(self, look_interval, look_hint);
  } else if (hint.why == reconcile_hint) {
    reconcile(self, ports);
    analyse_pending(self, options, ports);
    hint_self_later(self, options.reconcile_interval, reconcile_hint);
  } else if (hint.why == retry_hint) {
    for (const auto& batch : std::exchange(self->state.unanswered, {}))
      reserve(self, ports, options, batch);
  } else if (hint.why == report_hint) {
    report_demand(self, ports);
    hint_self_later(self, report_interval, report_hint);
  } else if (hint.why == reopen_hint) {
    self->state.lines.reopen();
  } else {
    self->state.lines.reopen();
    self->state.idle_ticks = 0;
    look(self, ports);
    for (const auto& [id, campaign] : self->state.campaigns)
      self->send(campaign, hint);
  }
}

} // namespace

tenant_actor::behavior_type tenant(self_t self,
                                   tenant_id id,
                                   fence_token owner,
                                   tenant_options options,
                                   tenant_ports ports) {
  self->state.id = id;
  self->state.owner = std::move(owner);
  self->set_down_handler([self](const caf::down_msg& down) {
    if (const auto gone = self->state.tended.extract(down.source); !gone.empty()) {
      // Its own word on how it ended may wait behind this one.
      const auto& its = gone.mapped();
      self->delayed_anon_send(
          self, last_word_time, call_finished{its.call, its.campaign, "crashed"});
      return;
    }
    std::erase_if(self->state.campaigns, [&](const auto& entry) {
      return entry.second.address() == down.source;
    });
  });
  take_over(self, ports);
  hint_self_later(self, look_interval, look_hint);
  hint_self_later(self, report_interval, report_hint);
  return {
      [self, ports](const want_dial& want) { return take_want(self, ports, want); },
      [self](const call_finished& done) {
        auto& state = self->state;
        if (state.live_calls.erase(done.call) == 0)
          return;
        ++state.finished_total;
        state.lines.released();
        if (const auto campaign = state.campaigns.find(done.campaign);
            campaign != state.campaigns.end())
          self->send(campaign->second, done);
      },
      [self, ports, options](const wake_tenant& hint) {
        on_hint(self, ports, options, hint);
      },
      [self, ports](const line_limit& limit) {
        self->state.lines.set_limit(limit.lines,
                                    to_unix_ms(ports.clock()) + limit_holds_ms);
      },
      [self, ports, options](const place_single_call& ask) {
        return place_single(self, ports, options, ask);
      },
      [self](const get_status&) {
        const auto& state = self->state;
        status_report report;
        caf::put(report, "shard", state.owner.shard);
        caf::put(report, "fence", state.owner.fence);
        caf::put(report, "lines_max", state.lines.cap());
        caf::put(report, "lines_limit", state.lines.limit());
        caf::put(report, "live", state.live_calls.size());
        caf::put(report, "claimed", state.lines.claimed());
        caf::put(report, "campaigns", state.campaigns.size());
        caf::put(report, "reserved_total", state.reserved_total);
        caf::put(report, "finished_total", state.finished_total);
        caf::put(report, "reconciled_total", state.reconciled_total);
        caf::put(report, "lost_total", state.lost_total);
        return report;
      },
  };
}

} // namespace caly
