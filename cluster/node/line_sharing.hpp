#pragma once

#include "actors/campaign/forecast.hpp"

namespace caly {

/// The dial scheduler's own share-out, for forecasts.
line_sharer share_lines();

} // namespace caly
