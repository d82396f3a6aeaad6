#include "actors/campaign/forecaster.hpp"

#include "runtime/base/error.hpp"
#include "runtime/base/json.hpp"
#include "runtime/observe/outage_log.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>

namespace caly {

namespace {

using namespace std::chrono_literals;
using self_t = self_ptr<forecaster_actor, forecaster_state>;
using job = forecaster_state::job;

constexpr auto store_timeout = 10s;

void next(self_t self, const forecaster_options& options, const forecaster_ports& ports);

void done(self_t self, const forecaster_options& options, const forecaster_ports& ports) {
  self->state.busy = false;
  next(self, options, ports);
}

void keep(self_t self,
          const forecaster_options& options,
          const forecaster_ports& ports,
          const make_forecast& wish,
          std::string text) {
  self->request(
          ports.records,
          store_timeout,
          run_record{wish.tenant,
                     "campaigns.keep_forecast",
                     {wish.campaign.str(), std::move(text), to_rfc3339(ports.clock())},
                     0})
      .then(
          [=](const record_answer&) {
            ++self->state.kept_total;
            done(self, options, ports);
          },
          [=](const caf::error& err) {
            warn_failed(err, "forecaster: not kept campaign={}", wish.campaign.str());
            done(self, options, ports);
          });
}

void failed(self_t self,
            const forecaster_options& options,
            const forecaster_ports& ports,
            job& work,
            const caf::error& reason) {
  if (work.asker)
    work.asker->deliver(reason);
  // A campaign that is over or deleted by now needs none.
  else if (reason != errc::not_found && reason != errc::conflict)
    warn_failed(reason, "forecaster: not made campaign={}", work.wish.campaign.str());
  done(self, options, ports);
}

/// Plays the campaign. Takes this thread for up to `time_max`.
void play(self_t self,
          const forecaster_options& options,
          const forecaster_ports& ports,
          job& work,
          const std::string& rows,
          std::int64_t starts_ms) {
  const auto basis = read_forecast_basis(rows, work.wish, options.terms, starts_ms);
  if (!basis)
    return failed(self, options, ports, work, basis.error());
  const auto made =
      forecast(basis->input, ports.share, {work.wish.seed, 10, options.time_max});
  auto text = forecast_text(*basis, made, work.wish, to_unix_ms(ports.clock()));
  ++self->state.made_total;
  if (!work.asker)
    return keep(self, options, ports, work.wish, std::move(text));
  work.asker->deliver(forecast_made{std::move(text)});
  done(self, options, ports);
}

std::optional<job> take(forecaster_state& state) {
  auto& from = state.asked.empty() ? state.kept : state.asked;
  if (from.empty())
    return std::nullopt;
  auto work = std::move(from.front());
  from.pop_front();
  return work;
}

void read_and_play(self_t self,
                   const forecaster_options& options,
                   const forecaster_ports& ports,
                   job work) {
  const auto starts_ms = work.wish.starts_at_ms.value_or(to_unix_ms(ports.clock()));
  run_record ask{work.wish.tenant,
                 "campaigns.forecast_basis",
                 {work.wish.campaign.str(),
                  to_rfc3339(wall_time{std::chrono::milliseconds{starts_ms}}),
                  std::to_string(options.calls_min)},
                 0};
  auto shared = std::make_shared<job>(std::move(work));
  self->request(ports.records, store_timeout, std::move(ask))
      .then(
          [=](const record_answer& answer) {
            play(self, options, ports, *shared, answer.json, starts_ms);
          },
          [=](const caf::error& err) { failed(self, options, ports, *shared, err); });
}

/// A campaign that has its forecast already is not played again.
void read_what_is_kept(self_t self,
                       const forecaster_options& options,
                       const forecaster_ports& ports,
                       job work) {
  auto shared = std::make_shared<job>(std::move(work));
  self->request(ports.records,
                store_timeout,
                run_record{shared->wish.tenant,
                           "campaigns.forecast",
                           {shared->wish.campaign.str()},
                           0})
      .then(
          [=](const record_answer& answer) {
            const auto row = json::parse(answer.json);
            if (row && !(*row)["made_at"].is_null())
              done(self, options, ports);
            else
              read_and_play(self, options, ports, std::move(*shared));
          },
          [=](const caf::error& err) { failed(self, options, ports, *shared, err); });
}

void next(self_t self, const forecaster_options& options, const forecaster_ports& ports) {
  auto& state = self->state;
  if (state.busy)
    return;
  auto work = take(state);
  if (!work)
    return;
  state.busy = true;
  if (!work->asker)
    return read_what_is_kept(self, options, ports, std::move(*work));
  if (to_unix_ms(ports.clock()) - work->came_ms > options.waiting_time.count())
    return failed(self,
                  options,
                  ports,
                  *work,
                  caf::make_error(errc::timed_out, "other forecasts took too long"));
  read_and_play(self, options, ports, std::move(*work));
}

} // namespace

forecaster_actor::behavior_type
forecaster(self_t self, forecaster_options options, forecaster_ports ports) {
  return {
      [=](const make_forecast& wish) -> caf::result<forecast_made> {
        auto& state = self->state;
        if (state.asked.size() >= options.waiting_max) {
          ++state.refused_total;
          return caf::make_error(errc::rate_limited,
                                 "Too many simulations wait; try again in a moment.");
        }
        auto promise = self->make_response_promise<forecast_made>();
        state.asked.push_back({wish, to_unix_ms(ports.clock()), promise});
        next(self, options, ports);
        return promise;
      },
      [=](const keep_forecast& hint) {
        auto& state = self->state;
        if (state.kept.size() >= options.kept_waiting_max) {
          ++state.refused_total;
          spdlog::warn("forecaster: too many campaigns start at once, none is made "
                       "campaign={}",
                       hint.campaign.str());
          return;
        }
        make_forecast wish;
        wish.tenant = hint.tenant;
        wish.campaign = hint.campaign;
        state.kept.push_back({std::move(wish), to_unix_ms(ports.clock()), std::nullopt});
        next(self, options, ports);
      },
      [self](const get_status&) {
        const auto& state = self->state;
        status_report report;
        caf::put(report, "waiting", state.asked.size() + state.kept.size());
        caf::put(report, "busy", state.busy);
        caf::put(report, "made_total", state.made_total);
        caf::put(report, "kept_total", state.kept_total);
        caf::put(report, "refused_total", state.refused_total);
        return report;
      },
  };
}

} // namespace caly
