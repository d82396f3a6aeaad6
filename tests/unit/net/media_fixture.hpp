#pragma once

#include "net/media/g711.hpp"
#include "net/media/media_server.hpp"
#include "net/providers/twilio/media_stream.hpp"
#include "runtime/base/error.hpp"
#include "runtime/base/json.hpp"
#include "runtime/base/text.hpp"
#include "runtime/observe/spawn.hpp"
#include "tests/unit/net/diary.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/websocket.hpp>
#include <boost/test/unit_test.hpp>
#include <caf/all.hpp>

#include <thread>

namespace caly::test {

using namespace std::chrono_literals;
namespace asio = boost::asio;
namespace beast = boost::beast;
using tcp = asio::ip::tcp;

/// Sends every frame of the caller straight back.
class echo_brain : public brain_session {
public:
  echo_brain(brain_host& host, diary& book, std::string name = "brain")
      : host_{host}, book_{book}, name_{std::move(name)} {}

  void start(media_plan plan, time_point) override {
    book_.write(name_ + " started: " + plan.greeting);
    for (const auto& turn : plan.brief.said)
      book_.write(name_ + " knows: " + turn.text);
  }

  void hear(std::string_view audio, std::size_t) override {
    host_.play("item_1", audio);
    host_.finish_item("item_1");
  }

