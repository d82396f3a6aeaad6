#include "cluster/node/node.hpp"

#include "actors/call/calls.hpp"
#include "actors/campaign/campaign.hpp"
#include "actors/imports/import_runner.hpp"
#include "actors/insight/insight_actor.hpp"
#include "actors/region/region.hpp"
#include "actors/tenant/tenant.hpp"
#include "cluster/links/links.hpp"
#include "cluster/membership/member.hpp"
#include "cluster/node/actor_config.hpp"
#include "cluster/node/speaking_agent.hpp"
#include "config/sector_pack.hpp"
#include "net/auth/guard.hpp"
#include "net/http/server.hpp"
#include "net/providers/openai/responses.hpp"
#include "net/providers/twilio/carrier.hpp"
#include "net/rest/api.hpp"
#include "net/webhooks/twilio.hpp"
#include "runtime/base/error.hpp"
#include "runtime/observe/log.hpp"
#include "runtime/observe/metrics.hpp"
#include "storage/cluster/cluster_store.hpp"
#include "storage/cluster/event_listener.hpp"
#include "storage/stores/stores.hpp"

#include <caf/all.hpp>
#include <caf/io/all.hpp>
#include <spdlog/spdlog.h>

#include <atomic>
#include <filesystem>
#include <unistd.h>

namespace caly {

using namespace std::chrono_literals;

namespace {

std::chrono::seconds whole_seconds(std::chrono::milliseconds time) {
  return std::chrono::duration_cast<std::chrono::seconds>(time);
}

/// Every agent of every sector pack, as a tenant gets them when it registers.
std::string agents_of(const sector_packs& packs) {
  json_writer out;
  out.begin_array();
  for (const auto& pack : packs.packs)
    for (const auto& agent : pack.agents)
      out.raw(agent.profile);
  out.end_array();
  return std::move(out).str();
}

} // namespace

std::string build_version() {
  return "0.1.0";
}

struct node::impl {
  settings chosen;
  wall_clock clock = system_wall_clock();
  std::unique_ptr<node_actor_config> config;
  std::unique_ptr<caf::actor_system> system;

  store_handles stores;
  cluster_store_actor cluster_rows;
  std::shared_ptr<http_client> client;
  carrier_actor carrier;
  language_model_actor model;
  insight_actor insight_of_node;
  calls_actor calls_of_node;
  region_actor region_of_node;
  links_actor links_of_node;
  member_actor member_of_node;
  import_runner_actor imports;

  std::unique_ptr<event_hub> events;
  std::unique_ptr<event_listener> listener;
  std::unique_ptr<actor_gateways> gateways;
  std::unique_ptr<token_signer> signer;
  std::unique_ptr<password_hasher> passwords;
  std::unique_ptr<ws_tickets> tickets;
  std::unique_ptr<request_limits> limits;
  std::unique_ptr<media_tickets> passes;
  std::unique_ptr<rest_api> api;
  std::unique_ptr<twilio_webhooks> twilio_callbacks;
  router routes;
  std::unique_ptr<http_server> server;
  std::string sector_agents;
  std::string public_url;
  std::atomic<bool> joined{false};

  explicit impl(settings all) : chosen{std::move(all)} {}

  caf::error load_sectors() {
    const auto packs = load_sector_packs(chosen.node.sectors_dir);
    if (!packs.ok()) {
      std::string all;
      for (const auto& problem : packs.problems)
        all += "\n  " + problem.str();
      return caf::make_error(errc::invalid, "sector packs:" + all);
    }
    sector_agents = agents_of(packs);
    return {};
  }

  void start_providers() {
    client = std::make_shared<http_client>();
    const auto& twilio = chosen.providers.twilio;
    twilio::carrier_options account;
    account.base_url = twilio.base_url;
    account.account_sid = twilio.account_sid;
    account.auth_token = twilio.auth_token;
    account.public_url = public_url;
    account.create_timeout = chosen.dial.create_timeout;
    carrier = spawn<carrier_actor, twilio::carrier_state>(
        *system, {"provider", "twilio", ""}, twilio::carrier_on, account, client);
    const auto& openai = chosen.providers.openai;
    if (!openai.api_key.empty())
      model = spawn<language_model_actor, openai::responses_state>(
          *system,
          {"provider", "openai", ""},
          openai::responses,
          openai::responses_options{openai.base_url, openai.api_key, chosen.insight.timeout},
          client);
  }

  call_ports ports_of_calls() {
    call_ports ports;
    ports.store = stores.dial;
    ports.rows = stores.calls;
    ports.records = stores.records;
    ports.carrier = carrier;
    ports.insight = insight_of_node;
    ports.clock = clock;
    speaking_options speaking;
    speaking.realtime.voice = chosen.providers.openai.realtime_voice;
    speaking.realtime.transcription_model = chosen.providers.openai.transcription_model;
    speaking.idle = whole_seconds(chosen.call.idle_timeout);
    speaking.no_media = whole_seconds(chosen.call.no_media_timeout);
    speaking.tool_calls_max = chosen.call.tool_calls_max;
    ports.make_agent = speaking_agents(std::move(speaking));
    return ports;
  }

