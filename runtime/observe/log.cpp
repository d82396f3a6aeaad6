#include "runtime/observe/log.hpp"

#include "runtime/base/error.hpp"
#include "runtime/observe/actor_stats.hpp"
#include "runtime/observe/log_fields.hpp"

#include <spdlog/async.h>
#include <spdlog/sinks/rotating_file_sink.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>

namespace caly {

namespace {

using std::chrono::steady_clock;

constexpr std::size_t areas_max = 64;
constexpr std::size_t tail_max = 500;

thread_local std::string correlation;

constexpr std::array<std::string_view, 7> level_names{
    "trace", "debug", "info", "warn", "error", "critical", "off"};

std::optional<spdlog::level::level_enum> parse_level(std::string_view text) {
  const auto found = std::find(level_names.begin(), level_names.end(), text);
  if (found == level_names.end())
    return std::nullopt;
  return static_cast<spdlog::level::level_enum>(found - level_names.begin());
}

std::string_view level_name(spdlog::level::level_enum level) {
  return level_names.at(static_cast<std::size_t>(level));
}

/// Which messages pass, by area. Read by every log call, so the common case of no
/// exceptions takes no lock.
class level_table {
public:
  void
  set(std::string area, spdlog::level::level_enum level, steady_clock::time_point end) {
    std::lock_guard guard{mutex_};
    std::erase_if(entries_, [&](const entry& each) { return each.area == area; });
    entries_.push_back({std::move(area), level, end});
    publish();
  }

  void base(spdlog::level::level_enum level) {
    std::lock_guard guard{mutex_};
    base_ = level;
    publish();
  }

  bool full(std::string_view area) const {
    std::lock_guard guard{mutex_};
    return entries_.size() >= areas_max &&
           std::none_of(entries_.begin(), entries_.end(), [&](const entry& each) {
             return each.area == area;
           });
  }

  bool passes(spdlog::level::level_enum level, std::string_view message) {
    if (!exceptions_.load(std::memory_order_relaxed))
      return true; // spdlog compared it with the base level already
    std::lock_guard guard{mutex_};
    expire(steady_clock::now());
    return level >= in_force(area_of(message));
  }

  std::vector<log_level_entry> list() {
    const auto now = steady_clock::now();
    std::lock_guard guard{mutex_};
    expire(now);
    std::vector<log_level_entry> rows{{"", std::string{level_name(base_)}, {}}};
    for (const auto& each : entries_) {
      const auto forever = each.end == steady_clock::time_point::max();
      const auto left = forever ? std::chrono::seconds{0}
                                : std::chrono::ceil<std::chrono::seconds>(each.end - now);
      rows.push_back({each.area, std::string{level_name(each.level)}, left});
    }
    return rows;
  }

private:
  struct entry {
    std::string area; // empty: a passing change of the base level
    spdlog::level::level_enum level;
    steady_clock::time_point end;
  };

  spdlog::level::level_enum in_force(std::string_view area) const {
    auto level = base_;
    for (const auto& each : entries_) {
      if (each.area == area && !area.empty())
        return each.level;
      if (each.area.empty())
        level = each.level;
    }
    return level;
  }

  void expire(steady_clock::time_point now) {
    if (std::erase_if(entries_, [&](const entry& each) { return each.end <= now; }) > 0)
      publish();
  }

  /// spdlog drops early what no entry would let pass.
  void publish() {
    auto lowest = base_;
    for (const auto& each : entries_)
      lowest = std::min(lowest, each.level);
    exceptions_.store(!entries_.empty(), std::memory_order_relaxed);
    spdlog::set_level(lowest);
  }

  mutable std::mutex mutex_;
  std::vector<entry> entries_;
  spdlog::level::level_enum base_ = spdlog::level::info;
  std::atomic<bool> exceptions_{false};
};

level_table& levels() {
  static level_table table;
  return table;
}

/// Turns messages into lines on the calling thread, where the running actor is known, and
/// leaves the writing to another.
class line_sink final : public spdlog::sinks::sink {
public:
  line_sink(std::string node, std::shared_ptr<spdlog::async_logger> writer)
      : node_{std::move(node)}, writer_{std::move(writer)} {}

