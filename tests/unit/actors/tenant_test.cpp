#include "actors/tenant/tenant.hpp"
#include "runtime/base/error.hpp"
#include "tests/support/actor_fixture.hpp"

namespace caly::test {
namespace {

using namespace std::chrono_literals;

/// What the fakes around a tenant saw and what they answer.
struct world {
  std::vector<reserve_calls> reservations;
  std::vector<start_call> started;
  std::vector<call_actor> tending; ///< in the order of their start
  std::uint32_t grant_max = 100;
  reserve_stop stop = reserve_stop::none;
  bool store_down = false;
  std::uint32_t cap = 2;
  std::vector<doubtful_call> doubtful;
  std::vector<record_missed> missed;
  std::vector<line_demand> demands;
  // -- what is pending for the analyser
  std::vector<call_id> pending;
  call_sheet sheet;
  looked_up_call found;
  std::vector<transcript_turn> turns;
  std::uint32_t looked_up = 0;
  std::uint32_t silence_asked = 0;
  std::vector<analyse_call> analysed;
};

region_actor::behavior_type fake_region(region_actor::pointer, world* w) {
  return {
      [](const own_shards&) {},
      [](const peer_changed&) {},
      [](const wake_tenant&) {},
      [=](const line_demand& demand) { w->demands.push_back(demand); },
      [](const line_limit&) {},
      [](const get_line_shares&) { return line_share_list{}; },
      [](const place_single_call& ask) { return ask.call; },
      [](const find_call&) -> caf::result<call_actor> {
        return caf::make_error(errc::not_found);
      },
      [](const get_status&) { return status_report{}; },
  };
}

dial_store_actor::behavior_type fake_store(dial_store_actor::pointer, world* w) {
  return {
      [=](const reserve_calls& ask) -> caf::result<reservation> {
        w->reservations.push_back(ask);
        if (w->store_down)
          return caf::make_error(errc::unavailable);
        reservation answer;
        answer.stop = w->stop;
        for (const auto& id : ask.calls) {
          if (answer.calls.size() >= w->grant_max)
            break;
          reserved_call call;
          call.id = id;
          call.campaign = ask.campaign;
          answer.calls.push_back(call);
        }
        return answer;
      },
      [=](const mark_sending& ask) { return sendable_calls{ask.calls}; },
      [=](const record_answered&) { return std::string{"placed"}; },
      [=](const record_progress&) { return progress_answer{progress_effect::ended}; },
      [=](const record_missed& ask) {
        w->missed.push_back(ask);
        return std::string{"unknown"};
      },
      [=](const take_over_calls&) { return taken_over{}; },
      [=](const extend_hold&) { return true; },
      [=](const open_call& ask) { return ask.call; },
      [=](const list_doubtful&) { return doubtful_calls{w->doubtful}; },
      [=](const get_status&) { return status_report{}; },
  };
}

records_actor::behavior_type fake_records(records_actor::pointer, world* w) {
  return {
      [=](const run_record& ask) {
        w->silence_asked += ask.statement == "calls.nothing_said" ? 1 : 0;
        record_answer answer;
        answer.json =
            ask.statement == "permits.get"
                ? R"([{"scope":"system","cap":10,"used":0},{"scope":"tenant:x","cap":)" +
                      std::to_string(w->cap) + R"(,"used":0,"guaranteed":3,"weight":2}])"
                : "[]";
        return answer;
      },
      [=](const get_status&) { return status_report{}; },
  };
}

caf::behavior fake_call(caf::event_based_actor*) {
  return {[](const get_status&) {}};
}

calls_actor::behavior_type fake_calls(calls_actor::pointer self, world* w) {
  return {
      [=](const find_call&) -> caf::result<call_actor> {
        return caf::make_error(errc::not_found);
      },
      [=](const start_call& order) -> caf::result<call_actor> {
        w->started.push_back(order);
        w->tending.push_back(caf::actor_cast<call_actor>(self->spawn(fake_call)));
        return w->tending.back();
      },
      [=](const call_progressed&) {},
      [](const transfer_progressed&) {},
      [=](const get_status&) { return status_report{}; },
  };
}

call_store_actor::behavior_type fake_rows(call_store_actor::pointer, world* w) {
  return {
      [=](const load_call& ask) {
        auto sheet = w->sheet;
        sheet.id = ask.call;
        return sheet;
      },
      [](const take_call&) { return call_session{}; },
      [](const end_session&) { return true; },
      [=](const save_turns& ask) {
        w->turns = ask.turns;
        return static_cast<std::uint32_t>(ask.turns.size());
      },
      [=](const load_turns&) { return w->turns; },
      [](const save_action&) { return true; },
      [](const save_event&) { return true; },
      [=](const list_unanalysed&) { return w->pending; },
      [](const save_analysis&) { return true; },
      [](const get_status&) { return status_report{}; },
  };
}

insight_actor::behavior_type fake_insight(insight_actor::pointer, world* w) {
  return {
      [=](const analyse_call& ask) {
        w->analysed.push_back(ask);
        w->pending.clear();
      },
      [](const get_status&) { return status_report{}; },
  };
}

carrier_actor::behavior_type fake_carrier(carrier_actor::pointer, world* w) {
  return {
      [=](const place_call&) {
        return placed_call{create_result::placed, "CA1", {}, 0};
      },
      [=](const look_up_call&) {
        ++w->looked_up;
        return w->found;
      },
      [=](const hang_up_call&) { return true; },
      [=](const get_status&) { return status_report{}; },
  };
}

struct fixture : actor_fixture {
  world w;
  const tenant_id id = tenant_id::make();
  const campaign_id campaign = campaign_id::make();
  dial_store_actor store = sys.spawn(fake_store, &w);
  records_actor records = sys.spawn(fake_records, &w);
  calls_actor calls = sys.spawn(fake_calls, &w);
  carrier_actor carrier = sys.spawn(fake_carrier, &w);
  call_store_actor rows = sys.spawn(fake_rows, &w);
  insight_actor insight = sys.spawn(fake_insight, &w);
  region_actor region = sys.spawn(fake_region, &w);
  tenant_actor aut;

