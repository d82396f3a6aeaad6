#include "net/media/g711.hpp"
#include "net/speech/speech_desk.hpp"
#include "runtime/base/error.hpp"

#include <boost/test/unit_test.hpp>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <future>
#include <set>
#include <unistd.h>

namespace {

using namespace caly;
using namespace std::chrono_literals;

const auto grammar = std::make_shared<const std::string>(
    "#JSGF V1.0;\ngrammar agent;\n"
    "public <utterance> = [yes] i want to book [a | an] (visit | appointment) [tomorrow] "
    "| "
    "(what | when) are your opening hours | yes please | no thank you | wrong number;\n");

/// The program that was built beside this test.
std::string program() {
  return (std::filesystem::read_symlink("/proc/self/exe").parent_path() /
          "bin/caly_speech")
      .string();
}

speech_options options(std::string run = program()) {
  speech_options out;
  out.program = std::move(run);
  out.model = "/usr/share/pocketsphinx/model/en-us";
  out.timeout = 20s; // the machine may be busy
  return out;
}

caf::expected<pcm_samples> say(speech_desk& desk,
                               const std::string& text,
                               const std::string& language = "en",
                               unsigned rate = 16'000) {
  std::promise<caf::expected<pcm_samples>> answer;
  desk.say(text, language, rate, [&](auto got) { answer.set_value(std::move(got)); });
  return answer.get_future().get();
}

std::string bytes_of(const pcm_samples& samples) {
  return {reinterpret_cast<const char*>(samples.data()), samples.size() * 2};
}

caf::expected<heard_speech> hear(speech_desk& desk, std::string samples) {
  std::promise<caf::expected<heard_speech>> answer;
  desk.hear(
      grammar, std::move(samples), [&](auto got) { answer.set_value(std::move(got)); });
  return answer.get_future().get();
}

heard_speech hear_said(speech_desk& desk, const std::string& text) {
  const auto said = say(desk, text);
  BOOST_REQUIRE(said);
  const auto heard = hear(desk, bytes_of(*said));
  BOOST_REQUIRE(heard);
  return *heard;
}

/// A program of our own in place of the real one.
struct script {
  std::string path = (std::filesystem::temp_directory_path() /
                      ("caly_speech_test_" + std::to_string(::getpid())))
                         .string();

  explicit script(const std::string& text) {
    std::ofstream{path} << "#!/bin/sh\n" << text << '\n';
    std::filesystem::permissions(path, std::filesystem::perms::owner_all);
  }

