#include "net/media/key_tones.hpp"
#include "tests/simulators/base/call_board.hpp"
#include "tests/simulators/base/faults.hpp"
#include "tests/simulators/base/history.hpp"
#include "tests/simulators/base/options.hpp"
#include "tests/simulators/callee/phone_machine.hpp"
#include "tests/simulators/http/http_client.hpp"
#include "tests/simulators/http/webhook_sender.hpp"
#include "tests/simulators/speech/mulaw.hpp"
#include "tests/simulators/speech/speech.hpp"
#include "tests/simulators/speech/utterance_index.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/test/unit_test.hpp>

#include <chrono>

namespace caly::test {

namespace {

using namespace std::chrono_literals;

/// A sandbox of which only the voices are used.
struct sandbox_voices {
  sim::sim_options options;
  boost::asio::io_context io;
  sim::scheduler time{io, 1};
  sim::history log{""};
  sim::call_board board;
  sim::faults wrong{1};
  sim::http_client http{io};
  sim::webhook_sender webhooks{time, http, log, wrong};
  sim::utterance_index utterances;
  sim::speech voices{time, utterances};
  sim::world all{options, time, log, board, wrong, http, webhooks, voices, utterances};
};

struct machine_call : sandbox_voices {
  std::vector<std::string> notes;
  int hang_ups = 0;
  int takes = 0;
  std::unique_ptr<sim::phone_machine> machine;

  void pick_up(sim::callee_kind kind) {
    machine = sim::make_phone_machine(
        all,
        kind,
        {[this](std::string_view what, std::string_view text) {
           notes.push_back(std::string{what} + ' ' + std::string{text});
         },
         [this] { ++hang_ups; }});
  }

  /// Until what was ordered from the voices is there: they work in order.
  void render() {
    io.restart();
    const auto working = boost::asio::make_work_guard(io);
    bool done = false;
    voices.say("Take " + std::to_string(++takes) + ".",
               sim::voice::english,
               [&](const sim::utterance_ptr&) { done = true; });
    while (!done)
      BOOST_REQUIRE(io.run_one_for(10s) == 1u);
  }

  /// The machine hears this and answers whether it spoke meanwhile.
  bool hear(const std::string& line) {
    bool spoke = false;
    for (std::size_t at = 0; at + 160 <= line.size(); at += 160)
      spoke =
          sim::is_voiced(machine->tick(std::string_view{line}.substr(at, 160))) || spoke;
    return spoke;
  }

  bool quiet(double seconds) {
    return hear(
        std::string(static_cast<std::size_t>(seconds * 50) * 160, sim::mulaw_silence));
  }

  bool noted(const std::string& what) const {
    return std::find(notes.begin(), notes.end(), what) != notes.end();
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(phone_machine_suite, machine_call)

BOOST_AUTO_TEST_CASE(people_are_no_machines) {
  pick_up(sim::callee_kind::talks);
  BOOST_TEST(!machine);
}

BOOST_AUTO_TEST_CASE(a_menu_follows_the_keys_it_hears) {
  pick_up(sim::callee_kind::menu);
  render();
  BOOST_TEST(quiet(2));
  hear(key_tone('9'));
  render();
  BOOST_TEST(noted("callee.key 9"));
  BOOST_TEST(quiet(2)); // it offers the same again
  BOOST_TEST(!machine->handed_over());
  hear(key_tone('1'));
  render();
  quiet(5);
  BOOST_TEST(noted("callee.key 1"));
  BOOST_TEST(machine->handed_over());
}

BOOST_AUTO_TEST_CASE(a_menu_without_a_choice_hangs_up_once) {
  pick_up(sim::callee_kind::menu);
  for (int i = 0; i < 6 && hang_ups == 0; ++i) {
    render();
    quiet(15);
  }
  quiet(2);
  BOOST_TEST(hang_ups == 1);
}

BOOST_AUTO_TEST_CASE(a_voicemail_writes_down_what_is_said_after_its_beep) {
  std::string words;
  voices.say("Please call Asha back.",
             sim::voice::english,
             [&](const sim::utterance_ptr& spoken) { words = spoken->mulaw; });
  pick_up(sim::callee_kind::voicemail);
  render();
  hear(words); // into the greeting
  BOOST_TEST(quiet(15));
  BOOST_TEST(notes.empty());
  hear(words);
  quiet(2);
  BOOST_TEST(noted("callee.message Please call Asha back."));
  BOOST_TEST(!machine->handed_over());
}

BOOST_AUTO_TEST_CASE(somebody_picks_up_while_a_message_is_left) {
  pick_up(sim::callee_kind::picks_up_late);
  render();
  quiet(15);
  hear(std::string(8'000, '\x20'));
  BOOST_TEST(!machine->handed_over());
  hear(std::string(8'000, '\x20'));
  BOOST_TEST(machine->handed_over());
}

BOOST_AUTO_TEST_CASE(a_screener_waits_for_a_name) {
  pick_up(sim::callee_kind::screener);
  render();
  quiet(15);
  BOOST_TEST(!machine->handed_over());
  hear(std::string(12'000, '\x20'));
  quiet(1);
  render();
  quiet(6);
  BOOST_TEST(machine->handed_over());
}

BOOST_AUTO_TEST_CASE(an_operator_hangs_up) {
  pick_up(sim::callee_kind::switched_off);
  render();
  quiet(30);
  BOOST_TEST(hang_ups == 1);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caly::test
