#include "net/media/recording/tape_deck.hpp"

#include "net/media/recording/durable_file.hpp"

#include <spdlog/spdlog.h>

#include <cerrno>
#include <condition_variable>
#include <cstring>
#include <deque>
#include <mutex>
#include <thread>
#include <unistd.h>
#include <unordered_set>

namespace caly::recording {

namespace {

constexpr const char* tape_ending = ".tape";
constexpr const char* live_ending = ".live";

/// The files of one ending.
std::vector<std::filesystem::path> files_of(const std::filesystem::path& folder,
                                            const char* ending) {
  std::vector<std::filesystem::path> out;
  std::error_code failure;
  for (const auto& each : std::filesystem::directory_iterator{folder, failure})
    if (each.path().extension() == ending)
      out.push_back(each.path());
  if (failure && failure != std::errc::no_such_file_or_directory)
    spdlog::error("recording: cannot look for tapes folder={} reason={}",
                  folder.string(),
                  failure.message());
  return out;
}

std::filesystem::path whole_name(std::filesystem::path live) {
  return live.replace_extension(tape_ending);
}

std::string failure_of(int number) {
  return number == ENOSPC || number == EDQUOT || number == EFBIG ? "disk_full"
                                                                 : "disk_failed";
}

} // namespace

struct tape::file {
  tape_label label;
  std::filesystem::path path;
  std::size_t waiting_bytes_max = 0;
  std::atomic<std::size_t> waiting_bytes{0};
  std::atomic<bool> over{false}; ///< nothing more is taken

  // Of the deck's thread alone.
  file_handle out;
  std::uint32_t records = 0;
  bool unsynced = false;
};

struct tape_deck::impl {
  struct job {
    enum class kind : std::uint8_t { begin, write, close, slow };

    kind what;
    std::shared_ptr<tape::file> at;
    std::string entries;
  };

  impl(deck_options x, deck_listener y) : options{std::move(x)}, listener{std::move(y)} {
    std::error_code failure;
    std::filesystem::create_directories(options.folder, failure);
    if (failure)
      spdlog::error("recording: no folder for tapes folder={} reason={}",
                    options.folder.string(),
                    failure.message());
    next_sync = std::chrono::steady_clock::now() + options.sync_every;
  }

  void enqueue(job each) {
    {
      const std::lock_guard lock{mutex};
      jobs.push_back(std::move(each));
    }
    changed.notify_one();
  }

  // -- on the deck's thread

  bool has_room() const {
    std::error_code failure;
    const auto space = std::filesystem::space(options.folder, failure);
    return !failure && space.available >= options.free_bytes_min;
  }

  void fail(tape::file& at, std::string why) {
    at.over = true;
    at.out = {};
    forget_file(at.path);
    spdlog::error("recording: given up call={} reason={}", at.label.call.str(), why);
    end(at, std::move(why));
  }

  void end(tape::file& at, std::string failure) {
    for (const auto& each : running)
      if (each.get() == &at) {
        const auto kept = each;
        running.erase(kept);
        return listener.ended({kept->label, kept->path, std::move(failure)});
      }
  }

  bool runs(const std::shared_ptr<tape::file>& at) const { return running.contains(at); }

  void append(tape::file& at, std::string_view entries) {
    if (!write_all(at.out.get(), make_record(at.records, entries)))
      return fail(at, failure_of(errno));
    ++at.records;
    at.unsynced = true;
  }

  void begin(const std::shared_ptr<tape::file>& at) {
    running.insert(at);
    listener.began(at->label);
    if (!has_room())
      return fail(*at, "disk_full");
    at->out = file_handle::create(at->path);
    if (!at->out)
      return fail(*at, failure_of(errno));
    append(*at, entries_of(at->label));
  }

  void close(tape::file& at) {
    if (fsync(at.out.get()) != 0)
      return fail(at, failure_of(errno));
    at.out = {};
    if (publish_file(at.path, whole_name(at.path)))
      return fail(at, "disk_failed");
    at.path = whole_name(at.path);
    end(at, {});
  }

