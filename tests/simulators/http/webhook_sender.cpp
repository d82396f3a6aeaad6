#include "tests/simulators/http/webhook_sender.hpp"

#include <spdlog/spdlog.h>

namespace caly::sim {

namespace {

constexpr std::size_t lane_length_max = 64;
constexpr int tries_max = 2;
constexpr double retry_delay_s = 0.5;

} // namespace

void webhook_sender::send(const std::shared_ptr<webhook_lane>& lane, webhook hook) {
  if (lane->waiting.size() >= lane_length_max) {
    spdlog::warn(
        "webhook_sender: dropped call={} event={}", hook.facts.call_id, hook.event);
    return;
  }
  lane->waiting.push_back(std::make_shared<webhook>(std::move(hook)));
  if (!lane->busy)
    next(lane);
}

void webhook_sender::next(const std::shared_ptr<webhook_lane>& lane) {
  if (lane->waiting.empty()) {
    lane->busy = false;
    return;
  }
  lane->busy = true;
  const auto hook = std::move(lane->waiting.front());
  lane->waiting.pop_front();
  const auto& plan = faults_.plan(hook->facts.provider);
  if (faults_.chance(plan.webhook_lose)) {
    log_.call("webhook.sent",
              hook->facts,
              {{"event", hook->event}, {"status", 0}, {"fault", "lost"}});
    return next(lane);
  }
  const auto delay_s = plan.webhook_delay_ms_max > 0
                           ? faults_.between(0, plan.webhook_delay_ms_max) / 1000
                           : 0.0;
  if (faults_.chance(plan.webhook_duplicate))
    later(delay_s + 0.05, [this, hook] { deliver(hook, 1, [] {}); });
  if (faults_.chance(plan.webhook_reorder)) {
    // It leaves the lane: whatever follows overtakes it.
    later(delay_s + 0.2 + faults_.between(0, 0.8),
          [this, hook] { deliver(hook, 1, [] {}); });
    return next(lane);
  }
  if (delay_s > 0)
    later(delay_s,
          [this, hook, lane] { deliver(hook, 1, [this, lane] { next(lane); }); });
  else
    deliver(hook, 1, [this, lane] { next(lane); });
}

void webhook_sender::deliver(const std::shared_ptr<webhook>& hook,
                             int attempt,
                             std::function<void()> after) {
  ++sent_total_;
  http_.send(hook->call,
             [this, hook, attempt, after = std::move(after)](const http_result& result) {
               note(*hook, result, attempt);
               const bool failed = result.status == 0 || result.status >= 500;
               if (failed && attempt < tries_max)
                 return later(retry_delay_s, [this, hook, attempt, after] {
                   deliver(hook, attempt + 1, after);
                 });
               after();
             });
}

void webhook_sender::fetch(webhook hook, done on_done) {
  ++sent_total_;
  const auto kept = std::make_shared<webhook>(std::move(hook));
  http_.send(std::move(kept->call),
             [this, kept, on_done = std::move(on_done)](http_result result) {
               note(*kept, result, 1);
               on_done(std::move(result));
             });
}

void webhook_sender::later(double seconds, std::function<void()> run) {
  // The timer lives until it has fired; nothing can cancel a webhook on its way.
  auto kept = std::make_shared<timer>();
  *kept = time_.after(seconds, [kept, run = std::move(run)] { run(); });
}

void webhook_sender::note(const webhook& hook, const http_result& result, int attempt) {
  log_.call("webhook.sent",
            hook.facts,
            {{"event", hook.event}, {"status", result.status}, {"try", attempt}});
  if (result.status == 0)
    spdlog::warn("webhook_sender: not delivered call={} event={} error={}",
                 hook.facts.call_id,
                 hook.event,
                 result.error);
}

} // namespace caly::sim
