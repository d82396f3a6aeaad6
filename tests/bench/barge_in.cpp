// How fast an agent yields: callers who break in while it speaks, over real sockets.
// `bench_barge_in [CALLS] [SECONDS] [SEED]`; prints times from the first sound of the
// caller to Twilio's `clear` on the wire, and ends with 1 when a gate is missed.
//
// Every call has a socket of its own, on which frames of 20 ms go both ways. The agent
// talks without end. The caller's line hisses; now and then an utterance by espeak-ng
// begins on it, anywhere within a frame. Its onset is the moment of its first audible
// sample, which is up to 20 ms before the frame that carries it can be sent.

#include "net/media/media_server.hpp"
#include "net/providers/twilio/media_stream.hpp"
#include "runtime/base/text.hpp"
#include "tests/bench/sandbox/easy_calls.hpp"
#include "tests/bench/spoken.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/websocket.hpp>
#include <caf/all.hpp>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <cstdio>
#include <deque>
#include <thread>

namespace caly::bench {

namespace {

using namespace std::chrono_literals;
namespace asio = boost::asio;
namespace beast = boost::beast;
using asio::ip::tcp;
using steady = std::chrono::steady_clock;

constexpr std::size_t frame_samples = 160;
constexpr double gate_clear_ms = 60;
constexpr double gate_voice_ms = 40; ///< The median: two frames, wherever it begins.

// -- the node

/// Talks on and on, and again after each interruption.
class talker : public brain_session {
public:
  talker(brain_host& host, const std::string& speech) : host_{host}, speech_{speech} {}

  void start(media_plan, time_point) override { talk(); }

  void hear(std::string_view, std::size_t) override {}

  void press(char, time_point) override {}

  void say(std::string) override {}

  void hush(bool) override {}

  void advise(std::string, bool) override {}

  void tool_answered(const std::string&, const tool_answer&, time_point) override {}

  void played(const std::string&) override {}

  void interrupted(const std::vector<cut_audio>&) override {}

  void not_interrupted() override {}

  void leave(const std::vector<cut_audio>&) override {}

  void tick(time_point) override { talk(); }

private:
  /// Ten seconds ahead, as fast as a model is.
  void talk() {
    while (host_.left_ms() < 10'000) {
      const auto item = "item_" + std::to_string(++items_);
      for (std::size_t at = 0; at < speech_.size(); at += frame_samples)
        host_.play(item, to_base64(std::string_view{speech_}.substr(at, frame_samples)));
      host_.finish_item(item);
    }
  }

  brain_host& host_;
  const std::string& speech_;
  std::uint64_t items_ = 0;
};

media_plan plan() {
  media_plan out;
  out.idle_s = out.no_media_s = 3600;
  return out;
}

// -- the phones

struct onset {
  double clear_ms = -1; ///< -1: the agent did not yield within a second
  double voice_ms = 0;  ///< Of it: until the frame that made the difference was sent.
};

struct results {
  std::vector<onset> onsets;
  int without_cause = 0; ///< The agent yielded to the hiss.
};

/// A caller: frames every 20 ms, on a clock that does not drift.
class phone : public std::enable_shared_from_this<phone> {
public:
  phone(asio::io_context& io,
        const std::vector<pcm_samples>& utterances,
        unsigned seed,
        results& out)
      : socket_{io}, timer_{io}, utterances_{utterances}, random_{seed}, out_{out} {}

