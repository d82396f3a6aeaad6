#include "runtime/supervision/watchdog.hpp"

#include <csignal>
#include <cstdlib>
#include <cstring>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace caly {

namespace {

using namespace std::chrono_literals;

std::string milliseconds_of(boot_clock::duration time) {
  return std::to_string(
             std::chrono::duration_cast<std::chrono::milliseconds>(time).count()) +
         " ms";
}

} // namespace

std::string stall_of(const watchdog_options& options,
                     boot_clock::time_point now,
                     boot_clock::time_point beat_at,
                     boot_clock::time_point sign_at) {
  if (now - beat_at > options.stall_max)
    return "the process stood still for " + milliseconds_of(now - beat_at);
  if (sign_at != boot_clock::time_point{} && now - sign_at > options.stall_max)
    return "the scheduler gave no sign of life for " + milliseconds_of(now - sign_at);
  return {};
}

watchdog::watchdog(watchdog_options options,
                   std::function<void(const std::string& why)> bark)
    : options_{options}, bark_{std::move(bark)}, thread_{[this] { run(); }} {}

watchdog::~watchdog() {
  rest();
  thread_.join();
}

void watchdog::rest() {
  {
    const std::lock_guard lock{mutex_};
    over_ = true;
  }
  woken_.notify_all();
}

void watchdog::run() {
  auto beat_at = boot_clock::now();
  std::unique_lock lock{mutex_};
  while (!woken_.wait_for(lock, options_.beat, [this] { return over_; })) {
    const auto now = boot_clock::now();
    const boot_clock::time_point sign_at{std::chrono::nanoseconds{sign_at_.load()}};
    const auto why = stall_of(options_, now, beat_at, sign_at);
    beat_at = now;
    if (why.empty())
      notify_service_manager("WATCHDOG=1");
    else
      bark_(why);
  }
}

void watchdog::end_process(const std::string& why) {
  // Not through the log: its thread may be what hangs.
  const auto line = "calyd: watchdog: " + why + "; ending\n";
  [[maybe_unused]] const auto written = write(STDERR_FILENO, line.data(), line.size());
  kill(getpid(), SIGKILL);
}

void notify_service_manager(const std::string& state) {
  static const char* const path = std::getenv("NOTIFY_SOCKET");
  sockaddr_un to{};
  if (path == nullptr || std::strlen(path) >= sizeof(to.sun_path))
    return;
  to.sun_family = AF_UNIX;
  std::strcpy(to.sun_path, path);
  if (to.sun_path[0] == '@')
    to.sun_path[0] = '\0'; // in the abstract namespace
  const int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (fd < 0)
    return;
  const auto length =
      static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + std::strlen(path));
  sendto(fd,
         state.data(),
         state.size(),
         MSG_NOSIGNAL,
         reinterpret_cast<const sockaddr*>(&to),
         length);
  close(fd);
}

} // namespace caly
