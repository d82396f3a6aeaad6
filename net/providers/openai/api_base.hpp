#pragma once

#include <string>

namespace caly::openai {

/// A base URL with its version, whether it came with or without one.
std::string api_base(std::string base_url);

} // namespace caly::openai
