#include "actors/scheduler/dial_scheduler.hpp"
#include "runtime/base/error.hpp"
#include "tests/support/actor_fixture.hpp"

namespace caly::test {
namespace {

using namespace std::chrono_literals;

struct world {
  std::vector<line_limit> limits;
  std::uint32_t cap = 10;
  bool down = false;
};

records_actor::behavior_type fake_records(records_actor::pointer, world* w) {
  return {
      [=](const run_record& ask) -> caf::result<record_answer> {
        BOOST_TEST(ask.statement == "permits.system");
        if (w->down)
          return caf::make_error(errc::unavailable);
        record_answer answer;
        answer.json = R"({"cap":)" + std::to_string(w->cap) + R"(,"used":0})";
        return answer;
      },
      [](const get_status&) { return status_report{}; },
  };
}

region_actor::behavior_type fake_region(region_actor::pointer, world* w) {
  return {
      [](const own_shards&) {},
      [](const peer_changed&) {},
      [](const wake_tenant&) {},
      [](const line_demand&) {},
      [=](const line_limit& limit) { w->limits.push_back(limit); },
      [](const get_line_shares&) { return line_share_list{}; },
      [](const place_single_call& ask) { return ask.call; },
      [](const find_call&) -> caf::result<call_actor> {
        return caf::make_error(errc::not_found);
      },
      [](const get_status&) { return status_report{}; },
  };
}

struct fixture : actor_fixture {
  world w;
  const tenant_id big = tenant_id::make();
  const tenant_id small = tenant_id::make();
  records_actor records = sys.spawn(fake_records, &w);
  region_actor region = sys.spawn(fake_region, &w);
  dial_scheduler_actor aut;

  fixture() {
    aut = spawn<dial_scheduler_actor, dial_scheduler_state>(
        sys,
        actor_label{"dial_scheduler", "", ""},
        dial_scheduler,
        dial_scheduler_ports{records, region, [this] {
                               return wall_time{} +
                                      std::chrono::duration_cast<wall_time::duration>(
                                          sched.clock().now().time_since_epoch());
                             }});
    pass(2);
  }

  ~fixture() { stop(aut); }

  void pass(int rounds) {
    for (int i = 0; i < rounds; ++i)
      advance(100ms);
  }

  void waits(const tenant_id& tenant, std::uint32_t live) {
    self->send(aut, line_demand{tenant, live, 100, true});
    run();
  }

  std::uint32_t limit_of(const tenant_id& tenant) {
    std::uint32_t found = 999;
    for (const auto& each : w.limits)
      if (each.tenant == tenant)
        found = each.lines;
    return found;
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(dial_scheduler_suite, fixture)

BOOST_AUTO_TEST_CASE(a_newcomer_gets_its_share_within_a_round) {
  waits(big, 10);
  pass(1);
  BOOST_TEST(limit_of(big) == 10u);
  waits(small, 0);
  pass(1);
  BOOST_TEST(limit_of(big) == 5u);
  BOOST_TEST(limit_of(small) == 5u);
}

BOOST_AUTO_TEST_CASE(says_nothing_before_it_knows_the_lines) {
  stop(aut);
  w.down = true;
  aut = spawn<dial_scheduler_actor, dial_scheduler_state>(
      sys,
      actor_label{"dial_scheduler", "", ""},
      dial_scheduler,
      dial_scheduler_ports{records, region, [] { return wall_time{}; }});
  pass(2);
  waits(big, 1);
  pass(10);
  BOOST_TEST(w.limits.empty());
  w.down = false;
  pass(25);
  BOOST_TEST(limit_of(big) == 10u);
}

BOOST_AUTO_TEST_CASE(sees_when_the_system_gets_other_lines) {
  waits(big, 1);
  pass(1);
  w.cap = 3;
  pass(25);
  BOOST_TEST(limit_of(big) == 3u);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caly::test