  void start_calls() {
    insight_options analysing;
    analysing.words_min = chosen.insight.words_min;
    analysing.attempts_max = chosen.insight.attempts_max;
    analysing.timeout = chosen.insight.timeout;
    if (model)
      analysing.model = chosen.providers.openai.analysis_model;
    insight_of_node = spawn<insight_actor, insight_state>(
        *system, {"insight", "", ""}, insight, analysing, insight_ports{stores.calls, model, clock});
    call_options calling;
    calling.fuse = chosen.dial.fuse;
    calling.create_timeout = chosen.dial.create_timeout;
    calling.ring_timeout = chosen.dial.ring_timeout;
    calling.first_hold = std::chrono::minutes{chosen.billing.hold_minutes};
    calling.tool_calls_max = static_cast<std::uint32_t>(chosen.call.tool_calls_max);
    calling.turns_max = static_cast<std::size_t>(chosen.call.transcript_turns_max);
    calls_of_node = spawn<calls_actor, calls_state>(
        *system, {"calls", "", ""}, calls, calling, ports_of_calls());
  }

  tenant_ports ports_of_tenants() {
    tenant_ports ports;
    ports.store = stores.dial;
    ports.records = stores.records;
    ports.calls = calls_of_node;
    ports.carrier = carrier;
    ports.insight = insight_of_node;
    ports.call_rows = stores.calls;
    ports.clock = clock;
    ports.start_campaign = [records = stores.records, clock = clock](
                               caf::local_actor& parent,
                               const tenant_id& tenant,
                               const campaign_id& id,
                               const json& row,
                               const tenant_actor& owner) {
      campaign_plan plan;
      plan.concurrency = static_cast<std::uint32_t>(row["concurrency"].int_or(1));
      plan.breaker_window = static_cast<std::uint32_t>(row["breaker_window"].int_or(20));
      plan.breaker_ratio = row["breaker_ratio"].as_double().value_or(0.5);
      return spawn<campaign_actor, campaign_state>(parent,
                                                   {"campaign", id.str(), tenant.str()},
                                                   campaign,
                                                   tenant,
                                                   id,
                                                   plan,
                                                   campaign_ports{records, owner, clock});
    };
    return ports;
  }

  void start_region() {
    tenant_options dialing;
    dialing.default_from = chosen.providers.twilio.from_number;
    dialing.reconcile_interval = chosen.dial.reconcile_interval;
    dialing.ring_timeout = chosen.dial.ring_timeout;
    dialing.batch_max = static_cast<std::uint32_t>(chosen.dial.campaign_batch);
    region_ports ports;
    ports.records = stores.records;
    ports.start_tenant = [dialing, tenants = ports_of_tenants()](caf::local_actor& parent,
                                                                 const tenant_id& id,
                                                                 const fence_token& fence) {
      return spawn<tenant_actor, tenant_state>(
          parent, {"tenant", id.str(), id.str()}, tenant, id, fence, dialing, tenants);
    };
    region_of_node = spawn<region_actor, region_state>(
        *system, {"region", chosen.node.id, ""}, region, chosen.node.id, std::move(ports));
  }

  void start_http_parts() {
    events = std::make_unique<event_hub>(clock);
    listener = std::make_unique<event_listener>(
        store_options_of(chosen).database,
        [this](const std::string& payload) { events->publish_notification(payload); });
    gateways = std::make_unique<actor_gateways>(*system, 4);
    signer = std::make_unique<token_signer>(
        std::vector<std::string>{chosen.auth.jwt_secret}, chosen.auth.jwt_issuer);
    passwords = std::make_unique<password_hasher>(
        password_options{static_cast<unsigned>(chosen.auth.argon2_passes),
                         chosen.auth.argon2_memory,
                         static_cast<std::size_t>(chosen.auth.password_threads)});
    tickets = std::make_unique<ws_tickets>(*signer, whole_seconds(chosen.auth.ws_ticket_ttl));
    limits = std::make_unique<request_limits>(chosen.limits);
    passes = std::make_unique<media_tickets>(chosen.cluster.secret,
                                             whole_seconds(chosen.call.media_ticket_ttl));
    imports = spawn<import_runner_actor, import_runner_state, caf::detached>(
        *system,
        {"import_runner", "", ""},
        import_runner,
        import_runner_options{},
        stores.imports,
        stores.records,
        events->publisher());
  }

  void add_routes() {
    api_parts parts{*gateways,
                    {stores.records, stores.imports, imports, region_of_node, region_of_node, calls_of_node},
                    chosen,
                    *signer,
                    *passwords,
                    *tickets,
                    *limits,
                    *events,
                    clock,
                    sector_agents,
                    [this] { return render_metrics(*system); },
                    [this](std::string& detail) {
                      detail = joined ? R"({"cluster":"joined"})" : R"({"cluster":"joining"})";
                      return joined.load();
                    }};
    api = std::make_unique<rest_api>(std::move(parts));
    api->add_to(routes);
    twilio_callbacks = std::make_unique<twilio_webhooks>(
        twilio_webhook_parts{*gateways,
                             stores.dial,
                             stores.records,
                             calls_of_node,
                             carrier,
                             *passes,
                             chosen.providers.twilio.auth_token,
                             public_url,
                             chosen.net.webhook_bytes_max,
                             static_cast<std::int32_t>(whole_seconds(chosen.dial.max_call).count()),
                             8s,
                             clock});
    twilio_callbacks->add_to(routes);
  }

