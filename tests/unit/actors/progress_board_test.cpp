#include "actors/campaign/progress_board.hpp"
#include "runtime/base/error.hpp"
#include "tests/support/actor_fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <deque>
#include <memory>
#include <string>
#include <vector>

namespace caly::test {

namespace {

using namespace std::chrono_literals;

/// Rows that answer when the test says so: with a text, the row; with none,
/// `unavailable`.
struct fixture : actor_fixture {
  int asked = 0;
  std::vector<std::string> heard; ///< answers and errors, as they came
  caf::actor rows = sys.spawn(
      [](caf::event_based_actor* me, fixture* w) -> caf::behavior {
        using promise = caf::typed_response_promise<record_answer>;
        const auto reads = std::make_shared<std::deque<promise>>();
        return {
            [=](const run_record&) -> caf::result<record_answer> {
              ++w->asked;
              reads->push_back(me->make_response_promise<record_answer>());
              return reads->back();
            },
            [=](const std::string& json) {
              auto read = reads->front();
              reads->pop_front();
              if (json.empty())
                read.deliver(caf::make_error(errc::unavailable));
              else
                read.deliver(record_answer{json, {}, false, 1});
            },
        };
      },
      this);
  records_actor board = spawn<records_actor, progress_board_state>(
      sys, {"progress", "", ""}, progress_board, caf::actor_cast<records_actor>(rows));
  tenant_id own = tenant_id::make();

  ~fixture() {
    stop(board);
    stop(rows);
    advance(61s); // who still waits gives up
  }

  /// Somebody else each time.
  void look(const tenant_id& tenant, const std::string& campaign = "cmp_1") {
    sys.spawn(
        [](caf::event_based_actor* me, fixture* w, const run_record& ask) {
          me->request(w->board, 60s, ask)
              .then([w](const record_answer& answer) { w->heard.push_back(answer.json); },
                    [w](const caf::error& why) {
                      w->heard.push_back(why == errc::unavailable ? "unavailable"
                                                                  : "another error");
                    });
        },
        this,
        run_record{tenant, "campaigns.progress", {campaign, "now"}, 0});
    run();
  }

  void answer(const std::string& json) {
    caf::anon_send(rows, json);
    run();
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(progress_boards, fixture)

BOOST_AUTO_TEST_CASE(all_who_look_while_it_is_read_get_what_was_read) {
  look(own);
  look(own);
  BOOST_TEST(asked == 1);
  answer("{}");
  BOOST_TEST(heard.size() == 2u);
}

BOOST_AUTO_TEST_CASE(an_answer_is_fresh_for_eight_times_what_it_took) {
  look(own);
  advance(100ms);
  answer("1");
  advance(790ms);
  look(own);
  BOOST_TEST(asked == 1);
  BOOST_TEST(heard.back() == "1");
  advance(20ms);
  look(own);
  BOOST_TEST(asked == 2);
  answer("2");
  BOOST_TEST(heard.back() == "2");
}

BOOST_AUTO_TEST_CASE(no_answer_is_older_than_three_seconds) {
  look(own);
  advance(10s);
  answer("1");
  advance(2900ms);
  look(own);
  BOOST_TEST(asked == 1);
  advance(200ms);
  look(own);
  BOOST_TEST(asked == 2);
}

BOOST_AUTO_TEST_CASE(tenants_and_campaigns_share_nothing) {
  look(own);
  look(own, "cmp_2");
  look(tenant_id::make());
  BOOST_TEST(asked == 3);
}

BOOST_AUTO_TEST_CASE(an_error_is_told_to_all_who_wait_and_not_kept) {
  look(own);
  look(own);
  advance(1s);
  answer({});
  BOOST_REQUIRE(heard.size() == 2u);
  BOOST_TEST(heard.front() == "unavailable");
  BOOST_TEST(heard.back() == "unavailable");
  look(own);
  BOOST_TEST(asked == 2);
}

BOOST_AUTO_TEST_CASE(what_nobody_looks_at_any_more_is_forgotten) {
  look(own);
  advance(1s);
  answer("1");
  advance(4s);
  look(own, "cmp_2");
  answer("2");
  BOOST_TEST(caf::get_or(*ask<status_report>(board, get_status{}),
                         "views",
                         std::int64_t{0}) == 1);
}

BOOST_AUTO_TEST_CASE(other_statements_are_refused) {
  const auto said =
      ask<record_answer>(board, run_record{own, "campaigns.list", {"x"}, 0});
  BOOST_REQUIRE(!said);
  BOOST_TEST((said.error() == errc::invalid));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caly::test
