// Whether a node's memory stands still over very many calls. `bench_calls [CALLS]
// [AT_ONCE]`; ends with 1 when it grew or something was left over, with 2 when too many
// calls got no answer.
//
// Every call is what an inbound one is to a node: its socket comes with a ticket, its
// actor starts from its row, a cascade greets, hears a question and answers it over
// sockets, turns and events are written, the carrier hangs up and says so, and the log is
// kept. Every eighth caller hangs up during the greeting, every eighth is gone in the
// middle of the question without a word. The rows are answers that keep nothing: what
// grows is the node, or the callers and vendors, which live in the same process.

#include "actors/call/calls.hpp"

#include "actors/call/log/keeper.hpp"
#include "cluster/node/voices.hpp"
#include "net/media/media_server.hpp"
#include "net/providers/twilio/media_stream.hpp"
#include "runtime/observe/process.hpp"
#include "tests/bench/cascade_of.hpp"
#include "tests/bench/kept_nowhere.hpp"
#include "tests/bench/process_facts.hpp"
#include "tests/bench/sandbox/front_door.hpp"
#include "tests/bench/sandbox/line_words.hpp"
#include "tests/bench/sandbox/phone.hpp"
#include "tests/bench/sandbox/vendors.hpp"

#include <caf/all.hpp>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <cstdio>
#include <memory>
#include <string>
#include <sys/resource.h>
#include <vector>

namespace caly::bench {

namespace {

using namespace std::chrono_literals;
namespace asio = boost::asio;
using steady = std::chrono::steady_clock;

constexpr double growth_max = 0.02;
constexpr std::uint32_t sample_every = 5'000;
constexpr std::uint32_t progress_every = 10'000;
/// What caches and arenas take until they are full is no growth.
constexpr std::uint32_t first_sample = 10'000;
constexpr auto goodbye = 60s; ///< For what is left of the last calls.

constexpr std::size_t sentence_bytes = 1'600;
constexpr auto greeting_frames = 16U;
constexpr auto frames_of_words = 28U;
constexpr auto answer_patience = 10s;

// -- the node

call_ports ports_of(caf::actor_system& system,
                    const settings& chosen,
                    const kept_nowhere::live_calls& live) {
  const auto label = [](const char* kind) { return actor_label{kind, "", ""}; };
  const auto records = spawn<records_actor, kept_nowhere::counts>(
      system, label("rows"), kept_nowhere::other_rows);
  call_ports ports{spawn<dial_store_actor, kept_nowhere::counts>(
                       system, label("dial_rows"), kept_nowhere::dial_rows),
                   spawn<call_store_actor, kept_nowhere::counts>(
                       system, label("call_rows"), kept_nowhere::call_rows, &live),
                   records,
                   spawn<carrier_actor, kept_nowhere::counts>(
                       system, label("carrier"), kept_nowhere::carrier, &live),
                   spawn<insight_actor, kept_nowhere::counts>(
                       system, label("insight"), kept_nowhere::insight),
                   system_wall_clock(),
                   voices_of(chosen),
                   "n1"};
  ports.logs = spawn<call_log_keeper_actor, call_log_keeper_state>(
      system, label("call_logs"), call_log_keeper, records);
  return ports;
}

// -- the callers

struct unwatched : vendor_watch {
  void did(vendor_step, std::uint32_t, std::uint32_t) noexcept override {}
};

enum class ending : std::uint8_t { answered, early, without_a_word };

ending ending_of(std::uint32_t call) {
  const auto which = call % 8;
  return which == 3   ? ending::early
         : which == 6 ? ending::without_a_word
                      : ending::answered;
}

/// One call, frame by frame.
class caller {
public:
  explicit caller(std::uint32_t call)
      : words_{call, 0, saying::nothing}, ends_{ending_of(call)} {}

  std::string next_frame(phone& line) {
    ++frames_;
    if (ends_ == ending::early && frames_ == greeting_frames / 2)
      return {};
    if (ends_ == ending::without_a_word &&
        frames_ == greeting_frames + frames_of_words / 2)
      line.drop();
    if (frames_ == greeting_frames)
      words_.what = saying::begun;
    if (frames_ == greeting_frames + frames_of_words) {
      words_.what = saying::settled;
      heard_bytes_ = 0;
      settled_at_ = steady::now();
    }
    if (words_.what == saying::settled && is_over(line))
      return {};
    return frame_of(words_, frames_);
  }

  void hear(std::size_t bytes) { heard_bytes_ += bytes; }

  /// As it was meant to be.
  bool went_well() const { return ends_ != ending::answered || answered(); }

private:
  bool answered() const {
    return words_.what == saying::settled &&
           heard_bytes_ >= sentences_of_answer * sentence_bytes;
  }