  void sync_all() {
    const auto all = running;
    const auto room = has_room();
    for (const auto& each : all) {
      if (!room)
        fail(*each, "disk_full");
      else if (std::exchange(each->unsynced, false) && fdatasync(each->out.get()) != 0)
        fail(*each, failure_of(errno));
    }
    next_sync = std::chrono::steady_clock::now() + options.sync_every;
  }

  void run(job& each) {
    if (each.what == job::kind::begin)
      return begin(each.at);
    each.at->waiting_bytes -= each.entries.size();
    if (!runs(each.at))
      return; // it failed before
    if (each.what == job::kind::write)
      append(*each.at, each.entries);
    else if (each.what == job::kind::close)
      close(*each.at);
    else
      fail(*each.at, "disk_slow");
  }

  void run() {
    std::unique_lock lock{mutex};
    while (!stopping || !jobs.empty()) {
      if (jobs.empty())
        changed.wait_until(lock, next_sync);
      auto fresh = std::exchange(jobs, {});
      lock.unlock();
      for (auto& each : fresh)
        run(each);
      if (std::chrono::steady_clock::now() >= next_sync)
        sync_all();
      lock.lock();
    }
    lock.unlock();
    const auto left = running;
    for (const auto& each : left)
      close(*each);
  }

  const deck_options options;
  const deck_listener listener;
  std::mutex mutex;
  std::condition_variable changed;
  std::deque<job> jobs;
  bool stopping = false;
  std::atomic<std::uint64_t> tapes{0};
  std::unordered_set<std::shared_ptr<tape::file>> running;
  std::chrono::steady_clock::time_point next_sync;
  std::thread thread;
};

bool tape::write(std::string entries) {
  if (file_->over)
    return false;
  const auto deck = deck_.lock();
  if (!deck)
    return false;
  using job = tape_deck::impl::job;
  if (file_->waiting_bytes + entries.size() > file_->waiting_bytes_max) {
    file_->over = true;
    deck->enqueue({job::kind::slow, file_, {}});
    return false;
  }
  file_->waiting_bytes += entries.size();
  deck->enqueue({job::kind::write, file_, std::move(entries)});
  return true;
}

void tape::close() {
  if (file_->over.exchange(true))
    return;
  if (const auto deck = deck_.lock())
    deck->enqueue({tape_deck::impl::job::kind::close, file_, {}});
}

tape_deck::tape_deck(deck_options options, deck_listener listener)
    : impl_{std::make_shared<impl>(std::move(options), std::move(listener))} {
  impl_->thread = std::thread{[at = impl_.get()] { at->run(); }};
}

tape_deck::~tape_deck() {
  {
    const std::lock_guard lock{impl_->mutex};
    impl_->stopping = true;
  }
  impl_->changed.notify_one();
  impl_->thread.join();
}

std::unique_ptr<tape> tape_deck::begin(const tape_label& label) {
  auto file = std::make_shared<tape::file>();
  file->label = label;
  // Two sockets of one call never write one file, whatever their labels say.
  file->path =
      impl_->options.folder /
      (label.call.str() + '-' + std::to_string(label.part) + '-' +
       std::to_string(::getpid()) + '-' + std::to_string(++impl_->tapes) + live_ending);
  file->waiting_bytes_max = impl_->options.waiting_bytes_max;
  impl_->enqueue({impl::job::kind::begin, file, {}});
  return std::unique_ptr<tape>{new tape{impl_, std::move(file)}};
}

void adopt_tapes(const std::filesystem::path& folder) {
  for (const auto& each : files_of(folder, live_ending))
    if (const auto failure = publish_file(each, whole_name(each)))
      spdlog::error("recording: a tape stays unread file={} reason={}",
                    each.string(),
                    to_string(failure));
}

std::vector<std::filesystem::path> left_tapes(const std::filesystem::path& folder) {
  return files_of(folder, tape_ending);
}

} // namespace caly::recording
