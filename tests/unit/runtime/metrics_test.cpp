#include "runtime/observe/metrics.hpp"
#include "runtime/observe/spawn.hpp"
#include "tests/support/actor_fixture.hpp"

namespace caly::test {
namespace {

struct nothing {};

caf::behavior listener(self_ptr<caf::actor, nothing>) {
  return {[](int) {}};
}

struct fixture : actor_fixture {
  metric_set set;

  bool shows(const std::string& line) {
    return render_metrics(sys, set).find("\n" + line + "\n") != std::string::npos;
  }
};

BOOST_FIXTURE_TEST_SUITE(metrics_suite, fixture)

BOOST_AUTO_TEST_CASE(renders_counters_gauges_and_histograms) {
  set.counter("caly_dials_total", "Dials.", {{"outcome", "busy"}}).Increment(3);
  set.gauge("caly_live_calls", "Live calls.").Set(7);
  set.histogram("caly_db_seconds", "Time.", {}, {0.1, 1}).Observe(0.5);
  BOOST_TEST(shows("caly_dials_total{outcome=\"busy\"} 3"));
  BOOST_TEST(shows("caly_live_calls 7"));
  BOOST_TEST(shows("caly_db_seconds_bucket{le=\"1\"} 1"));
  BOOST_TEST(shows("caly_db_seconds_count 1"));
}

BOOST_AUTO_TEST_CASE(asking_twice_gives_the_same_counter) {
  auto& one = set.counter("caly_x_total", "X.");
  auto& other = set.counter("caly_x_total", "X.");
  BOOST_TEST(&one == &other);
}

BOOST_AUTO_TEST_CASE(labels_beyond_the_bound_count_together) {
  labelled_counter outcomes{set, "caly_outcomes_total", "Outcomes.", "outcome"};
  for (int i = 0; i < 200; ++i)
    outcomes.of("o" + std::to_string(i)).Increment();
  BOOST_TEST(shows("caly_outcomes_total{outcome=\"o0\"} 1"));
  BOOST_TEST(shows("caly_outcomes_total{outcome=\"other\"} 136"));
}

BOOST_AUTO_TEST_CASE(gauges_are_brought_up_to_date_before_rendering) {
  auto& gauge = set.gauge("caly_depth", "Depth.");
  int depth = 4;
  set.on_collect([&] { gauge.Set(depth); });
  BOOST_TEST(shows("caly_depth 4"));
  depth = 5;
  BOOST_TEST(shows("caly_depth 5"));
}

BOOST_AUTO_TEST_CASE(sums_actors_by_kind_also_after_they_ended) {
  const auto a = spawn<caf::actor, nothing>(sys, {"call", "1", ""}, listener);
  const auto b = spawn<caf::actor, nothing>(sys, {"call", "2", ""}, listener);
  self->send(a, 1);
  self->send(b, 1);
  BOOST_TEST(shows("caly_actors{kind=\"call\"} 2"));
  BOOST_TEST(shows("caly_actor_mailbox_messages{kind=\"call\"} 2"));
  run();
  crash(a);
  BOOST_TEST(shows("caly_actors{kind=\"call\"} 1"));
  BOOST_TEST(shows("caly_actor_messages_handled_total{kind=\"call\"} 3"));
  BOOST_TEST(shows("caly_actors_spawned_total{kind=\"call\"} 2"));
  BOOST_TEST(shows("caly_actors_failed_total{kind=\"call\"} 1"));
}

BOOST_AUTO_TEST_CASE(shows_what_the_process_uses) {
  const auto text = render_metrics(sys, set);
  for (const auto* name : {"process_resident_memory_bytes ",
                           "process_heap_allocated_bytes ",
                           "process_open_fds ",
                           "process_threads ",
                           "process_cpu_seconds_total "})
    BOOST_TEST(text.find("\n" + std::string{name}) != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace caly::test
