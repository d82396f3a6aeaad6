#include "net/media/recording/collector.hpp"
#include "runtime/base/error.hpp"
#include "runtime/base/json.hpp"
#include "tests/support/actor_fixture.hpp"

#include <set>

namespace caly::test {

namespace {

using namespace caly::recording;
using namespace std::chrono_literals;

/// The row of a call, kept as the migration keeps it, and the carrier behind it.
struct stage {
  // -- the row
  std::string state = "wanted";
  std::string part_state = "recording";
  std::string recording;
  std::string failure;
  bool paused = false;
  bool paused_there = false;
  bool leaked = false;
  bool claimed_elsewhere = false;
  bool rows_down = false;
  int tries = 0;
  std::int64_t due_ms = 0;
  std::int64_t ended_ms = 0; ///< 0: it lives
  std::vector<std::string> notes;
  std::string error; ///< of the part
  int holds = 0;

  // -- the carrier
  errc begin_fails = errc::none;
  errc steer_fails = errc::none;
  errc fetch_fails = errc::none;
  errc remove_fails = errc::none;
  bool begins_unsaid = false;
  std::vector<carrier_recording_entry> there;
  std::vector<std::string> asked;
  std::uint64_t bytes_max = 0;

  // -- the archive
  std::string kept = "ready";
  errc keep_fails = errc::none;
  int keeps = 0;

  std::int64_t now_ms = 1'700'000'000'000;
};

std::string answer_of(stage& s, const run_record& ask) {
  const auto name = ask.statement.substr(ask.statement.find('.') + 1);
  const auto text = [&](std::size_t i) { return ask.arguments.at(i).value_or(""); };
  json_writer out;
  if (name == "carrier_take") {
    if (s.state == "done" || s.claimed_elsewhere || s.due_ms > s.now_ms)
      return "null";
    ++s.tries;
    s.due_ms = s.now_ms + 45'000;
    out.begin_object().field("part", 1).field("provider", "twilio");
    out.field("provider_call_id", "CA1").field("recording_id", s.recording);
    out.field("state", s.state).field("failure", s.failure).field("paused", s.paused);
    out.field("paused_there", s.paused_there).field("leaked", s.leaked);
    out.field("tries", s.tries).field("max_call_s", 600);
    out.field("part_state", s.part_state)
        .field("place", s.part_state == "ready" ? "s3" : "");
    if (s.ended_ms > 0)
      out.field("ended_at", to_rfc3339(wall_time{std::chrono::milliseconds{s.ended_ms}}));
    return std::move(out.end_object()).str();
  }
  if (name == "carrier_note") {
    s.notes.push_back(text(2));
    if (!text(2).empty() || ask.arguments.at(4))
      s.tries = 0;
    if (!text(2).empty())
      s.state = text(2);
    if (!text(3).empty())
      s.recording = text(3);
    if (ask.arguments.at(4))
      s.paused_there = text(4) == "true";
    if (s.due_ms > s.now_ms)
      s.due_ms = s.now_ms + std::stoll(text(6));
    return s.state == "done"
               ? R"({"due_ms":null})"
               : R"({"due_ms":)" +
                     std::to_string(std::max<std::int64_t>(0, s.due_ms - s.now_ms)) + "}";
  }
  if (name == "carrier_hold")
    ++s.holds;
  if (name == "failed") {
    s.part_state = "failed";
    s.error = text(3);
  }
  if (name == "erased")
    s.part_state = "erased";
  return R"({"state":")" + s.part_state + "\"}";
}

records_actor::behavior_type fake_rows(records_actor::pointer, stage* s, call_id* call) {
  return {[=](const run_record& ask) -> caf::result<record_answer> {
            if (s->rows_down)
              return caf::make_error(errc::unavailable);
            record_answer out;
            if (ask.statement == "recordings.carrier_due") {
              const bool due = s->state != "done" && s->due_ms <= s->now_ms;
              out.json = due ? R"([{"tenant_id":")" + tenant_id{call->value()}.str() +
                                   R"(","call_id":")" + call->str() + "\"}]"
                             : "[]";
              return out;
            }
            out.json = answer_of(*s, ask);
            return out;
          },
          [](const get_status&) { return status_report{}; }};
}

