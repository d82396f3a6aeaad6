#pragma once

#include "tests/simulators/base/world.hpp"
#include "tests/simulators/http/http_message.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace caly::sim {

/// Answers with `pieces` one after the other, `seconds_between` simulated seconds apart,
/// and stops when the client hangs up. Under `rate_cut` of `provider` the connection is
/// reset in the middle.
void answer_in_pieces(world& world,
                      std::string_view provider,
                      const exchange_ptr& exchange,
                      const http_response& head,
                      std::vector<std::string> pieces,
                      double seconds_between);

/// Answers with the sound of `text` in µ-law, 200 ms a piece and ten times as fast as it
/// is spoken. A text without letters makes no sound.
void answer_in_speech(world& world,
                      std::string_view provider,
                      const exchange_ptr& exchange,
                      const http_response& head,
                      const std::string& text);

} // namespace caly::sim
