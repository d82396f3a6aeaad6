#pragma once

#include "tests/simulators/base/faults.hpp"
#include "tests/simulators/base/history.hpp"
#include "tests/simulators/base/scheduler.hpp"
#include "tests/simulators/http/http_client.hpp"

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string>

namespace caly::sim {

/// One event on its way to Caly.
struct webhook {
  call_facts facts;
  std::string event; ///< For the history, e.g. "ringing".
  http_call call;
};

/// The events of one call: each is sent when the one before it was answered, as a quiet
/// network would deliver them. At most 64 wait.
struct webhook_lane {
  std::deque<std::shared_ptr<webhook>> waiting;
  bool busy = false;
};

/// Delivers webhooks, with one more try after a failure, and breaks them on request.
class webhook_sender {
public:
  using done = std::function<void(http_result)>;

  webhook_sender(scheduler& time, http_client& http, history& log, faults& faults)
      : time_{time}, http_{http}, log_{log}, faults_{faults} {}

  /// Sends in the lane's order and under the faults in force.
  void send(const std::shared_ptr<webhook_lane>& lane, webhook hook);
  /// Sends now and hands back the answer; no fault touches it.
  void fetch(webhook hook, done on_done);

  std::uint64_t sent_total() const noexcept { return sent_total_; }

private:
  void next(const std::shared_ptr<webhook_lane>& lane);
  void
  deliver(const std::shared_ptr<webhook>& hook, int attempt, std::function<void()> after);
  void later(double seconds, std::function<void()> run);
  void note(const webhook& hook, const http_result& result, int attempt);

  scheduler& time_;
  http_client& http_;
  history& log_;
  faults& faults_;
  std::uint64_t sent_total_ = 0;
};

} // namespace caly::sim
