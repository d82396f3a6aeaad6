#pragma once

#include "actors/api/call.hpp"
#include "actors/api/call_log.hpp"
#include "actors/api/carrier.hpp"
#include "actors/api/carrier_recordings.hpp"
#include "actors/api/forecaster.hpp"
#include "actors/api/imports.hpp"
#include "actors/api/insight.hpp"
#include "actors/api/language_model.hpp"
#include "actors/api/region.hpp"
#include "actors/api/single_calls.hpp"
#include "config/settings.hpp"
#include "net/client/http_requests.hpp"
#include "net/media/recording/archive.hpp"
#include "net/media/recording/collector.hpp"
#include "net/providers/bolna/carrier.hpp"
#include "net/providers/browser/carrier.hpp"
#include "net/providers/exotel/carrier.hpp"
#include "net/webhooks/media_tickets.hpp"
#include "runtime/supervision/role.hpp"
#include "runtime/supervision/supervisor.hpp"
#include "storage/stores/stores.hpp"

#include <memory>

namespace caly {

/// The account at Bolna that the settings name.
bolna::carrier_options bolna_account(const settings& chosen);

/// The same at Exotel; it knows nothing yet of where audio and callbacks go.
exotel::carrier_options exotel_account(const settings& chosen);

/// The actors of a node that do the work, under one supervisor. Their roles stay good
/// while the actors behind them come and go.
class services {
public:
  services(caf::actor_system& system,
           const settings& chosen,
           std::string public_url,
           store_handles stores,
           wall_clock clock);

  /// Starts all of them, in the order of their dependence.
  void start();

  /// Ends them in reverse order.
  void stop();

  const store_handles& stores() const noexcept { return stores_; }

  /// All of them by the name that `dial.provider` and the rows of calls have for them.
  carrier_book carriers() const;

  carrier_actor twilio() const { return twilio_.handle(); }

  carrier_actor telnyx() const { return telnyx_.handle(); }

  carrier_actor bolna() const { return bolna_.handle(); }

  carrier_actor exotel() const { return exotel_.handle(); }

  browser::line_keeper_actor browsers() const { return browsers_.handle(); }

  http_requests_actor http() const { return http_.handle(); }

  insight_actor insight() const { return insight_.handle(); }

  calls_actor calls() const { return calls_.handle(); }

  region_actor region() const { return region_.handle(); }

  import_runner_actor imports() const { return imports_.handle(); }

  blob_store_actor blobs() const { return blobs_.handle(); }

  recording::archive_actor archive() const { return archive_.handle(); }

  recording::collector_actor collector() const { return collector_.handle(); }

  forecaster_actor forecaster() const { return forecaster_.handle(); }

  /// Answers `campaigns.progress`.
  records_actor progress() const { return progress_.handle(); }

  /// The region takes wishes for single calls to the owner of the tenant.
  single_calls_actor single_calls() const {
    return caf::actor_cast<single_calls_actor>(region_.handle());
  }

  supervisor_actor supervisor() const { return supervisor_; }

private:
  child_spec http_child();
  child_spec twilio_child();
  child_spec twilio_recordings_child();
  child_spec telnyx_child();
  child_spec bolna_child();
  child_spec exotel_child();
  child_spec browsers_child();
  child_spec model_child();
  child_spec insight_child();
  child_spec call_logs_child();
  child_spec calls_child();
  child_spec region_child();
  child_spec imports_child();
  child_spec forecaster_child();
  child_spec progress_child();

  caf::actor_system& system_;
  const settings& chosen_;
  std::string public_url_;
  store_handles stores_;
  wall_clock clock_;
  media_tickets ringing_passes_; ///< good for as long as a phone rings, and a little more
  std::shared_ptr<http_client> client_ = std::make_shared<http_client>();
  role<http_requests_actor> http_;
  role<carrier_actor> twilio_;
  role<carrier_actor> telnyx_;
  role<carrier_actor> bolna_;
  role<carrier_actor> exotel_;
  role<browser::line_keeper_actor> browsers_;
  role<language_model_actor> model_;
  role<insight_actor> insight_;
  role<call_log_keeper_actor> call_logs_;
  role<calls_actor> calls_;
  role<region_actor> region_;
  role<import_runner_actor> imports_;
  role<forecaster_actor> forecaster_;
  role<records_actor> progress_;
  role<blob_store_actor> blobs_;
  role<recording::archive_actor> archive_;
  role<recording_carrier_actor> twilio_recordings_;
  role<recording::collector_actor> collector_;
  supervisor_actor supervisor_;
};

} // namespace caly
