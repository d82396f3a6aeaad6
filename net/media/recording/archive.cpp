#include "net/media/recording/archive.hpp"

#include "net/media/recording/durable_file.hpp"
#include "net/media/recording/wav.hpp"
#include "runtime/base/error.hpp"
#include "runtime/base/json.hpp"
#include "runtime/observe/outage_log.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>

namespace caly::recording {

namespace {

using namespace std::chrono_literals;
using self_t = self_ptr<archive_actor, archive_state>;

constexpr auto row_timeout = 10s;
/// A long call's upload, tries included.
constexpr auto store_timeout = 30min;

struct desk {
  self_t self;
  std::shared_ptr<const archive_options> options;
  archive_ports ports;
};

void work(const desk& at);

std::string name_of(const tape_label& label) {
  return label.call.str() + '-' + std::to_string(label.part);
}

bool is_known(const archive_state& state, const std::string& name) {
  return state.live.contains(name) ||
         std::ranges::any_of(state.waiting, [&](const archive_job& each) {
           return name_of(each.label) == name;
         });
}

/// Runs a statement about a part and hands its new state on.
template <class Then, class Failed>
void tell(const desk& at,
          const tape_label& label,
          std::string statement,
          std::vector<record_argument> more,
          Then then,
          Failed failed) {
  std::vector<record_argument> with{label.call.str(), std::to_string(label.part)};
  with.insert(with.end(), more.begin(), more.end());
  at.self
      ->request(at.ports.records,
                row_timeout,
                run_record{label.tenant, std::move(statement), std::move(with), 0})
      .then(
          [then](const record_answer& answer) {
            const auto row = json::parse(answer.json);
            then(std::string{row ? (*row)["state"].text_or("") : ""});
          },
          [failed](const caf::error& why) { failed(why); });
}

// -- one job after the other

/// The first job is over: its part is in `state_now`.
void done(const desk& at, const std::string& state_now) {
  auto& state = at.self->state;
  auto& job = state.waiting.front();
  if (!job.tape.empty())
    forget_file(job.tape);
  forget_file(job.wav);
  if (job.told.pending())
    job.told.deliver(state_now);
  state.waiting.pop_front();
  state.busy = false;
  work(at);
}

/// The first job waits, and others go on.
void put_off(const desk& at, const caf::error& why) {
  auto& state = at.self->state;
  auto job = std::move(state.waiting.front());
  state.waiting.pop_front();
  // A call that nobody knows has no recording.
  if (why == errc::not_found) {
    spdlog::error("recording: a tape of no call is dropped call={}",
                  job.label.call.str());
    state.waiting.push_front(std::move(job));
    return done(at, "failed");
  }
  const auto pause = std::min(at.options->pause_max,
                              at.options->first_pause * (1 << std::min(job.tries, 20u)));
  ++job.tries;
  ++state.retries_total;
  job.due = at.self->clock().now() + pause;
  warn_failed(why,
              "recording: put off call={} part={} tries={}",
              job.label.call.str(),
              job.label.part,
              job.tries);
  state.waiting.push_back(std::move(job));
  state.busy = false;
  at.self->delayed_anon_send(at.self, pause, archive_tick{});
  work(at);
}

auto putting_off(const desk& at) {
  return [at](const caf::error& why) { put_off(at, why); };
}

void give_up(const desk& at) {
  const auto& job = at.self->state.waiting.front();
  tell(
      at,
      job.label,
      "recordings.failed",
      {at.options->node, job.failure},
      [at](const std::string& now) {
        ++at.self->state.failed_total;
        done(at, now);
      },
      putting_off(at));
}

void note_stored(const desk& at) {
  tell(
      at,
      at.self->state.waiting.front().label,
      "recordings.stored",
      {at.options->place},
      [at](const std::string& now) {
        auto& state = at.self->state;
        if (now == "ready") {
          ++state.ready_total;
          state.bytes_total +=
              static_cast<std::uint64_t>(state.waiting.front().mixed->bytes);
        }
        done(at, now);
      },
      putting_off(at));
}

void store(const desk& at) {
  const auto& job = at.self->state.waiting.front();
  at.self
      ->request(at.ports.blobs,
                caf::duration{store_timeout},
                put_blob{key_of(job.label), job.wav.string(), "audio/wav"})
      .then([at](bool) { note_stored(at); }, putting_off(at));
}

void note_mixed(const desk& at) {
  const auto& job = at.self->state.waiting.front();
  tell(
      at,
      job.label,
      "recordings.mixed",
      {at.options->node,
       key_of(job.label),
       std::to_string(job.mixed->bytes),
       std::to_string(job.mixed->ms),
       job.mixed->sha256,
       job.mixed->peaks},
      [at](const std::string& now) {
        // Erased meanwhile, or stored before a crash.
        if (now == "storing")
          store(at);
        else
          done(at, now);
      },
      putting_off(at));
}

void mix(const desk& at) {
  auto& state = at.self->state;
  auto& job = state.waiting.front();
  auto mixed = job.tape.empty() ? look_at_wav(job.wav) : mix_down(job.tape, job.wav);
  if (mixed) {
    state.torn_total += mixed->torn ? 1 : 0;
    if (mixed->torn)
      spdlog::warn("recording: the torn end of a tape is left out call={}",
                   job.label.call.str());
    job.mixed = std::move(*mixed);
    return note_mixed(at);
  }
  if (mixed.error() == errc::unavailable)
    return put_off(at, mixed.error());
  spdlog::warn("recording: unusable call={} part={} reason={}",
               job.label.call.str(),
               job.label.part,
               to_string(mixed.error()));
  job.failure = "damaged";
  give_up(at);
}

void work(const desk& at) {
  auto& state = at.self->state;
  const auto now = at.self->clock().now();
  const auto next = std::ranges::find_if(
      state.waiting, [&](const archive_job& each) { return each.due <= now; });
  if (state.busy || next == state.waiting.end())
    return;
  state.busy = true;
  std::rotate(state.waiting.begin(), next, next + 1);
  auto& job = state.waiting.front();
  if (!job.failure.empty())
    give_up(at);
  else if (job.mixed)
    note_mixed(at);
  else
    mix(at);
}

void add(const desk& at,
         const tape_label& label,
         std::filesystem::path tape,
         std::string failure) {
  archive_job job;
  job.label = label;
  job.wav = at.options->mixed / (tape.stem().string() + ".wav");
  job.tape = std::move(tape);
  job.failure = std::move(failure);
  job.due = at.self->clock().now();
  at.self->state.waiting.push_back(std::move(job));
}

caf::result<std::string> keep(const desk& at, const keep_wav& ask) {
  auto& state = at.self->state;
  archive_job job;
  job.label = {ask.tenant, ask.call, ask.part};
  job.wav = ask.file;
  if (is_known(state, name_of(job.label))) {
    forget_file(job.wav);
    return caf::make_error(errc::conflict, "the part is on its way already");
  }
  job.due = at.self->clock().now();
  auto promise = at.self->make_response_promise<std::string>();
  job.told = promise;
  state.waiting.push_back(std::move(job));
  work(at);
  return promise;
}

/// What an earlier process left. WAV files of it are made anew.
void recover(const desk& at) {
  std::error_code failure;
  std::filesystem::remove_all(at.options->mixed, failure);
  std::filesystem::create_directories(at.options->mixed, failure);
  if (failure)
    spdlog::error("recording: no folder for recordings folder={} reason={}",
                  at.options->mixed.string(),
                  failure.message());
  for (const auto& tape : left_tapes(at.options->tapes)) {
    const auto reader = tape_reader::open(tape);
    if (reader) {
      spdlog::info("recording: goes on with a tape that was left call={}",
                   reader->label().call.str());
      add(at, reader->label(), tape, {});
    } else {
      spdlog::error("recording: a tape that was left cannot be read file={} reason={}",
                    tape.string(),
                    to_string(reader.error()));
      forget_file(tape);
    }
  }
}

// -- deleting

void note_erased(const desk& at, const tape_label& label) {
  tell(
      at,
      label,
      "recordings.erased",
      {},
      [at](const std::string&) { ++at.self->state.erased_total; },
      [label](const caf::error& why) {
        warn_failed(why, "recording: erasing not noted call={}", label.call.str());
      });
}

void erase(const desk& at, const json& row) {
  const auto tenant = tenant_id::parse(row["tenant_id"].text_or(""));
  const auto call = call_id::parse(row["call_id"].text_or(""));
  if (!tenant || !call)
    return;
  const tape_label label{
      *tenant, *call, static_cast<std::int32_t>(row["part"].int_or(1))};
  if (is_known(at.self->state, name_of(label)))
    return; // still on its way
  const auto place = row["place"].text_or("");
  if (place.empty())
    return note_erased(at, label); // it was never stored
  if (place != at.options->place) {
    spdlog::error(
        "recording: cannot be deleted here call={} place={}", label.call.str(), place);
    return;
  }
  at.self
      ->request(at.ports.blobs,
                caf::duration{store_timeout},
                remove_blob{std::string{row["key"].text_or("")}})
      .then([at, label](bool) { note_erased(at, label); },
            [label](const caf::error& why) {
              warn_failed(why, "recording: not deleted call={}", label.call.str());
            });
}

void sweep(const desk& at) {
  at.self
      ->request(at.ports.records,
                row_timeout,
                run_record{{},
                           "recordings.due",
                           {at.options->node,
                            std::to_string(at.options->keep_days),
                            to_rfc3339(at.ports.clock())},
                           1000})
      .then(
          [at](const record_answer& answer) {
            if (const auto rows = json::parse(answer.json, {4 << 20, 8, 100'000, 32, 3}))
              for (const auto& row : rows->items())
                erase(at, row);
          },
          [](const caf::error& why) { warn_failed(why, "recording: not swept"); });
}

status_report report_of(const archive_state& state) {
  status_report report;
  caf::put(report, "live", state.live.size());
  caf::put(report, "waiting", state.waiting.size());
  caf::put(report, "ready_total", state.ready_total);
  caf::put(report, "bytes_total", state.bytes_total);
  caf::put(report, "failed_total", state.failed_total);
  caf::put(report, "torn_total", state.torn_total);
  caf::put(report, "retries_total", state.retries_total);
  caf::put(report, "erased_total", state.erased_total);
  return report;
}

} // namespace

std::string key_of(const tape_label& label) {
  const auto part = label.part == 1 ? std::string{} : '-' + std::to_string(label.part);
  return label.tenant.str() + '/' + label.call.str() + part + ".wav";
}

archive_actor::behavior_type
archive(self_t self, archive_options options, archive_ports ports) {
  const desk at{self,
                std::make_shared<const archive_options>(std::move(options)),
                std::move(ports)};
  recover(at);
  self->send(archive_actor{self}, archive_tick{true});
  return {
      [at](const tape_begun& begun) {
        const tape_label label{begun.tenant, begun.call, begun.part};
        at.self->state.live.insert(name_of(label));
        // Should this get lost, the row is made at the tape's end.
        tell(
            at,
            label,
            "recordings.begin",
            {at.options->node},
            [](const std::string&) {},
            [label](const caf::error& why) {
              warn_failed(why, "recording: begin not noted call={}", label.call.str());
            });
      },
      [at](const tape_over& over) {
        const tape_label label{over.tenant, over.call, over.part};
        at.self->state.live.erase(name_of(label));
        add(at, label, over.file, over.failure);
        work(at);
      },
      [at](const keep_wav& ask) { return keep(at, ask); },
      [at](const archive_tick& tick) {
        if (tick.sweep) {
          sweep(at);
          at.self->delayed_anon_send(at.self, at.options->sweep_every, tick);
        }
        work(at);
      },
      [self](const get_status&) { return report_of(self->state); },
  };
}

} // namespace caly::recording
