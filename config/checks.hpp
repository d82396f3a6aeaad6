#pragma once

#include "config/loader.hpp"

namespace caly {

/// Fills in development secrets outside production, then finds what single ranges cannot
/// show: missing settings, settings that contradict each other, weak settings in
/// production.
void check_settings(loaded_settings& loaded);

} // namespace caly