  void log(const spdlog::details::log_msg& x) override {
    const std::string_view message{x.payload.data(), x.payload.size()};
    if (!levels().passes(x.level, message))
      return;
    log_origin origin;
    origin.at = std::chrono::time_point_cast<std::chrono::system_clock::duration>(x.time);
    origin.level = level_name(x.level);
    origin.node = node_;
    origin.correlation_id = correlation;
    if (running_actor != nullptr) {
      origin.actor = running_actor->path;
      const auto& label = running_actor->label;
      origin.tenant = label.tenant;
      if (label.kind == "call")
        origin.call = label.key;
      if (origin.correlation_id.empty())
        origin.correlation_id = label.correlation_id;
    }
    auto line = to_log_line(origin, message);
    writer_->log(x.level, spdlog::string_view_t{line.data(), line.size()});
    std::lock_guard guard{mutex_};
    tail_.push_back(std::move(line));
    if (tail_.size() > tail_max)
      tail_.pop_front();
  }

  void flush() override { writer_->flush(); }

  void set_pattern(const std::string&) override {}

  void set_formatter(std::unique_ptr<spdlog::formatter>) override {}

  std::vector<std::string> tail(std::size_t lines) const {
    std::lock_guard guard{mutex_};
    const auto count = static_cast<std::ptrdiff_t>(std::min(lines, tail_.size()));
    return {tail_.end() - count, tail_.end()};
  }

private:
  const std::string node_;
  const std::shared_ptr<spdlog::async_logger> writer_;
  mutable std::mutex mutex_;
  std::deque<std::string> tail_;
};

/// What `start_logging` built.
struct machinery {
  std::shared_ptr<spdlog::details::thread_pool> thread;
  std::shared_ptr<spdlog::async_logger> writer;
  std::shared_ptr<line_sink> sink;
};

std::mutex running_mutex;
machinery running;

} // namespace

caf::error start_logging(const log_options& settings) {
  const auto level = parse_level(settings.level);
  if (!level)
    return caf::make_error(errc::invalid, "no log level: " + settings.level);
  machinery made;
  try {
    spdlog::sink_ptr target;
    if (settings.file.empty())
      target = std::make_shared<spdlog::sinks::stderr_sink_mt>();
    else
      target = std::make_shared<spdlog::sinks::rotating_file_sink_mt>(
          settings.file, settings.file_bytes_max, settings.files_max);
    made.thread = std::make_shared<spdlog::details::thread_pool>(settings.queue_max, 1);
    made.writer = std::make_shared<spdlog::async_logger>(
        "writer", target, made.thread, spdlog::async_overflow_policy::overrun_oldest);
    made.writer->set_pattern("%v", spdlog::pattern_time_type::utc);
    made.writer->set_level(spdlog::level::trace);
    made.writer->flush_on(spdlog::level::warn);
    made.sink = std::make_shared<line_sink>(settings.node, made.writer);
  } catch (const spdlog::spdlog_ex& failure) {
    return caf::make_error(errc::unavailable, std::string{failure.what()});
  }
  stop_logging();
  std::lock_guard guard{running_mutex};
  running = std::move(made);
  spdlog::set_default_logger(std::make_shared<spdlog::logger>("", running.sink));
  // Lines below warn are written in batches; a second later they are on disk.
  spdlog::flush_every(std::chrono::seconds{1});
  levels().base(*level);
  return {};
}

void stop_logging() {
  std::lock_guard guard{running_mutex};
  if (!running.sink)
    return;
  spdlog::set_default_logger(std::make_shared<spdlog::logger>(
      "", std::make_shared<spdlog::sinks::stderr_sink_mt>()));
  running.writer->flush();
  running = {}; // joins the thread, which writes what is queued
}

caf::error
set_log_level(std::string_view level, std::string_view area, std::chrono::seconds lasts) {
  const auto parsed = parse_level(level);
  if (!parsed)
    return caf::make_error(errc::invalid,
                           "no log level: " + std::string{level} +
                               " (trace, debug, info, warn, error, off)");
  if (area.empty() && lasts.count() == 0) {
    levels().base(*parsed);
    return {};
  }
  if (levels().full(area))
    return caf::make_error(errc::overloaded, "too many areas with a level of their own");
  levels().set(std::string{area},
               *parsed,
               lasts.count() > 0 ? steady_clock::now() + lasts
                                 : steady_clock::time_point::max());
  return {};
}

std::vector<log_level_entry> log_levels() {
  return levels().list();
}

std::vector<std::string> log_tail(std::size_t lines_max) {
  std::lock_guard guard{running_mutex};
  return running.sink ? running.sink->tail(lines_max) : std::vector<std::string>{};
}

std::size_t log_lines_lost() {
  std::lock_guard guard{running_mutex};
  return running.thread ? running.thread->overrun_counter() : 0;
}

correlation_scope::correlation_scope(std::string id)
    : outer_{std::exchange(correlation, std::move(id))} {}

correlation_scope::~correlation_scope() {
  correlation = std::move(outer_);
}

} // namespace caly
