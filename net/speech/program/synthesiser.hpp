#pragma once

#include "net/media/g711.hpp"

#include <string>

namespace caly {

/// espeak-ng in this process; one object at most.
class synthesiser {
public:
  /// Throws `std::runtime_error` when espeak-ng finds no data.
  synthesiser();
  ~synthesiser();
  synthesiser(const synthesiser&) = delete;
  synthesiser& operator=(const synthesiser&) = delete;

  /// `text` as samples, `rate_hz` of them a second, at most 30 seconds. Languages are en,
  /// hi and hinglish. Throws `std::runtime_error`.
  pcm_samples say(const std::string& text, const std::string& language, unsigned rate_hz);

private:
  int own_rate_hz_ = 0;
};

} // namespace caly
