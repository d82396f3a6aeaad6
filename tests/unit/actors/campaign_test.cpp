#include "actors/campaign/campaign.hpp"
#include "runtime/base/error.hpp"
#include "tests/support/actor_fixture.hpp"

namespace caly::test {
namespace {

using namespace std::chrono_literals;

/// What the fakes around a campaign saw and what they answer.
struct world {
  std::uint32_t wants = 0;
  std::vector<run_record> records;
  std::string answer = R"({"finished":true})";
  bool silent = false;
  errc error = errc::none;
  std::vector<caf::typed_response_promise<record_answer>> held;
};

records_actor::behavior_type fake_records(records_actor::pointer self, world* w) {
  return {
      [=](const run_record& ask) -> caf::result<record_answer> {
        w->records.push_back(ask);
        if (w->silent) {
          auto promise = self->make_response_promise<record_answer>();
          w->held.push_back(promise);
          return promise;
        }
        if (w->error != errc::none)
          return caf::make_error(w->error);
        record_answer out;
        out.json = w->answer;
        return out;
      },
      [](const get_status&) { return status_report{}; },
  };
}

tenant_actor::behavior_type fake_tenant(tenant_actor::pointer, world* w) {
  return {
      [=](const want_dial&) { ++w->wants; },
      [](const call_finished&) {},
      [](const wake_tenant&) {},
      [](const line_limit&) {},
      [](const place_single_call& ask) { return ask.call; },
      [](const get_status&) { return status_report{}; },
  };
}

struct fixture : actor_fixture {
  world w;
  const tenant_id owner = tenant_id::make();
  const campaign_id id = campaign_id::make();
  records_actor records = sys.spawn(fake_records, &w);
  tenant_actor boss = sys.spawn(fake_tenant, &w);
  campaign_actor aut;

  fixture() { start({3, 4, 0.5}); }

  ~fixture() { stop(aut); }

  std::int64_t now_ms() {
    return 1'795'254'245'000 + std::chrono::duration_cast<std::chrono::milliseconds>(
                                   sched.clock().now().time_since_epoch())
                                   .count();
  }

  void start(campaign_plan plan) {
    if (aut)
      stop(aut);
    w.wants = 0;
    campaign_ports ports{
        records, boss, [this] { return wall_time{std::chrono::milliseconds{now_ms()}}; }};
    aut = spawn<campaign_actor, campaign_state>(
        sys, actor_label{"campaign", id.str(), ""}, campaign, owner, id, plan, ports);
    run();
  }

  void answer(std::uint32_t granted,
              std::uint32_t refused,
              reserve_stop stop = reserve_stop::none,
              std::int64_t until_ms = 0) {
    self->send(aut, dial_result{granted, refused, stop, until_ms});
    run();
  }

  void finish_one(const std::string& status = "completed") {
    self->send(aut, call_finished{call_id::make(), id, status});
    run();
  }

  std::size_t asked(const std::string& statement) const {
    return static_cast<std::size_t>(
        std::count_if(w.records.begin(), w.records.end(), [&](const auto& each) {
          return each.statement == statement;
        }));
  }

  bool is_over() { return !table().find(aut.id()); }