  bool is_over(const phone& line) const {
    const auto now = steady::now();
    return answered() ? now > line.played_at() : now - settled_at_ > answer_patience;
  }

  line_words words_;
  const ending ends_;
  std::uint32_t frames_ = 0;
  std::size_t heard_bytes_ = 0;
  steady::time_point settled_at_;
};

struct sample {
  std::uint32_t calls = 0;
  std::int64_t resident_kib = 0, allocated_kib = 0, files = 0;
  std::size_t actors = 0;
};

/// The bench: its node, its callers, and what they left.
class run {
public:
  run(std::uint32_t calls, int at_once);

  int to_the_end();

private:
  void next();
  void over(const media_pass& pass, bool well);
  void look();
  std::string kinds();
  void show(const sample& at);
  void wait_until_all_is_gone();
  std::int64_t files_left() const;
  int report();

  const std::uint32_t calls_;
  const int at_once_;
  unwatched watch_;
  kept_nowhere::live_calls live_;
  vendors theirs_{watch_, sentence_bytes};
  caf::actor_system_config config_;
  caf::actor_system system_{config_};
  calls_actor node_;
  media_tickets tickets_{"bench", 60s};
  std::unique_ptr<media_server> server_;
  std::unique_ptr<front_door> door_;
  asio::io_context io_{1};
  asio::ssl::context tls_{asio::ssl::context::tls_client};
  asio::steady_timer timer_{io_};
  const tenant_id tenant_ = tenant_id::make();
  std::uint32_t begun_ = 0, over_ = 0, bad_ = 0;
  std::vector<sample> samples_;
  std::size_t actors_before_ = 0;
  std::int64_t files_before_ = 0;
  steady::time_point began_ = steady::now(), last_over_;
};

run::run(std::uint32_t calls, int at_once) : calls_{calls}, at_once_{at_once} {
  const auto chosen = theirs_.chosen();
  node_ = spawn<calls_actor, calls_state>(system_,
                                          {"calls", "", ""},
                                          calls_of_node,
                                          call_options{},
                                          ports_of(system_, chosen, live_));
  media_options options;
  options.calls_max = 10'000;
  server_ = std::make_unique<media_server>(
      system_,
      options,
      media_ports{node_, {{brain_kind::cascade, cascade_of(chosen)}}, {}},
      tickets_,
      system_wall_clock());
  door_ = std::make_unique<front_door>(
      [this](websocket_upgrade upgrade, const std::string& ticket) {
        upgrade.params.emplace_back("session", ticket);
        server_->accept(std::move(upgrade), &std::make_unique<twilio::media_wire>);
      });
}

void run::next() {
  if (begun_ == calls_)
    return;
  const media_pass pass{tenant_, call_id::make(), brain_kind::cascade};
  const auto now_s = to_unix_ms(system_wall_clock()()) / 1000;
  live_.begin(pass.call);
  const auto who = std::make_shared<caller>(begun_++);
  const auto line = std::make_shared<std::weak_ptr<phone>>();
  const auto made = std::make_shared<phone>(
      io_,
      tls_,
      door_->port(),
      tickets_.issue(pass, now_s),
      phone::handlers{[who, line] { return who->next_frame(*line->lock()); },
                      [who](std::size_t bytes) { who->hear(bytes); },
                      [this, who, pass] { over(pass, who->went_well()); }});
  *line = made;
  made->begin();
}

/// The carrier's last callback, as whoever took it tells it on.
void run::over(const media_pass& pass, bool well) {
  live_.end(pass.call);
  caf::anon_send(node_,
                 call_progressed{pass.call, "completed", progress_effect::ended, {}});
  bad_ += well ? 0 : 1;
  if (++over_ % sample_every == 0 && over_ >= first_sample)
    look();
  if (over_ == calls_) {
    last_over_ = steady::now();
    wait_until_all_is_gone();
  }
  next();
}

void run::look() {
  samples_.push_back({over_,
                      resident_kib(),
                      allocated_kib(),
                      open_files(),
                      actor_table::of(system_).size()});
  if (over_ % progress_every == 0)
    show(samples_.back());
}

/// Which actors there are more of than one.
std::string run::kinds() {
  std::string out;
  for (const auto& [kind, totals] : actor_table::of(system_).totals())
    if (totals.alive > 1)
      out += (out.empty() ? " (" : ", ") + kind + ' ' + std::to_string(totals.alive);
  return out.empty() ? out : out + ')';
}

void run::show(const sample& at) {
  const auto s = std::chrono::duration<double>(steady::now() - began_).count();
  std::printf(
      "%7u calls %5.0f s  resident %7.1f MiB  allocated %7.1f MiB  %4zu actors%s  "
      "%4lld files  %u not as meant\n",
      at.calls,
      s,
      static_cast<double>(at.resident_kib) / 1024,
      static_cast<double>(at.allocated_kib) / 1024,
      at.actors,
      kinds().c_str(),
      static_cast<long long>(at.files),
      bad_);
  std::fflush(stdout);
}

/// Connections that are kept for the next request have two ends here.
std::int64_t run::files_left() const {
  const auto kept =
      2 * (theirs_.mind.open_connections() + theirs_.voice.open_connections());
  return open_files() - files_before_ - static_cast<std::int64_t>(kept);
}

void run::wait_until_all_is_gone() {
  const bool gone =
      actor_table::of(system_).size() <= actors_before_ && files_left() <= 0;
  if (gone || steady::now() - last_over_ > goodbye)
    return io_.stop();
  timer_.expires_after(250ms);
  timer_.async_wait([this](boost::system::error_code) { wait_until_all_is_gone(); });
}

int run::to_the_end() {
  actors_before_ = actor_table::of(system_).size();
  files_before_ = open_files();
  std::printf("%u calls, %d at once; before them %zu actors, %lld files\n",
              calls_,
              at_once_,
              actors_before_,
              static_cast<long long>(files_before_));
  for (int i = 0; i < at_once_; ++i)
    next();
  io_.run();
  return report();
}

double median_mib(std::vector<sample>::const_iterator from,
                  std::vector<sample>::const_iterator to) {
  std::vector<std::int64_t> all;
  for (; from != to; ++from)
    all.push_back(from->resident_kib);
  std::ranges::sort(all);
  const auto middle = all.size() / 2;
  const auto sum = all.size() % 2 == 1 ? 2 * all[middle] : all[middle - 1] + all[middle];
  return static_cast<double>(sum) / 2 / 1024;
}

/// KiB for each 10,000 calls, by least squares.
double slope_kib(const std::vector<sample>& all) {
  double x = 0, y = 0, xx = 0, xy = 0;
  for (const auto& each : all) {
    const auto calls = each.calls / 10'000.0;
    const auto kib = static_cast<double>(each.resident_kib);
    x += calls;
    y += kib;
    xx += calls * calls;
    xy += calls * kib;
  }
  const auto n = static_cast<double>(all.size());
  return (n * xy - x * y) / (n * xx - x * x);
}

int run::report() {
  const auto s = std::chrono::duration<double>(last_over_ - began_).count();
  const auto actors = static_cast<long long>(actor_table::of(system_).size()) -
                      static_cast<long long>(actors_before_);
  const auto files = files_left();
  std::printf(
      "%u calls in %.0f s (%.0f a second), %u not as meant; left over: %lld actors, "
      "%lld files\n",
      over_,
      s,
      over_ / s,
      bad_,
      actors,
      static_cast<long long>(files));
  if (bad_ * 100 > over_)
    return 2;
  const bool nothing_left = actors <= 0 && files <= 0;
  if (samples_.size() < 4) {
    std::printf("too few calls to tell whether memory grows\n");
    return nothing_left ? 0 : 1;
  }
  const auto half = samples_.begin() + static_cast<std::ptrdiff_t>(samples_.size() / 2);
  const auto before = median_mib(samples_.begin(), half);
  const auto after = median_mib(half, samples_.end());
  const auto growth = after / before - 1;
  std::printf(
      "resident: first %.1f MiB, last %.1f MiB, %+.0f KiB for each 10,000 calls\n",
      static_cast<double>(samples_.front().resident_kib) / 1024,
      static_cast<double>(samples_.back().resident_kib) / 1024,
      slope_kib(samples_));
  std::printf(
      "gate: medians of both halves %.1f -> %.1f MiB, %+.1f %% (at most %.0f %%), "
      "and nothing left over: %s\n",
      before,
      after,
      growth * 100,
      growth_max * 100,
      growth <= growth_max && nothing_left ? "met" : "MISSED");
  return growth <= growth_max && nothing_left ? 0 : 1;
}

} // namespace

int bench(std::uint32_t calls, int at_once) {
  rlimit files{65'536, 65'536};
  setrlimit(RLIMIT_NOFILE, &files);
  spdlog::set_level(spdlog::level::err);
  const auto all = std::make_unique<run>(calls, at_once);
  const auto code = all->to_the_end();
  std::fflush(stdout);
  std::_Exit(code);
}

} // namespace caly::bench

int main(int argc, char** argv) {
  caly::bound_heap(); // as calyd does
  const auto number = [&](int i, int otherwise) {
    return argc > i ? std::atoi(argv[i]) : otherwise;
  };
  return caly::bench::bench(static_cast<std::uint32_t>(number(1, 100'000)),
                            number(2, 130));
}
