#pragma once

#include "actors/model/ids.hpp"
#include "runtime/observe/status.hpp"

#include <caf/meta/type_name.hpp>
#include <caf/typed_actor.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace caly {

/// Lets the carrier record a live call from now on, caller and agent on a channel each.
/// It records once more each time it is asked.
struct begin_carrier_recording {
  tenant_id tenant;
  call_id call;
  std::string provider_call_id;

  template <class Inspector>
  friend auto inspect(Inspector& f, begin_carrier_recording& x) {
    return f(caf::meta::type_name("caly.begin_carrier_recording"),
             x.tenant,
             x.call,
             x.provider_call_id);
  }
};

/// Puts silence in place of what is said from now on, or goes on. May be repeated.
struct steer_carrier_recording {
  std::string provider_call_id;
  bool paused = false;

  template <class Inspector>
  friend auto inspect(Inspector& f, steer_carrier_recording& x) {
    return f(caf::meta::type_name("caly.steer_carrier_recording"),
             x.provider_call_id,
             x.paused);
  }
};

/// Asks for all recordings of a call that were begun as above.
struct list_carrier_recordings {
  std::string provider_call_id;

  template <class Inspector>
  friend auto inspect(Inspector& f, list_carrier_recordings& x) {
    return f(caf::meta::type_name("caly.list_carrier_recordings"), x.provider_call_id);
  }
};

struct carrier_recording_entry {
  std::string id;     ///< the carrier's name of it
  std::string status; ///< running, completed, absent, failed

  template <class Inspector>
  friend auto inspect(Inspector& f, carrier_recording_entry& x) {
    return f(caf::meta::type_name("caly.carrier_recording_entry"), x.id, x.status);
  }
};

struct carrier_recording_list {
  std::vector<carrier_recording_entry> entries;

  template <class Inspector>
  friend auto inspect(Inspector& f, carrier_recording_list& x) {
    return f(caf::meta::type_name("caly.carrier_recording_list"), x.entries);
  }
};

/// Writes the WAV file of a completed recording to `file`, which is new.
struct fetch_carrier_recording {
  std::string recording;
  std::string file;
  std::uint64_t bytes_max = 0;

  template <class Inspector>
  friend auto inspect(Inspector& f, fetch_carrier_recording& x) {
    return f(caf::meta::type_name("caly.fetch_carrier_recording"),
             x.recording,
             x.file,
             x.bytes_max);
  }
};

/// Deletes a recording for good; one that is not over is ended first.
struct remove_carrier_recording {
  std::string provider_call_id;
  std::string recording;
  bool over = true;

  template <class Inspector>
  friend auto inspect(Inspector& f, remove_carrier_recording& x) {
    return f(caf::meta::type_name("caly.remove_carrier_recording"),
             x.provider_call_id,
             x.recording,
             x.over);
  }
};

/// A RECORDING CARRIER records calls whose audio we never have. Errors of all:
/// `unavailable` (try again), `refused` (it never will, and says why).
using recording_carrier_actor = caf::typed_actor<
    // Answers the carrier's name of it. Errors: `outcome_unknown` (it may record: list
    // before asking again).
    caf::replies_to<begin_carrier_recording>::with<std::string>,
    caf::replies_to<steer_carrier_recording>::with<bool>,
    caf::replies_to<list_carrier_recordings>::with<carrier_recording_list>,
    // Answers the bytes of the file; without an answer there is no file. Errors:
    // `not_found` (not there, or not yet), `too_large`.
    caf::replies_to<fetch_carrier_recording>::with<std::uint64_t>,
    // True also when it was gone already.
    caf::replies_to<remove_carrier_recording>::with<bool>,
    caf::replies_to<get_status>::with<status_report>>;

} // namespace caly
