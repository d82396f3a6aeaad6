#include "net/media/cascade/streamed_ear.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>

namespace caly::test {

namespace {

using namespace std::chrono_literals;

struct fake_wire : ws_link {
  void send(std::string_view text) override { sent.emplace_back(text); }

  void send_binary(std::string_view bytes) override { audio += bytes; }

  void close() override {}

  void drop() override { dropped = true; }

  std::size_t queued_bytes() const noexcept override { return 0; }

  std::vector<std::string> sent;
  std::string audio;
  bool dropped = false;
};

/// "p words", "w MS words", "over", "again why", "never why".
struct fake_protocol : ear_protocol {
  void begin(bool first, ear_messages& out) override {
    out.text(first ? "first" : "next");
  }

  void audio(std::string_view codes, ear_messages& out) override {
    out.binary(std::string{codes});
  }

  bool settle(ear_messages& out) override {
    out.text("settle");
    return *goes_on;
  }

  void keep_alive(ear_messages& out) override { out.text("alive"); }

  void finish(ear_messages& out) override { out.text("finish"); }

  ear_event read(std::string_view text) override {
    ear_event event;
    const auto space = text.find(' ');
    const auto kind = text.substr(0, space);
    event.text = space == text.npos ? "" : text.substr(space + 1);
    if (kind == "p")
      event.what = ear_event::kind::partial;
    if (kind == "over")
      event.what = ear_event::kind::stream_over;
    if (kind == "again")
      event.what = ear_event::kind::broken;
    if (kind == "never")
      event.what = ear_event::kind::refused;
    if (kind == "w") {
      event.what = ear_event::kind::words;
      event.settled = std::chrono::milliseconds{std::stoi(event.text)};
      event.text.erase(0, event.text.find(' ') + 1);
    }
    return event;
  }

  bool may_reconnect(int code) const override { return code != 1008; }

  explicit fake_protocol(const bool* settling_goes_on) : goes_on{settling_goes_on} {}

  const bool* goes_on;
};

struct fixture : ear_listener {
  void on_partial_words(std::string_view text) override {
    told.push_back("p " + std::string{text});
  }

  void on_final_words(std::string_view text, std::string_view) override {
    told.push_back("w " + std::string{text});
    if (at_words)
      at_words();
  }

  void on_ear_failed(std::string_view why) override {
    told.push_back("! " + std::string{why});
  }

  fixture() {
    streamed_ear_options options;
    options.name = "e";
    hearing = std::make_unique<streamed_ear>(
        *this,
        io,
        std::make_unique<fake_protocol>(&settling_goes_on),
        [this](ws_listener& of) {
          listener = &of;
          wires.push_back(std::make_shared<fake_wire>());
          return wires.back();
        },
        options);
    tick(0ms);
  }

  fake_wire& wire() { return *wires.back(); }

  void open() { listener->on_open(wire()); }

  void say(const std::string& text) { listener->on_text(wire(), text); }

  void gone(int code, unsigned status = 0) {
    listener->on_end(wire(), ws_end{code, status, "why"});
  }

  void tick(std::chrono::milliseconds passed) {
    now += passed;
    hearing->tick(now);
    io.restart();
    io.poll();
  }

  /// A letter for each 100 ms of audio.
  void hear(const std::string& letters) {
    for (const char letter : letters)
      hearing->hear(std::string(800, letter));
  }

  std::string heard() {
    std::string out;
    for (std::size_t at = 0; at < wire().audio.size(); at += 800)
      out += wire().audio[at];
    return out;
  }

