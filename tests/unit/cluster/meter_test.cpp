#include "cluster/node/meter.hpp"
#include "runtime/base/error.hpp"
#include "tests/support/actor_fixture.hpp"

namespace caly::test {
namespace {

using namespace std::chrono_literals;

struct world {
  std::int64_t calls = 0;
  std::uint64_t lost_total = 0;
  bool draining = false;
  bool database = true;
};

inspectable_actor::behavior_type fake_actor(inspectable_actor::pointer, world* w) {
  return {[=](const get_status&) {
    status_report report;
    caf::put(report, "calls", w->calls);
    caf::put(report, "lost_total", w->lost_total);
    caf::put(report, "draining", w->draining);
    return report;
  }};
}

records_actor::behavior_type fake_rows(records_actor::pointer, world* w) {
  return {
      [=](const run_record& ask) -> caf::result<record_answer> {
        BOOST_TEST(ask.statement == "work.ages");
        if (!w->database)
          return caf::make_error(errc::unavailable);
        return record_answer{
            R"({"permits_used":3,"permits_max":10,"oldest_permit_s":1.5,)"
            R"("oldest_due_s":0,"due_campaigns":2})",
            {},
            false,
            1};
      },
      [](const get_status&) { return status_report{}; },
  };
}

struct fixture : actor_fixture {
  world w;
  metric_set set;
  caf::actor watched = caf::actor_cast<caf::actor>(sys.spawn(fake_actor, &w));
  records_actor rows = sys.spawn(fake_rows, &w);
  meter_actor aut;

  fixture() {
    meter_options options;
    options.actors = {{watched,
                       {{"calls", "x_calls", "Calls."},
                        {"lost_total", "x_lost_total", "Lost."},
                        {"draining", "x_draining", "Drains."}},
                       {{"provider", "p"}}}};
    options.records = rows;
    options.state_dir = "/tmp";
    options.shown_in = &set;
    aut = spawn<meter_actor, meter_state>(
        sys, actor_label{"meter", "", ""}, meter, options);
    run();
  }

  ~fixture() { stop(aut); }

  double value(const std::string& name) {
    for (const auto& family : set.collect())
      if (family.name == name)
        return family.type == prometheus::MetricType::Counter
                   ? family.metric.at(0).counter.value
                   : family.metric.at(0).gauge.value;
    BOOST_ERROR("no metric " + name);
    return -1;
  }
};

BOOST_FIXTURE_TEST_SUITE(meter_suite, fixture)

BOOST_AUTO_TEST_CASE(shows_what_actors_report) {
  w.calls = 4;
  w.draining = true;
  BOOST_TEST(value("x_calls") == 0);
  advance(5s);
  BOOST_TEST(value("x_calls") == 4);
  BOOST_TEST(value("x_draining") == 1);
  w.calls = 1;
  advance(5s);
  BOOST_TEST(value("x_calls") == 1);
}

BOOST_AUTO_TEST_CASE(a_counter_goes_on_where_its_actor_starts_again) {
  w.lost_total = 7;
  advance(5s);
  w.lost_total = 2; // another life of the actor
  advance(5s);
  BOOST_TEST(value("x_lost_total") == 9);
}

BOOST_AUTO_TEST_CASE(shows_what_only_the_rows_know_and_survives_their_absence) {
  BOOST_TEST(value("caly_permits_used") == 3);
  BOOST_TEST(value("caly_permit_oldest_seconds") == 1.5);
  BOOST_TEST(value("caly_queue_due_campaigns") == 2);
  w.database = false;
  advance(30s);
  const auto report = ask<status_report>(aut, get_status{});
  BOOST_REQUIRE(report);
  BOOST_TEST(caf::get_or(*report, "failures_total", std::uint64_t{0}) == 1u);
  w.database = true;
  advance(30s);
  BOOST_TEST(value("caly_permits_used") == 3);
}

BOOST_AUTO_TEST_CASE(shows_the_free_space) {
  BOOST_TEST(value("caly_state_free_bytes") > 0);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace caly::test
