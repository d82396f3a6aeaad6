#pragma once

#include "actors/model/brain_kind.hpp"
#include "config/settings.hpp"
#include "net/speech/dictionary.hpp"
#include "net/speech/speech_desk.hpp"

#include <memory>
#include <optional>

namespace caly {

/// How this node runs `caly_speech`. Nothing: the program is not there.
std::optional<speech_options> own_speech(const settings& chosen);

/// What its recogniser can pronounce; nothing without the program or its model.
std::optional<known_word> own_dictionary(const settings& chosen);

/// The brain for carriers whose media sockets are joined before their call is asked who
/// speaks in it: what `call.brain` names, else a speech model, a cascade, and, where the
/// carrier's audio is `wide`, the embedded brain.
brain_kind brain_of_sockets(const settings& chosen, bool wide);

} // namespace caly
