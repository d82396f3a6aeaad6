// What the cascade brain adds of its own: from the moment that the words of the caller
// are settled to the first frame of the answer at the carrier, with vendors that answer
// at once. `bench_cascade [AT_ONCE] [CALLS] [TURNS]`, turns of each call. Ends with 1
// when the gate is missed, with 2 when too many turns got no answer.
//
// Everything is real but the call's rows: media sessions, brain, HTTP client and sockets
// on loopback, with the parts that a node makes from its settings. The vendors stamp what
// they send right before they do and what they get right after, so that the stages hold
// the kernel's and the waking of the vendors' threads too. The words are settled when the
// pause that ends a turn is over already: nothing is waited for on purpose.

#include "net/media/media_server.hpp"
#include "net/providers/twilio/media_stream.hpp"
#include "tests/bench/cascade_of.hpp"
#include "tests/bench/core_waits.hpp"
#include "tests/bench/sandbox/easy_calls.hpp"
#include "tests/bench/sandbox/front_door.hpp"
#include "tests/bench/sandbox/line_words.hpp"
#include "tests/bench/sandbox/phone.hpp"
#include "tests/bench/sandbox/vendors.hpp"

#include <caf/all.hpp>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdio>
#include <memory>
#include <vector>

namespace caly::bench {

namespace {

using namespace std::chrono_literals;
namespace asio = boost::asio;
using steady = std::chrono::steady_clock;

constexpr double gate_own_ms = 15;
/// Frames between the first word and the settled words: longer than the pause that ends
/// such a turn (450 ms), shorter than the one that ends it without settled words.
constexpr std::uint32_t frames_of_words = 28;
constexpr auto between_turns = 80ms;
constexpr std::size_t sentence_bytes = 320;
constexpr auto answer_bytes = sentences_of_answer * sentence_bytes;
constexpr auto answer_patience = 5s;

// -- what is measured

std::int64_t now_ns() {
  return steady::now().time_since_epoch().count();
}

constexpr std::size_t steps_of_vendors = 5;

struct turn_times {
  std::array<std::atomic<std::int64_t>, steps_of_vendors> did{};
  std::int64_t heard = 0;
  std::atomic<std::int64_t> waited{0}; ///< For a core, of all threads.

  std::int64_t at(vendor_step step) const { return did[static_cast<std::size_t>(step)]; }
};

class book : public vendor_watch {
public:
  book(std::size_t calls, std::uint32_t turns) : turns_{turns}, times_(calls * turns) {}

  void did(vendor_step step, std::uint32_t call, std::uint32_t turn) noexcept override {
    auto& times = of(call, turn);
    if (step == vendor_step::words_settled && waits_)
      times.waited = -waits_->ns();
    times.did[static_cast<std::size_t>(step)] = now_ns();
  }

  void heard(std::uint32_t call, std::uint32_t turn) {
    auto& times = of(call, turn);
    times.heard = now_ns();
    times.waited += waits_->ns();
  }

  /// Of the threads that there are now.
  void watch_cores() { waits_ = std::make_unique<core_waits>(); }

  const std::vector<turn_times>& times() const { return times_; }

private:
  turn_times& of(std::uint32_t call, std::uint32_t turn) {
    return times_.at(std::size_t{call} * turns_ + turn);
  }

  const std::uint32_t turns_;
  std::vector<turn_times> times_;
  std::unique_ptr<core_waits> waits_;
};

// -- the callers

/// Asks, waits for the answer, and asks the next thing when it was heard.
class caller {
public:
  caller(std::uint32_t call, std::uint32_t turns, book& times)
      : words_{call, 0, saying::nothing}, turns_{turns}, book_{times} {}

  std::string next_frame(const phone& line) {
    const auto now = steady::now();
    switch (words_.what) {
    case saying::nothing:
      if (now > line.played_at() + between_turns)
        begin();
      break;
    case saying::begun:
      if (--frames_left_ == 0) {
        words_.what = saying::settled;
        settled_at_ = now;
      }
      break;
    case saying::settled:
      if (heard_bytes_ < answer_bytes && now - settled_at_ > answer_patience)
        return {};
      if (heard_bytes_ >= answer_bytes && now > line.played_at() + between_turns) {
        if (++words_.turn == turns_)
          return {};
        begin();
      }
    }
    return frame_of(words_, ++noise_);
  }

  void hear(std::size_t bytes) {
    if (words_.what == saying::settled && heard_bytes_ == 0)
      book_.heard(words_.call, words_.turn);
    heard_bytes_ += bytes;
  }

private:
  void begin() {
    words_.what = saying::begun;
    frames_left_ = frames_of_words;
    heard_bytes_ = 0;
  }

  line_words words_;
  const std::uint32_t turns_;
  book& book_;
  std::uint32_t frames_left_ = 0;
  std::size_t heard_bytes_ = 0;
  steady::time_point settled_at_;
  std::uint32_t noise_ = 0;
};

/// `at_once` calls at any time until `calls` have been.
class callers {
public:
  callers(asio::io_context& io,
          std::uint16_t port,
          std::uint32_t calls,
          std::uint32_t turns,
          book& times)
      : io_{io}, port_{port}, calls_{calls}, turns_{turns}, book_{times} {}

