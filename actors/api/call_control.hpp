#pragma once

#include "actors/api/call.hpp"
#include "actors/model/ids.hpp"
#include "runtime/observe/status.hpp"

#include <caf/meta/type_name.hpp>

#include <cstdint>
#include <string>

namespace caly {

/// How a call is handed over to a person (0011_transfers.sql).
enum class transfer_mode : std::uint8_t {
  blind, ///< the caller waits while the person's phone rings
  warm,  ///< the agent stays with the caller until the person took the call
  refer, ///< by SIP REFER: the carrier is out of it
};

/// Hands the call over to a person.
struct transfer_call {
  transfer_mode mode = transfer_mode::warm;
  std::string destination; ///< E.164 or sip:
  std::string name;        ///< as the caller knows whom is asked for
  std::string briefing; ///< what the person hears first; empty: what the call was about
  std::string by;       ///< agent, or the user who wants it

  template <class Inspector>
  friend auto inspect(Inspector& f, transfer_call& x) {
    return f(caf::meta::type_name("caly.transfer_call"),
             x.mode,
             x.destination,
             x.name,
             x.briefing,
             x.by);
  }
};

/// What people do to a live call. Every call actor is one. Of those that answer with a
/// flag, false means that there is nobody who could do it: no audio of the call is here.
using call_desk_actor = caf::typed_actor<
    // The number of the transfer within the call. Errors: `conflict` (the call is over,
    // or is being transferred already), `invalid`, `refused` (its carrier cannot),
    // `unavailable`.
    caf::replies_to<transfer_call>::with<std::int32_t>,
    caf::reacts_to<transfer_progressed>,
    caf::replies_to<say_text>::with<bool>,
    caf::replies_to<advise_agent>::with<bool>,
    caf::replies_to<give_word>::with<bool>,
    // Dropped unless the person has the word. As a request: the answer says that it was
    // taken, and makes room for the next one.
    caf::reacts_to<person_speaks>,
    caf::replies_to<listen_in>::with<bool>>;

} // namespace caly
