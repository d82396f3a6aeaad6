#pragma once

#include "actors/api/call_control.hpp"
#include "actors/api/records.hpp"
#include "actors/api/region.hpp"

#include <caf/actor_system.hpp>

#include <functional>
#include <memory>
#include <string>

namespace caly {

/// Somebody who hears a live call, wherever in the cluster it is, and speaks in it while
/// they have its word. Listening ends with the object.
class call_ear {
public:
  virtual ~call_ear() = default;

  /// µ-law, 8 kHz; dropped until the call was found, and while a person has not the word.
  virtual void speak(std::string codes) = 0;
};

/// What a listener gets: pieces of audio, or once why there are none. Any thread.
struct call_ear_sink {
  std::function<void(const call_audio&)> heard;
  std::function<void(const caf::error&)> failed;
};

/// Makes the ear of somebody of a tenant for one of its calls. Errors that it tells:
/// `not_found`, `conflict` (nobody talks in the call), `refused`, `unavailable`.
using call_ear_maker = std::function<std::shared_ptr<call_ear>(
    const tenant_id&, const call_id&, call_ear_sink)>;

call_ear_maker
call_ears(caf::actor_system& sys, records_actor records, region_actor region);

} // namespace caly
