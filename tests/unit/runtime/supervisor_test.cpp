#include "runtime/base/error.hpp"
#include "runtime/observe/spawn.hpp"
#include "runtime/supervision/exit.hpp"
#include "runtime/supervision/supervisor.hpp"
#include "tests/support/actor_fixture.hpp"

#include <memory>
#include <stdexcept>

namespace caly::test {
namespace {

using namespace std::chrono_literals;

/// What children did, in order: `+a` started, `-a` ended.
using diary = std::vector<std::string>;

struct worker_state {
  ~worker_state() {
    if (events)
      events->push_back("-" + name_of);
  }

  std::shared_ptr<diary> events;
  std::string name_of;
};

caf::behavior worker(self_ptr<caf::actor, worker_state> self,
                     std::shared_ptr<diary> events,
                     std::string name,
                     bool stubborn) {
  events->push_back("+" + name);
  self->state.events = std::move(events);
  self->state.name_of = std::move(name);
  if (stubborn)
    self->set_exit_handler([](const caf::exit_msg&) {});
  return {[](int) {}};
}

struct fixture : actor_fixture {
  std::shared_ptr<diary> events = std::make_shared<diary>();
  supervisor_actor parent;

  ~fixture() {
    if (parent)
      kill_actor(parent);
    run();
  }

  child_spec spec(const std::string& name,
                  restart_policy restart = restart_policy::permanent,
                  bool stubborn = false) {
    return child(
        name,
        [=, events = events](caf::local_actor* self) {
          return spawn<caf::actor, worker_state>(
              self, {"worker", name, ""}, worker, events, name, stubborn);
        },
        restart);
  }

  void supervise(std::vector<child_spec> specs, supervisor_options options = {}) {
    options.seed = 1;
    parent = spawn_supervisor(sys, "test", std::move(specs), options);
    run();
  }

  caf::actor get(const std::string& name) {
    auto found = ask<caf::actor>(parent, get_child{name});
    return found ? *found : caf::actor{};
  }

  std::string status(const std::string& key) {
    return to_string((*ask<status_report>(parent, get_status{}))[key]);
  }

