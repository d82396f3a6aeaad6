#include "net/speech/speech_desk.hpp"

#include "net/speech/speech_process.hpp"
#include "runtime/base/error.hpp"
#include "runtime/observe/metrics.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <atomic>
#include <charconv>
#include <cstring>
#include <deque>
#include <functional>
#include <optional>
#include <system_error>
#include <thread>
#include <utility>

namespace caly {

namespace {

using clock = std::chrono::steady_clock;

/// A process keeps so many; it forgets the oldest.
constexpr std::size_t grammars_max = 64;
/// Before a process that ended without any answer is started again.
constexpr std::chrono::milliseconds patience_min{100};
constexpr std::chrono::milliseconds patience_max{10'000};

struct job {
  speech_frame question;
  std::shared_ptr<const std::string> grammar; ///< That a process must know for it.
  std::string grammar_name;
  clock::time_point deadline;
  std::function<void(caf::expected<speech_frame>)> done;
};

/// A place for one process and what it works on.
struct slot {
  explicit slot(boost::asio::io_context& io) : timer{io} {}

  std::unique_ptr<speech_process> process;
  std::optional<job> work;
  boost::asio::steady_timer timer; ///< Of the work's deadline.
  std::deque<std::string> learnt;  ///< Names of grammars, the oldest first.
  bool answered = false;           ///< Since it was started.
  std::chrono::milliseconds patience{0};
  clock::time_point not_before{}; ///< When it may be started.
};

std::string name_of(const std::string& grammar) {
  return std::to_string(std::hash<std::string>{}(grammar));
}

pcm_samples as_samples(std::string_view bytes) {
  pcm_samples samples(bytes.size() / sizeof(std::int16_t));
  std::memcpy(samples.data(), bytes.data(), samples.size() * sizeof(std::int16_t));
  return samples;
}

/// Counted for this desk and for the process's metrics.
struct tally {
  metric_counter& shown;
  std::atomic<std::uint64_t> count{0};

  void operator++() {
    ++count;
    shown.Increment();
  }
};

metric_counter& sentences(const char* outcome) {
  return metrics().counter("caly_speech_sentences_total",
                           "Sentences of the embedded brain, by what became of them.",
                           {{"outcome", outcome}});
}

int number(std::string_view text) {
  int value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

} // namespace

struct speech_desk::parts {
  explicit parts(speech_options x) : options{std::move(x)} {
    for (int i = 0; i < std::max(1, options.processes); ++i)
      slots.push_back(std::make_unique<slot>(io));
  }

  void add(job work);
  void hand_out();
  bool start(slot& at);
  void give(slot& at, job work);
  void on_answer(slot& at, std::optional<speech_frame> answer);
  void replace(slot& at, const caf::error& why);
  void finish(slot& at, caf::expected<speech_frame> result);

  const speech_options options;
  boost::asio::io_context io{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> working{
      io.get_executor()};
  std::vector<std::unique_ptr<slot>> slots;
  std::deque<job> waiting;
  std::uint32_t ids = 0;
  tally said{sentences("said")};
  tally heard{sentences("heard")};
  tally failed{sentences("failed")};
  tally started{metrics().counter("caly_speech_processes_total",
                                  "Speech processes that were started.")};
  std::thread thread;
};

void speech_desk::parts::add(job work) {
  if (waiting.size() >= options.waiting_max) {
    ++failed;
    return work.done(caf::make_error(errc::overloaded, "too many sentences wait"));
  }
  waiting.push_back(std::move(work));
  hand_out();
}

void speech_desk::parts::hand_out() {
  while (!waiting.empty()) {
    const auto idle = std::ranges::find_if(slots, [](const auto& x) { return !x->work; });
    if (idle == slots.end())
      return;
    auto work = std::move(waiting.front());
    waiting.pop_front();
    if (clock::now() >= work.deadline) {
      ++failed;
      work.done(caf::make_error(errc::timed_out, "the sentence waited too long"));
    } else if ((*idle)->process || start(**idle)) {
      give(**idle, std::move(work));
    } else {
      ++failed;
      work.done(caf::make_error(errc::unavailable, options.program + " does not run"));
    }
  }
}

/// False: it cannot be started, or not yet again.
bool speech_desk::parts::start(slot& at) {
  if (clock::now() < at.not_before)
    return false;
  at.answered = false;
  at.learnt.clear();
  at.patience = std::clamp(2 * at.patience, patience_min, patience_max);
  at.not_before = clock::now() + at.patience;
  try {
    at.process = std::make_unique<speech_process>(
        io, options.program, options.model, [this, &at](auto answer) {
          on_answer(at, std::move(answer));
        });
  } catch (const std::system_error& failure) {
    spdlog::error("speech: {}", failure.what());
    return false;
  }
  ++started;
  spdlog::info("speech: started pid={}", at.process->pid());
  return true;
}

void speech_desk::parts::give(slot& at, job work) {
  if (work.grammar &&
      std::ranges::find(at.learnt, work.grammar_name) == at.learnt.end()) {
    at.process->send({speech_kind::grammar, ++ids, {work.grammar_name, *work.grammar}});
    at.learnt.push_back(work.grammar_name);
    if (at.learnt.size() > grammars_max)
      at.learnt.pop_front();
  }
  work.question.id = ++ids;
  at.process->send(work.question);
  at.timer.expires_at(work.deadline);
  at.work = std::move(work);
  at.timer.async_wait([this, &at, id = ids](boost::system::error_code ec) {
    if (!ec && at.work && at.work->question.id == id)
      replace(at, caf::make_error(errc::timed_out, "the sentence took too long"));
  });
}

void speech_desk::parts::on_answer(slot& at, std::optional<speech_frame> answer) {
  if (!answer)
    return replace(at, caf::make_error(errc::unavailable, "the process ended"));
  at.answered = true;
  at.patience = std::chrono::milliseconds{0};
  at.not_before = {};
  const bool refused = answer->kind == speech_kind::failed;
  if (!at.work || answer->id != at.work->question.id) {
    if (refused)
      spdlog::error("speech: grammar refused reason={}", answer->field(0));
    return;
  }
  if (refused)
    finish(at, caf::make_error(errc::invalid, std::string{answer->field(0)}));
  else
    finish(at, std::move(*answer));
}

/// The process is of no use any more; what it worked on is lost.
void speech_desk::parts::replace(slot& at, const caf::error& why) {
  spdlog::warn("speech: process replaced reason={}", to_string(why));
  // It may be the one that calls.
  boost::asio::post(io,
                    [old = std::shared_ptr<speech_process>{std::move(at.process)}] {});
  if (at.work)
    finish(at, why);
}

void speech_desk::parts::finish(slot& at, caf::expected<speech_frame> result) {
  at.timer.cancel();
  const auto work = std::exchange(at.work, std::nullopt);
  if (!result)
    ++failed;
  else
    ++(result->kind == speech_kind::heard ? heard : said);
  work->done(std::move(result));
  hand_out();
}

speech_desk::speech_desk(speech_options options)
    : parts_{std::make_unique<parts>(std::move(options))} {
  parts_->thread = std::thread{[this] { parts_->io.run(); }};
}

speech_desk::~speech_desk() {
  parts_->io.stop();
  parts_->thread.join();
  parts_->slots.clear();
}

void speech_desk::say(std::string text,
                      std::string language,
                      unsigned rate_hz,
                      on_spoken then) {
  job work;
  work.question = {speech_kind::say,
                   0,
                   {std::move(text), std::move(language), std::to_string(rate_hz)}};
  work.deadline = clock::now() + parts_->options.timeout;
  work.done = [then = std::move(then)](caf::expected<speech_frame> answer) {
    if (answer)
      then(as_samples(answer->field(0)));
    else
      then(std::move(answer.error()));
  };
  boost::asio::post(parts_->io, [parts = parts_.get(), work = std::move(work)]() mutable {
    parts->add(std::move(work));
  });
}

void speech_desk::hear(std::shared_ptr<const std::string> grammar,
                       std::string samples,
                       on_heard then) {
  job work;
  work.grammar_name = name_of(*grammar);
  work.grammar = std::move(grammar);
  work.question = {speech_kind::hear, 0, {work.grammar_name, std::move(samples)}};
  work.deadline = clock::now() + parts_->options.timeout;
  work.done = [then = std::move(then)](caf::expected<speech_frame> answer) {
    if (answer)
      then(heard_speech{std::string{answer->field(0)}, number(answer->field(1))});
    else
      then(std::move(answer.error()));
  };
  boost::asio::post(parts_->io, [parts = parts_.get(), work = std::move(work)]() mutable {
    parts->add(std::move(work));
  });
}

speech_desk::figures speech_desk::so_far() const {
  return {parts_->said.count,
          parts_->heard.count,
          parts_->failed.count,
          parts_->started.count};
}

} // namespace caly
