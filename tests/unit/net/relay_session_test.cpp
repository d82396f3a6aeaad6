#include "net/media/media_server.hpp"
#include "runtime/base/error.hpp"
#include "runtime/base/json.hpp"
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

namespace {

using namespace std::chrono_literals;
namespace asio = boost::asio;
namespace beast = boost::beast;
using tcp = asio::ip::tcp;

/// What the call hears, in order, and what it answers.
class call_book : public diary {
public:
  std::atomic<int> failures{0}; ///< Questions that the call cannot answer first.
  std::atomic<errc> failure{errc::unavailable};
  std::atomic<bool> slow{false};
};

struct no_state {
  std::vector<std::pair<caf::typed_response_promise<spoken_reply>, spoken_reply>> held;
  media_pipe_actor pipe;
};

using call_self = self_ptr<call_actor, no_state>;

/// Repeats what it hears; speaks Hindi from "hindi" on, ends with "bye".
spoken_reply answer_to(const hear_text& ask) {
  return {ask.turn + 1,
          "You said " + (ask.text.empty() ? "nothing" : ask.text),
          ask.text == "hindi" ? "hi" : "en",
          ask.text == "bye"};
}

call_actor::behavior_type fake_call(call_self self, call_book* book, bool resumed) {
  const auto first = spoken_reply{resumed ? 5 : 1,
                                  resumed ? "Bridge." : "Hello there.",
                                  resumed ? "hi" : "en",
                                  false};
  return {
      [](const choose_voice&) { return voice_choice{}; },
      [](const attach_media&) { return media_plan{}; },
      [=](const turn_heard& turn) {
        book->write("heard " + turn.item + " " + turn.text);
      },
      [](const tool_called&) { return tool_answer{}; },
      [=](const open_text& ask) -> caf::result<spoken_reply> {
        book->write("open " + ask.provider_call_id + " " + ask.stream_id + " " +
                    to_string(ask.brain));
        if (book->failures > 0) {
          --book->failures;
          return caf::make_error(book->failure.load());
        }
        if (!ask.pipe)
          return caf::make_error(errc::invalid);
        self->state.pipe = ask.pipe;
        return first;
      },
      [=](const hear_text& ask) -> caf::result<spoken_reply> {
        book->write("said " + std::to_string(ask.turn) + " " + ask.text);
        if (book->failures > 0) {
          --book->failures;
          return caf::make_error(book->failure.load());
        }
        if (ask.text == "menu")
          self->send(self->state.pipe, press_keys{"12w#"});
        if (!book->slow)
          return answer_to(ask);
        auto promise = self->make_response_promise<spoken_reply>();
        self->state.held.emplace_back(promise, answer_to(ask));
        return promise;
      },
      [=](const media_event& event) { book->write(event.kind + " " + event.detail); },
      [=](const media_closed& gone) {
        book->write("closed " + gone.stream_id + " " + gone.reason);
      },
      [](const call_progressed&) {},
      [](const end_call&) { return true; },
      [](const steer_recording&) { return false; },
      [](const press_keys&) { return false; },
      [](const answered&) {},
      // Lets go of what it held back.
      [=](const call_tick&) {
        for (auto& [promise, reply] : std::exchange(self->state.held, {}))
          promise.deliver(reply);
      },
      [](const get_status&) { return status_report{}; },
  };
}

calls_actor::behavior_type
fake_calls(self_ptr<calls_actor, no_state>, call_actor call, bool known) {
  return {
      [=](const find_call&) -> caf::result<call_actor> {
        if (!known)
          return caf::make_error(errc::conflict, "the call is over");
        return call;
      },
      [](const start_call&) -> caf::result<call_actor> {
        return caf::make_error(errc::invalid);
      },
      [](const call_progressed&) {},
      [](const transfer_progressed&) {},
      [](const get_status&) { return status_report{}; },
  };
}

media_options quick() {
  media_options options;
  options.relay.silence = 60s;
  options.relay.digit_pause = 300ms;
  options.relay.language_codes = {{"en", "en-IN"}, {"hi", "hi-IN"}};
  return options;
}

/// A node's media server with a relay's entrance.
struct node {
  explicit node(media_options options = quick(),
                bool resumed = false,
                bool known = true) {
    call =
        spawn<call_actor, no_state>(system, {"call", "", ""}, fake_call, &book, resumed);
    calls =
        spawn<calls_actor, no_state>(system, {"calls", "", ""}, fake_calls, call, known);
    server = std::make_unique<media_server>(
        system, options, media_ports{calls, {}, {}, {}}, tickets, [] {
          return wall_time{std::chrono::seconds{1000}};
        });
  }

