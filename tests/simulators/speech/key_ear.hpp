#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace caly::sim {

/// Hears the keys that are pressed on a line, by their tones, as exchanges do: spandsp's
/// detector.
class key_ear {
public:
  key_ear();

  /// µ-law, 8 kHz. Answers the keys that were recognised in it: 0 to 9, *, #, A to D.
  std::string hear(std::string_view audio);

private:
  std::unique_ptr<void, void (*)(void*)> detector_;
};

} // namespace caly::sim
