#pragma once

namespace caly::client {

/// The version of this build.
inline constexpr const char* version = "0.1.0";

} // namespace caly::client