  void next() {
    if (begun_ == calls_)
      return;
    const auto who = std::make_shared<caller>(begun_++, turns_, book_);
    const auto line = std::make_shared<std::weak_ptr<phone>>();
    const auto made = std::make_shared<phone>(
        io_,
        tls_,
        port_,
        "bench",
        phone::handlers{[who, line] { return who->next_frame(*line->lock()); },
                        [who](std::size_t bytes) { who->hear(bytes); },
                        [this] { next(); }});
    *line = made;
    made->begin();
  }

private:
  asio::io_context& io_;
  asio::ssl::context tls_{asio::ssl::context::tls_client};
  const std::uint16_t port_;
  const std::uint32_t calls_, turns_;
  book& book_;
  std::uint32_t begun_ = 0;
};

// -- the node

media_plan plan() {
  media_plan out;
  out.idle_s = out.no_media_s = 3600;
  out.brief.instructions = "Answer in two sentences.";
  out.brief.languages = {"en"};
  return out;
}

// -- the report

double percentile(std::vector<double>& all, double part) {
  if (all.empty())
    return 0;
  std::ranges::sort(all);
  return all[std::min(all.size() - 1,
                      static_cast<std::size_t>(part * static_cast<double>(all.size())))];
}

/// Prints a line of the table; answers its p99.
template <class Ms>
double row(const char* name, const std::vector<const turn_times*>& turns, Ms ms) {
  std::vector<double> all;
  for (const auto* each : turns)
    all.push_back(static_cast<double>(ms(*each)) / 1e6);
  const auto p50 = percentile(all, 0.5);
  const auto p99 = percentile(all, 0.99);
  std::printf("%-52s %8.2f %8.2f %8.2f %8.2f\n",
              name,
              p50,
              percentile(all, 0.95),
              p99,
              percentile(all, 1));
  return p99;
}

int report(const book& times, const vendors& theirs, int at_once, std::uint32_t calls) {
  using step = vendor_step;
  std::vector<const turn_times*> turns;
  for (const auto& each : times.times())
    if (each.heard != 0)
      turns.push_back(&each);
  const auto to_mind = [](const turn_times& x) {
    return x.at(step::mind_asked) - x.at(step::words_settled);
  };
  const auto to_voice = [](const turn_times& x) {
    return x.at(step::voice_asked) - x.at(step::mind_spoke);
  };
  const auto to_line = [](const turn_times& x) {
    return x.heard - x.at(step::voice_spoke);
  };
  const auto own = [&](const turn_times& x) {
    return to_mind(x) + to_voice(x) + to_line(x);
  };
  const auto lost = times.times().size() - turns.size();
  std::printf(
      "%d calls at once, %u in all: %zu turns answered, %zu not; connections: %llu "
      "to the ear, %llu to the mind for %llu requests, %llu to the voice for %llu\n",
      at_once,
      calls,
      turns.size(),
      lost,
      static_cast<unsigned long long>(theirs.ear.connections()),
      static_cast<unsigned long long>(theirs.mind.connections()),
      static_cast<unsigned long long>(theirs.mind.requests()),
      static_cast<unsigned long long>(theirs.voice.connections()),
      static_cast<unsigned long long>(theirs.voice.requests()));
  std::printf("%-52s %8s %8s %8s %8s\n", "ms", "p50", "p95", "p99", "max");
  row("words settled -> the mind has the request", turns, to_mind);
  row("first sentence sent -> the voice has the request", turns, to_voice);
  row("first sound sent -> first frame at the carrier", turns, to_line);
  const auto p99 = row("own: these three", turns, own);
  row("vendors, between them", turns, [&](const turn_times& x) {
    return x.heard - x.at(step::words_settled) - own(x);
  });
  row("all: words settled -> first frame", turns, [](const turn_times& x) {
    return x.heard - x.at(step::words_settled);
  });
  row("threads waited for a core meanwhile, all together",
      turns,
      [](const turn_times& x) { return x.waited.load(); });
  // Some of them waited beside the answer's way and not in it.
  row("own without that, at least", turns, [&](const turn_times& x) {
    return std::max<std::int64_t>(0, own(x) - x.waited);
  });
  std::printf("gate: own p99 <= %.0f ms: %.2f\n", gate_own_ms, p99);
  if (turns.empty() || lost * 100 > times.times().size())
    return 2;
  return p99 <= gate_own_ms ? 0 : 1;
}

} // namespace

int bench(int at_once, std::uint32_t calls, std::uint32_t turns) {
  spdlog::set_level(spdlog::level::warn);
  book times{calls, turns};
  vendors theirs{times, sentence_bytes};
  caf::actor_system_config config;
  config.set("scheduler.max-threads", 1);
  caf::actor_system system{config};
  media_tickets tickets{"bench", 60s};
  media_options options;
  options.calls_max = 10'000;
  media_server server{system,
                      options,
                      {easy_calls(system, plan()),
                       {{brain_kind::cascade, cascade_of(theirs.chosen())}},
                       {}},
                      tickets,
                      system_wall_clock()};
  front_door door{[&](websocket_upgrade upgrade, const std::string&) {
    server.adopt(std::move(upgrade),
                 &std::make_unique<twilio::media_wire>,
                 {tenant_id::make(), call_id::make(), brain_kind::cascade},
                 "");
  }};
  asio::io_context io{1};
  callers all{io, door.port(), calls, turns, times};
  times.watch_cores();
  for (int i = 0; i < at_once; ++i)
    all.next();
  io.run();
  const auto code = report(times, theirs, at_once, calls);
  std::fflush(stdout);
  // Its actors hang on calls that nobody ends.
  std::_Exit(code);
}

} // namespace caly::bench

int main(int argc, char** argv) {
  const auto number = [&](int i, int otherwise) {
    return argc > i ? std::atoi(argv[i]) : otherwise;
  };
  return caly::bench::bench(number(1, 1),
                            static_cast<std::uint32_t>(number(2, 20)),
                            static_cast<std::uint32_t>(number(3, 25)));
}
