#pragma once

#include "actors/call/call_agent.hpp"
#include "config/settings.hpp"
#include "runtime/base/json.hpp"

#include <caf/expected.hpp>

#include <set>
#include <string>

namespace caly {

/// The brains that the settings give a node, and the agents behind them. Those carriers
/// record for us the calls that they hear and speak in.
call_voices voices_of(const settings& chosen,
                      std::set<std::string> recording_carriers = {});

/// The same agents again from `call_voices::recipe`, for whoever replays a call; only the
/// grammar of what our own recogniser hears is left out. Errors: `invalid`.
caf::expected<call_voices> voices_again(const json& recipe);

} // namespace caly