  ~node() {
    server->stop();
    caf::anon_send_exit(call, caf::exit_reason::user_shutdown);
    caf::anon_send_exit(calls, caf::exit_reason::user_shutdown);
    // They write into the book, which goes before the system does.
    caf::scoped_actor {
      system
      } -> wait_for(call, calls);
    call = nullptr;
    calls = nullptr;
  }

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
    server->accept_relay(std::move(upgrade), entrance);
  }

  std::string ticket(brain_kind brain = brain_kind::relay) {
    return tickets.issue({tenant_id::make(), call_id::make(), brain}, 1000);
  }

  caf::actor_system_config config;
  caf::actor_system system{config};
  call_book book;
  call_actor call;
  calls_actor calls;
  media_tickets tickets{"secret", 60s};
  relay_entrance entrance{"", [](const websocket_upgrade& upgrade) {
                            return upgrade.request["X-Signature"] != "forged";
                          }};
  asio::io_context io;
  tcp::acceptor acceptor{io, {asio::ip::make_address("127.0.0.1"), 0}};
  std::unique_ptr<media_server> server;
};

/// The carrier's side of a relay.
struct carrier {
  carrier(node& at, const std::string& ticket, const std::string& signature = "good") {
    beast::get_lowest_layer(socket).connect(at.acceptor.local_endpoint());
    std::thread serving{[&] { at.serve(ticket); }};
    socket.set_option(beast::websocket::stream_base::decorator(
        [&](beast::websocket::request_type& request) {
          request.set("X-Signature", signature);
        }));
    boost::system::error_code ec;
    beast::websocket::response_type response;
    socket.handshake(response, "127.0.0.1", "/phone-ws/convrelay/" + ticket, ec);
    status = ec ? response.result_int() : 101;
    serving.join();
  }

  explicit carrier(node& at) : carrier{at, at.ticket()} { setup(); }

  void send(const std::string& text) {
    boost::system::error_code ignored;
    socket.text(true);
    socket.write(asio::buffer(text), ignored);
  }

  void setup() { send(R"({"type":"setup","sessionId":"VX1","callSid":"CA1"})"); }

  void prompt(const std::string& words, bool last = true) {
    send(R"({"type":"prompt","voicePrompt":")" + words + R"(","last":)" +
         (last ? "true" : "false") + "}");
  }

  void press(const std::string& digits) {
    for (const char digit : digits)
      send(std::string{R"({"type":"dtmf","digit":")"} + digit + "\"}");
  }

  void interrupt(const std::string& heard) {
    send(R"({"type":"interrupt","utteranceUntilInterrupt":")" + heard +
         R"(","durationUntilInterruptMs":400})");
  }

  /// The next message: its words, or its type and what it says; "gone" at the end.
  std::string next() {
    beast::flat_buffer buffer;
    boost::system::error_code ec;
    socket.read(buffer, ec);
    if (ec)
      return "gone";
    const auto message = json::parse(beast::buffers_to_string(buffer.data())).value();
    const std::string type{message["type"].text_or("")};
    if (type == "text" && message["last"].bool_or(false))
      return std::string{message["token"].text_or("")};
    if (type == "sendDigits")
      return type + " " + std::string{message["digits"].text_or("")};
    return type + (type == "language"
                       ? " " + std::string{message["ttsLanguage"].text_or("")}
                       : "");
  }

  asio::io_context io;
  beast::websocket::stream<tcp::socket> socket{io};
  unsigned status = 0;
};

} // namespace

BOOST_AUTO_TEST_SUITE(relay_session_suite)

BOOST_AUTO_TEST_CASE(words_go_to_the_call_and_its_words_come_back) {
  node at;
  carrier phone{at};
  BOOST_TEST(phone.next() == "Hello there.");
  BOOST_TEST(at.book.has("open CA1 VX1 relay"));
  phone.prompt("what", false);
  phone.prompt("what is it");
  BOOST_TEST(phone.next() == "You said what is it");
  BOOST_TEST(at.book.has("said 1 what is it"));
  phone.prompt("again");
  BOOST_TEST(phone.next() == "You said again");
  BOOST_TEST(at.book.has("said 2 again"));
  BOOST_TEST(at.book.count("said 1 what") == 0u); // a part is no utterance
}

