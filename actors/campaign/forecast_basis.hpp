#pragma once

#include "actors/api/forecaster.hpp"
#include "actors/campaign/forecast.hpp"

#include <caf/expected.hpp>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace caly {

/// What the settings of the node add to what the rows say.
struct forecast_terms {
  double calls_per_s = 1; ///< of a number without a rate of its own
  std::int64_t hold_micros = 0;
  std::int64_t price_per_minute_micros = 0;
  std::int64_t pulse_s = 1;
  double ring_s = 30; ///< nobody answers for so long
};

/// A campaign as the rows have it, ready to be played.
struct forecast_basis {
  using counts = std::vector<std::pair<std::string, std::int64_t>>;

  struct past {
    std::int64_t calls = 0;
    std::int64_t answered = 0;
    std::int64_t talked_s = 0;
    std::int64_t charged_micros = 0;
  };

  forecast_input input;
  counts skipped; ///< rows that are never called, by reason; those of the file too
  counts waiting; ///< rows that may not be called yet, by reason
  past so_far;
};

/// Reads the answer of `campaigns.forecast_basis`. Errors: `invalid`, which is a defect.
caf::expected<forecast_basis> read_forecast_basis(std::string_view text,
                                                  const make_forecast& wish,
                                                  const forecast_terms& terms,
                                                  std::int64_t starts_ms);

/// The document that users see; `Forecast` in net/rest/openapi.json.
std::string forecast_text(const forecast_basis& basis,
                          const campaign_forecast& made,
                          const make_forecast& wish,
                          std::int64_t now_ms);

} // namespace caly