  caf::error start_server() {
    http_server_options options;
    options.net = chosen.net;
    options.state_dir = chosen.node.state_dir;
    options.guard = make_guard(*signer, clock, *limits);
    server = std::make_unique<http_server>(routes, std::move(options));
    return server->start();
  }

  void join_cluster_now() {
    links_options linking;
    linking.basp_host = chosen.cluster.basp_host;
    linking.basp_port = chosen.cluster.basp_port;
    linking.connect_timeout = chosen.cluster.connect_timeout;
    linking.request_timeout = chosen.cluster.request_timeout;
    linking.door = {chosen.cluster.name,
                    chosen.cluster.secret,
                    caf::actor_cast<caf::actor>(region_of_node),
                    {}};
    links_of_node = spawn<links_actor, links_state, caf::detached>(
        *system, {"links", chosen.node.id, ""}, links, linking, region_of_node);
    cluster_rows = start_cluster_store(*system, chosen.database.url);
    member_options membership;
    membership.join = {chosen.node.id,
                       chosen.cluster.basp_host,
                       chosen.cluster.basp_port,
                       public_url,
                       build_version(),
                       chosen.cluster.lease.count()};
    membership.renew = chosen.cluster.renew;
    membership.fence_after = chosen.cluster.lease - chosen.cluster.renew;
    member_ports ports;
    ports.store = cluster_rows;
    ports.region = region_of_node;
    // Nothing may be written or sent any more; the supervisor of processes starts anew.
    ports.on_dead = [] { _exit(70); };
    ports.on_view = [this, links = links_of_node](const node_identity& self,
                                                  const cluster_view& view) {
      joined = true;
      caf::anon_send(links, view_changed{self, view});
    };
    member_of_node = spawn<member_actor, member_state>(
        *system, {"member", chosen.node.id, ""}, member, membership, ports);
  }

  caf::error start() {
    std::error_code ignored;
    std::filesystem::create_directories(chosen.node.state_dir, ignored);
    log_options logging;
    logging.file = chosen.log.file;
    logging.file_bytes_max = chosen.log.rotate_bytes;
    logging.files_max = static_cast<std::size_t>(chosen.log.rotate_files);
    logging.level = chosen.log.level;
    logging.node = chosen.node.id;
    if (auto failure = start_logging(logging))
      return failure;
    spdlog::info("node: starting node={} version={}", chosen.node.id, build_version());
    public_url = chosen.net.public_url;
    if (public_url.empty())
      public_url = "http://" + chosen.net.host + ":" + std::to_string(chosen.net.port);
    if (auto failure = load_sectors())
      return failure;
    const auto database = store_options_of(chosen);
    if (auto failure = prepare_database(database))
      return failure;
    config = std::make_unique<node_actor_config>(chosen);
    system = std::make_unique<caf::actor_system>(*config);
    stores = start_stores(*system, database);
    start_providers();
    start_calls();
    start_region();
    start_http_parts();
    add_routes();
    if (auto failure = start_server())
      return failure;
    join_cluster_now();
    return {};
  }

  template <class Handle>
  static void end(Handle& actor) {
    if (!actor)
      return;
    const auto whom = caf::actor_cast<caf::actor>(actor);
    caf::anon_send<caf::message_priority::high>(
        whom, caf::exit_msg{whom.address(), caf::exit_reason::user_shutdown});
    actor = nullptr;
  }

  void leave() {
    if (!member_of_node)
      return;
    caf::scoped_actor self{*system};
    self->request(member_of_node, caf::duration{3s}, leave_cluster{})
        .receive([](bool) {},
                 [](const caf::error& err) {
                   spdlog::warn("node: did not leave cleanly reason={}", to_string(err));
                 });
  }

  void stop() {
    if (system)
      leave();
    if (server)
      server->stop();
    listener.reset();
    if (gateways)
      gateways->stop();
    end(member_of_node);
    end(links_of_node);
    end(imports);
    end(region_of_node);
    end(calls_of_node);
    end(insight_of_node);
    end(model);
    end(carrier);
    end(cluster_rows);
    end(stores.dial);
    end(stores.calls);
    end(stores.records);
    end(stores.imports);
    client.reset();
    spdlog::info("node: stopped node={}", chosen.node.id);
    stop_logging();
    // Waiting for every actor can hang on one leaked handle; rows are safe at any point.
    _exit(0);
  }
};

node::node(settings chosen) : impl_{std::make_unique<impl>(std::move(chosen))} {}

node::~node() = default;

caf::error node::start() {
  return impl_->start();
}

void node::stop() {
  impl_->stop();
}

std::string node::render(const caf::error& reason) const {
  return context_text(reason).empty() ? to_string(reason) : context_text(reason);
}

} // namespace caly
