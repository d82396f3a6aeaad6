#pragma once

#include <array>
#include <cstdint>
#include <string>

namespace caly {

/// What can be wrong with what comes over a carrier's media socket, and does not end it.
enum class line_fault : std::uint8_t {
  unreadable, ///< No message of this carrier's, or audio that is no base64.
  late,       ///< A frame that came twice or was overtaken.
  misdated,   ///< A frame whose time cannot be.
  lost,       ///< Milliseconds of audio that never came.
  flood,      ///< Milliseconds of the agent's audio that found no room to wait.
};

/// The faults of one call's line, each counted, and into `caly_media_faults_total` by
/// kind.
class line_faults {
public:
  /// `total` of this kind so far. True: the first ones.
  bool counted(line_fault kind, std::uint64_t total);

  /// One more. True: the first one.
  bool add(line_fault kind);

  bool any() const;

  /// A JSON object with those that happened: `{"late":2,"lost_ms":40}`.
  std::string detail() const;

private:
  std::array<std::uint64_t, 5> counts_{};
};

/// `late`; `lost_ms` for what is counted in milliseconds.
const char* to_string(line_fault kind);

} // namespace caly