  void press(char digit, time_point) override {
    book_.write(std::string{"pressed "} + digit);
    if (digit == '1')
      host_.stop_playing();
    if (digit == '2')
      host_.call_tool({"tool_1", "end", "{}"});
    if (digit == '4')
      host_.end("brain_failed");
    if (digit == '5')
      host_.heard({"item_5", "caller", "I want a refund"});
    if (digit == '3')
      host_.play("long", to_base64(std::string(32'000, mulaw_silence))); // 4 seconds
  }

  void say(std::string text) override { book_.write("say " + text); }

  void hush(bool quiet) override { book_.write(quiet ? "hushed" : "not hushed"); }

  void advise(std::string fact, bool) override { book_.write("advised " + fact); }

  void
  tool_answered(const std::string& id, const tool_answer& answer, time_point) override {
    book_.write("tool " + id + " " + answer.output);
    host_.end("agent_ended");
  }

  void played(const std::string& item) override { book_.write("played " + item); }

  void interrupted(const std::vector<cut_audio>& cuts) override {
    book_.write("interrupted after " +
                std::to_string(cuts.empty() ? -1 : cuts.front().heard_ms));
  }

  void not_interrupted() override { book_.write("not interrupted"); }

  void leave(const std::vector<cut_audio>& cuts) override {
    host_.heard({"item_1", "agent", "last words"});
    book_.write("left with " + std::to_string(cuts.size()) + " cut");
  }

  void tick(time_point) override {}

private:
  brain_host& host_;
  diary& book_;
  const std::string name_;
};

struct call_book {
  std::uint64_t messages = 0;
};

inline call_actor::behavior_type fake_call(self_ptr<call_actor, call_book>,
                                           diary* book,
                                           media_pipe_actor* pipe,
                                           const answer_plan* answering) {
  return {
      [](const choose_voice&) { return voice_choice{}; },
      [=](const attach_media& ask) {
        *pipe = ask.pipe;
        book->write("attached " + ask.stream_id + " " + ask.provider_call_id);
        media_plan plan;
        plan.greeting = "Hello";
        plan.brief.trouble = "Once more, please?";
        plan.answering = *answering;
        return plan;
      },
      [=](const turn_heard& turn) { book->write("turn " + turn.text); },
      [](const tool_called&) {
        return tool_answer{R"({"ok":true})", false};
      },
      [](const open_text&) { return spoken_reply{}; },
      [](const hear_text&) { return spoken_reply{}; },
      [=](const media_event& event) {
        book->write("event " + event.kind + " " + event.detail);
      },
      [=](const answered& verdict) {
        book->write("answered by " + to_string(verdict.who) + " by " + verdict.by);
      },
      [=](const media_closed& gone) {
        book->write("closed " + gone.stream_id + " " + gone.reason + " " +
                    std::to_string(gone.frames_in) + " " +
                    std::to_string(gone.frames_out));
      },
      [](const call_progressed&) {},
      [](const end_call&) { return true; },
      [](const steer_recording&) { return false; },
      [](const press_keys&) { return false; },
      [](const call_tick&) {},
      [](const get_status&) { return status_report{}; },
  };
}

struct calls_book {
  std::uint64_t messages = 0;
  std::vector<caf::typed_response_promise<call_actor>> waiting;
};

/// While `slow` calls are found only with the next `call_progressed`.
inline calls_actor::behavior_type fake_calls(self_ptr<calls_actor, calls_book> self,
                                             call_actor call,
                                             bool known,
                                             const std::atomic<bool>* slow,
                                             diary* book) {
  return {
      [=](const find_call&) -> caf::result<call_actor> {
        if (!known)
          return caf::make_error(errc::not_found, "no such call");
        if (!*slow)
          return call;
        auto promise = self->make_response_promise<call_actor>();
        self->state.waiting.push_back(promise);
        book->write("asked for the call");
        return promise;
      },
      [](const start_call&) -> caf::result<call_actor> {
        return caf::make_error(errc::invalid);
      },
      [=](const call_progressed&) {
        for (auto& promise : std::exchange(self->state.waiting, {}))
          promise.deliver(call);
      },
      [](const transfer_progressed&) {},
      [](const get_status&) { return status_report{}; },
  };
}

/// A node's media server and a carrier on loopback.
struct node {
  explicit node(bool call_is_known = true,
                media_options options = {},
                bool with_stand_in = false) {
    call = spawn<call_actor, call_book>(
        system, {"call", "", ""}, fake_call, &book, &pipe, &answering);
    calls = spawn<calls_actor, calls_book>(
        system, {"calls", "", ""}, fake_calls, call, call_is_known, &slow, &book);
    std::map<brain_kind, brain_maker> brains;
    brains[brain_kind::realtime] = [this](brain_host& host, asio::io_context&) {
      return std::make_unique<echo_brain>(host, book);
    };
    if (with_stand_in)
      brains[brain_kind::cascade] = [this](brain_host& host, asio::io_context&) {
        return std::make_unique<echo_brain>(host, book, "stand-in");
      };
    server = std::make_unique<media_server>(
        system, options, media_ports{calls, std::move(brains), {}, {}}, tickets, [] {
          return wall_time{std::chrono::seconds{1000}};
        });
  }

  ~node() {
    server->stop();
    caf::anon_send_exit(call, caf::exit_reason::user_shutdown);
    caf::anon_send_exit(calls, caf::exit_reason::user_shutdown);
    // They write into the diary, which goes before the system does.
    caf::scoped_actor {
      system
      } -> wait_for(call, calls);
    call = nullptr;
    calls = nullptr;
    pipe = nullptr;
  }

  /// Gives the server one connection of `path`'s ticket.
  void serve(const std::string& ticket) {
    websocket_upgrade upgrade{beast::tcp_stream{acceptor.accept()},
                              {},
                              {{"session", ticket}},
                              {},
                              {},
                              {},
                              {},
                              {}};
    beast::flat_buffer buffer;
    beast::http::read(upgrade.stream.socket(), buffer, upgrade.request);
    server->accept(std::move(upgrade), &std::make_unique<twilio::media_wire>);
  }

  std::string ticket() {
    return tickets.issue({tenant_id::make(), call_id::make()}, 1000);
  }

  caf::actor_system_config config;
  caf::actor_system system{config};
  diary book;
  media_pipe_actor pipe;
  answer_plan answering; ///< Of calls that attach from now on.
  std::atomic<bool> slow{false};
  call_actor call;
  calls_actor calls;
  media_tickets tickets{"secret", 60s};
  asio::io_context io;
  tcp::acceptor acceptor{io, {asio::ip::make_address("127.0.0.1"), 0}};
  std::unique_ptr<media_server> server;
};

/// The carrier's side of a media socket.
struct carrier {
  explicit carrier(node& at, const std::string& ticket) {
    beast::get_lowest_layer(socket).connect(at.acceptor.local_endpoint());
    std::thread serving{[&] { at.serve(ticket); }};
    boost::system::error_code ec;
    beast::websocket::response_type response;
    socket.handshake(response, "127.0.0.1", "/phone-ws/realtime/" + ticket, ec);
    status = ec ? response.result_int() : 101;
    serving.join();
  }

  void send(const std::string& text) {
    boost::system::error_code ignored;
    socket.text(true);
    socket.write(asio::buffer(text), ignored);
  }

  void start(const std::string& more = R"("customParameters":{})") {
    send(R"({"event":"connected","protocol":"Call","version":"1.0.0"})");
    send(
        R"({"event":"start","streamSid":"MZ1","start":{"streamSid":"MZ1","callSid":"CA1",)" +
        more + "}}");
  }

  void media(int chunk,
             std::int64_t timestamp_ms,
             const std::string& codes = std::string(160, 'x')) {
    send(R"({"event":"media","streamSid":"MZ1","media":{"track":"inbound","chunk":")" +
         std::to_string(chunk) + R"(","timestamp":")" + std::to_string(timestamp_ms) +
         R"(","payload":")" + to_base64(codes) + "\"}}");
  }

  /// The next message; null when the socket was closed.
  json read() {
    beast::flat_buffer buffer;
    boost::system::error_code ec;
    socket.read(buffer, ec);
    if (ec)
      return {};
    return json::parse(beast::buffers_to_string(buffer.data())).value();
  }

  void press(char digit) {
    send(R"({"event":"dtmf","streamSid":"MZ1","dtmf":{"digit":")" +
         std::string(1, digit) + "\"}}");
  }

  std::string next() { return std::string{read()["event"].text_or("nothing")}; }

  asio::io_context io;
  beast::websocket::stream<tcp::socket> socket{io};
  unsigned status = 0;
};

} // namespace caly::test