BOOST_AUTO_TEST_CASE(only_what_was_heard_stays_of_words_that_were_cut_off) {
  node at;
  carrier phone{at};
  BOOST_TEST(phone.next() == "Hello there.");
  phone.interrupt("Hello");
  BOOST_TEST(at.book.has("heard text:agent:1 Hello"));
  BOOST_TEST(at.book.has(R"(barge_in {"heard_ms":400})"));
  phone.prompt("wait");
  BOOST_TEST(phone.next() == "You said wait");
  phone.interrupt("");
  BOOST_TEST(at.book.has("heard text:agent:2 …"));
}

BOOST_AUTO_TEST_CASE(what_is_said_while_the_agent_thinks_is_one_answer_after_it) {
  node at;
  carrier phone{at};
  BOOST_TEST(phone.next() == "Hello there.");
  at.book.slow = true;
  phone.prompt("one");
  BOOST_TEST(at.book.has("said 1 one"));
  phone.prompt("two");
  phone.prompt("three");
  phone.press("9#");
  BOOST_TEST(at.book.has(R"(dtmf {"digit":"#"})"));
  at.book.slow = false;
  caf::anon_send(at.call, call_tick{});
  BOOST_TEST(phone.next() == "You said one");
  BOOST_TEST(phone.next() == "You said two three nine");
  // The first of both was still being said.
  phone.interrupt("You said o");
  BOOST_TEST(at.book.has("heard text:agent:2 You said o"));
  BOOST_TEST(at.book.has("heard text:agent:3 …"));
}

BOOST_AUTO_TEST_CASE(keys_are_one_answer_until_a_pause_or_the_hash) {
  node at;
  carrier phone{at};
  BOOST_TEST(phone.next() == "Hello there.");
  phone.press("4521#");
  BOOST_TEST(phone.next() == "You said four thousand five hundred twenty-one");
  phone.press("12");
  BOOST_TEST(phone.next() == "You said twelve");
  phone.press("#");
  BOOST_TEST(phone.next() == "You said #");
  BOOST_TEST(at.book.has(R"(dtmf {"digit":"4"})"));
}

BOOST_AUTO_TEST_CASE(the_carrier_presses_keys_for_the_call) {
  node at;
  carrier phone{at};
  BOOST_TEST(phone.next() == "Hello there.");
  phone.prompt("menu");
  BOOST_TEST(phone.next() == "sendDigits 12w#");
  BOOST_TEST(phone.next() == "You said menu");
}

BOOST_AUTO_TEST_CASE(silence_is_told_to_the_agent) {
  auto options = quick();
  options.relay.silence = 300ms;
  node at{options};
  carrier phone{at};
  BOOST_TEST(phone.next() == "Hello there.");
  BOOST_TEST(phone.next() == "You said nothing");
}

BOOST_AUTO_TEST_CASE(another_language_is_told_before_its_words) {
  node at;
  carrier phone{at};
  BOOST_TEST(phone.next() == "Hello there.");
  phone.prompt("hindi");
  BOOST_TEST(phone.next() == "language hi-IN");
  BOOST_TEST(phone.next() == "You said hindi");
  phone.prompt("hindi");
  BOOST_TEST(phone.next() == "You said hindi");
  phone.prompt("back");
  BOOST_TEST(phone.next() == "language en-IN");
}

BOOST_AUTO_TEST_CASE(a_talk_that_goes_on_says_its_language_first) {
  node at{quick(), true};
  carrier phone{at};
  BOOST_TEST(phone.next() == "language hi-IN");
  BOOST_TEST(phone.next() == "Bridge.");
  phone.prompt("yes");
  BOOST_TEST(at.book.has("said 5 yes"));
}

BOOST_AUTO_TEST_CASE(the_session_ends_after_the_last_words) {
  node at;
  carrier phone{at};
  BOOST_TEST(phone.next() == "Hello there.");
  phone.prompt("bye");
  BOOST_TEST(phone.next() == "You said bye");
  phone.prompt("one more thing");
  BOOST_TEST(phone.next() == "end");
  boost::system::error_code ignored;
  phone.socket.close(beast::websocket::close_code::normal, ignored);
  BOOST_TEST(at.book.has("closed VX1 carrier_closed"));
  BOOST_TEST(at.book.count("said 2 one more thing") == 0u);
}

BOOST_AUTO_TEST_CASE(a_question_that_failed_is_asked_again) {
  node at;
  at.book.failures = 1;
  carrier phone{at};
  BOOST_TEST(phone.next() == "Hello there.");
  at.book.failures = 2;
  phone.prompt("one");
  BOOST_TEST(phone.next() == "You said one");
  BOOST_TEST(at.book.count("said 1 one") == 3u);
  at.book.failures = 3;
  phone.prompt("two");
  BOOST_TEST(at.book.has("closed VX1 brain_failed"));
  BOOST_TEST(phone.next() == "gone");
}

BOOST_AUTO_TEST_CASE(another_node_that_speaks_ends_the_session) {
  node at;
  carrier phone{at};
  BOOST_TEST(phone.next() == "Hello there.");
  at.book.failure = errc::fenced;
  at.book.failures = 1;
  phone.prompt("one");
  BOOST_TEST(at.book.has("closed VX1 moved"));
  BOOST_TEST(phone.next() == "gone");
}

BOOST_AUTO_TEST_CASE(a_call_that_is_over_gets_no_words) {
  node at{quick(), false, false};
  carrier phone{at};
  BOOST_TEST(phone.next() == "gone");
}

BOOST_AUTO_TEST_CASE(a_dead_call_ends_its_relay) {
  node at;
  carrier phone{at};
  BOOST_TEST(phone.next() == "Hello there.");
  caf::anon_send_exit(at.call, caf::exit_reason::kill);
  BOOST_TEST(phone.next() == "gone");
}

BOOST_AUTO_TEST_CASE(only_its_carrier_gets_in_and_once) {
  node at;
  const auto ticket = at.ticket();
  BOOST_TEST((carrier{at, ticket, "forged"}.status) == 403u);
  BOOST_TEST((carrier{at, ticket}.status) == 101u); // not used up by the stranger
  BOOST_TEST((carrier{at, ticket}.status) == 403u);
  BOOST_TEST((carrier{at, at.ticket(brain_kind::realtime)}.status) == 403u);
  BOOST_TEST((carrier{at, "0.0.0.0.0"}.status) == 403u);
}

BOOST_AUTO_TEST_CASE(a_carrier_that_says_nothing_is_let_go) {
  auto options = quick();
  options.start_timeout = 200ms;
  node at{options};
  carrier phone{at, at.ticket()};
  phone.prompt("before any setup");
  BOOST_TEST(phone.next() == "gone");
}

BOOST_AUTO_TEST_CASE(garbage_in_a_row_ends_the_session_a_little_does_not) {
  node at;
  carrier phone{at};
  BOOST_TEST(phone.next() == "Hello there.");
  for (int i = 0; i < 9; ++i)
    phone.send("{garbage");
  phone.prompt("still there");
  BOOST_TEST(phone.next() == "You said still there");
  for (int i = 0; i < 10; ++i)
    phone.send(R"({"type":"dtmf","digit":"!!"})");
  BOOST_TEST(phone.next() == "gone");
  BOOST_TEST(at.book.has("closed VX1 bad_messages"));
}

BOOST_AUTO_TEST_CASE(what_breaks_the_sockets_rules_is_told_and_leaves_the_call_alone) {
  node at;
  carrier phone{at};
  BOOST_TEST(phone.next() == "Hello there.");
  phone.send(std::string(40'000, ' '));
  BOOST_TEST(at.book.has(R"(socket_refused {"close_code":1009})"));
  BOOST_TEST(at.book.has("closed VX1 carrier_closed"));
}

BOOST_AUTO_TEST_CASE(a_flood_ends_the_session) {
  node at;
  carrier phone{at};
  BOOST_TEST(phone.next() == "Hello there.");
  for (int i = 0; i < 100'000 && at.book.count("closed VX1 carrier_flood") == 0; ++i)
    phone.send(R"({"type":"info"})");
  BOOST_TEST(at.book.has("closed VX1 carrier_flood"));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caly::test
