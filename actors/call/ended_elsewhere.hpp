#pragma once

#include "actors/api/call.hpp"

#include <optional>
#include <string_view>

namespace caly {

/// What a notification of the database says of a call that a carrier's event ended,
/// whichever node committed it: the node that tends the call may be another one. Nothing
/// for all other notifications, also for calls that may never have been placed: their
/// sender knows more of them.
std::optional<call_progressed> ended_elsewhere(std::string_view notification);

/// The same of a transfer, whose steps the carriers' requests commit on any node.
std::optional<transfer_progressed> transfer_news(std::string_view notification);

} // namespace caly
