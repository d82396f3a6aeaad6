#include "net/media/recording/collector.hpp"

#include "net/media/recording/durable_file.hpp"
#include "runtime/base/error.hpp"
#include "runtime/base/json.hpp"
#include "runtime/observe/outage_log.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <functional>
#include <utility>
#include <vector>

namespace caly::recording {

namespace {

using namespace std::chrono_literals;
using self_t = self_ptr<collector_actor, collector_state>;

constexpr auto row_timeout = 10s;
/// A carrier's own deadline is shorter.
constexpr auto carrier_timeout = 20s;
constexpr auto fetch_timeout = 10min;
/// The archive's own, for an upload, is shorter.
constexpr auto keep_timeout = 35min;
/// 16 bit at 8 kHz on two channels.
constexpr std::uint64_t bytes_per_s = 32'000;
/// A call may last longer than it should by what its hang-up takes.
constexpr std::uint64_t slack_s = 30;
constexpr std::uint64_t head_bytes = 4'096;

struct desk {
  self_t self;
  std::shared_ptr<const collector_options> options;
  std::shared_ptr<const collector_ports> ports;
};

/// A row that this node has claimed.
struct work {
  tenant_id tenant;
  call_id call;
  std::int32_t part = 1;
  std::string provider;
  std::string provider_call_id;
  std::string recording; ///< the carrier's name of it; empty: not known
  std::string state;     ///< wanted, running, over
  std::string failure;
  bool paused = false;
  bool paused_there = false;
  bool leaked = false;
  std::int64_t tries = 0;
  std::optional<wall_time> ended;
  std::uint64_t max_call_s = 0;
  std::string part_state;
  bool stored = false; ///< the audio is ours

  recording_carrier_actor carrier;