  boost::asio::io_context io;
  ear::time_point now{1000s};
  bool settling_goes_on = true;
  std::vector<std::shared_ptr<fake_wire>> wires;
  ws_listener* listener = nullptr;
  std::vector<std::string> told;
  std::function<void()> at_words;
  std::unique_ptr<streamed_ear> hearing;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(streamed_ears, fixture)

BOOST_AUTO_TEST_CASE(what_comes_before_the_connection_waits_for_it) {
  hear("abc");
  BOOST_TEST(wire().audio.empty());
  open();
  hear("d");
  BOOST_TEST(wire().sent.at(0) == "first");
  BOOST_TEST(heard() == "abcd");
  say("p hello");
  say("w 400 hello you");
  BOOST_CHECK((told == std::vector<std::string>{"p hello", "w hello you"}));
}

BOOST_AUTO_TEST_CASE(ten_seconds_are_kept_at_most) {
  for (int i = 0; i < 120; ++i)
    hear(i < 20 ? "x" : "y");
  open();
  BOOST_TEST(heard() == std::string(100, 'y'));
}

BOOST_AUTO_TEST_CASE(only_what_was_not_settled_is_sent_once_more) {
  open();
  hear("abcdef");
  say("w 400 abcd");
  gone(1011);
  hear("g");
  tick(250ms);
  BOOST_REQUIRE(wires.size() == 2u);
  open();
  BOOST_TEST(heard() == "efg");
  // The new stream's time begins anew.
  say("w 100 e");
  gone(0);
  tick(250ms);
  open();
  BOOST_TEST(heard() == "fg");
  BOOST_TEST(told.size() == 2u);
}

BOOST_AUTO_TEST_CASE(it_waits_longer_each_time_and_then_fails) {
  gone(0);
  tick(200ms);
  BOOST_TEST(wires.size() == 1u);
  tick(50ms);
  BOOST_TEST(wires.size() == 2u);
  gone(0);
  tick(250ms);
  BOOST_TEST(wires.size() == 2u);
  tick(250ms);
  BOOST_TEST(wires.size() == 3u);
  gone(0, 503);
  tick(1s);
  gone(0, 429);
  BOOST_TEST(told.empty()); // not from within
  tick(10s);
  BOOST_CHECK((told == std::vector<std::string>{"! e: HTTP 429"}));
  BOOST_TEST(wires.size() == 4u);
}

BOOST_AUTO_TEST_CASE(words_and_time_make_up_for_breaks) {
  for (int i = 0; i < 8; ++i) {
    open();
    if (i % 2 == 0)
      say("p x");
    else
      tick(10s);
    gone(1011);
    tick(250ms);
    BOOST_REQUIRE(wires.size() == static_cast<std::size_t>(i) + 2);
  }
}

BOOST_AUTO_TEST_CASE(some_ends_are_for_good) {
  open();
  gone(1008);
  tick(10s);
  BOOST_CHECK((told == std::vector<std::string>{"! e: 1008 why"}));
  BOOST_TEST(wires.size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_refused_key_is_not_tried_again) {
  gone(0, 401);
  tick(10s);
  BOOST_CHECK((told == std::vector<std::string>{"! e: HTTP 401"}));
}

BOOST_AUTO_TEST_CASE(an_error_event_ends_the_connection) {
  open();
  say("again later");
  BOOST_TEST(wires[0]->dropped);
  tick(250ms);
  open();
  say("never again");
  tick(0ms);
  BOOST_CHECK((told == std::vector<std::string>{"! e: again"}));
}

BOOST_AUTO_TEST_CASE(it_says_that_it_lives_while_nothing_is_heard) {
  open();
  hear("a");
  for (int i = 0; i < 60; ++i)
    tick(250ms);
  const auto alive = std::ranges::count(wire().sent, "alive");
  BOOST_TEST(alive == 3);
}

BOOST_AUTO_TEST_CASE(settling_may_end_a_stream_and_begin_the_next) {
  settling_goes_on = false;
  open();
  hear("ab");
  hearing->settle();
  hear("cd");
  BOOST_TEST(heard() == "ab");
  say("w 100 a");
  say("over");
  BOOST_TEST(wire().sent.back() == "next");
  BOOST_TEST(heard() == "abbcd");
  hearing->settle();
  tick(3s);
  tick(1s); // it never came
  BOOST_TEST(wires[0]->dropped);
  tick(1s);
  BOOST_TEST(wires.size() == 2u);
}

BOOST_AUTO_TEST_CASE(nothing_is_settled_before_anything_was_heard) {
  open();
  hearing->settle();
  BOOST_TEST(wire().sent.size() == 1u);
}

BOOST_AUTO_TEST_CASE(whoever_listens_may_drop_the_ear) {
  open();
  hear("a");
  at_words = [this] { hearing.reset(); };
  say("w 100 a");
  BOOST_TEST(wire().dropped);
  BOOST_TEST(wire().sent.back() == "finish");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caly::test
