#pragma once

#include "net/client/http_client.hpp"
#include "net/media/cascade/ports.hpp"
#include "tests/simulators/base/options.hpp"
#include "tests/simulators/sandbox.hpp"

#include <boost/test/unit_test.hpp>

#include <atomic>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace caly::test {

/// The sandbox of the providers, and what the three stages of a cascade tell, on the
/// thread of the test.
struct sandbox_fixture : voice_listener, ear_listener, mind_listener {
  sandbox_fixture() {
    options.instant = true;
    options.azure_speech_key = options.deepgram_api_key = options.elevenlabs_api_key =
        options.cartesia_api_key = options.openai_api_key = key;
    sandbox.emplace(io, options);
    url = "http://127.0.0.1:" + std::to_string(sandbox->port());
  }

  template <class Done>
  void run_until(Done done) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds{30};
    while (!done()) {
      BOOST_REQUIRE_MESSAGE(std::chrono::steady_clock::now() < end, "waited in vain");
      io.run_one_for(std::chrono::milliseconds{20});
    }
  }

  /// Puts faults in force, all of them at `provider`.
  void plan(const std::string& provider, const std::string& faults) {
    http_call call;
    call.method = "POST";
    call.url = "http://127.0.0.1:" + std::to_string(sandbox->admin_port()) + "/faults";
    call.body = R"({"provider":")" + provider + "\"," + faults + "}";
    std::atomic<int> status{0};
    client->submit(call, [&](const http_answer& answer) { status = answer.status; });
    run_until([&] { return status != 0; });
    BOOST_REQUIRE_MESSAGE(status < 300, call.body);
  }

  void on_speech(std::uint64_t, std::string_view codes) override {
    audio += codes;
    ++pieces;
  }

  void on_sentence_spoken(std::uint64_t) override { problem = ""; }

  void on_sentence_failed(std::uint64_t, std::string_view why) override { problem = why; }

  void on_partial_words(std::string_view text) override { partial.emplace_back(text); }

  void on_final_words(std::string_view text, std::string_view tag) override {
    words += (words.empty() ? "" : " ") + std::string{text};
    language = tag;
  }

  void on_ear_failed(std::string_view why) override { problem = why; }

  void on_words(std::uint64_t, std::string_view text) override {
    words += text;
    ++pieces;
  }

  void on_thought(std::uint64_t, std::vector<mind_tool_call> called) override {
    tools = std::move(called);
    problem = "";
  }

  void on_thought_failed(std::uint64_t, std::string_view why, bool again) override {
    problem = why;
    worth_repeating = again;
  }

  /// Waits for the end of a sentence or thought and answers what went wrong, or "".
  std::string outcome() {
    run_until([this] { return problem.has_value(); });
    return *std::exchange(problem, std::nullopt);
  }

  void forget() {
    audio.clear();
    words.clear();
    partial.clear();
    tools.clear();
    problem.reset();
    pieces = 0;
  }

  const std::string key = "the-key";
  sim::sim_options options;
  boost::asio::io_context io;
  std::shared_ptr<http_client> client = std::make_shared<http_client>();
  std::optional<sim::sandbox> sandbox;
  std::string url;

  std::string audio;
  std::string words;
  std::string language;
  std::vector<std::string> partial;
  std::vector<mind_tool_call> tools;
  std::optional<std::string> problem;
  bool worth_repeating = false;
  int pieces = 0;
};

} // namespace caly::test
