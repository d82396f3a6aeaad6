#pragma once

#include "config/settings.hpp"
#include "tests/bench/sandbox/ear_vendor.hpp"
#include "tests/bench/sandbox/http_vendor.hpp"

namespace caly::bench {

/// All that a cascade needs of vendors, on loopback; they answer at once.
struct vendors {
  /// The voice makes `sentence_bytes` of µ-law of every sentence.
  vendors(vendor_watch& watch, std::size_t sentence_bytes);

  /// Settings under which a node uses them and nobody else.
  settings chosen() const;

  ear_vendor ear;    ///< As Deepgram.
  http_vendor mind;  ///< Chat Completions, streamed: two sentences.
  http_vendor voice; ///< As Cartesia.
};

inline constexpr std::size_t sentences_of_answer = 2;

} // namespace caly::bench
