#include "cluster/node/front.hpp"

#include "cluster/node/cascade_parts.hpp"
#include "cluster/node/own_speech.hpp"
#include "config/units.hpp"
#include "net/media/cascade/cascade_brain.hpp"
#include "net/media/embedded/embedded_brain.hpp"
#include "net/providers/exotel/agent_stream.hpp"
#include "net/providers/openai/realtime_brain.hpp"
#include "net/providers/telnyx/carrier.hpp"
#include "net/providers/telnyx/signature.hpp"
#include "net/providers/twilio/media_stream.hpp"

namespace caly {

using namespace std::chrono_literals;

namespace {

constexpr auto callback_timeout = 8s;
/// About a hundred greetings.
constexpr std::size_t greetings_bytes_max = 4 << 20;

std::map<std::string, std::string> language_codes_of(const settings& chosen) {
  const auto codes = pairs_of(chosen.call.relay_languages);
  return {codes.begin(), codes.end()};
}

media_options media_options_of(const settings& chosen) {
  media_options out;
  out.threads = chosen.net.media_threads;
  out.tick = chosen.net.media_tick;
  out.message_bytes_max = chosen.net.media_message_bytes_max;
  out.tool_timeout = chosen.call.agent_timeout;
  // Asked once whether somebody is there, then goodbye.
  out.relay.silence = chosen.call.idle_timeout / 2;
  out.relay.language_codes = language_codes_of(chosen);
  return out;
}

brain_maker realtime_of(const settings& chosen) {
  openai::realtime_brain_options out;
  out.base_url = chosen.providers.openai.base_url;
  out.api_key = chosen.providers.openai.api_key;
  out.model = chosen.providers.openai.realtime_model;
  out.connect_timeout = whole_seconds(chosen.call.brain_connect_timeout);
  out.sounds = std::make_shared<sentence_sounds>(greetings_bytes_max);
  return openai::make_realtime_brains(std::move(out));
}

template <class Maker>
std::vector<Maker> makers_of(std::vector<cascade_part<Maker>> parts) {
  std::vector<Maker> makers;
  for (auto& each : parts)
    makers.push_back(std::move(each.make));
  return makers;
}

/// The brains that the settings have keys for; the realtime one says itself that it lacks
/// its key.
std::map<brain_kind, brain_maker> brains_of(const settings& chosen,
                                            const wall_clock& clock) {
  std::map<brain_kind, brain_maker> brains;
  brains.emplace(brain_kind::realtime, realtime_of(chosen));
  auto parts = make_cascade_parts(chosen, std::make_shared<http_client>(), clock);
  if (parts.complete())
    brains.emplace(brain_kind::cascade,
                   make_cascade_brains({makers_of(std::move(parts.ears)),
                                        makers_of(std::move(parts.minds)),
                                        makers_of(std::move(parts.voices))}));
  if (auto speech = own_speech(chosen)) {
    embedded_options options;
    options.silence = chosen.call.idle_timeout / 2;
    brains.emplace(
        brain_kind::embedded,
        make_embedded_brains(std::make_shared<speech_desk>(std::move(*speech)), options));
  }
  return brains;
}

carrier_wire_maker exotel_wires_of(const settings& chosen) {
  return [chunk_bytes = chosen.providers.exotel.chunk_bytes] {
    return std::make_unique<exotel::media_wire>(chunk_bytes);
  };
}

/// Twilio signs the address of the socket as its document named it.
relay_entrance twilio_relay(const settings& chosen, const std::string& public_url) {
  const auto& account = chosen.providers.twilio;
  return {"/phone-ws/convrelay/:session",
          [token = account.auth_token,
           required = account.relay_signature_required,
           base = "ws" + public_url.substr(public_url.starts_with("http") ? 4 : 0)](
              const websocket_upgrade& upgrade) {
            const auto given = upgrade.request["X-Twilio-Signature"];
            if (given.empty())
              return !required;
            const std::string target{upgrade.request.target()};
            return twilio::verify(token, base + target, {}, std::string{given});
          }};
}

/// Telnyx signs no upgrade: the ticket is what is checked.
relay_entrance telnyx_relay() {
  return {"/phone-ws/convrelay/telnyx/:session",
          [](const websocket_upgrade&) { return true; }};
}

media_ports media_ports_of(const settings& chosen,
                           const std::string& public_url,
                           calls_actor calls,
                           recording::tape_deck& deck,
                           const wall_clock& clock) {
  return {std::move(calls),
          brains_of(chosen, clock),
          {{"/phone-ws/realtime/:session", &std::make_unique<twilio::media_wire>},
           {"/phone-ws/legacy/:session", &std::make_unique<twilio::media_wire>},
           {"/phone-ws/exotel/:session", exotel_wires_of(chosen)}},
          [&deck](const recording::tape_label& label) {
            return std::make_unique<recording::call_recorder>(deck.begin(label));
          },
          {twilio_relay(chosen, public_url), telnyx_relay()}};
}

twiml_dialect twilio_dialect(const settings& chosen) {
  twiml_dialect dialect;
  dialect.relay_attributes = pairs_of(chosen.providers.twilio.relay_attributes);
  // Who speaks for long is not asked meanwhile whether somebody is there.
  dialect.relay_attributes.emplace("partialPrompts", "true");
  dialect.language_codes = language_codes_of(chosen);
  return dialect;
}

twiml_dialect telnyx_dialect(const settings& chosen, wall_clock clock) {
  const auto& account = chosen.providers.telnyx;
  twiml_dialect dialect;
  dialect.provider = "telnyx";
  dialect.path = "/texml";
  dialect.connectable = {brain_kind::relay, brain_kind::gather};
  dialect.relay_path = "/phone-ws/convrelay/telnyx/";
  dialect.relay_attributes = pairs_of(account.relay_attributes);
  dialect.language_codes = language_codes_of(chosen);
  dialect.inbound_unsaid = true;
  dialect.records = telnyx::traits.records;
  dialect.is_genuine = [key = account.public_key,
                        age_max_s = whole_seconds(account.signature_age_max).count(),
                        clock](const http_request& request) {
    return telnyx::verify(key,
                          request.header("telnyx-timestamp"),
                          request.body,
                          request.header("telnyx-signature-ed25519"),
                          to_unix_ms(clock()) / 1000,
                          age_max_s);
  };
  return dialect;
}

} // namespace

front::front(front_parts parts)
    : parts_{std::move(parts)},
      passes_{parts_.chosen.cluster.secret,
              whole_seconds(parts_.chosen.call.media_ticket_ttl)},
      deck_{make_deck(parts_.chosen, parts_.actors.archive())},
      files_{links_to_recordings(parts_.chosen), parts_.actors.blobs(), parts_.clock},
      media_{parts_.system,
             media_options_of(parts_.chosen),
             media_ports_of(parts_.chosen,
                            parts_.public_url,
                            parts_.actors.calls(),
                            *deck_,
                            parts_.clock),
             passes_,
             parts_.clock} {}

caf::error front::start() {
  net_options options;
  options.config = parts_.chosen;
  options.clock = parts_.clock;
  options.sector_agents = parts_.sector_agents;
  options.ready = parts_.ready;
  options.recording_url = recording_urls(parts_.chosen, parts_.clock);
  options.listen =
      call_ears(parts_.system, parts_.actors.stores().records, parts_.actors.region());
  options.open_test_call = [this](const request_ptr& r) { test_calls_->open(r); };
  options.media_origin = recording_origin(parts_.chosen);
  options.more_routes = {
      [this](router& routes, actor_gateways&) { media_.add_to(routes); },
      [this](router& routes, actor_gateways& gateways) {
        add_callbacks(routes, gateways);
        files_.add_to(routes, gateways);
        parts_.console.add_to(routes, gateways);
      }};
  const auto& actors = parts_.actors;
  server_ = std::make_unique<net_server>(parts_.system,
                                         parts_.events,
                                         api_actors{actors.stores().records,
                                                    actors.stores().imports,
                                                    actors.imports(),
                                                    actors.region(),
                                                    actors.single_calls(),
                                                    actors.calls(),
                                                    actors.forecaster(),
                                                    actors.progress()},
                                         std::move(options));
  return server_->start();
}

void front::stop() {
  if (server_)
    server_->stop();
  media_.stop();
  deck_.reset(); // what was recorded is on the disk now
}

void front::add_callbacks(router& routes, actor_gateways& gateways) {
  const auto& chosen = parts_.chosen;
  const auto& actors = parts_.actors;
  const auto& stores = actors.stores();
  const auto twiml_callbacks = [&](carrier_actor carrier, twiml_dialect dialect) {
    auto callbacks = std::make_unique<twilio_webhooks>(twilio_webhook_parts{
        gateways,
        stores.dial,
        stores.records,
        actors.calls(),
        std::move(carrier),
        passes_,
        chosen.providers.twilio.auth_token,
        parts_.public_url,
        chosen.net.webhook_bytes_max,
        static_cast<std::int32_t>(whole_seconds(chosen.dial.max_call).count()),
        callback_timeout,
        parts_.clock,
        chosen.node.id,
        std::move(dialect)});
    callbacks->add_to(routes);
    return callbacks;
  };
  twilio_callbacks_ = twiml_callbacks(actors.twilio(), twilio_dialect(chosen));
  telnyx_callbacks_ =
      twiml_callbacks(actors.telnyx(), telnyx_dialect(chosen, parts_.clock));
  bolna_callbacks_ = std::make_unique<bolna_webhooks>(
      bolna_webhook_parts{gateways,
                          stores.dial,
                          stores.calls,
                          actors.calls(),
                          actors.bolna(),
                          actors.insight(),
                          actors.http(),
                          bolna_account(chosen),
                          chosen.providers.bolna.webhook_secret,
                          chosen.providers.bolna.webhook_ips,
                          chosen.net.webhook_bytes_max,
                          callback_timeout,
                          parts_.clock});
  bolna_callbacks_->add_to(routes);
  exotel_callbacks_ = std::make_unique<exotel_webhooks>(exotel_webhook_parts{
      gateways,
      stores.dial,
      stores.records,
      actors.calls(),
      actors.http(),
      exotel_account(chosen),
      exotel_streams{
          passes_,
          parts_.public_url,
          chosen.providers.exotel.sample_rate,
          brain_of_sockets(chosen, chosen.providers.exotel.sample_rate == 16'000)},
      chosen.providers.exotel.webhook_secret,
      chosen.net.webhook_bytes_max,
      static_cast<std::int32_t>(whole_seconds(chosen.dial.max_call).count()),
      callback_timeout,
      parts_.clock});
  exotel_callbacks_->add_to(routes);
  test_calls_ = std::make_unique<test_calls>(test_call_parts{
      gateways,
      media_,
      passes_,
      stores.dial,
      actors.calls(),
      actors.browsers(),
      parts_.public_url,
      chosen.node.id,
      static_cast<std::int32_t>(whole_seconds(chosen.dial.max_call).count()),
      chosen.billing.price_per_minute_micros,
      callback_timeout,
      parts_.clock});
  test_calls_->add_to(routes);
}

} // namespace caly
