#pragma once

#include "actors/model/ids.hpp"
#include "runtime/observe/status.hpp"

#include <caf/meta/type_name.hpp>

#include <cstdint>
#include <string>

namespace caly {

/// Tells the agent something that the caller does not hear.
struct advise_agent {
  std::string text;

  template <class Inspector>
  friend auto inspect(Inspector& f, advise_agent& x) {
    return f(caf::meta::type_name("caly.advise_agent"), x.text);
  }
};

/// Who speaks to the caller.
enum class call_speaker : std::uint8_t {
  agent,
  nobody, ///< the caller is on hold
  person, ///< of the tenant's team: their audio comes as `person_speaks`
};

std::string to_string(call_speaker speaker);

struct give_word {
  call_speaker to = call_speaker::agent;

  template <class Inspector>
  friend auto inspect(Inspector& f, give_word& x) {
    return f(caf::meta::type_name("caly.give_word"), x.to);
  }
};

/// µ-law, 8 kHz: what the person says who has the word.
struct person_speaks {
  std::string audio;

  template <class Inspector>
  friend auto inspect(Inspector& f, person_speaks& x) {
    return f(caf::meta::type_name("caly.person_speaks"), x.audio);
  }
};

/// A piece of a call's audio for those who listen in: µ-law, 8 kHz. `at_ms` is the time
/// on the line of its first sample; the agent's audio is told when it is sent, up to the
/// carrier's lead before it is heard.
struct call_audio {
  call_id call;
  std::int64_t at_ms = 0;
  bool caller = true; ///< else: the agent's or the person's voice
  std::string audio;

  template <class Inspector>
  friend auto inspect(Inspector& f, call_audio& x) {
    return f(caf::meta::type_name("caly.call_audio"), x.call, x.at_ms, x.caller, x.audio);
  }
};

/// Somebody who listens in; ends with the listener's socket. Audio comes as requests: the
/// answer says that a piece was taken, and makes room for the next one.
using call_listener_actor =
    caf::typed_actor<caf::reacts_to<call_audio>,
                     caf::replies_to<get_status>::with<status_report>>;

/// Lets `listener` hear the call until it ends, or the listener is gone.
struct listen_in {
  call_listener_actor listener;

  template <class Inspector>
  friend auto inspect(Inspector& f, listen_in& x) {
    return f(caf::meta::type_name("caly.listen_in"), x.listener);
  }
};

} // namespace caly
