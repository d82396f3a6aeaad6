#pragma once

#include "actors/model/ids.hpp"
#include "runtime/base/caf_optional.hpp"
#include "runtime/observe/status.hpp"

#include <caf/meta/type_name.hpp>
#include <caf/typed_actor.hpp>

#include <cstdint>
#include <optional>
#include <string>

namespace caly {

/// Play the rest of a campaign, or all of a draft, without calling anybody. What is
/// absent is as the campaign, the account and their last calls have it.
struct make_forecast {
  tenant_id tenant;
  campaign_id campaign;
  std::optional<std::uint32_t> lines;       ///< calls at a time, 1 to 1000
  std::optional<std::int64_t> starts_at_ms; ///< Unix time, not in the past
  std::optional<double> answer_rate;        ///< of attempts, 0 to 1
  std::optional<double> talk_s;             ///< mean length of a talk, above 0
  std::uint64_t seed = 1;

  template <class Inspector>
  friend auto inspect(Inspector& f, make_forecast& x) {
    return f(caf::meta::type_name("caly.make_forecast"),
             x.tenant,
             x.campaign,
             x.lines,
             x.starts_at_ms,
             x.answer_rate,
             x.talk_s,
             x.seed);
  }
};

struct forecast_made {
  std::string json; ///< one object, see `Forecast` in net/rest/openapi.json

  template <class Inspector>
  friend auto inspect(Inspector& f, forecast_made& x) {
    return f(caf::meta::type_name("caly.forecast_made"), x.json);
  }
};

/// A campaign runs: see that it has a forecast to be compared with. Harmless again.
struct keep_forecast {
  tenant_id tenant;
  campaign_id campaign;

  template <class Inspector>
  friend auto inspect(Inspector& f, keep_forecast& x) {
    return f(caf::meta::type_name("caly.keep_forecast"), x.tenant, x.campaign);
  }
};

/// The FORECASTER of a node tells how campaigns will go. It has a thread of its own and
/// makes one forecast at a time; some wait, more are refused.
using forecaster_actor = caf::typed_actor<
    // Errors: `not_found`, `conflict` (the campaign is over), `rate_limited` (too many
    // wait), `timed_out`, `unavailable`.
    caf::replies_to<make_forecast>::with<forecast_made>,
    caf::reacts_to<keep_forecast>,
    caf::replies_to<get_status>::with<status_report>>;

} // namespace caly