recording_carrier_actor::behavior_type fake_carrier(recording_carrier_actor::pointer,
                                                    stage* s) {
  return {
      [=](const begin_carrier_recording& ask) -> caf::result<std::string> {
        s->asked.push_back("begin " + ask.provider_call_id);
        if (s->begin_fails == errc::none || s->begins_unsaid)
          s->there.push_back({"RE" + std::to_string(s->there.size() + 1), "running"});
        if (s->begin_fails != errc::none)
          return caf::make_error(s->begin_fails);
        return s->there.back().id;
      },
      [=](const steer_carrier_recording& ask) -> caf::result<bool> {
        s->asked.push_back(ask.paused ? "pause" : "resume");
        if (s->steer_fails != errc::none)
          return caf::make_error(s->steer_fails);
        return true;
      },
      [=](const list_carrier_recordings&) {
        s->asked.emplace_back("list");
        return carrier_recording_list{s->there};
      },
      [=](const fetch_carrier_recording& ask) -> caf::result<std::uint64_t> {
        s->asked.push_back("fetch " + ask.recording);
        s->bytes_max = ask.bytes_max;
        if (s->fetch_fails != errc::none)
          return caf::make_error(s->fetch_fails);
        return std::uint64_t{100};
      },
      [=](const remove_carrier_recording& ask) -> caf::result<bool> {
        s->asked.push_back((ask.over ? "remove " : "stop and remove ") + ask.recording);
        if (s->remove_fails != errc::none)
          return caf::make_error(s->remove_fails);
        std::erase_if(s->there, [&](const auto& x) { return x.id == ask.recording; });
        return true;
      },
      [](const get_status&) { return status_report{}; },
  };
}

archive_actor::behavior_type fake_archive(archive_actor::pointer, stage* s) {
  return {[](const tape_begun&) {},
          [](const tape_over&) {},
          [=](const keep_wav&) -> caf::result<std::string> {
            ++s->keeps;
            if (s->keep_fails != errc::none)
              return caf::make_error(s->keep_fails);
            s->part_state = s->kept;
            return s->kept;
          },
          [](const archive_tick&) {},
          [](const get_status&) { return status_report{}; }};
}

struct fixture : actor_fixture {
  stage s;
  call_id call = call_id::make();
  tenant_id tenant{call.value()};
  records_actor rows = sys.spawn(fake_rows, &s, &call);
  recording_carrier_actor carrier = sys.spawn(fake_carrier, &s);
  archive_actor archive = sys.spawn(fake_archive, &s);
  collector_actor at;

  ~fixture() {
    if (at)
      stop(at);
    stop(rows);
    stop(carrier);
    stop(archive);
  }

  void start() {
    collector_options options;
    options.node = "n1";
    options.sweep_every = 10s;
    at = spawn<collector_actor, collector_state>(
        sys,
        {"collector", "n1", ""},
        collector,
        options,
        collector_ports{rows, archive, {{"twilio", carrier}}, [this] {
                          return wall_time{std::chrono::milliseconds{s.now_ms}};
                        }});
    run();
  }

  /// Both clocks go on.
  void pass(int seconds) {
    for (int i = 0; i < 10 * seconds; ++i) {
      s.now_ms += 100;
      advance(100ms);
    }
  }

  void hint() {
    s.due_ms = s.now_ms;
    caf::anon_send(at, look_at_carrier{tenant, call});
    run();
  }

  /// What the carrier was asked, and forgets it.
  std::string asked() {
    std::string out;
    for (const auto& each : std::exchange(s.asked, {}))
      out += (out.empty() ? "" : ", ") + each;
    return out;
  }

