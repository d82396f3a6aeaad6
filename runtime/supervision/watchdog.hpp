#pragma once

#include "runtime/base/clock.hpp"

#include <atomic>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

namespace caly {

struct watchdog_options {
  /// Longer than this without a beat or a sign of life, and the process ends. Others may
  /// have taken its shards by then; what it still wants to send must not leave.
  std::chrono::milliseconds stall_max{3000};
  std::chrono::milliseconds beat{250};
};

/// Why the process must end now; empty while it may go on. `beat_at` is the beat before,
/// `sign_at` the last sign of life.
std::string stall_of(const watchdog_options& options,
                     boot_clock::time_point now,
                     boot_clock::time_point beat_at,
                     boot_clock::time_point sign_at);

/// Ends a process that stood still (SIGSTOP, a frozen container, a sleeping machine) as
/// soon as it goes on, and one whose scheduler hangs. Under systemd (`NOTIFY_SOCKET`) it
/// also says that the service is ready and alive, so that one that never goes on is ended
/// from outside; the unit needs `WatchdogSignal=SIGKILL`.
class watchdog {
public:
  /// `bark` ends the process; tests pass something milder.
  explicit watchdog(watchdog_options options,
                    std::function<void(const std::string& why)> bark = end_process);
  ~watchdog();

  watchdog(const watchdog&) = delete;
  watchdog& operator=(const watchdog&) = delete;

  /// A sign of life, from an actor of the shared scheduler. The first one arms the part
  /// that waits for them.
  void sign() noexcept { sign_at_ = boot_clock::now().time_since_epoch().count(); }

  /// No barking any more: the process is ending in order.
  void rest();

  /// SIGKILL to this process: nothing of it runs any more.
  static void end_process(const std::string& why);

private:
  void run();

  watchdog_options options_;
  std::function<void(const std::string&)> bark_;
  std::atomic<boot_clock::rep> sign_at_{0};
  std::mutex mutex_;
  std::condition_variable woken_;
  bool over_ = false;
  std::thread thread_;
};

/// Tells systemd about this service (`READY=1`, `STOPPING=1`, …); nothing without it.
void notify_service_manager(const std::string& state);

} // namespace caly
