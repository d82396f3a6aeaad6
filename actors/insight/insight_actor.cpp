#include "actors/insight/insight_actor.hpp"

#include "actors/insight/openai_analysis.hpp"
#include "actors/insight/rules.hpp"
#include "runtime/base/error.hpp"
#include "runtime/observe/outage_log.hpp"

#include <spdlog/spdlog.h>

#include <memory>

namespace caly {

namespace {

using namespace std::chrono_literals;
using self_t = self_ptr<insight_actor, insight_state>;

constexpr auto store_timeout = 10s;

/// One analysis on its way through the steps below.
struct analysis {
  analyse_call about;
  agent_profile profile;
  std::vector<transcript_turn> turns;
  bool machine = false; ///< nobody spoke with the agent
  int attempts = 0;
};

using analysis_ptr = std::shared_ptr<analysis>;

void next(self_t self, const insight_options& options, const insight_ports& ports);

void finished(self_t self,
              const insight_options& options,
              const insight_ports& ports,
              const analyse_call& about) {
  auto& state = self->state;
  state.known.erase(about.call);
  --state.running;
  next(self, options, ports);
}

void save(self_t self,
          const insight_options& options,
          const insight_ports& ports,
          const analyse_call& about,
          save_analysis result) {
  result.tenant = about.tenant;
  result.call = about.call;
  if (result.extracted.empty())
    result.extracted = "{}";
  self->request(ports.rows, store_timeout, std::move(result))
      .then([=](bool) { finished(self, options, ports, about); },
            [=](const caf::error& err) {
              // Still pending in the rows; somebody looks again later.
              warn_failed(err, "insight: result not saved call={}", about.call.str());
              finished(self, options, ports, about);
            });
}

save_analysis as_row(const lead_analytics& result, std::string model) {
  save_analysis row;
  row.done = true;
  row.sentiment = result.sentiment;
  row.outcome = result.outcome;
  row.summary = result.summary;
  row.extracted = result.extracted;
  row.grade = result.grade;
  row.model = std::move(model);
  return row;
}

void fail(self_t self,
          const insight_options& options,
          const insight_ports& ports,
          const analysis_ptr& work,
          const std::string& why) {
  ++self->state.failed_total;
  spdlog::warn("insight: failed call={} reason={}", work->about.call.str(), why);
  save_analysis row;
  row.model = options.model.empty() ? "rules" : options.model;
  row.error = why;
  save(self, options, ports, work->about, std::move(row));
}

void by_rules(self_t self,
              const insight_options& options,
              const insight_ports& ports,
              const analysis_ptr& work) {
  const auto local = std::chrono::local_seconds{
      std::chrono::floor<std::chrono::seconds>(ports.clock().time_since_epoch())};
  ++self->state.done_total;
  save(self,
       options,
       ports,
       work->about,
       as_row(analyse_by_rules(work->profile, work->turns, {}, local, work->machine),
              "rules"));
}

void by_model(self_t self,
              const insight_options& options,
              const insight_ports& ports,
              const analysis_ptr& work) {
  ++work->attempts;
  const auto again = [=](const std::string& why) {
    if (work->attempts < options.attempts_max)
      by_model(self, options, ports, work);
    else
      fail(self, options, ports, work, why);
  };
  self->request(ports.model,
                options.timeout,
                complete_text{analysis_request(work->profile, work->turns, options.model),
                              work->about.call.str()})
      .then(
          [=](const completed_text& answer) {
            const auto read = parse_analysis(work->profile, answer.status, answer.body);
            if (const auto* done = std::get_if<analysis_done>(&read)) {
              ++self->state.done_total;
              save(
                  self, options, ports, work->about, as_row(done->result, options.model));
              return;
            }
            const auto& failure = std::get<analysis_failure>(read);
            const auto why = failure.code + ": " + failure.detail;
            if (failure.retryable)
              again(why);
            else
              fail(self, options, ports, work, why);
          },
          [=](const caf::error& err) { again(to_string(err)); });
}

void analyse(self_t self,
             const insight_options& options,
             const insight_ports& ports,
             const analysis_ptr& work) {
  if (!worth_analysis(work->turns, options.words_min)) {
    // Neither done nor an error: there was nothing to analyse.
    ++self->state.short_total;
    save(self, options, ports, work->about, {});
  } else if (!work->machine && ports.model && !options.model.empty()) {
    by_model(self, options, ports, work);
  } else {
    by_rules(self, options, ports, work);
  }
}

void begin(self_t self,
           const insight_options& options,
           const insight_ports& ports,
           const analyse_call& about) {
  auto work = std::make_shared<analysis>();
  work->about = about;
  const auto give_up = [=](const caf::error& err) {
    warn_failed(err, "insight: cannot load call={}", about.call.str());
    finished(self, options, ports, about);
  };
  self->request(ports.rows, store_timeout, load_call{about.tenant, about.call})
      .then(
          [=](const call_sheet& sheet) {
            auto profile = parse_agent_profile(sheet.profile);
            if (!profile) {
              fail(self, options, ports, work, "the agent's profile is not readable");
              return;
            }
            work->profile = std::move(*profile);
            work->machine = sheet.status == "voicemail";
            self->request(ports.rows, store_timeout, load_turns{about.tenant, about.call})
                .then(
                    [=](std::vector<transcript_turn>& turns) {
                      work->turns = std::move(turns);
                      analyse(self, options, ports, work);
                    },
                    give_up);
          },
          give_up);
}

void next(self_t self, const insight_options& options, const insight_ports& ports) {
  auto& state = self->state;
  while (state.running < options.running_max && !state.waiting.empty()) {
    const auto about = state.waiting.front();
    state.waiting.pop_front();
    ++state.running;
    begin(self, options, ports, about);
  }
}

} // namespace

insight_actor::behavior_type
insight(self_t self, insight_options options, insight_ports ports) {
  return {
      [=](const analyse_call& ask) {
        auto& state = self->state;
        if (state.waiting.size() >= options.waiting_max ||
            !state.known.insert(ask.call).second)
          return;
        state.waiting.push_back(ask);
        next(self, options, ports);
      },
      [=](const get_status&) {
        const auto& state = self->state;
        status_report report;
        caf::put(report, "waiting", state.waiting.size());
        caf::put(report, "running", state.running);
        caf::put(report, "done_total", state.done_total);
        caf::put(report, "failed_total", state.failed_total);
        caf::put(report, "short_total", state.short_total);
        return report;
      },
  };
}

} // namespace caly
