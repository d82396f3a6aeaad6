#pragma once

#include "actors/api/blob_store.hpp"
#include "actors/api/records.hpp"
#include "net/media/recording/mixdown.hpp"
#include "net/media/recording/tape_deck.hpp"
#include "runtime/base/clock.hpp"
#include "runtime/observe/spawn.hpp"

#include <chrono>
#include <deque>
#include <filesystem>
#include <optional>
#include <set>
#include <string>

namespace caly::recording {

/// A tape of this node has begun.
struct tape_begun {
  tenant_id tenant;
  call_id call;
  std::int32_t part = 1;

  template <class Inspector>
  friend auto inspect(Inspector& f, tape_begun& x) {
    return f(caf::meta::type_name("caly.tape_begun"), x.tenant, x.call, x.part);
  }
};

/// A tape of this node is over; see `tape_end`.
struct tape_over {
  tenant_id tenant;
  call_id call;
  std::int32_t part = 1;
  std::string file;
  std::string failure;

  template <class Inspector>
  friend auto inspect(Inspector& f, tape_over& x) {
    return f(caf::meta::type_name("caly.tape_over"),
             x.tenant,
             x.call,
             x.part,
             x.file,
             x.failure);
  }
};

/// Keeps a WAV file that somebody else made as a part of a call. The file is the
/// archive's from now on, also when the answer is an error.
struct keep_wav {
  tenant_id tenant;
  call_id call;
  std::int32_t part = 1;
  std::string file;

  template <class Inspector>
  friend auto inspect(Inspector& f, keep_wav& x) {
    return f(caf::meta::type_name("caly.keep_wav"), x.tenant, x.call, x.part, x.file);
  }
};

/// Time to go on with what waits; `sweep` also to delete what is not to be kept.
struct archive_tick {
  bool sweep = false;

  template <class Inspector>
  friend auto inspect(Inspector& f, archive_tick& x) {
    return f(caf::meta::type_name("caly.archive_tick"), x.sweep);
  }
};

/// The ARCHIVE of a node makes recordings of tapes, stores them and deletes them.
using archive_actor = caf::typed_actor<caf::reacts_to<tape_begun>,
                                       caf::reacts_to<tape_over>,
                                       // The part's state when there is nothing more to
                                       // do for it, however long that takes. Errors:
                                       // `conflict` (the part is on its way already).
                                       caf::replies_to<keep_wav>::with<std::string>,
                                       caf::reacts_to<archive_tick>,
                                       caf::replies_to<get_status>::with<status_report>>;

struct archive_options {
  std::string node;
  std::filesystem::path
      tapes; ///< the deck's folder: what an earlier process left is kept
  std::filesystem::path mixed; ///< for WAV files on their way
  /// Where the blobs lie, as rows name it: `s3`, `shared`, or the node for a folder of
  /// its own.
  std::string place;
  int keep_days = 90;
  std::chrono::milliseconds sweep_every{60'000};
  /// Between tries, doubled each time. What cannot be stored waits on the disk, whose
  /// room the deck watches.
  std::chrono::milliseconds first_pause{2'000};
  std::chrono::milliseconds pause_max{300'000};
};

struct archive_ports {
  records_actor records;
  blob_store_actor blobs;
  wall_clock clock;
};

/// One part of a call on its way from the tape to the store.
struct archive_job {
  tape_label label;
  std::filesystem::path tape; ///< empty: the WAV file is there already
  std::filesystem::path wav;
  std::string failure;             ///< set: this is all that is left to tell
  std::optional<mixed_tape> mixed; ///< set: the WAV file is there
  std::uint32_t tries = 0;
  std::chrono::steady_clock::time_point due;
  caf::typed_response_promise<std::string> told{}; ///< of who brought the WAV file
};

/// Invariant: a part that is live or waits is not swept.
struct archive_state {
  std::set<std::string> live;      ///< parts whose tapes run
  std::deque<archive_job> waiting; ///< the first one is worked on while `busy`
  bool busy = false;
  std::uint64_t ready_total = 0;
  std::uint64_t bytes_total = 0;
  std::uint64_t failed_total = 0;
  std::uint64_t torn_total = 0;
  std::uint64_t retries_total = 0;
  std::uint64_t erased_total = 0;
};

/// Waits for the disk: for an actor with a thread of its own (`caf::detached`). A crash
/// at any point costs nothing: the tape stays until the store has the recording and the
/// rows say so, and everything may be done again.
archive_actor::behavior_type archive(self_ptr<archive_actor, archive_state> self,
                                     archive_options options,
                                     archive_ports ports);

/// `{client_id}/{call_id}.wav`; later parts of a call `{client_id}/{call_id}-2.wav`.
std::string key_of(const tape_label& label);

} // namespace caly::recording
