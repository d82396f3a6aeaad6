#pragma once

#include "actors/api/carrier_recordings.hpp"
#include "actors/api/records.hpp"
#include "net/media/recording/archive.hpp"

#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <string_view>

namespace caly::recording {

/// The rows of a call's recording at its carrier changed: a hint.
struct look_at_carrier {
  tenant_id tenant;
  call_id call;

  template <class Inspector>
  friend auto inspect(Inspector& f, look_at_carrier& x) {
    return f(caf::meta::type_name("caly.look_at_carrier"), x.tenant, x.call);
  }
};

/// Time to look for what no hint told of, and to hold on to what is being done.
struct collector_tick {
  template <class Inspector>
  friend auto inspect(Inspector& f, collector_tick&) {
    return f(caf::meta::type_name("caly.collector_tick"));
  }
};

/// The COLLECTOR of a node has carriers record calls, pause and go on, and brings what
/// they recorded to the archive; then nothing of it is left with them.
using collector_actor =
    caf::typed_actor<caf::reacts_to<look_at_carrier>,
                     caf::reacts_to<collector_tick>,
                     caf::replies_to<get_status>::with<status_report>>;

struct collector_options {
  std::string node;
  std::filesystem::path fetched; ///< for files on their way; the archive's `mixed`
  /// Rows that are due are looked for, and those at hand are claimed again.
  std::chrono::milliseconds sweep_every{20'000};
  /// How long a node that died keeps others from its rows.
  std::chrono::milliseconds hold{45'000};
  /// Between looks at a call that is being recorded: it may have ended unsaid.
  std::chrono::milliseconds live_pause{20'000};
  /// After a call's end the carrier is given so long to say that its recording is over.
  std::chrono::milliseconds callback_grace{10'000};
  /// A pause that the carrier confirms later did not keep out what it should have.
  std::chrono::milliseconds pause_late{3'000};
  std::chrono::milliseconds first_pause{1'000}; ///< doubled with each try
  std::chrono::milliseconds pause_max{300'000};
  /// Tries of one step; deleting is tried for as long as it takes.
  std::int64_t tries_max = 10;
  std::size_t fetches_max = 2; ///< at a time
  std::size_t jobs_max = 256;  ///< at a time; more wait in the rows
};

struct collector_ports {
  records_actor records;
  archive_actor archive;
  std::map<std::string, recording_carrier_actor> carriers; ///< by provider
  wall_clock clock;
};

/// Invariant: a call in `jobs` is worked on, by nobody else here.
struct collector_state {
  struct job {
    tenant_id tenant;
    bool look_again = false; ///< a hint came meanwhile
  };

  std::map<call_id, job> jobs;
  std::size_t fetching = 0;
  std::deque<std::function<void()>> fetches; ///< that wait for others to be over
  std::uint64_t files = 0;                   ///< names of files end with it
  std::uint64_t begun_total = 0;
  std::uint64_t steered_total = 0;
  std::uint64_t fetched_total = 0;
  std::uint64_t failed_total = 0;
  std::uint64_t removed_total = 0;
  std::uint64_t retries_total = 0;
};

/// Every step is a row before and after it: whichever node finds a row due goes on with
/// it.
collector_actor::behavior_type collector(self_ptr<collector_actor, collector_state> self,
                                         collector_options options,
                                         collector_ports ports);

/// A notification of the database that is such a hint for `node`.
std::optional<look_at_carrier> carrier_recording_news(std::string_view notification,
                                                      std::string_view node);

} // namespace caly::recording
