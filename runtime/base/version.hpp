#pragma once

namespace caly {

/// The version of this build, as `--version` and the node table show it. CMakeLists.txt
/// reads it from here.
inline constexpr const char* build_version = "0.1.0";

} // namespace caly
