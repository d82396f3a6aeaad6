#pragma once

#include "config/settings.hpp"
#include "net/client/http_client.hpp"
#include "net/media/cascade/ports.hpp"
#include "runtime/base/clock.hpp"

#include <memory>
#include <string>
#include <vector>

namespace caly {

/// A stage of a cascade at one provider.
template <class Maker>
struct cascade_part {
  std::string name; ///< As in the settings `call.ear`, `call.voice` and `call.mind`.
  Maker make;
};

/// Who may do each stage of a cascade, the preferred one first, then the fallbacks.
struct cascade_parts {
  std::vector<cascade_part<ear_maker>> ears;
  std::vector<cascade_part<voice_maker>> voices;
  std::vector<cascade_part<mind_maker>> minds;

  /// Every stage has somebody.
  bool complete() const { return !ears.empty() && !voices.empty() && !minds.empty(); }
};

/// Whether the settings give every stage somebody.
bool can_cascade(const settings& chosen);

/// Takes the order from `call.ear`, `call.voice` and `call.mind`, and leaves out
/// providers that lack a key, a voice or a model.
cascade_parts make_cascade_parts(const settings& chosen,
                                 const std::shared_ptr<http_client>& client,
                                 const wall_clock& clock);

} // namespace caly
