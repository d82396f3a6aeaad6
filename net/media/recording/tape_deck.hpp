#pragma once

#include "net/media/recording/tape.hpp"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>

namespace caly::recording {

struct deck_options {
  std::filesystem::path folder; ///< made when it is not there
  /// What may wait for the disk, of one tape: 16 seconds of a call.
  std::size_t waiting_bytes_max = 256 << 10;
  /// With less room on the disk no tape begins, and those that run end.
  std::uintmax_t free_bytes_min = 256 << 20;
  /// How often tapes go to the disk for good: what a crash of the machine may cost. One
  /// of the process costs nothing that was written.
  std::chrono::milliseconds sync_every{5'000};
};

/// How a tape ended.
struct tape_end {
  tape_label label;
  std::filesystem::path file; ///< whole and synced; gone when it failed
  std::string failure;        ///< disk_full, disk_slow or disk_failed; empty: none
};

/// What a deck tells, on its own thread.
struct deck_listener {
  std::function<void(const tape_label&)> began;
  std::function<void(tape_end)> ended; ///< once for each tape
};

class tape;

/// Writes the tapes of a node on one thread of its own. A disk that is full or too slow
/// costs the recording, never the call.
class tape_deck {
public:
  tape_deck(deck_options options, deck_listener listener);
  /// Writes what waits and ends all tapes.
  ~tape_deck();

  tape_deck(const tape_deck&) = delete;
  tape_deck& operator=(const tape_deck&) = delete;

  /// From any thread.
  std::unique_ptr<tape> begin(const tape_label& label);

private:
  friend class tape;

  struct impl;

  std::shared_ptr<impl> impl_;
};

/// One call's tape while it is written. Used by one thread; never blocks.
class tape {
public:
  ~tape() { close(); }

  tape(const tape&) = delete;
  tape& operator=(const tape&) = delete;

  /// False: the tape is over, by `close` or because it failed; the entries are dropped.
  bool write(std::string entries);

  /// No more follows. Again: nothing happens.
  void close();

private:
  friend class tape_deck;

  struct file;

  tape(std::weak_ptr<tape_deck::impl> deck, std::shared_ptr<file> at)
      : deck_{std::move(deck)}, file_{std::move(at)} {}

  std::weak_ptr<tape_deck::impl> deck_;
  std::shared_ptr<file> file_;
};

/// Tapes that run when their process ends have a name that says so. This gives those of
/// earlier processes the name of whole ones: once, before a deck writes to `folder`.
void adopt_tapes(const std::filesystem::path& folder);

/// The tapes in `folder` that nobody writes to; their ends may be torn.
std::vector<std::filesystem::path> left_tapes(const std::filesystem::path& folder);

} // namespace caly::recording