  void begin(const tcp::endpoint& at) {
    beast::get_lowest_layer(socket_).connect(at);
    beast::get_lowest_layer(socket_).set_option(tcp::no_delay{true});
    socket_.handshake("127.0.0.1", "/");
    socket_.text(true);
    socket_.write(asio::buffer(std::string{
        R"({"event":"start","streamSid":"MZ1","start":{"streamSid":"MZ1","callSid":"CA1","customParameters":{}}})"}));
    // Calls are not in step with each other.
    due_ = steady::now() + std::chrono::milliseconds{random_() % 1'000};
    quiet_for(2'000);
    read();
    wait();
  }

private:
  void quiet_for(int ms) { quiet_samples_ = static_cast<std::size_t>(ms) * 8; }

  void wait() {
    timer_.expires_at(due_);
    timer_.async_wait([self = shared_from_this()](boost::system::error_code ec) {
      if (!ec)
        self->send_frame();
    });
  }

  std::int16_t hiss() {
    return static_cast<std::int16_t>(static_cast<int>(random_() % 17) - 8);
  }

  /// The next 20 ms of the line; an utterance may begin within it.
  pcm_samples next_frame() {
    pcm_samples samples;
    samples.reserve(frame_samples);
    while (samples.size() < frame_samples) {
      if (quiet_samples_ > 0) {
        --quiet_samples_;
        samples.push_back(hiss());
        continue;
      }
      if (spoken_ == 0) {
        utterance_ = &utterances_[random_() % utterances_.size()];
        const auto into = std::chrono::microseconds{samples.size() * 125};
        onset_at_ = due_ - 20ms + into;
        waiting_ = true;
      }
      samples.push_back(static_cast<std::int16_t>((*utterance_)[spoken_] + hiss()));
      if (++spoken_ == utterance_->size()) {
        spoken_ = 0;
        quiet_samples_ = 8 * (3'000 + random_() % 1'000);
      }
    }
    return samples;
  }

  void send_frame() {
    const auto samples = next_frame();
    if (waiting_ && due_ - onset_at_ > 1s) {
      waiting_ = false;
      out_.onsets.push_back({});
    }
    ++chunk_;
    text_ = R"({"event":"media","streamSid":"MZ1","media":{"track":"inbound","chunk":")" +
            std::to_string(chunk_) + R"(","timestamp":")" +
            std::to_string((chunk_ - 1) * 20) + R"(","payload":")" +
            to_base64(encode_mulaw(samples)) + "\"}}";
    sent_due_ = due_;
    due_ += 20ms;
    socket_.async_write(
        asio::buffer(text_),
        [self = shared_from_this()](boost::system::error_code ec, std::size_t) {
          if (!ec)
            self->wait();
        });
  }

  void read() {
    socket_.async_read(
        buffer_, [self = shared_from_this()](boost::system::error_code ec, std::size_t) {
          if (ec)
            return;
          self->on_message();
          self->buffer_.clear();
          self->read();
        });
  }

  void on_message() {
    const std::string_view text{static_cast<const char*>(buffer_.data().data()),
                                buffer_.size()};
    if (text.find(R"("event":"clear")") == std::string_view::npos)
      return;
    const auto ms = [](steady::duration time) {
      return std::chrono::duration<double, std::milli>(time).count();
    };
    if (std::exchange(waiting_, false))
      out_.onsets.push_back({ms(steady::now() - onset_at_), ms(sent_due_ - onset_at_)});
    else if (spoken_ == 0 && steady::now() - onset_at_ > 6s)
      ++out_.without_cause;
  }

  beast::websocket::stream<tcp::socket> socket_;
  asio::steady_timer timer_;
  beast::flat_buffer buffer_;
  const std::vector<pcm_samples>& utterances_;
  std::mt19937 random_;
  results& out_;
  std::string text_;
  const pcm_samples* utterance_ = nullptr;
  std::size_t spoken_ = 0;
  std::size_t quiet_samples_ = 0;
  bool waiting_ = false; ///< For the agent to yield.
  std::int64_t chunk_ = 0;
  steady::time_point due_, sent_due_, onset_at_;
};

std::vector<pcm_samples> utterances_of(unsigned seed) {
  constexpr std::array texts{"Wait, one moment please.",
                             "No, that is not what I asked.",
                             "Excuse me, what does it cost?",
                             "Hello, can you hear me?",
                             "Please stop, I have a question.",
                             "Actually, tomorrow is better.",
                             "Haan, lekin ek baat bataiye.",
                             "Suniye, mujhe kuch poochna hai."};
  std::mt19937 random{seed};
  std::vector<pcm_samples> out;
  for (const auto* text : texts)
    for (const auto* voice : {"en+m3", "en+f2", "en-us"}) {
      greeting like;
      like.voice = voice;
      like.words_a_minute = 140 + static_cast<int>(random() % 50);
      like.pitch = 35 + static_cast<int>(random() % 30);
      auto said = speak(like, text);
      // People are between half as loud and as loud as the synthesiser.
      const auto loudness = 0.5 + 0.01 * static_cast<double>(random() % 50);
      for (auto& sample : said)
        sample = static_cast<std::int16_t>(sample * loudness);
      out.push_back(std::move(said));
    }
  return out;
}

double percentile(std::vector<double> all, double part) {
  if (all.empty())
    return 0;
  std::ranges::sort(all);
  return all[std::min(all.size() - 1,
                      static_cast<std::size_t>(part * static_cast<double>(all.size())))];
}

int report(const results& out) {
  std::vector<double> clear, voice;
  int missed = 0;
  for (const auto& each : out.onsets) {
    if (each.clear_ms < 0) {
      ++missed;
      continue;
    }
    clear.push_back(each.clear_ms);
    voice.push_back(each.voice_ms);
  }
  std::printf("%zu times a caller broke in, %d not noticed within a second, %d times the "
              "agent yielded to nobody\n",
              out.onsets.size(),
              missed,
              out.without_cause);
  std::printf(
      "onset to clear on the wire: p50 %.1f  p95 %.1f  p99 %.1f ms (gate p99 %.0f)\n",
      percentile(clear, 0.5),
      percentile(clear, 0.95),
      percentile(clear, 0.99),
      gate_clear_ms);
  std::printf("of it until it was sent that somebody speaks: p50 %.1f  p99 %.1f ms (gate "
              "p50 %.0f)\n",
              percentile(voice, 0.5),
              percentile(voice, 0.99),
              gate_voice_ms);
  const bool met = !clear.empty() &&
                   missed * 100 <= static_cast<int>(out.onsets.size()) &&
                   out.without_cause == 0 && percentile(clear, 0.99) <= gate_clear_ms &&
                   percentile(voice, 0.5) <= gate_voice_ms;
  return met ? 0 : 1;
}

} // namespace

int bench(int calls, int seconds, unsigned seed) {
  spdlog::set_level(spdlog::level::warn);
  const auto utterances = utterances_of(seed);
  greeting agent;
  agent.voice = "en-gb+f3";
  const auto speech = encode_mulaw(speak(
      agent,
      "Your order has been shipped and will reach you by Friday evening. The total is "
      "four "
      "hundred rupees, to be paid on delivery. Is there anything else that I can do?"));

  caf::actor_system_config config;
  config.set("scheduler.max-threads", 1);
  caf::actor_system system{config};
  media_tickets tickets{"bench", 60s};
  media_options options;
  options.calls_max = 10'000;
  media_server server{system,
                      options,
                      {easy_calls(system, plan()),
                       {{brain_kind::realtime,
                         [&speech](brain_host& host, asio::io_context&) {
                           return std::make_unique<talker>(host, speech);
                         }}},
                       {}},
                      tickets,
                      system_wall_clock()};
  asio::io_context doors;
  tcp::acceptor acceptor{doors, {asio::ip::make_address("127.0.0.1"), 0}};
  std::thread{[&] {
    for (int i = 0; i < calls; ++i) {
      websocket_upgrade upgrade{
          beast::tcp_stream{acceptor.accept()}, {}, {}, {}, {}, {}, {}, {}};
      beast::flat_buffer buffer;
      beast::http::read(upgrade.stream.socket(), buffer, upgrade.request);
      server.adopt(std::move(upgrade),
                   &std::make_unique<twilio::media_wire>,
                   {tenant_id::make(), call_id::make()},
                   "");
    }
  }}.detach();

  asio::io_context io;
  results out;
  for (int i = 0; i < calls; ++i)
    std::make_shared<phone>(io, utterances, seed + static_cast<unsigned>(i), out)
        ->begin(acceptor.local_endpoint());
  io.run_for(std::chrono::seconds{seconds});
  const auto code = report(out);
  std::fflush(stdout);
  // Its actors hang on calls that nobody ends.
  std::_Exit(code);
}

} // namespace caly::bench

int main(int argc, char** argv) {
  const auto number = [&](int i, int otherwise) {
    return argc > i ? std::atoi(argv[i]) : otherwise;
  };
  return caly::bench::bench(
      number(1, 50), number(2, 40), static_cast<unsigned>(number(3, 7)));
}
