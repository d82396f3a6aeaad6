#include "cluster/node/services.hpp"

#include "actors/call/calls.hpp"
#include "actors/call/log/keeper.hpp"
#include "actors/campaign/campaign.hpp"
#include "actors/campaign/forecaster.hpp"
#include "actors/campaign/progress_board.hpp"
#include "actors/imports/import_runner.hpp"
#include "actors/insight/insight_actor.hpp"
#include "actors/region/region.hpp"
#include "actors/scheduler/dial_scheduler.hpp"
#include "actors/tenant/tenant.hpp"
#include "cluster/node/line_sharing.hpp"
#include "cluster/node/own_speech.hpp"
#include "cluster/node/recordings.hpp"
#include "cluster/node/voices.hpp"
#include "config/units.hpp"
#include "net/providers/openai/responses.hpp"
#include "net/providers/telnyx/carrier.hpp"
#include "net/providers/twilio/carrier.hpp"
#include "net/providers/twilio/recordings.hpp"
#include "net/webhooks/exotel.hpp"
#include "runtime/supervision/exit.hpp"

namespace caly {

namespace {

call_options options_of_calls(const settings& chosen) {
  call_options options;
  options.fuse = chosen.dial.fuse;
  options.create_timeout = chosen.dial.create_timeout;
  options.ring_timeout = chosen.dial.ring_timeout;
  options.first_hold = std::chrono::minutes{chosen.billing.hold_minutes};
  options.tool_calls_max = static_cast<std::uint32_t>(chosen.call.tool_calls_max);
  options.turns_max = static_cast<std::size_t>(chosen.call.transcript_turns_max);
  return options;
}

campaign_plan plan_of(const json& row) {
  campaign_plan plan;
  plan.concurrency = static_cast<std::uint32_t>(row["concurrency"].int_or(1));
  plan.breaker_window = static_cast<std::uint32_t>(row["breaker_window"].int_or(20));
  plan.breaker_ratio = row["breaker_ratio"].as_double().value_or(0.5);
  return plan;
}

} // namespace

bolna::carrier_options bolna_account(const settings& chosen) {
  const auto& bolna = chosen.providers.bolna;
  bolna::carrier_options account;
  account.base_url = bolna.base_url;
  account.api_key = bolna.api_key;
  account.agent_id = bolna.agent_id;
  account.from_number = bolna.from_number;
  account.create_timeout = chosen.dial.create_timeout;
  return account;
}

exotel::carrier_options exotel_account(const settings& chosen) {
  const auto& exotel = chosen.providers.exotel;
  exotel::carrier_options account;
  account.base_url = exotel.base_url;
  account.account_sid = exotel.account_sid;
  account.api_key = exotel.api_key;
  account.api_token = exotel.auth_token;
  account.from_number = exotel.from_number;
  account.reference_secret = exotel.webhook_secret;
  account.create_timeout = chosen.dial.create_timeout;
  return account;
}

services::services(caf::actor_system& system,
                   const settings& chosen,
                   std::string public_url,
                   store_handles stores,
                   wall_clock clock)
    : system_{system},
      chosen_{chosen},
      public_url_{std::move(public_url)},
      stores_{std::move(stores)},
      clock_{std::move(clock)},
      ringing_passes_{
          chosen.cluster.secret,
          whole_seconds(chosen.call.media_ticket_ttl + chosen.dial.ring_timeout)},
      http_{system},
      twilio_{system},
      telnyx_{system},
      bolna_{system},
      exotel_{system},
      browsers_{system},
      model_{system},
      insight_{system},
      call_logs_{system},
      calls_{system},
      region_{system},
      imports_{system},
      forecaster_{system},
      progress_{system},
      blobs_{system},
      archive_{system},
      twilio_recordings_{system},
      collector_{system} {}

child_spec services::http_child() {
  return child("http_requests",
               [role = http_, client = client_](caf::local_actor* parent) {
                 return role.fill(spawn<http_requests_actor, http_requests_state>(
                     parent, {"http_requests", "", ""}, http_requests, client));
               });
}

child_spec services::bolna_child() {
  auto account = bolna_account(chosen_);
  account.look_again = still_sending(system_, stores_.records, chosen_.dial.fuse);
  return child("provider-bolna",
               [role = bolna_, account, http = http_.handle()](caf::local_actor* parent) {
                 return role.fill(spawn<carrier_actor, bolna::carrier_state>(
                     parent, {"provider", "bolna", ""}, bolna::carrier, account, http));
               });
}

child_spec services::exotel_child() {
  auto account = exotel_account(chosen_);
  account.callback_url = public_url_ + "/api/calls/webhook";
  const auto rate = chosen_.providers.exotel.sample_rate;
  const exotel_streams streams{
      ringing_passes_, public_url_, rate, brain_of_sockets(chosen_, rate == 16'000)};
  account.stream_url = [streams, clock = clock_](const exotel::call_reference& about) {
    return streams.url(about, clock());
  };
  account.look_again = still_sending(system_, stores_.records, chosen_.dial.fuse);
  return child(
      "provider-exotel",
      [role = exotel_, account, http = http_.handle()](caf::local_actor* parent) {
        return role.fill(spawn<carrier_actor, exotel::carrier_state>(
            parent, {"provider", "exotel", ""}, exotel::carrier, account, http));
      });
}

carrier_book services::carriers() const {
  const auto& all = chosen_.providers;
  carrier_book book;
  // The roles pass on whatever those that fill them take.
  const auto legs = [](const carrier_actor& carrier) {
    return caf::actor_cast<leg_carrier_actor>(carrier);
  };
  book.add("twilio", {twilio(), twilio::traits, all.twilio.from_number, legs(twilio())});
  book.add("telnyx", {telnyx(), telnyx::traits, all.telnyx.from_number, legs(telnyx())});
  book.add("bolna", {bolna(), bolna::traits, all.bolna.from_number});
  book.add("exotel", {exotel(), exotel::traits, all.exotel.from_number});
  book.add("browser", {browsers(), browser::traits});
  return book;
}

child_spec services::browsers_child() {
  browser::line_keeper_options options;
  options.node = chosen_.node.id;
  // The browser has five seconds to speak on its socket.
  options.promise = chosen_.call.media_ticket_ttl + std::chrono::seconds{5};
  const browser::line_keeper_ports ports{
      stores_.dial, stores_.records, calls_.handle(), clock_};
  return child(
      "provider-browser", [role = browsers_, options, ports](caf::local_actor* parent) {
        return role.fill(spawn<browser::line_keeper_actor, browser::line_keeper_state>(
            parent, {"provider", "browser", ""}, browser::line_keeper, options, ports));
      });
}

child_spec services::twilio_child() {
  const auto& twilio = chosen_.providers.twilio;
  twilio::carrier_options account;
  account.base_url = twilio.base_url;
  account.account_sid = twilio.account_sid;
  account.auth_token = twilio.auth_token;
  account.public_url = public_url_;
  account.create_timeout = chosen_.dial.create_timeout;
  account.look_again = still_sending(system_, stores_.records, chosen_.dial.fuse);
  return child(
      "provider-twilio",
      [role = twilio_, account, http = http_.handle()](caf::local_actor* parent) {
        return role.fill(spawn<calling_actor, twilio::carrier_state>(
            parent, {"provider", "twilio", ""}, twilio::carrier, account, http));
      });
}

child_spec services::twilio_recordings_child() {
  const auto& twilio = chosen_.providers.twilio;
  twilio::recordings_options account;
  account.base_url = twilio.base_url;
  account.account_sid = twilio.account_sid;
  account.auth_token = twilio.auth_token;
  account.public_url = public_url_;
  return child(
      "recordings-twilio",
      [role = twilio_recordings_, account, http = http_.handle(), client = client_](
          caf::local_actor* parent) {
        return role.fill(caf::actor_cast<recording_carrier_actor>(
            spawn<twilio::recordings_self_actor, twilio::recordings_state, caf::detached>(
                parent,
                {"recordings", "twilio", ""},
                twilio::recordings,
                account,
                http,
                client)));
      });
}

child_spec services::telnyx_child() {
  const auto& telnyx = chosen_.providers.telnyx;
  telnyx::carrier_options account;
  account.base_url = telnyx.base_url;
  account.account_sid = telnyx.account_sid;
  account.api_key = telnyx.api_key;
  account.application_id = telnyx.application_id;
  account.public_url = public_url_;
  account.create_timeout = chosen_.dial.create_timeout;
  account.look_again = still_sending(system_, stores_.records, chosen_.dial.fuse);
  return child(
      "provider-telnyx",
      [role = telnyx_, account, http = http_.handle()](caf::local_actor* parent) {
        return role.fill(spawn<calling_actor, telnyx::carrier_state>(
            parent, {"provider", "telnyx", ""}, telnyx::carrier, account, http));
      });
}

child_spec services::model_child() {
  const auto& openai = chosen_.providers.openai;
  const openai::responses_options options{
      openai.base_url, openai.api_key, chosen_.insight.timeout};
  return child(
      "provider-openai",
      [role = model_, options, client = client_](caf::local_actor* parent) {
        return role.fill(spawn<language_model_actor, openai::responses_state>(
            parent, {"provider", "openai", ""}, openai::responses, options, client));
      });
}

child_spec services::insight_child() {
  insight_options options;
  options.words_min = chosen_.insight.words_min;
  options.attempts_max = chosen_.insight.attempts_max;
  options.timeout = chosen_.insight.timeout;
  insight_ports ports{stores_.calls, {}, clock_};
  if (!chosen_.providers.openai.api_key.empty()) {
    options.model = chosen_.providers.openai.analysis_model;
    ports.model = model_.handle();
  }
  return child("insight", [role = insight_, options, ports](caf::local_actor* parent) {
    return role.fill(spawn<insight_actor, insight_state>(
        parent, {"insight", "", ""}, caly::insight, options, ports));
  });
}

child_spec services::call_logs_child() {
  return child("call_logs",
               [role = call_logs_, records = stores_.records](caf::local_actor* parent) {
                 return role.fill(spawn<call_log_keeper_actor, call_log_keeper_state>(
                     parent, {"call_logs", "", ""}, call_log_keeper, records));
               });
}

child_spec services::calls_child() {
  call_ports ports;
  ports.store = stores_.dial;
  ports.rows = stores_.calls;
  ports.records = stores_.records;
  ports.carriers = carriers();
  ports.insight = insight_.handle();
  ports.clock = clock_;
  ports.voices = voices_of(chosen_, carriers().recording());
  ports.node = chosen_.node.id;
  ports.logs = call_logs_.handle();
  return child("calls",
               [role = calls_, ports, options = options_of_calls(chosen_)](
                   caf::local_actor* parent) {
                 return role.fill(spawn<calls_actor, calls_state>(
                     parent, {"calls", "", ""}, calls_of_node, options, ports));
               });
}

child_spec services::region_child() {
  tenant_options dialing;
  dialing.provider = chosen_.dial.provider;
  dialing.default_from = carriers().of(chosen_.dial.provider).from_number;
  dialing.reconcile_interval = chosen_.dial.reconcile_interval;
  dialing.ring_timeout = chosen_.dial.ring_timeout;
  dialing.batch_max = static_cast<std::uint32_t>(chosen_.dial.campaign_batch);
  tenant_ports tenants;
  tenants.store = stores_.dial;
  tenants.records = stores_.records;
  tenants.calls = calls_.handle();
  tenants.carriers = carriers();
  tenants.insight = insight_.handle();
  tenants.call_rows = stores_.calls;
  tenants.clock = clock_;
  tenants.start_campaign =
      [records = stores_.records, clock = clock_, forecaster = forecaster_.handle()](
          caf::local_actor& parent,
          const tenant_id& tenant,
          const campaign_id& id,
          const json& row,
          const tenant_actor& owner) {
        return spawn<campaign_actor, campaign_state>(
            parent,
            {"campaign", id.str(), tenant.str()},
            campaign,
            tenant,
            id,
            plan_of(row),
            campaign_ports{records, owner, clock, forecaster});
      };
  tenants.region = region_.handle();
  region_ports ports;
  ports.records = stores_.records;
  ports.calls = calls_.handle();
  ports.start_scheduler = [records = stores_.records, clock = clock_](
                              caf::local_actor& parent, const region_actor& region) {
    return spawn<dial_scheduler_actor, dial_scheduler_state>(
        parent,
        {"dial_scheduler", "", ""},
        dial_scheduler,
        dial_scheduler_ports{records, region, clock});
  };
  ports.start_tenant = [dialing, tenants](caf::local_actor& parent,
                                          const tenant_id& id,
                                          const fence_token& fence) {
    return spawn<tenant_actor, tenant_state>(
        parent, {"tenant", id.str(), id.str()}, tenant, id, fence, dialing, tenants);
  };
  return child("region",
               [role = region_, ports, node = chosen_.node.id](caf::local_actor* parent) {
                 return role.fill(spawn<region_actor, region_state>(
                     parent, {"region", node, ""}, region_of_node, node, ports));
               });
}

child_spec services::imports_child() {
  import_runner_options options;
  options.limits.rows_max = static_cast<std::size_t>(chosen_.limits.import_rows_max);
  options.limits.bytes_max = chosen_.net.upload_bytes_max;
  options.limits.columns_max =
      static_cast<std::size_t>(chosen_.limits.import_columns_max);
  return child("import_runner",
               [role = imports_, stores = stores_, options](caf::local_actor* parent) {
                 return role.fill(
                     spawn<import_runner_actor, import_runner_state, caf::detached>(
                         parent,
                         {"import_runner", "", ""},
                         import_runner,
                         options,
                         stores.imports,
                         stores.records));
               });
}

child_spec services::forecaster_child() {
  forecaster_options options;
  options.terms.calls_per_s = chosen_.dial.calls_per_second_per_number;
  options.terms.price_per_minute_micros = chosen_.billing.price_per_minute_micros;
  options.terms.hold_micros =
      chosen_.billing.price_per_minute_micros * chosen_.billing.hold_minutes;
  options.terms.pulse_s = whole_seconds(chosen_.billing.pulse).count();
  options.terms.ring_s = std::chrono::duration<double>(chosen_.dial.ring_timeout).count();
  options.time_max = chosen_.forecast.time_max;
  options.waiting_time = chosen_.net.request_timeout;
  options.waiting_max = static_cast<std::size_t>(chosen_.forecast.waiting_max);
  options.calls_min = chosen_.forecast.calls_min;
  return child(
      "forecaster",
      [role = forecaster_,
       options,
       ports = forecaster_ports{stores_.records, share_lines, clock_}](
          caf::local_actor* parent) {
        return role.fill(spawn<forecaster_actor, forecaster_state, caf::detached>(
            parent, {"forecaster", "", ""}, caly::forecaster, options, ports));
      });
}

child_spec services::progress_child() {
  return child("progress",
               [role = progress_, records = stores_.records](caf::local_actor* parent) {
                 return role.fill(spawn<records_actor, progress_board_state>(
                     parent, {"progress", "", ""}, progress_board, records));
               });
}

void services::start() {
  adopt_left_tapes(chosen_);
  supervisor_ = spawn_supervisor(
      system_,
      "node",
      {http_child(),
       twilio_child(),
       telnyx_child(),
       bolna_child(),
       exotel_child(),
       browsers_child(),
       model_child(),
       insight_child(),
       call_logs_child(),
       calls_child(),
       forecaster_child(),
       progress_child(),
       blobs_child(chosen_, blobs_, http_.handle(), clock_),
       archive_child(chosen_, archive_, {stores_.records, blobs_.handle(), clock_}),
       twilio_recordings_child(),
       collector_child(chosen_,
                       collector_,
                       {stores_.records,
                        archive_.handle(),
                        {{"twilio", twilio_recordings_.handle()}},
                        clock_}),
       region_child(),
       imports_child()});
}

void services::stop() {
  if (supervisor_)
    stop_actor(supervisor_);
  supervisor_ = nullptr;
}

} // namespace caly
