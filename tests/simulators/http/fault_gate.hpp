#pragma once

#include "tests/simulators/base/faults.hpp"
#include "tests/simulators/base/world.hpp"
#include "tests/simulators/http/http_message.hpp"

#include <functional>
#include <string_view>

namespace caly::sim {

/// Delays a request and draws its fault, then hands it to `serve`, which has to honour
/// the fault: only a reset is done here, after `serve` had the chance to note it.
void through_faults(world& world,
                    std::string_view provider,
                    bool creates_call,
                    const exchange_ptr& exchange,
                    std::function<void(fault)> serve);

} // namespace caly::sim