  void pass(int seconds) {
    for (int i = 0; i < seconds * 4; ++i)
      advance(250ms);
  }
};

BOOST_FIXTURE_TEST_SUITE(campaign_suite, fixture)

BOOST_AUTO_TEST_CASE(asks_for_as_many_dials_as_its_concurrency) {
  BOOST_TEST(w.wants == 3u);
  answer(3, 0);
  pass(10);
  BOOST_TEST(w.wants == 3u);
  finish_one();
  BOOST_TEST(w.wants == 4u);
}

BOOST_AUTO_TEST_CASE(asks_again_when_the_system_was_full) {
  answer(1, 2, reserve_stop::system_at_capacity);
  BOOST_TEST(w.wants == 3u);
  pass(1);
  BOOST_TEST(w.wants == 5u);
}

BOOST_AUTO_TEST_CASE(waits_until_the_next_row_is_due) {
  answer(0, 3, reserve_stop::nothing_due, now_ms() + 5000);
  pass(4);
  BOOST_TEST(w.wants == 3u);
  BOOST_TEST(w.records.empty());
  pass(2);
  BOOST_TEST(w.wants == 6u);
}

BOOST_AUTO_TEST_CASE(looks_again_at_once_when_its_rows_changed) {
  answer(0, 3, reserve_stop::nothing_due, now_ms() + 3'600'000);
  self->send(aut, wake_tenant{owner, "contacts"});
  run();
  BOOST_TEST(w.wants == 6u);
}

BOOST_AUTO_TEST_CASE(finishes_when_no_row_is_left_and_the_record_agrees) {
  answer(1, 2, reserve_stop::nothing_due);
  BOOST_TEST(asked("campaigns.finish") == 0u);
  finish_one();
  answer(0, 3, reserve_stop::nothing_due);
  BOOST_REQUIRE(asked("campaigns.finish") == 1u);
  BOOST_TEST(w.records[0].arguments.at(0).value_or("") == id.str());
  BOOST_TEST(is_over());
}

BOOST_AUTO_TEST_CASE(goes_on_when_the_record_says_that_a_row_is_open) {
  w.answer = R"({"finished":false})";
  answer(0, 3, reserve_stop::nothing_due);
  BOOST_TEST(asked("campaigns.finish") == 1u);
  BOOST_TEST(!is_over());
  pass(2);
  BOOST_TEST(w.wants == 6u);
  w.answer = R"({"finished":true})";
  answer(0, 3, reserve_stop::nothing_due);
  BOOST_TEST(is_over());
}

BOOST_AUTO_TEST_CASE(finishes_after_the_database_was_away_for_long) {
  w.silent = true;
  answer(0, 3, reserve_stop::nothing_due);
  BOOST_TEST(asked("campaigns.finish") == 1u);
  pass(12);
  BOOST_TEST(!is_over());
  w.silent = false;
  auto answered = 3u;
  for (int i = 0; i < 20 && !is_over(); ++i) {
    pass(1);
    if (const auto open = w.wants - answered; open > 0)
      answer(0, open, reserve_stop::nothing_due);
    answered = w.wants;
  }
  BOOST_TEST(is_over());
}

BOOST_AUTO_TEST_CASE(somebody_else_may_have_finished_or_stopped_it) {
  w.error = errc::conflict;
  answer(0, 3, reserve_stop::nothing_due);
  BOOST_TEST(is_over());
}

BOOST_AUTO_TEST_CASE(stands_down_when_it_is_not_running_or_not_ours) {
  answer(0, 3, reserve_stop::not_running);
  BOOST_TEST(is_over());
  start({3, 4, 0.5});
  answer(0, 3, reserve_stop::fenced);
  BOOST_TEST(is_over());
  BOOST_TEST(w.records.empty());
}

BOOST_AUTO_TEST_CASE(pauses_itself_when_too_many_calls_fail_and_says_why) {
  answer(3, 0);
  finish_one("failed");
  finish_one("completed");
  answer(2, 0);
  finish_one("refused");
  BOOST_TEST(asked("campaigns.pause") == 0u);
  finish_one("lost");
  BOOST_REQUIRE(asked("campaigns.pause") == 1u);
  const auto& pause = w.records.back();
  BOOST_TEST(pause.arguments.at(1).value_or("") == "system");
  BOOST_TEST(pause.arguments.at(2).value_or("").find("3 of the last 4") !=
             std::string::npos);
  BOOST_TEST(is_over());
}

BOOST_AUTO_TEST_CASE(calls_that_were_never_sent_count_for_nothing) {
  answer(3, 0);
  for (int i = 0; i < 8; ++i)
    finish_one("never_sent");
  BOOST_TEST(asked("campaigns.pause") == 0u);
}

BOOST_AUTO_TEST_CASE(pauses_without_credit_only_when_its_last_call_is_over) {
  answer(1, 2, reserve_stop::no_credit);
  BOOST_TEST(asked("campaigns.pause") == 0u);
  finish_one();
  answer(0, w.wants - 3, reserve_stop::no_credit);
  BOOST_REQUIRE(asked("campaigns.pause") == 1u);
  BOOST_TEST(w.records.back().arguments.at(2).value_or("").find("no credit") !=
             std::string::npos);
}

BOOST_AUTO_TEST_CASE(does_not_outlive_its_tenant) {
  answer(3, 0);
  crash(boss);
  BOOST_TEST(is_over());
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace caly::test
