// The media bridge for a load generator that speaks Twilio's and OpenAI's sides: accepts
// any media socket on --port and connects each to the realtime server on --ai, through
// the same sessions, pipe actors and brains as a node.

#include "net/media/media_server.hpp"
#include "net/media/recording/tape_deck.hpp"
#include "net/providers/openai/realtime_brain.hpp"
#include "net/providers/twilio/media_stream.hpp"
#include "tests/bench/sandbox/easy_calls.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/read.hpp>
#include <caf/all.hpp>
#include <spdlog/spdlog.h>

#include <CLI/CLI.hpp>
#include <csignal>
#include <sys/resource.h>
#include <thread>

namespace caly::bench {

namespace {

namespace asio = boost::asio;

/// Telephone audio both ways; the server finds the turns.
constexpr auto session_update =
    R"({"type":"session.update","session":{"type":"realtime",)"
    R"("output_modalities":["audio"],"audio":{"input":{)"
    R"("format":{"type":"audio/pcmu"},"transcription":{"model":)"
    R"("gpt-4o-mini-transcribe"},"turn_detection":{"type":)"
    R"("server_vad"}},"output":{"format":{"type":"audio/pcmu"},)"
    R"("voice":"marin"}}}})";

/// With a greeting it is a conversation.
media_plan plan_with(const std::string& greeting) {
  media_plan out;
  out.recorded = true; // where there is a deck
  out.session_update = session_update;
  out.greeting = greeting;
  out.idle_s = out.no_media_s = greeting.empty() ? 3600 : 15;
  return out;
}

void accept_forever(asio::ip::tcp::acceptor& acceptor, media_server& server) {
  for (;;) {
    boost::system::error_code ec;
    auto socket = acceptor.accept(ec);
    if (ec)
      return;
    websocket_upgrade upgrade{
        boost::beast::tcp_stream{std::move(socket)}, {}, {}, {}, {}, {}, {}, {}};
    boost::beast::flat_buffer buffer;
    boost::beast::http::read(upgrade.stream.socket(), buffer, upgrade.request, ec);
    if (!ec)
      server.adopt(std::move(upgrade),
                   &std::make_unique<twilio::media_wire>,
                   {tenant_id::make(), call_id::make()},
                   "");
  }
}

} // namespace

int bench(int argc, char** argv) {
  int port = 9001;
  int ai = 9002;
  int tick_ms = 1;
  std::size_t coalesce_from = 100;
  CLI::App app{"The media bridge, for a load generator on both of its sides"};
  app.add_option("--port", port, "Where media sockets come in");
  app.add_option("--ai", ai, "Port of the realtime server on loopback");
  app.add_option("--tick-ms", tick_ms, "Length of a pass; 0 handles each frame at once");
  app.add_option("--coalesce-from", coalesce_from, "Calls from which on passes are made");
  std::string tapes;
  app.add_option("--record", tapes, "Folder for tapes; every call is recorded");
  std::string greeting;
  app.add_option("--greeting", greeting, "Lets the agent speak; prints what is said");
  CLI11_PARSE(app, argc, argv);
  rlimit files{65536, 65536};
  setrlimit(RLIMIT_NOFILE, &files);
  spdlog::set_level(greeting.empty() ? spdlog::level::warn : spdlog::level::info);

  // Open before any thread starts, so that every thread has the signals blocked.
  sigset_t ends;
  sigemptyset(&ends);
  sigaddset(&ends, SIGTERM);
  sigaddset(&ends, SIGINT);
  pthread_sigmask(SIG_BLOCK, &ends, nullptr);

  caf::actor_system_config config;
  config.set("scheduler.max-threads", 1);
  caf::actor_system system{config};
  openai::realtime_brain_options brains;
  brains.base_url = "http://127.0.0.1:" + std::to_string(ai);
  brains.api_key = "bench";
  brains.model = "sim";
  media_options options;
  options.tick = std::chrono::milliseconds{tick_ms};
  options.coalesce_from = coalesce_from;
  options.calls_max = 10'000;
  media_tickets tickets{"bench", std::chrono::seconds{60}};
  std::unique_ptr<recording::tape_deck> deck;
  if (!tapes.empty())
    deck = std::make_unique<recording::tape_deck>(
        recording::deck_options{tapes},
        recording::deck_listener{[](const auto&) {}, [](const auto&) {}});
  std::function<std::unique_ptr<recording::call_recorder>(const recording::tape_label&)>
      record;
  if (deck)
    record = [&deck](const recording::tape_label& label) {
      return std::make_unique<recording::call_recorder>(deck->begin(label));
    };
  media_server server{system,
                      options,
                      {easy_calls(system, plan_with(greeting), !greeting.empty()),
                       {{brain_kind::realtime, openai::make_realtime_brains(brains)}},
                       {},
                       record},
                      tickets,
                      system_wall_clock()};
  asio::io_context io;
  asio::ip::tcp::acceptor acceptor{
      io, {asio::ip::make_address("127.0.0.1"), static_cast<unsigned short>(port)}};
  acceptor.listen(4096);
  std::thread{[&] { accept_forever(acceptor, server); }}.detach();
  int signal = 0;
  sigwait(&ends, &signal);
  // Its actors hang on calls that nobody ends.
  std::_Exit(0);
}

} // namespace caly::bench

int main(int argc, char** argv) {
  return caly::bench::bench(argc, argv);
}
