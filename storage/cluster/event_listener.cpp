#include "storage/cluster/event_listener.hpp"

#include "runtime/observe/outage_log.hpp"

#include <pqxx/notification>

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>

namespace caly {

namespace {

class receiver : public pqxx::notification_receiver {
public:
  receiver(pqxx::connection& session,
           const std::function<void(const std::string&)>& heard)
      : pqxx::notification_receiver{session, "caly_event"}, heard_{heard} {}

  void operator()(const std::string& payload, int) override { heard_(payload); }

private:
  const std::function<void(const std::string&)>& heard_;
};

} // namespace

struct event_listener::impl {
  pg::connection_options options;
  std::function<void(const std::string&)> heard;
  std::atomic<bool> stopping{false};
  std::mutex mutex;
  std::condition_variable woken;
  std::thread thread;

  void pause(std::chrono::milliseconds time) {
    std::unique_lock lock{mutex};
    woken.wait_for(lock, time, [this] { return stopping.load(); });
  }

  void run() {
    std::chrono::milliseconds delay{50};
    while (!stopping) {
      try {
        pg::connection connection{options};
        const receiver registered{connection.session(), heard};
        log_back("event_listener: listening again");
        delay = std::chrono::milliseconds{50};
        // A short wait, so that stopping is seen.
        while (!stopping)
          connection.session().await_notification(0, 250'000);
      } catch (const std::exception& failure) {
        warn_away("event_listener: reconnecting reason=" + std::string{failure.what()});
        pause(delay);
        delay = std::min(delay * 2, std::chrono::milliseconds{2000});
      }
    }
  }
};

event_listener::event_listener(pg::connection_options options,
                               std::function<void(const std::string&)> heard)
    : impl_{std::make_unique<impl>()} {
  impl_->options = std::move(options);
  impl_->heard = std::move(heard);
  impl_->thread = std::thread{[state = impl_.get()] { state->run(); }};
}

event_listener::~event_listener() {
  {
    const std::lock_guard lock{impl_->mutex};
    impl_->stopping = true;
  }
  impl_->woken.notify_all();
  impl_->thread.join();
}

} // namespace caly
