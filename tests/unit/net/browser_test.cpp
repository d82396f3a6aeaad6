#include "net/media/ws_link.hpp"
#include "net/providers/browser/carrier.hpp"
#include "runtime/base/error.hpp"
#include "runtime/base/json.hpp"
#include "runtime/base/text.hpp"
#include "tests/support/actor_fixture.hpp"

namespace caly::test {
namespace {

using namespace std::chrono_literals;
using browser::line_changed;
using browser::line_promised;
using kind = carrier_message::kind;

struct quiet_line : browser::line {
  int* times;

  explicit quiet_line(int* x) : times{x} {}

  void joined() override { ++*times; }
};

struct wire_fixture {
  int joined = 0;
  browser::media_wire wire{"call_1", std::make_unique<quiet_line>(&joined)};

  std::string audio(std::size_t samples) {
    return R"({"type":"audio","data":")" + to_base64(std::string(2 * samples, '\x10')) +
           "\"}";
  }
};

BOOST_FIXTURE_TEST_SUITE(browser_wire_suite, wire_fixture)

BOOST_AUTO_TEST_CASE(audio_is_handed_on_wide_and_as_the_telephone_has_it) {
  carrier_message first, second;
  BOOST_REQUIRE(wire.read(audio(320), first));
  BOOST_TEST((first.type == kind::media));
  BOOST_TEST(first.wide == std::string(640, '\x10'));
  BOOST_TEST(first.timestamp_ms == 0);
  BOOST_REQUIRE(wire.read(audio(320), second));
  BOOST_TEST(second.timestamp_ms == 20);
  BOOST_TEST(second.audio_bytes == 160u);
  std::string codes;
  BOOST_TEST(from_base64(second.audio, codes));
  BOOST_TEST(codes.size() == 160u);
}

BOOST_AUTO_TEST_CASE(a_start_joins_the_line_and_names_the_rate) {
  carrier_message right, wrong;
  BOOST_TEST(wire.read(R"({"type":"start","sample_rate":16000})", right));
  BOOST_TEST((right.type == kind::start));
  BOOST_TEST(right.known_format);
  BOOST_TEST(right.stream_id == "call_1");
  BOOST_TEST(joined == 1);
  BOOST_TEST(wire.read(R"({"type":"start","sample_rate":48000})", wrong));
  BOOST_TEST(!wrong.known_format);
}

BOOST_AUTO_TEST_CASE(words_keys_marks_and_the_end_are_read) {
  const auto read = [&](std::string_view text) {
    auto message = std::make_unique<carrier_message>();
    BOOST_REQUIRE(wire.read(text, *message));
    return message;
  };
  BOOST_TEST(read(R"({"type":"words","text":" book a visit "})")->words ==
             "book a visit");
  BOOST_TEST(read(R"({"type":"key","digit":"#"})")->digit == '#');
  BOOST_TEST(read(R"({"type":"mark","name":"m1"})")->mark == "m1");
  BOOST_TEST((read(R"({"type":"stop"})")->type == kind::stop));
  BOOST_TEST((read(R"({"type":"new"})")->type == kind::other));
}

BOOST_AUTO_TEST_CASE(what_a_browser_would_not_send_is_refused) {
  for (const std::string text :
       {std::string{"{"},
        std::string{"[]"},
        audio(8'001),
        std::string{R"({"type":"audio"})"},
        std::string{R"({"type":"audio","data":"AAAA"})"}, // half a sample
        std::string{R"({"type":"audio","data":"?"})"},
        std::string{R"({"type":"audio","data":""})"},
        std::string{R"({"type":"words","text":" "})"},
        R"({"type":"words","text":")" + std::string(1'001, 'a') + "\"}",
        std::string{R"({"type":"key","digit":"12"})"},
        R"({"type":"mark","name":")" + std::string(129, 'a') + "\"}"}) {
    carrier_message message;
    BOOST_TEST(!wire.read(text, message), text.substr(0, 60));
  }
}

BOOST_AUTO_TEST_SUITE_END()

struct keeper_fixture : actor_fixture {
  std::vector<record_progress> events;
  std::vector<call_progressed> hints;
  std::string row = "null";
  bool away = false;
  const tenant_id tenant = tenant_id::make();
  const call_id call = call_id::make();

  caf::actor store = sys.spawn([this]() -> caf::behavior {
    return {[this](const record_progress& x) -> caf::result<progress_answer> {
      if (away)
        return caf::make_error(errc::unavailable);
      events.push_back(x);
      return progress_answer{x.status == "in_progress" ? progress_effect::applied
                                                       : progress_effect::ended};
    }};
  });
  caf::actor records = sys.spawn([this]() -> caf::behavior {
    return {[this](const run_record&) {
      record_answer out;
      out.json = row;
      return out;
    }};
  });
  caf::actor calls = sys.spawn([this]() -> caf::behavior {
    return {[this](const call_progressed& x) { hints.push_back(x); }};
  });
  browser::line_keeper_actor keeper;

  wall_time now() const {
    return wall_time{1'000'000s} + std::chrono::duration_cast<wall_time::duration>(
                                       sched.clock().now().time_since_epoch());
  }

  keeper_fixture() {
    browser::line_keeper_options options;
    options.node = "n1";
    keeper = spawn<browser::line_keeper_actor, browser::line_keeper_state>(
        sys,
        actor_label{"provider", "browser", ""},
        browser::line_keeper,
        options,
        browser::line_keeper_ports{caf::actor_cast<dial_store_actor>(store),
                                   caf::actor_cast<records_actor>(records),
                                   caf::actor_cast<calls_actor>(calls),
                                   [this] { return now(); }});
    run();
  }

  ~keeper_fixture() { stop(keeper); }

  void tell(std::int64_t joined_ms, std::int64_t gone_ms) {
    self->send(keeper, line_changed{tenant, call, joined_ms, gone_ms});
    run();
  }

  looked_up_call look_up() {
    look_up_call question{tenant, {}};
    question.call.id = call;
    return ask<looked_up_call>(keeper, question).value();
  }

  void set_row(const std::string& node, bool alive, std::chrono::seconds age) {
    row = R"({"created_at":")" + to_rfc3339(now() - age) + R"(","node":)" +
          (node.empty() ? "null" : '"' + node + '"') + R"(,"alive":)" +
          (alive ? "true" : "false") + "}";
  }

  std::vector<std::string> statuses() const {
    std::vector<std::string> out;
    for (const auto& event : events)
      out.push_back(event.status);
    return out;
  }
};

BOOST_FIXTURE_TEST_SUITE(browser_keeper_suite, keeper_fixture)

BOOST_AUTO_TEST_CASE(a_call_is_as_long_as_its_socket_in_seconds_that_began) {
  tell(10'000, 0);
  BOOST_TEST(look_up().status == "in_progress");
  tell(10'000, 12'001);
  BOOST_TEST(statuses() == (std::vector<std::string>{"in_progress", "completed"}),
             boost::test_tools::per_element());
  BOOST_TEST(events.back().duration_s.value() == 3);
  BOOST_TEST((hints.back().effect == progress_effect::ended));
  BOOST_TEST(look_up().status == "completed");
  BOOST_TEST(look_up().duration_s.value() == 3);
}

BOOST_AUTO_TEST_CASE(a_socket_that_never_spoke_was_not_answered) {
  tell(0, 9'000);
  BOOST_TEST(events.back().status == "no_answer");
  BOOST_TEST(!events.back().duration_s.has_value());
}

BOOST_AUTO_TEST_CASE(an_end_is_recorded_again_until_the_store_takes_it) {
  away = true;
  tell(1'000, 2'000);
  advance(2s);
  BOOST_TEST(events.empty());
  away = false;
  advance(2s);
  BOOST_TEST(events.size() == 1u);
  advance(10s);
  BOOST_TEST(events.size() == 1u);
}

BOOST_AUTO_TEST_CASE(it_gives_up_recording_after_ten_times) {
  away = true;
  tell(1'000, 2'000);
  for (int i = 0; i < 30; ++i)
    advance(2s);
  away = false;
  advance(60s);
  BOOST_TEST(events.empty());
  BOOST_TEST(look_up().status == "completed"); // for whoever asks later
}

BOOST_AUTO_TEST_CASE(a_promised_line_that_nobody_joins_ends_its_call) {
  set_row("", false, 0s);
  self->send(keeper, line_promised{tenant, call});
  run();
  BOOST_TEST(look_up().status == "ringing");
  advance(65s);
  BOOST_TEST(statuses() == std::vector<std::string>{"no_answer"},
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_promised_line_that_was_joined_is_left_alone) {
  self->send(keeper, line_promised{tenant, call});
  tell(1'000, 0);
  advance(65s);
  BOOST_TEST(statuses().back() == "in_progress");
}

BOOST_AUTO_TEST_CASE(a_line_of_another_node_lives_as_long_as_that_node) {
  set_row("n2", true, 300s);
  BOOST_TEST(look_up().status == "in_progress");
  set_row("n2", false, 300s);
  BOOST_TEST(look_up().status == "completed");
  BOOST_TEST(look_up().duration_s.value() == 0);
}

BOOST_AUTO_TEST_CASE(a_line_of_this_node_before_it_was_started_again_is_gone) {
  set_row("n1", true, 300s);
  BOOST_TEST(look_up().status == "completed");
}

BOOST_AUTO_TEST_CASE(browsers_are_not_called) {
  BOOST_TEST(
      (ask<placed_call>(keeper, place_call{}).value().result == create_result::refused));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace caly::test
