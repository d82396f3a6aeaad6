#pragma once

#include "config/loader.hpp"

#include <string>

namespace caly {

/// All settings with their defaults and descriptions as a TOML file to start from.
std::string sample_settings();

/// One paragraph per setting: type, range, default, environment names.
std::string settings_help();

/// The settings in force as TOML with the origin of each value; secrets are masked.
std::string print_settings(const loaded_settings& loaded);

/// One line per problem.
std::string print_problems(const loaded_settings& loaded);

} // namespace caly
