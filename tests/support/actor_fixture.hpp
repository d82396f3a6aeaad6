#pragma once

#include "runtime/observe/actor_table.hpp"
#include "runtime/observe/error_text.hpp"

#include <boost/test/unit_test.hpp>
#include <caf/all.hpp>
#include <caf/scheduler/test_coordinator.hpp>

#include <optional>
#include <string>

namespace caly::test {

/// An actor system on one thread and on a clock that only moves when told to, so that
/// every run of a test takes the same steps. `Config` may register message types in its
/// constructor; messages that stay within the node need none.
template <class Config = caf::actor_system_config>
class basic_actor_fixture {
public:
  basic_actor_fixture()
      : sys{configure(cfg)},
        self{sys, true},
        sched{dynamic_cast<caf::scheduler::test_coordinator&>(sys.scheduler())} {}

  ~basic_actor_fixture() { run(); }

  /// Lets actors handle messages until all mailboxes are empty. Timeouts stay pending.
  void run() {
    while (sched.try_run_once()) {
    }
  }

  /// Moves the clock and then lets actors handle what became due.
  void advance(caf::timespan delta) {
    sched.advance_time(delta);
    run();
  }

  /// Asks `to` and returns its answer or its error. Never waits: an actor that does not
  /// answer at once fails the test.
  template <class T, class Handle, class... Ts>
  caf::expected<T> ask(const Handle& to, Ts&&... xs) {
    auto pending = self->request(to, caf::infinite, std::forward<Ts>(xs)...);
    run();
    BOOST_REQUIRE_MESSAGE(!self->mailbox().empty(), "no answer from " + to_string(to));
    caf::expected<T> answer{caf::none};
    pending.receive([&](T& x) { answer = std::move(x); },
                    [&](caf::error& failure) { answer = std::move(failure); });
    return answer;
  }

  /// The same for requests that are answered without content: none or the error.
  template <class Handle, class... Ts>
  caf::error tell(const Handle& to, Ts&&... xs) {
    auto pending = self->request(to, caf::infinite, std::forward<Ts>(xs)...);
    run();
    BOOST_REQUIRE_MESSAGE(!self->mailbox().empty(), "no answer from " + to_string(to));
    caf::error answer;
    pending.receive([] {}, [&](caf::error& failure) { answer = std::move(failure); });
    return answer;
  }

  /// Kills `whom` the way a crash would.
  template <class Handle>
  void crash(const Handle& whom) {
    caf::anon_send_exit(whom, caf::exit_reason::unhandled_exception);
    run();
  }

  /// Ends `whom` the orderly way.
  template <class Handle>
  void stop(const Handle& whom) {
    caf::anon_send_exit(whom, caf::exit_reason::user_shutdown);
    run();
  }

  /// The reason why `whom` ended, or nothing while it lives.
  template <class Handle>
  std::optional<caf::error> exit_reason_of(const Handle& whom) {
    std::optional<caf::error> reason;
    self->monitor(whom);
    run();
    if (!self->mailbox().empty())
      self->receive([&](const caf::down_msg& down) { reason = down.reason; });
    else
      self->demonitor(whom.address());
    return reason;
  }

  actor_table& table() { return actor_table::of(sys); }

  Config cfg;
  caf::actor_system sys;
  caf::scoped_actor self;
  caf::scheduler::test_coordinator& sched;

private:
  static Config& configure(Config& cfg) {
    cfg.set("scheduler.policy", caf::atom("testing"));
    cfg.set("logger.file-verbosity", caf::atom("quiet"));
    return cfg;
  }
};

using actor_fixture = basic_actor_fixture<>;

} // namespace caly::test
