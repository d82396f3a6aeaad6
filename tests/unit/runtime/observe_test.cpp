#include "runtime/observe/spawn.hpp"
#include "runtime/observe/trace.hpp"
#include "tests/support/actor_fixture.hpp"

#include <memory>
#include <stdexcept>

namespace caly::test {
namespace {

using namespace std::chrono_literals;

struct add {
  int amount = 0;

  template <class Inspector>
  friend auto inspect(Inspector& f, add& x) {
    return f(caf::meta::type_name("add"), x.amount);
  }
};

struct open_gate {
  template <class Inspector>
  friend auto inspect(Inspector& f, open_gate&) {
    return f(caf::meta::type_name("open_gate"));
  }
};

struct nudge {
  template <class Inspector>
  friend auto inspect(Inspector& f, nudge&) {
    return f(caf::meta::type_name("nudge"));
  }
};

using counter_actor = caf::typed_actor<caf::replies_to<add>::with<int>,
                                       caf::reacts_to<open_gate>,
                                       caf::reacts_to<nudge>,
                                       caf::replies_to<get_status>::with<status_report>>;

struct counter_state {
  int sum = 0;
  counter_actor child;
};

counter_actor::behavior_type counter(self_ptr<counter_actor, counter_state> self,
                                     std::unique_ptr<int> start) {
  self->state.sum = *start;
  return {
      [=](const add& x) -> caf::result<int> {
        if (x.amount < 0)
          throw std::runtime_error("negative amount");
        return self->state.sum += x.amount;
      },
      [=](const open_gate&) {
        self->state.child = spawn<counter_actor, counter_state>(
            self, {"child", "one", "acme"}, counter, std::make_unique<int>(0));
        self->send(self->state.child, nudge{});
      },
      [=](const nudge&) { ++self->state.sum; },
      [=](const get_status&) {
        status_report report;
        caf::put(report, "sum", self->state.sum);
        return report;
      },
  };
}

/// Leaves every `add` in its mailbox until the gate opens.
caf::behavior waiting(self_ptr<caf::actor, counter_state> self) {
  return {
      [=](const open_gate&) {
        self->become([=](const add& x) { self->state.sum += x.amount; });
      },
      [=](const add&) { return caf::skip(); },
  };
}

struct fixture : actor_fixture {
  counter_actor counting = spawn<counter_actor, counter_state>(
      sys, {"counter", "c1", "acme"}, counter, std::make_unique<int>(40));
  std::shared_ptr<actor_stats> row = table().find(counting.id());
};

BOOST_FIXTURE_TEST_SUITE(observe_suite, fixture)

BOOST_AUTO_TEST_CASE(a_spawned_actor_stands_in_the_table_until_it_ends) {
  BOOST_REQUIRE(row);
  BOOST_TEST(row->path == "/counter:c1");
  BOOST_TEST(row->label.tenant == "acme");
  BOOST_TEST(row->parent_id == 0u);
  stop(counting);
  BOOST_CHECK(table().find(counting.id()) == nullptr);
  BOOST_TEST(table().size() == 0u);
  BOOST_TEST(table().totals()["counter"].spawned == 1u);
  BOOST_TEST(table().totals()["counter"].failed == 0u);
}

BOOST_AUTO_TEST_CASE(counts_what_waits_and_what_was_handled) {
  self->send(counting, add{1});
  self->send(counting, add{2});
  BOOST_TEST(row->depth() == 2u);
  BOOST_TEST(row->handled() == 0u);
  run();
  BOOST_TEST(row->depth() == 0u);
  BOOST_TEST(row->handled() == 2u);
  BOOST_TEST(table().totals()["counter"].handled == 2u);
  stop(counting);
  BOOST_TEST(table().totals()["counter"].handled == 3u); // and the exit message
}

BOOST_AUTO_TEST_CASE(skipped_messages_keep_waiting) {
  const auto actor = spawn<caf::actor, counter_state>(sys, {"waiting", "", ""}, waiting);
  const auto stats = table().find(actor.id());
  self->send(actor, add{1});
  self->send(actor, add{2});
  run();
  BOOST_TEST(stats->depth() == 2u);
  BOOST_TEST(stats->handled() == 0u);
  self->send(actor, open_gate{});
  run();
  BOOST_TEST(stats->depth() == 0u);
  BOOST_TEST(stats->handled() == 3u);
}

BOOST_AUTO_TEST_CASE(remembers_the_last_fifty_message_types) {
  self->send(counting, add{1});
  ask<status_report>(counting, get_status{});
  auto history = row->history();
  BOOST_REQUIRE(history.size() == 2u);
  BOOST_TEST(to_string_of(history[0].type) == "test::add");
  BOOST_TEST(to_string_of(history[1].type) == "get_status");
  for (int i = 0; i < 60; ++i)
    self->send(counting, add{1});
  run();
  history = row->history();
  BOOST_TEST(history.size() == actor_stats::history_max);
  BOOST_TEST(to_string_of(history.front().type) == "test::add");
}

BOOST_AUTO_TEST_CASE(what_an_actor_spawns_becomes_its_child) {
  self->send(counting, open_gate{});
  run();
  const auto children = table().match("/counter:c1/child*");
  BOOST_REQUIRE(children.size() == 1u);
  BOOST_TEST(children[0]->path == "/counter:c1/child:one");
  BOOST_TEST(children[0]->parent_id == counting.id());
}

BOOST_AUTO_TEST_CASE(a_thrown_exception_ends_the_actor_with_what_it_said) {
  const auto answer = ask<int>(counting, add{-1});
  BOOST_REQUIRE(!answer);
  const auto reason = exit_reason_of(counting);
  BOOST_REQUIRE(reason);
  BOOST_TEST(describe(*reason) == "runtime_error: negative amount");
  BOOST_TEST(row->last_error() == "negative amount");
  BOOST_REQUIRE(table().obituaries().size() >= 1u);
  BOOST_TEST(table().obituaries().back().path == "/counter:c1");
  BOOST_TEST(table().totals()["counter"].failed >= 1u);
}

BOOST_AUTO_TEST_CASE(answers_get_status_itself) {
  const auto report = ask<status_report>(counting, get_status{});
  BOOST_REQUIRE(report);
  BOOST_TEST(caf::get_or(*report, "sum", 0) == 40);
}

BOOST_AUTO_TEST_CASE(finds_by_id_by_glob_and_by_part_of_a_name) {
  const auto number = std::to_string(counting.id());
  BOOST_TEST(table().match(number).size() == 1u);
  BOOST_TEST(table().match("a:" + number).size() == 1u);
  BOOST_TEST(table().match("/count*").size() == 1u);
  BOOST_TEST(table().match("counter").size() == 1u);
  BOOST_TEST(table().match("c1").size() == 1u);
  BOOST_TEST(table().match("/counter:c?").size() == 1u);
  BOOST_TEST(table().match("/count").empty());
  BOOST_TEST(table().match("nothing").empty());
}

BOOST_AUTO_TEST_CASE(a_trace_shows_what_comes_in_and_goes_out_and_stops_at_its_limit) {
  trace_options options;
  options.lines_max = 3;
  const auto buffer =
      std::make_shared<trace_buffer>(options, std::chrono::steady_clock::now());
  row->trace(buffer);
  BOOST_TEST(row->traced());
  self->send(counting, open_gate{});
  run();
  self->send(counting, add{1});
  self->send(counting, add{1});
  run();
  const auto lines = buffer->take(std::chrono::steady_clock::now());
  BOOST_REQUIRE(lines.size() == 3u);
  BOOST_TEST(lines[0].find("IN  test::open_gate from a:") != std::string::npos);
  BOOST_TEST(lines[1].find("OUT test::nudge to a:") != std::string::npos);
  BOOST_TEST(lines[1].find("child:one") != std::string::npos);
  BOOST_TEST(lines[2].find("IN  test::add") != std::string::npos);
  BOOST_TEST(buffer->stop_reason() == "3 of 3 lines");
  BOOST_TEST(!row->traced());
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(trace_buffer_suite)

BOOST_AUTO_TEST_CASE(stops_when_its_time_is_up) {
  const std::chrono::steady_clock::time_point start{};
  trace_options options;
  options.duration_max = 10s;
  trace_buffer buffer{options, start};
  BOOST_TEST(buffer.add("one", start + 9s));
  BOOST_TEST(!buffer.add("two", start + 10s));
  BOOST_TEST(buffer.take(start + 10s).size() == 1u);
  BOOST_TEST(buffer.stop_reason() == "time is up");
}

BOOST_AUTO_TEST_CASE(stops_when_messages_come_too_fast) {
  const std::chrono::steady_clock::time_point start{};
  trace_options options;
  options.lines_max = 1000;
  options.lines_per_second_max = 2;
  trace_buffer buffer{options, start};
  BOOST_TEST(buffer.add("one", start));
  BOOST_TEST(buffer.add("two", start));
  BOOST_TEST(buffer.add("three", start + 1s));
  BOOST_TEST(buffer.add("four", start + 1s));
  BOOST_TEST(!buffer.add("five", start + 1500ms));
  BOOST_TEST(buffer.stop_reason() == "too many messages a second");
}

BOOST_AUTO_TEST_CASE(bounds_what_it_is_asked_for) {
  trace_options options;
  options.lines_max = 1'000'000;
  options.duration_max = 24h;
  const trace_buffer buffer{options, {}};
  BOOST_TEST(buffer.options().lines_max == 1000u);
  BOOST_CHECK(buffer.options().duration_max == 300s);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace caly::test