  void end_call() {
    s.ended_ms = s.now_ms;
    for (auto& each : s.there)
      each.status = "completed";
  }

  /// The carrier's callback.
  void told_over() {
    s.state = "over";
    s.tries = 0;
    hint();
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(recording_collector, fixture)

BOOST_AUTO_TEST_CASE(a_recording_is_begun_fetched_kept_and_deleted) {
  start();
  BOOST_TEST(asked() == "begin CA1");
  BOOST_TEST(s.state == "running");
  BOOST_TEST(s.recording == "RE1");
  pass(30);
  BOOST_TEST(asked() == "");
  end_call();
  told_over();
  BOOST_TEST(asked() == "fetch RE1, list, remove RE1");
  BOOST_TEST(s.keeps == 1);
  BOOST_TEST(s.state == "done");
  BOOST_TEST(s.bytes_max >= 600u * 32'000);
  BOOST_TEST(s.bytes_max < 640u * 32'000);
  pass(60);
  BOOST_TEST(asked() == "");
}

BOOST_AUTO_TEST_CASE(a_lost_callback_is_made_up_for_by_asking) {
  start();
  end_call();
  pass(8);
  BOOST_TEST(asked() == "begin CA1");
  pass(22);
  BOOST_TEST(asked() == "list, fetch RE1, list, remove RE1");
  BOOST_TEST(s.state == "done");
}

BOOST_AUTO_TEST_CASE(a_lost_answer_begins_no_second_recording) {
  s.begin_fails = errc::outcome_unknown;
  s.begins_unsaid = true;
  start();
  pass(2);
  BOOST_TEST(asked() == "begin CA1, list");
  BOOST_TEST(s.recording == "RE1");
  BOOST_TEST(s.there.size() == 1u);
}

BOOST_AUTO_TEST_CASE(one_that_was_begun_twice_is_deleted_as_well) {
  start();
  s.there.push_back({"RE9", "running"});
  end_call();
  told_over();
  BOOST_TEST(s.there.empty());
  BOOST_TEST(asked() == "begin CA1, fetch RE1, list, remove RE9, remove RE1");
}

BOOST_AUTO_TEST_CASE(a_carrier_that_refuses_costs_the_recording_with_its_reason) {
  s.begin_fails = errc::refused;
  start();
  BOOST_TEST(s.error == "refused_by_carrier");
  BOOST_TEST(s.state == "done");
}

BOOST_AUTO_TEST_CASE(a_carrier_that_is_away_is_given_up_after_a_while) {
  s.begin_fails = errc::unavailable;
  start();
  pass(30);
  BOOST_TEST(s.error == "");
  pass(1200);
  BOOST_TEST(s.error == "carrier_unavailable");
  BOOST_TEST(s.state == "done");
}

BOOST_AUTO_TEST_CASE(a_pause_is_told_and_taken_back) {
  start();
  s.paused = true;
  hint();
  BOOST_TEST(s.paused_there);
  s.paused = false;
  hint();
  BOOST_TEST(!s.paused_there);
  BOOST_TEST(asked() == "begin CA1, pause, resume");
}

BOOST_AUTO_TEST_CASE(while_it_is_paused_nothing_is_begun) {
  s.paused = true;
  start();
  BOOST_TEST(asked() == "");
  s.paused = false;
  hint();
  BOOST_TEST(s.state == "running");
}

BOOST_AUTO_TEST_CASE(what_could_not_be_paused_is_not_kept) {
  start();
  s.paused = true;
  s.steer_fails = errc::refused;
  hint();
  BOOST_TEST(s.error == "not_paused");
  BOOST_TEST(asked() == "begin CA1, pause, list, stop and remove RE1");
  BOOST_TEST(s.state == "done");
}

BOOST_AUTO_TEST_CASE(what_was_paused_too_late_is_not_kept) {
  start();
  s.leaked = true;
  end_call();
  told_over();
  BOOST_TEST(s.error == "not_paused");
  BOOST_TEST(s.keeps == 0);
  BOOST_TEST(s.there.empty());
}

BOOST_AUTO_TEST_CASE(a_recording_that_the_carrier_says_is_none_fails) {
  start();
  s.failure = "absent";
  told_over();
  BOOST_TEST(s.error == "carrier_absent");
  BOOST_TEST(s.state == "done");
}

BOOST_AUTO_TEST_CASE(what_the_carrier_lost_is_asked_for_a_bounded_number_of_times) {
  start();
  end_call();
  s.there.clear();
  pass(2400);
  BOOST_TEST(s.error == "lost_by_carrier");
  BOOST_TEST(s.state == "done");
  std::size_t lists = 0;
  for (const auto& each : s.asked)
    lists += each == "list" ? 1 : 0;
  BOOST_TEST(lists == 11u); // ten to find it, one to delete
}

BOOST_AUTO_TEST_CASE(a_file_that_is_too_large_is_deleted_unread) {
  start();
  s.fetch_fails = errc::too_large;
  end_call();
  told_over();
  BOOST_TEST(s.error == "too_large");
  BOOST_TEST(s.keeps == 0);
  BOOST_TEST(s.there.empty());
}

BOOST_AUTO_TEST_CASE(one_that_was_erased_meanwhile_is_stopped_and_deleted) {
  start();
  s.part_state = "erasing";
  pass(25);
  BOOST_TEST(s.part_state == "erased");
  BOOST_TEST(asked() == "begin CA1, list, stop and remove RE1");
  BOOST_TEST(s.state == "done");
}

BOOST_AUTO_TEST_CASE(deleting_is_tried_for_as_long_as_it_takes) {
  start();
  s.remove_fails = errc::unavailable;
  end_call();
  told_over();
  BOOST_TEST(s.part_state == "ready");
  pass(3600);
  BOOST_TEST(s.state == "over");
  s.remove_fails = errc::none;
  pass(400);
  BOOST_TEST(s.state == "done");
  BOOST_TEST(s.keeps == 1);
}

BOOST_AUTO_TEST_CASE(another_nodes_work_is_left_alone_until_its_claim_is_over) {
  s.claimed_elsewhere = true;
  start();
  pass(60);
  BOOST_TEST(asked() == "");
  s.claimed_elsewhere = false;
  pass(11);
  BOOST_TEST(s.state == "running");
}

BOOST_AUTO_TEST_CASE(a_collector_that_dies_between_two_steps_is_followed_by_another) {
  start();
  end_call();
  s.keep_fails = errc::conflict; // the archive went with the node
  told_over();
  stop(std::exchange(at, nullptr));
  s.keep_fails = errc::none;
  s.now_ms += 60'000;
  start();
  pass(1);
  BOOST_TEST(s.part_state == "ready");
  BOOST_TEST(s.state == "done");
}

BOOST_AUTO_TEST_CASE(rows_that_are_away_stop_it_and_are_waited_for) {
  s.rows_down = true;
  start();
  pass(30);
  BOOST_TEST(asked() == "");
  s.rows_down = false;
  pass(11);
  BOOST_TEST(s.state == "running");
}

BOOST_AUTO_TEST_CASE(only_a_nodes_own_hints_are_taken) {
  const auto hint = R"({"type":"carrier_recording","of":")" + to_string(tenant.value()) +
                    R"(","call":")" + to_string(call.value()) + R"(","node":"n1"})";
  const auto news = carrier_recording_news(hint, "n1");
  BOOST_TEST_REQUIRE(news.has_value());
  BOOST_TEST(news->call.str() == call.str());
  BOOST_TEST(news->tenant.str() == tenant.str());
  BOOST_TEST(!carrier_recording_news(hint, "n2"));
  BOOST_TEST(!carrier_recording_news(R"({"type":"call:end"})", "n1"));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caly::test