  diary take() { return std::exchange(*events, {}); }
};

supervisor_options rest_for_one() {
  supervisor_options options;
  options.strategy = restart_strategy::rest_for_one;
  return options;
}

void check(const diary& events, const diary& expected) {
  BOOST_CHECK_EQUAL_COLLECTIONS(
      events.begin(), events.end(), expected.begin(), expected.end());
}

BOOST_FIXTURE_TEST_SUITE(supervisor_suite, fixture)

BOOST_AUTO_TEST_CASE(a_crashed_child_comes_back_alone_after_its_delay) {
  supervise({spec("a"), spec("b")});
  const auto before = get("a");
  crash(before);
  BOOST_CHECK(ask<caf::actor>(parent, get_child{"a"}) == errc::unavailable);
  advance(49ms);
  BOOST_CHECK(ask<caf::actor>(parent, get_child{"a"}) == errc::unavailable);
  advance(101ms);
  BOOST_CHECK(get("a") != nullptr);
  BOOST_CHECK(get("a") != before);
  check(take(), {"+a", "+b", "-a", "+a"});
}

BOOST_AUTO_TEST_CASE(the_delay_doubles_with_every_failure_in_a_row) {
  supervisor_options options;
  options.limits = {100, 10s};
  supervise({spec("a")}, options);
  for (const auto expected : {100ms, 200ms, 400ms, 800ms}) {
    crash(get("a"));
    advance(expected / 2 - 1ms);
    BOOST_CHECK(ask<caf::actor>(parent, get_child{"a"}) == errc::unavailable);
    advance(expected + 1ms);
    BOOST_CHECK(get("a") != nullptr);
  }
  advance(61s); // healthy: starts again from the shortest delay
  crash(get("a"));
  advance(150ms);
  BOOST_CHECK(get("a") != nullptr);
}

BOOST_AUTO_TEST_CASE(the_delay_never_passes_its_cap) {
  const backoff delays;
  BOOST_CHECK(delays.delay(0, 0.0) == 50ms);
  BOOST_CHECK(delays.delay(0, 1.0) == 150ms);
  BOOST_CHECK(delays.delay(3, 0.5) == 800ms);
  BOOST_CHECK(delays.delay(1000, 1.0) == 30s);
}

BOOST_AUTO_TEST_CASE(a_crash_loop_is_escalated_after_three_restarts_in_ten_seconds) {
  supervise({spec("a"), spec("b")});
  for (int i = 0; i < 3; ++i) {
    crash(get("a"));
    advance(700ms);
  }
  BOOST_CHECK(get("a") != nullptr);
  take();
  crash(get("a"));
  const auto reason = exit_reason_of(parent);
  BOOST_REQUIRE(reason.has_value());
  BOOST_CHECK(*reason == errc::restarts_exhausted);
  check(take(), {"-a", "-b"});
}

BOOST_AUTO_TEST_CASE(crashes_spread_over_time_never_use_up_the_budget) {
  supervise({spec("a")});
  for (int i = 0; i < 10; ++i) {
    crash(get("a"));
    advance(61s);
  }
  BOOST_CHECK(get("a") != nullptr);
  BOOST_TEST(status("restarts_total") == "10");
}

BOOST_AUTO_TEST_CASE(a_start_function_that_throws_counts_as_a_failure) {
  const auto broken = std::make_shared<int>(2);
  auto flaky = spec("a");
  flaky.start = [=, start = flaky.start](caf::local_actor* self) {
    if ((*broken)-- > 0)
      throw std::runtime_error("port in use");
    return start(self);
  };
  supervise({flaky, spec("b")});
  check(take(), {"+b"});
  advance(150ms);
  advance(300ms);
  BOOST_CHECK(get("a") != nullptr);
  check(take(), {"+a"});
}

BOOST_AUTO_TEST_CASE(rest_for_one_restarts_what_was_started_after_in_order) {
  supervise({spec("a"), spec("b"), spec("c"), spec("d")}, rest_for_one());
  take();
  crash(get("b"));
  check(take(), {"-b", "-d", "-c"});
  advance(150ms);
  check(take(), {"+b", "+c", "+d"});
  BOOST_TEST(status("children_up") == "4");
}

BOOST_AUTO_TEST_CASE(rest_for_one_widens_when_an_earlier_child_falls_meanwhile) {
  supervise({spec("a"), spec("b"), spec("c")}, rest_for_one());
  take();
  crash(get("c"));
  crash(get("a"));
  check(take(), {"-c", "-a", "-b"});
  advance(300ms);
  check(take(), {"+a", "+b", "+c"});
}

BOOST_AUTO_TEST_CASE(a_group_that_goes_down_together_costs_one_restart) {
  supervise({spec("a"), spec("b"), spec("c")}, rest_for_one());
  for (int i = 0; i < 3; ++i) {
    crash(get("a"));
    advance(700ms);
  }
  BOOST_CHECK(get("c") != nullptr);
  BOOST_CHECK(!exit_reason_of(parent).has_value());
}

BOOST_AUTO_TEST_CASE(transient_children_may_finish_and_temporary_ones_never_return) {
  supervise({spec("t", restart_policy::transient),
             spec("once", restart_policy::temporary),
             spec("p")});
  stop(get("t"));
  crash(get("once"));
  stop(get("p"));
  advance(150ms);
  BOOST_CHECK(ask<caf::actor>(parent, get_child{"t"}) == errc::not_found);
  BOOST_CHECK(ask<caf::actor>(parent, get_child{"once"}) == errc::not_found);
  BOOST_CHECK(get("p") != nullptr);
}

BOOST_AUTO_TEST_CASE(a_transient_child_that_failed_comes_back) {
  supervise({spec("t", restart_policy::transient)});
  crash(get("t"));
  advance(150ms);
  BOOST_CHECK(get("t") != nullptr);
}

BOOST_AUTO_TEST_CASE(children_end_in_reverse_order) {
  supervise({spec("a"), spec("b"), spec("c")});
  take();
  stop(parent);
  check(take(), {"-c", "-b", "-a"});
  const auto reason = exit_reason_of(parent);
  BOOST_REQUIRE(reason.has_value());
  BOOST_CHECK(*reason == caf::exit_reason::user_shutdown);
}

BOOST_AUTO_TEST_CASE(a_child_that_ignores_the_end_is_killed_after_its_deadline) {
  supervise({spec("a"), spec("b", restart_policy::permanent, true)});
  take();
  stop(parent);
  check(take(), {});
  advance(4999ms);
  check(take(), {});
  advance(1ms);
  check(take(), {"-b", "-a"});
}

BOOST_AUTO_TEST_CASE(nobody_outlives_a_killed_supervisor) {
  supervise({spec("a"), spec("b")});
  kill_actor(parent);
  run();
  BOOST_TEST(table().size() == 0u);
}

BOOST_AUTO_TEST_CASE(children_can_be_added_restarted_and_stopped) {
  supervise({spec("a")});
  const auto added = ask<caf::actor>(parent, add_child{spec("x")});
  BOOST_REQUIRE(added);
  BOOST_CHECK(ask<caf::actor>(parent, add_child{spec("x")}) == errc::conflict);
  BOOST_CHECK(!tell(parent, restart_child{"x"}));
  run();
  BOOST_CHECK(get("x") != nullptr);
  BOOST_CHECK(get("x") != *added);
  BOOST_CHECK(!tell(parent, stop_child{"x"}));
  BOOST_CHECK(ask<caf::actor>(parent, get_child{"x"}) == errc::not_found);
  BOOST_CHECK(tell(parent, stop_child{"x"}) == errc::not_found);
  check(take(), {"+a", "+x", "-x", "+x", "-x"});
}

BOOST_AUTO_TEST_CASE(refuses_more_children_than_its_bound) {
  supervisor_options options;
  options.children_max = 1;
  supervise({spec("a")}, options);
  BOOST_CHECK(ask<caf::actor>(parent, add_child{spec("b")}) == errc::overloaded);
}

BOOST_AUTO_TEST_CASE(restarts_and_their_cause_stand_in_the_actor_table) {
  supervise({spec("a")});
  crash(get("a"));
  advance(150ms);
  const auto rows = table().match("/supervisor:test/worker:a");
  BOOST_REQUIRE(rows.size() == 1u);
  BOOST_TEST(rows[0]->restarts() == 1u);
  BOOST_TEST(rows[0]->child_name() == "a");
  BOOST_TEST(rows[0]->last_error() == "unhandled_exception");
}

BOOST_AUTO_TEST_CASE(a_supervisor_that_gave_up_is_restarted_by_its_own) {
  supervise({child("inner", [&](caf::local_actor* self) {
    return spawn_supervisor(self, "inner", {spec("a")});
  })});
  const auto inner = [&] { return caf::actor_cast<supervisor_actor>(get("inner")); };
  const auto first = inner();
  for (int i = 0; i < 4; ++i) {
    crash(*ask<caf::actor>(first, get_child{"a"}));
    advance(700ms);
  }
  BOOST_CHECK(inner() != first);
  BOOST_CHECK(ask<caf::actor>(inner(), get_child{"a"}));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace caly::test
