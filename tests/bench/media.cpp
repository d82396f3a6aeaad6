// The media bridge for a load generator that speaks Twilio's and OpenAI's sides: accepts
// any media socket on --port and connects each to the realtime server on --ai, through
// the same sessions, pipe actors and brains as a node.

#include "net/media/media_server.hpp"
#include "net/providers/openai/realtime_brain.hpp"
#include "runtime/observe/spawn.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/read.hpp>
#include <caf/all.hpp>
#include <spdlog/spdlog.h>

#include <CLI/CLI.hpp>
#include <csignal>
#include <sys/resource.h>
#include <thread>

namespace caly {

namespace {

namespace asio = boost::asio;

struct bench_state {
  std::uint64_t turns = 0;
};

/// A call that takes everything and wants nothing.
call_actor::behavior_type any_call(self_ptr<call_actor, bench_state> self) {
  return {
      [](const attach_media&) {
        media_plan plan;
        plan.session_update =
            R"({"type":"session.update","session":{"type":"realtime"}})";
        plan.idle_s = plan.no_media_s = 3600;
        return plan;
      },
      [self](const turn_heard&) { ++self->state.turns; },
      [](const tool_called&) {
        return tool_answer{"{}", false};
      },
      [](const open_text&) { return spoken_reply{}; },
      [](const hear_text&) { return spoken_reply{}; },
      [](const media_event&) {},
      [](const media_closed&) {},
      [](const call_progressed&) {},
      [](const end_call&) { return false; },
      [](const call_tick&) {},
      [](const get_status&) { return status_report{}; },
  };
}

calls_actor::behavior_type any_calls(self_ptr<calls_actor, bench_state> self) {
  return {
      [self](const find_call& ask) {
        return spawn<call_actor, bench_state>(
            self, {"call", ask.call.str(), ""}, any_call);
      },
      [self](const start_call&) {
        return spawn<call_actor, bench_state>(self, {"call", "", ""}, any_call);
      },
      [](const call_progressed&) {},
      [](const get_status&) { return status_report{}; },
  };
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
      server.adopt(std::move(upgrade), {tenant_id::make(), call_id::make()}, "");
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
  CLI11_PARSE(app, argc, argv);
  rlimit files{65536, 65536};
  setrlimit(RLIMIT_NOFILE, &files);
  spdlog::set_level(spdlog::level::warn);

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
  media_server server{
      system,
      options,
      {spawn<calls_actor, bench_state>(system, {"calls", "", ""}, any_calls),
       openai::make_realtime_brains(brains)},
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

} // namespace caly

int main(int argc, char** argv) {
  return caly::bench(argc, argv);
}
