#pragma once

#include <string>
#include <string_view>

namespace caly {

/// Which of a service's voices speaks which of Caly's languages.
struct voice_names {
  std::string english;
  std::string hindi;    ///< Empty: as English.
  std::string hinglish; ///< Empty: as Hindi.

  const std::string& of(std::string_view language) const noexcept {
    if (language == "hinglish" && !hinglish.empty())
      return hinglish;
    return (language == "hinglish" || language == "hi") && !hindi.empty() ? hindi
                                                                          : english;
  }
};

} // namespace caly