  ~script() { std::filesystem::remove(path); }
};

BOOST_AUTO_TEST_SUITE(speech_desk_suite)

BOOST_AUTO_TEST_CASE(what_it_says_it_understands_by_the_grammar) {
  speech_desk desk{options()};
  for (const auto* text : {"yes i want to book an appointment tomorrow",
                           "what are your opening hours",
                           "no thank you"}) {
    const auto heard = hear_said(desk, text);
    BOOST_TEST(heard.words == text);
    BOOST_TEST(heard.confidence > 700);
  }
  BOOST_TEST(desk.so_far().started_total == 1u);
  BOOST_TEST(desk.so_far().said_total == 3u);
  BOOST_TEST(desk.so_far().heard_total == 3u);
}

BOOST_AUTO_TEST_CASE(what_the_grammar_does_not_know_explains_little_of_the_sound) {
  speech_desk desk{options()};
  for (const auto* text :
       {"colourless green ideas sleep furiously", "the weather is nice in delhi today"}) {
    const auto heard = hear_said(desk, text);
    BOOST_TEST(heard.confidence > 0);
    BOOST_TEST(heard.confidence < 600);
  }
}

BOOST_AUTO_TEST_CASE(silence_and_hiss_are_no_speech) {
  speech_desk desk{options()};
  BOOST_TEST(hear(desk, std::string(32'000, '\0'))->confidence == 0);
  pcm_samples hiss(16'000);
  std::uint32_t seed = 1;
  for (auto& sample : hiss)
    sample = static_cast<std::int16_t>(
        ((seed = seed * 1664525 + 1013904223) >> 16) % 600 - 300);
  BOOST_TEST(hear(desk, bytes_of(hiss))->confidence == 0);
  BOOST_TEST(hear(desk, "")->confidence == 0);
}

BOOST_AUTO_TEST_CASE(it_speaks_hindi_and_at_the_rate_of_the_line) {
  speech_desk desk{options()};
  const auto hindi = say(desk, "नमस्ते, मैं आपकी क्या मदद करूँ?", "hi", 8'000);
  BOOST_REQUIRE(hindi);
  BOOST_TEST(hindi->size() > 8'000u);
  const auto slow = say(desk, "one two three four", "en", 8'000);
  const auto fast = say(desk, "one two three four", "en", 16'000);
  BOOST_TEST(std::abs(2.0 * static_cast<double>(slow->size()) /
                          static_cast<double>(fast->size()) -
                      1) < 0.1);
}

BOOST_AUTO_TEST_CASE(a_question_that_cannot_be_right_is_refused_and_costs_nothing_else) {
  speech_desk desk{options()};
  const auto refused = say(desk, "hello", "en", 3);
  BOOST_REQUIRE(!refused);
  BOOST_TEST((refused.error() == errc::invalid));
  BOOST_TEST(say(desk, "hello").operator bool());
  BOOST_TEST(desk.so_far().started_total == 1u);
}

BOOST_AUTO_TEST_CASE(a_process_that_dies_costs_its_sentence_and_is_started_again) {
  // Dies at its first question, and is the real one from then on.
  const script dies{"if mkdir $0.seen 2>/dev/null; then read -r line; exit 1; fi\nrmdir "
                    "$0.seen\nexec " +
                    program() + " \"$1\""};
  speech_desk desk{options(dies.path)};
  const auto lost = say(desk, "hello\n");
  BOOST_REQUIRE(!lost);
  BOOST_TEST((lost.error() == errc::unavailable));
  std::this_thread::sleep_for(120ms); // before that it is not started again
  BOOST_TEST(say(desk, "hello").operator bool());
  BOOST_TEST(desk.so_far().started_total == 2u);
  BOOST_TEST(desk.so_far().failed_total == 1u);
}

BOOST_AUTO_TEST_CASE(a_process_that_takes_too_long_is_replaced) {
  const script sleeps{
      "if mkdir $0.seen 2>/dev/null; then exec sleep 60; fi\nrmdir $0.seen\nexec " +
      program() + " \"$1\""};
  auto hurried = options(sleeps.path);
  hurried.timeout = 200ms;
  speech_desk desk{hurried};
  const auto lost = say(desk, "hello");
  BOOST_REQUIRE(!lost);
  BOOST_TEST((lost.error() == errc::timed_out));
}

BOOST_AUTO_TEST_CASE(a_process_that_talks_nonsense_is_replaced) {
  const script nonsense{"cat /dev/zero | tr '\\0' 'x'"};
  speech_desk desk{options(nonsense.path)};
  const auto lost = say(desk, "hello");
  BOOST_REQUIRE(!lost);
  BOOST_TEST((lost.error() == errc::unavailable));
}

BOOST_AUTO_TEST_CASE(without_a_program_questions_fail_at_once) {
  speech_desk desk{options("/nonexistent/caly_speech")};
  const auto lost = say(desk, "hello");
  BOOST_REQUIRE(!lost);
  BOOST_TEST((lost.error() == errc::unavailable));
  BOOST_TEST(!say(desk, "hello"));
}

BOOST_AUTO_TEST_CASE(more_than_may_wait_are_refused) {
  const script sleeps{"exec sleep 60"};
  auto hurried = options(sleeps.path);
  hurried.timeout = 300ms;
  hurried.waiting_max = 2;
  std::atomic<int> overloaded{0}, late{0};
  {
    speech_desk desk{hurried};
    std::promise<void> done;
    for (int i = 0; i < 5; ++i)
      desk.say("hello", "en", 8'000, [&](caf::expected<pcm_samples> got) {
        ++(got.error() == errc::overloaded ? overloaded : late);
        if (overloaded + late == 5)
          done.set_value();
      });
    done.get_future().wait();
  }
  BOOST_TEST(overloaded == 2);
  BOOST_TEST(late == 3);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
