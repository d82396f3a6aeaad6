#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>

namespace caly {

/// Who listens, thinks and speaks in a call.
enum class brain_kind : std::uint8_t {
  realtime, ///< a speech model: audio in, audio out
  cascade,  ///< speech to text, a language model, text to speech
  relay,    ///< the carrier listens and speaks; text goes back and forth over a socket
  gather,   ///< the same with a request for each turn
  embedded, ///< our own programs listen and speak, without any account; needs wide audio
};

/// The name in settings, agent profiles and media tickets.
std::string to_string(brain_kind kind);

/// Nothing for a name that is none.
std::optional<brain_kind> parse_brain_kind(std::string_view name);

/// `wanted` when it is in both, else the first behind it that is, in the order of
/// the enumeration and around its end; nothing when they have none in common. Each step
/// needs less of us than the one before.
std::optional<brain_kind> nearest_brain(brain_kind wanted,
                                        const std::set<brain_kind>& able,
                                        const std::set<brain_kind>& possible);

} // namespace caly