  explicit fixture(carrier_traits traits = {}) {
    const tenant_options options;
    tenant_ports ports;
    ports.call_rows = rows;
    ports.insight = insight;
    ports.store = store;
    ports.records = records;
    ports.calls = calls;
    ports.carriers = carrier;
    ports.carriers.add(options.provider, {carrier, traits});
    ports.region = region;
    // The fake clock stands at the actors' clock, so that advance() moves both.
    ports.clock = [this] {
      return wall_time{} + std::chrono::duration_cast<wall_time::duration>(
                               sched.clock().now().time_since_epoch());
    };
    aut = spawn<tenant_actor, tenant_state>(sys,
                                            actor_label{"tenant", id.str(), id.str()},
                                            tenant,
                                            id,
                                            fence_token{1, 7, "n1"},
                                            options,
                                            ports);
    run();
  }

  ~fixture() { stop(aut); }

  void want(int count) {
    for (int i = 0; i < count; ++i)
      self->send(aut, want_dial{campaign});
    run();
  }

  void end_one() {
    self->send(aut, call_finished{w.started.front().call.id, campaign, "completed"});
    w.started.erase(w.started.begin());
    run();
  }
};

BOOST_FIXTURE_TEST_SUITE(tenant_suite, fixture)

BOOST_AUTO_TEST_CASE(dials_beyond_the_limit_wait_in_the_mailbox_until_a_line_frees) {
  want(5);
  BOOST_TEST(w.started.size() == 2u);
  end_one();
  BOOST_TEST(w.started.size() == 2u);
  end_one();
  end_one();
  BOOST_TEST(w.started.size() == 2u);
  end_one();
  end_one();
  BOOST_TEST(w.started.size() == 0u);
  std::size_t dialed = 0;
  for (const auto& each : w.reservations)
    dialed += each.calls.size();
  BOOST_TEST(dialed == 5u);
}

BOOST_AUTO_TEST_CASE(wants_that_came_together_are_reserved_in_one_transaction) {
  want(2);
  BOOST_REQUIRE(w.reservations.size() == 1u);
  BOOST_TEST(w.reservations[0].calls.size() == 2u);
  BOOST_TEST(w.reservations[0].owner.fence == 7);
}

BOOST_AUTO_TEST_CASE(a_reservation_without_an_answer_is_asked_again_with_the_same_ids) {
  w.store_down = true;
  want(1);
  BOOST_REQUIRE(w.reservations.size() == 1u);
  w.store_down = false;
  advance(600ms);
  BOOST_REQUIRE(w.reservations.size() == 2u);
  BOOST_CHECK(w.reservations[0].calls == w.reservations[1].calls);
  BOOST_TEST(w.started.size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_full_system_closes_the_gate_for_a_moment) {
  w.grant_max = 0;
  w.stop = reserve_stop::system_at_capacity;
  want(4);
  const auto asked = w.reservations.size();
  BOOST_REQUIRE(w.demands.size() == 1u); // at once: others may have to give lines back
  BOOST_TEST(w.demands[0].waits);
  want(4);
  BOOST_TEST(w.reservations.size() == asked);
  w.grant_max = 100;
  w.stop = reserve_stop::none;
  advance(250ms);
  BOOST_TEST(w.started.size() == 2u);
}

BOOST_AUTO_TEST_CASE(stops_at_once_when_another_node_owns_its_shard) {
  w.stop = reserve_stop::fenced;
  w.grant_max = 0;
  self->monitor(aut);
  want(1);
  const auto reason = exit_reason_of(aut);
  BOOST_REQUIRE(reason);
  BOOST_CHECK(*reason == errc::fenced);
}

BOOST_AUTO_TEST_CASE(the_same_end_of_a_call_told_twice_frees_one_line_only) {
  want(4);
  const auto first = w.started.front().call.id;
  for (int i = 0; i < 3; ++i)
    self->send(aut, call_finished{first, campaign, "completed"});
  run();
  BOOST_TEST(w.started.size() == 3u);
}

BOOST_AUTO_TEST_CASE(a_call_whose_actor_ends_without_a_word_frees_its_line) {
  want(3);
  BOOST_TEST(w.started.size() == 2u);
  crash(w.tending.front());
  BOOST_TEST(w.started.size() == 2u); // its word may still be on its way
  advance(1s);
  BOOST_TEST(w.started.size() == 3u);
}

BOOST_AUTO_TEST_CASE(doubtful_calls_are_asked_about_again_and_again) {
  doubtful_call doubt;
  doubt.id = call_id::make();
  doubt.state = "unknown";
  w.doubtful.push_back(doubt);
  advance(11s);
  advance(11s);
  BOOST_TEST(w.missed.size() >= 2u);
}

BOOST_AUTO_TEST_CASE(keeps_to_the_limit_of_the_dial_scheduler_while_it_holds) {
  w.cap = 8;
  self->send(aut, wake_tenant{id, "credits"});
  run();
  self->send(aut, line_limit{id, 1});
  want(3);
  BOOST_TEST(w.started.size() == 1u);
  BOOST_REQUIRE(!w.demands.empty());
  BOOST_TEST(w.demands.back().waits);
  BOOST_TEST(w.demands.back().live == 1u);
  BOOST_TEST(w.demands.back().most == 8u);
  BOOST_TEST(w.demands.back().guaranteed == 3u);
  BOOST_TEST(w.demands.back().weight == 2u);
  self->send(aut, line_limit{id, 2});
  run();
  BOOST_TEST(w.started.size() == 2u);
  // Nothing was heard of it for long: the rows decide alone.
  advance(6s);
  BOOST_TEST(w.started.size() == 3u);
}

BOOST_AUTO_TEST_CASE(reports_each_second_what_it_has_and_nothing_when_it_has_nothing) {
  advance(3s);
  BOOST_TEST(w.demands.empty());
  want(1);
  advance(1s);
  BOOST_REQUIRE(w.demands.size() == 1u);
  BOOST_TEST(!w.demands[0].waits);
  BOOST_TEST(w.demands[0].live == 1u);
  advance(1s);
  BOOST_TEST(w.demands.size() == 2u);
  self->send(aut, call_finished{w.started.front().call.id, campaign, "completed"});
  advance(3s);
  BOOST_REQUIRE(w.demands.size() == 3u); // once, so that others get the line
  BOOST_TEST(w.demands[2].live == 0u);
}

BOOST_AUTO_TEST_CASE(calls_whose_analysis_is_pending_are_found_in_the_rows) {
  w.pending = {call_id::make()};
  advance(11s);
  BOOST_TEST(w.analysed.size() == 1u);
  BOOST_TEST(w.looked_up == 0u);
  BOOST_TEST(w.silence_asked > 0u);
}

BOOST_AUTO_TEST_SUITE_END()

/// A tenant whose carrier holds the conversations itself.
struct hosted : fixture {
  hosted() : fixture{traits()} {
    w.pending = {call_id::make()};
    w.sheet.state = "ended";
    w.sheet.provider_call_id = "ex-1";
    w.found.found = true;
    w.found.status = "completed";
    w.found.words_pending = true;
  }

  static carrier_traits traits() {
    carrier_traits out;
    out.hosts_talk = true;
    return out;
  }
};

BOOST_FIXTURE_TEST_SUITE(tenant_of_hosted_calls, hosted)

BOOST_AUTO_TEST_CASE(words_whose_callback_got_lost_are_fetched_and_judged) {
  w.found.words_pending = false;
  w.found.turns = {{1, "agent", "Hello", "", 0}};
  for (int i = 0; i < 4; ++i)
    advance(11s);
  BOOST_REQUIRE(w.turns.size() == 1u);
  BOOST_TEST(w.turns[0].text == "Hello");
  BOOST_TEST(w.analysed.size() == 1u);
  BOOST_TEST(w.looked_up == 1u);
}

BOOST_AUTO_TEST_CASE(a_call_is_not_judged_before_its_words_are_written_down) {
  for (int i = 0; i < 6; ++i)
    advance(11s);
  BOOST_TEST(w.looked_up > 1u);
  BOOST_TEST(w.analysed.empty());
  w.found.words_pending = false; // nobody said anything
  advance(11s);
  BOOST_TEST(w.analysed.size() == 1u);
}

BOOST_AUTO_TEST_CASE(words_that_came_by_callback_are_not_fetched) {
  w.turns = {{1, "agent", "Hello", "", 0}};
  advance(11s);
  BOOST_TEST(w.analysed.size() == 1u);
  BOOST_TEST(w.looked_up == 0u);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace caly::test