  bool live() const { return !ended; }
};

void look(const desk& at, const tenant_id& tenant, const call_id& call);

template <class Then, class Failed>
void run(const desk& at,
         const tenant_id& tenant,
         const char* statement,
         std::vector<record_argument> with,
         Then then,
         Failed failed) {
  at.self
      ->request(at.ports->records,
                row_timeout,
                run_record{tenant, statement, std::move(with), 0})
      .then(
          [then](const record_answer& answer) {
            const auto row = json::parse(answer.json);
            then(row ? *row : json{});
          },
          [failed](const caf::error& why) { failed(why); });
}

std::string now_text(const desk& at) {
  return to_rfc3339(at.ports->clock());
}

std::string text_of(std::chrono::milliseconds time) {
  return std::to_string(time.count());
}

void look_in(const desk& at,
             const tenant_id& tenant,
             const call_id& call,
             std::chrono::milliseconds pause) {
  at.self->delayed_anon_send(at.self, pause, look_at_carrier{tenant, call});
}

/// Nothing more to do for the row now; a hint that came meanwhile is followed.
void let_go(const desk& at, const tenant_id& tenant, const call_id& call) {
  auto& jobs = at.self->state.jobs;
  const auto found = jobs.find(call);
  const bool again = found != jobs.end() && found->second.look_again;
  if (found != jobs.end())
    jobs.erase(found);
  if (again)
    look(at, tenant, call);
}

/// What was found or done.
struct finding {
  record_argument state{};
  record_argument recording{};
  record_argument paused{};
};

/// Writes it down, ends the claim, and looks again in `pause`.
void note(const desk& at,
          const work& of,
          const finding& what,
          std::chrono::milliseconds pause) {
  run(
      at,
      of.tenant,
      "recordings.carrier_note",
      {of.call.str(),
       at.options->node,
       what.state,
       what.recording,
       what.paused,
       text_of(at.options->pause_late),
       text_of(pause),
       now_text(at)},
      [at, of](const json& row) {
        const auto due = row["due_ms"].as_int();
        if (due && *due > 0)
          look_in(at, of.tenant, of.call, std::chrono::milliseconds{*due});
        else if (due)
          at.self->state.jobs.at(of.call).look_again = true;
        let_go(at, of.tenant, of.call);
      },
      [at, of](const caf::error& why) {
        // The claim runs out, and somebody does it again.
        warn_failed(why, "recording: carrier's not noted call={}", of.call.str());
        let_go(at, of.tenant, of.call);
      });
}

void again_later(const desk& at, const work& of) {
  ++at.self->state.retries_total;
  const std::chrono::milliseconds doubled =
      at.options->first_pause * (1LL << std::clamp<std::int64_t>(of.tries - 1, 0, 20));
  note(at, of, {}, std::min(at.options->pause_max, doubled));
}

/// Asks the carrier; `failed` gets what went wrong.
template <class Answer, class Message, class Then, class Failed>
void ask_carrier(const desk& at, const work& of, Message what, Then then, Failed failed) {
  at.self->request(of.carrier, carrier_timeout, std::move(what))
      .then([then](const Answer& answer) { then(answer); },
            [failed](const caf::error& why) { failed(why); });
}

// -- nothing of it stays with the carrier

void forget(const desk& at, const work& of) {
  if (of.part_state != "erasing" || of.stored)
    return note(at, of, {"done"}, 0ms);
  run(
      at,
      of.tenant,
      "recordings.erased",
      {of.call.str(), std::to_string(of.part)},
      [at, of](const json&) { note(at, of, {"done"}, 0ms); },
      [at, of](const caf::error& why) {
        warn_failed(why, "recording: erasing not noted call={}", of.call.str());
        again_later(at, of);
      });
}

void still_there(const desk& at, const work& of, const caf::error& why) {
  if (of.tries % at.options->tries_max == 0)
    spdlog::error("recording: the carrier still has it call={} provider={} reason={}",
                  of.call.str(),
                  of.provider,
                  to_string(why));
  again_later(at, of);
}

void remove_each(const desk& at, const work& of, std::vector<std::string> left) {
  if (left.empty())
    return forget(at, of);
  remove_carrier_recording order{of.provider_call_id, left.back(), !of.live()};
  left.pop_back();
  ask_carrier<bool>(
      at,
      of,
      std::move(order),
      [at, of, left](bool) {
        ++at.self->state.removed_total;
        remove_each(at, of, left);
      },
      [at, of](const caf::error& why) { still_there(at, of, why); });
}

/// Also those that were begun twice, because an answer got lost.
void remove(const desk& at, const work& of) {
  if (!of.carrier) {
    spdlog::error(
        "recording: this node has no account at its carrier call={} provider={}",
        of.call.str(),
        of.provider);
    return forget(at, of);
  }
  ask_carrier<carrier_recording_list>(
      at,
      of,
      list_carrier_recordings{of.provider_call_id},
      [at, of](const carrier_recording_list& found) {
        std::vector<std::string> all;
        if (!of.recording.empty())
          all.push_back(of.recording);
        for (const auto& each : found.entries)
          if (each.id != of.recording)
            all.push_back(each.id);
        remove_each(at, of, std::move(all));
      },
      [at, of](const caf::error& why) { still_there(at, of, why); });
}

/// There will be no recording.
void give_up(const desk& at, const work& of, const std::string& reason) {
  run(
      at,
      of.tenant,
      "recordings.failed",
      {of.call.str(), std::to_string(of.part), '@' + of.provider, reason},
      [at, of, reason](const json& row) {
        ++at.self->state.failed_total;
        spdlog::warn(
            "recording: none from the carrier call={} reason={}", of.call.str(), reason);
        auto after = of;
        after.part_state = row["state"].text_or("");
        remove(at, after);
      },
      [at, of](const caf::error& why) {
        warn_failed(why, "recording: failure not noted call={}", of.call.str());
        again_later(at, of);
      });
}

/// Tries again, for a while.
void again_or_give_up(const desk& at,
                      const work& of,
                      const caf::error& why,
                      const std::string& reason) {
  warn_failed(why,
              "recording: carrier's put off call={} state={} tries={}",
              of.call.str(),
              of.state,
              of.tries);
  if (why == errc::refused || of.tries >= at.options->tries_max)
    give_up(at, of, why == errc::refused ? "refused_by_carrier" : reason);
  else
    again_later(at, of);
}

// -- while the call talks

void begin(const desk& at, const work& of) {
  ask_carrier<std::string>(
      at,
      of,
      begin_carrier_recording{of.tenant, of.call, of.provider_call_id},
      [at, of](const std::string& recording) {
        ++at.self->state.begun_total;
        note(at, of, {"running", recording}, at.options->live_pause);
      },
      [at, of](const caf::error& why) {
        again_or_give_up(at, of, why, "carrier_unavailable");
      });
}

/// An answer may have got lost: what runs already is taken.
void begin_or_find(const desk& at, const work& of) {
  if (of.tries <= 1)
    return begin(at, of);
  ask_carrier<carrier_recording_list>(
      at,
      of,
      list_carrier_recordings{of.provider_call_id},
      [at, of](const carrier_recording_list& found) {
        if (found.entries.empty())
          return begin(at, of);
        note(at, of, {"running", found.entries.front().id}, at.options->live_pause);
      },
      [at, of](const caf::error& why) {
        again_or_give_up(at, of, why, "carrier_unavailable");
      });
}

void steer(const desk& at, const work& of) {
  ask_carrier<bool>(
      at,
      of,
      steer_carrier_recording{of.provider_call_id, of.paused},
      [at, of](bool) {
        ++at.self->state.steered_total;
        note(at, of, {{}, {}, of.paused ? "true" : "false"}, at.options->live_pause);
      },
      [at, of](const caf::error& why) {
        // What cannot be paused must not be kept; what does not go on stays silent.
        if (of.paused && (why == errc::refused || of.tries >= at.options->tries_max))
          return give_up(at, of, "not_paused");
        warn_failed(why, "recording: carrier's not steered call={}", of.call.str());
        again_later(at, of);
      });
}

// -- after the call

void settle(const desk& at, const work& of, const carrier_recording_entry& found) {
  if (found.status == "completed")
    return note(at, of, {"over", found.id}, 0ms);
  if (found.status == "absent" || found.status == "failed")
    return give_up(at, of, "carrier_" + found.status);
  if (of.tries >= at.options->tries_max)
    return give_up(at, of, "never_over");
  again_later(at, of);
}

/// No callback came: the carrier is asked.
void find(const desk& at, const work& of) {
  ask_carrier<carrier_recording_list>(
      at,
      of,
      list_carrier_recordings{of.provider_call_id},
      [at, of](const carrier_recording_list& found) {
        for (const auto& each : found.entries)
          if (of.recording.empty() || each.id == of.recording)
            return settle(at, of, each);
        if (of.tries >= at.options->tries_max)
          return give_up(
              at, of, of.state == "wanted" ? "never_begun" : "lost_by_carrier");
        again_later(at, of);
      },
      [at, of](const caf::error& why) {
        again_or_give_up(at, of, why, "carrier_unavailable");
      });
}

void bring_home(const desk& at, const work& of, const std::string& file) {
  at.self
      ->request(at.ports->archive,
                caf::duration{keep_timeout},
                keep_wav{of.tenant, of.call, of.part, file})
      .then(
          // The part's row says what came of it: looked at once more, it goes on from
          // there.
          [at, of](const std::string&) { note(at, of, {"over"}, 0ms); },
          [at, of](const caf::error& why) {
            warn_failed(why, "recording: not kept call={}", of.call.str());
            again_later(at, of);
          });
}

/// One fetch less: the next one that waits.
void fetched(const desk& at) {
  auto& state = at.self->state;
  --state.fetching;
  if (state.fetches.empty())
    return;
  const auto next = std::move(state.fetches.front());
  state.fetches.pop_front();
  next();
}

void fetch(const desk& at, const work& of) {
  auto& state = at.self->state;
  if (state.fetching >= at.options->fetches_max) {
    state.fetches.emplace_back([at, of] { fetch(at, of); });
    return;
  }
  ++state.fetching;
  const auto name = of.call.str() + '-' + std::to_string(of.part) + ".fetched-" +
                    std::to_string(++state.files);
  const auto file = (at.options->fetched / name).string();
  const auto bytes_max = (of.max_call_s + slack_s) * bytes_per_s + head_bytes;
  at.self
      ->request(of.carrier,
                caf::duration{fetch_timeout},
                fetch_carrier_recording{of.recording, file, bytes_max})
      .then(
          [at, of, file](std::uint64_t) {
            ++at.self->state.fetched_total;
            bring_home(at, of, file);
            fetched(at);
          },
          [at, of](const caf::error& why) {
            if (why == errc::too_large)
              give_up(at, of, "too_large");
            else
              again_or_give_up(at,
                               of,
                               why,
                               why == errc::not_found ? "lost_by_carrier"
                                                      : "carrier_unavailable");
            fetched(at);
          });
}

/// The next step of a row.
void go_on(const desk& at, const work& of) {
  if (of.part_state != "recording" && of.part_state != "storing")
    return remove(at, of); // it is ours, or nobody wants it
  if (of.leaked)
    return give_up(at, of, "not_paused");
  if (of.state == "over" && !of.failure.empty())
    return give_up(at, of, "carrier_" + of.failure);
  if (of.state == "over")
    return fetch(at, of);
  if (of.state == "running" && of.live() && of.paused != of.paused_there)
    return steer(at, of);
  if (of.live() && of.state == "wanted" && !of.paused)
    return begin_or_find(at, of);
  if (of.live())
    return note(at,
                of,
                {of.state == "running" ? record_argument{of.state} : record_argument{}},
                at.options->live_pause);
  const auto said_by = *of.ended + at.options->callback_grace;
  if (of.state == "running" && at.ports->clock() < said_by)
    return note(at,
                of,
                {of.state},
                std::chrono::duration_cast<std::chrono::milliseconds>(said_by -
                                                                      at.ports->clock()));
  find(at, of);
}

work read_work(const tenant_id& tenant, const call_id& call, const json& row) {
  work out;
  out.tenant = tenant;
  out.call = call;
  out.part = static_cast<std::int32_t>(row["part"].int_or(1));
  out.provider = row["provider"].text_or("");
  out.provider_call_id = row["provider_call_id"].text_or("");
  out.recording = row["recording_id"].text_or("");
  out.state = row["state"].text_or("");
  out.failure = row["failure"].text_or("");
  out.paused = row["paused"].bool_or(false);
  out.paused_there = row["paused_there"].bool_or(false);
  out.leaked = row["leaked"].bool_or(false);
  out.tries = row["tries"].int_or(0);
  if (const auto ended = parse_rfc3339(row["ended_at"].text_or("")))
    out.ended = *ended;
  out.max_call_s = static_cast<std::uint64_t>(row["max_call_s"].int_or(0));
  out.part_state = row["part_state"].text_or("");
  out.stored = !row["place"].text_or("").empty();
  return out;
}

void look(const desk& at, const tenant_id& tenant, const call_id& call) {
  auto& jobs = at.self->state.jobs;
  if (const auto found = jobs.find(call); found != jobs.end()) {
    found->second.look_again = true;
    return;
  }
  if (jobs.size() >= at.options->jobs_max)
    return; // the row stays due
  jobs.emplace(call, collector_state::job{tenant});
  run(
      at,
      tenant,
      "recordings.carrier_take",
      {call.str(), at.options->node, text_of(at.options->hold), now_text(at)},
      [at, tenant, call](const json& row) {
        if (!row.is_object())
          return let_go(at, tenant, call);
        auto of = read_work(tenant, call, row);
        const auto carrier = at.ports->carriers.find(of.provider);
        if (carrier == at.ports->carriers.end())
          return give_up(at, of, "no_such_carrier");
        of.carrier = carrier->second;
        go_on(at, of);
      },
      [at, tenant, call](const caf::error& why) {
        warn_failed(why, "recording: carrier's not looked at call={}", call.str());
        let_go(at, tenant, call);
      });
}

// -- what no hint told of

void hold_on(const desk& at) {
  for (const auto& [call, job] : at.self->state.jobs)
    run(
        at,
        job.tenant,
        "recordings.carrier_hold",
        {call.str(), at.options->node, text_of(at.options->hold), now_text(at)},
        [](const json&) {},
        [call = call](const caf::error& why) {
          warn_failed(why, "recording: carrier's not held call={}", call.str());
        });
}

void sweep(const desk& at) {
  at.self
      ->request(at.ports->records,
                row_timeout,
                run_record{{}, "recordings.carrier_due", {now_text(at)}, 1000})
      .then(
          [at](const record_answer& answer) {
            const auto rows = json::parse(answer.json, {1 << 20, 8, 100'000, 32, 3});
            if (!rows)
              return;
            for (const auto& row : rows->items()) {
              const auto tenant = tenant_id::parse(row["tenant_id"].text_or(""));
              const auto call = call_id::parse(row["call_id"].text_or(""));
              if (tenant && call && !at.self->state.jobs.contains(*call))
                look(at, *tenant, *call);
            }
          },
          [](const caf::error& why) {
            warn_failed(why, "recording: carriers' not swept");
          });
}

status_report report_of(const collector_state& state) {
  status_report report;
  caf::put(report, "jobs", state.jobs.size());
  caf::put(report, "fetching", state.fetching);
  caf::put(report, "begun_total", state.begun_total);
  caf::put(report, "steered_total", state.steered_total);
  caf::put(report, "fetched_total", state.fetched_total);
  caf::put(report, "failed_total", state.failed_total);
  caf::put(report, "removed_total", state.removed_total);
  caf::put(report, "retries_total", state.retries_total);
  return report;
}

} // namespace

collector_actor::behavior_type
collector(self_t self, collector_options options, collector_ports ports) {
  const desk at{self,
                std::make_shared<const collector_options>(std::move(options)),
                std::make_shared<const collector_ports>(std::move(ports))};
  self->send(collector_actor{self}, collector_tick{});
  return {
      [at](const look_at_carrier& hint) { look(at, hint.tenant, hint.call); },
      [at](const collector_tick& tick) {
        hold_on(at);
        sweep(at);
        at.self->delayed_anon_send(at.self, at.options->sweep_every, tick);
      },
      [self](const get_status&) { return report_of(self->state); },
  };
}

std::optional<look_at_carrier> carrier_recording_news(std::string_view notification,
                                                      std::string_view node) {
  if (notification.find("\"carrier_recording\"") == std::string_view::npos)
    return std::nullopt;
  const auto row = json::parse(notification);
  const auto tenant = row ? parse_uuid((*row)["of"].text_or("")) : std::nullopt;
  const auto call = row ? parse_uuid((*row)["call"].text_or("")) : std::nullopt;
  if (!tenant || !call || (*row)["node"].text_or("") != node)
    return std::nullopt;
  return look_at_carrier{tenant_id{*tenant}, call_id{*call}};
}

} // namespace caly::recording
