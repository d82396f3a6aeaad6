#include "cluster/node/node.hpp"

#include "actors/call/ended_elsewhere.hpp"
#include "cluster/links/links.hpp"
#include "cluster/membership/member.hpp"
#include "cluster/node/actor_config.hpp"
#include "cluster/node/draining.hpp"
#include "cluster/node/front.hpp"
#include "cluster/node/joining.hpp"
#include "cluster/node/pulse.hpp"
#include "cluster/node/readings.hpp"
#include "cluster/node/vital.hpp"
#include "config/sector_pack.hpp"
#include "runtime/base/error.hpp"
#include "runtime/base/version.hpp"
#include "runtime/observe/log.hpp"
#include "runtime/observe/metrics.hpp"
#include "runtime/supervision/exit.hpp"
#include "storage/cluster/cluster_store.hpp"
#include "storage/cluster/event_listener.hpp"

#include <caf/all.hpp>
#include <caf/io/all.hpp>
#include <spdlog/spdlog.h>

#include <atomic>
#include <filesystem>
#include <thread>
#include <unistd.h>

namespace caly {

using namespace std::chrono_literals;

namespace {

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

log_options logging_of(const settings& chosen) {
  log_options options;
  options.file = chosen.log.file;
  options.file_bytes_max = chosen.log.rotate_bytes;
  options.files_max = static_cast<std::size_t>(chosen.log.rotate_files);
  options.level = chosen.log.level;
  options.node = chosen.node.id;
  return options;
}

} // namespace

struct node::impl {
  settings chosen;
  std::shared_ptr<shared_clock> cluster_time = std::make_shared<shared_clock>();
  wall_clock clock = [time = cluster_time] { return time->now(); };
  std::unique_ptr<node_actor_config> config;
  std::unique_ptr<caf::actor_system> system;
  std::string sector_agents;
  std::string public_url;
  std::atomic<bool> joined{false};
  std::atomic<bool> stopping{false};
  draining drain_plan{chosen.cluster.drain_deadline};

  store_handles stores;
  std::unique_ptr<services> actors;
  std::unique_ptr<console_service> console;
  cluster_store_actor cluster_rows;
  links_actor links_of_node;
  member_actor member_of_node;

  std::unique_ptr<event_hub> events;
  std::unique_ptr<event_listener> listener;
  std::unique_ptr<front> doors;
  std::shared_ptr<watchdog> dog;

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

  void start_actors(const store_options& database) {
    config = std::make_unique<node_actor_config>(chosen);
    system = std::make_unique<caf::actor_system>(*config);
    events = std::make_unique<event_hub>(clock);
    stores = start_stores(*system, database);
    actors = std::make_unique<services>(*system, chosen, public_url, stores, clock);
    actors->start();
    listener = std::make_unique<event_listener>(
        database.database, [this](const std::string& payload) {
          events->publish_notification(payload);
          if (auto over = ended_elsewhere(payload))
            caf::anon_send(actors->calls(), std::move(*over));
          if (auto news = transfer_news(payload))
            caf::anon_send(actors->calls(), std::move(*news));
          if (auto news = recording::carrier_recording_news(payload, chosen.node.id))
            caf::anon_send(actors->collector(), std::move(*news));
        });
  }

  /// The folders whose disks the console watches.
  std::vector<std::string> folders() const {
    std::vector<std::string> all{chosen.node.state_dir};
    const auto logs = std::filesystem::path{chosen.log.file}.parent_path();
    if (!logs.empty())
      all.push_back(logs.string());
    return all;
  }

  void make_console() {
    console = std::make_unique<console_service>(
        console_parts{*system,
                      chosen.node.id,
                      build_version,
                      chosen.console,
                      stores.records,
                      actors->region(),
                      actors->calls(),
                      clock,
                      [this](bool on) { on ? drain() : take_part(); },
                      folders()});
  }

  bool ready(std::string& detail) const {
    const auto up = joined.load();
    const auto leaving = drain_plan.on();
    detail = leaving ? R"({"cluster":"draining"})"
             : up    ? R"({"cluster":"joined"})"
                     : R"({"cluster":"joining"})";
    return up && !leaving;
  }

  caf::error open_doors() {
    doors = std::make_unique<front>(
        front_parts{*system,
                    chosen,
                    *actors,
                    *events,
                    *console,
                    clock,
                    public_url,
                    sector_agents,
                    [this](std::string& detail) { return ready(detail); }});
    return doors->start();
  }

  void join(const join_cluster& request) {
    links_options linking;
    linking.basp_host = chosen.cluster.basp_host;
    linking.basp_port = chosen.cluster.basp_port;
    linking.tls = !chosen.cluster.tls_certificate.empty();
    linking.connect_timeout = chosen.cluster.connect_timeout;
    linking.request_timeout = chosen.cluster.request_timeout;
    linking.door = {chosen.cluster.name,
                    chosen.cluster.secret,
                    caf::actor_cast<caf::actor>(actors->region()),
                    console->door()};
    links_of_node = spawn<links_actor, links_state, caf::detached>(
        *system, {"links", chosen.node.id, ""}, links, linking, actors->region());
    console->linked(links_of_node);
    cluster_rows = start_cluster_store(*system, chosen.database.url, cluster_time);
    member_options membership;
    membership.join = request;
    membership.renew = chosen.cluster.renew;
    membership.fence_after = chosen.cluster.lease - chosen.cluster.renew;
    member_ports ports;
    ports.store = cluster_rows;
    ports.region = actors->region();
    // Nothing may be written or sent any more; who runs the processes starts a new one.
    ports.on_dead = [] { _exit(70); };
    ports.on_refused = [](const caf::error& why) {
      spdlog::error("node: refused by the cluster reason={}", context_text(why));
      stop_logging();
      _exit(exit_bad_config);
    };
    ports.on_fenced = [this] { joined = false; };
    ports.on_view = [this, links = links_of_node](const node_identity& self,
                                                  const cluster_view& view,
                                                  const member_actor& from) {
      joined = true;
      console->saw(self, view);
      caf::anon_send(links, view_changed{self, view, from});
    };
    member_of_node = spawn<member_actor, member_state>(
        *system, {"member", chosen.node.id, ""}, member, membership, ports);
    for (const auto& [vital, name] :
         {std::pair{caf::actor_cast<caf::actor>(actors->supervisor()), "supervisor"},
          std::pair{caf::actor_cast<caf::actor>(links_of_node), "links"},
          std::pair{caf::actor_cast<caf::actor>(cluster_rows), "cluster_store"},
          std::pair{caf::actor_cast<caf::actor>(member_of_node), "member"}})
      end_process_with(vital, name, stopping);
  }

  caf::error start() {
    std::error_code ignored;
    std::filesystem::create_directories(chosen.node.state_dir, ignored);
    if (auto failure = start_logging(logging_of(chosen)))
      return failure;
    spdlog::info("node: starting node={} version={}", chosen.node.id, build_version);
    public_url = chosen.net.public_url;
    if (public_url.empty())
      public_url = "http://" + chosen.net.host + ":" + std::to_string(chosen.net.port);
    if (auto failure = load_sectors())
      return failure;
    auto database = store_options_of(chosen);
    database.clock = clock;
    const auto request = join_request(chosen, public_url);
    database.process = request.process;
    if (auto failure = await_admission(database.owner, request))
      return failure;
    if (auto failure = prepare_database(database))
      return failure;
    start_actors(database);
    make_console();
    if (auto failure = open_doors())
      return failure;
    if (auto failure = console->start())
      return failure;
    join(request);
    watch();
    return {};
  }

  /// From here on the node must not stand still.
  void watch() {
    watchdog_options options;
    options.stall_max = chosen.cluster.stall_max;
    dog = std::make_shared<watchdog>(options);
    spawn<pulse_actor, pulse_state>(
        *system, {"pulse", chosen.node.id, ""}, pulse, dog, options.beat);
    notify_service_manager("READY=1");
    measure();
  }

  void measure() {
    meter_options options;
    options.actors = {
        {caf::actor_cast<caf::actor>(member_of_node), member_readings(), {}},
        {caf::actor_cast<caf::actor>(links_of_node), link_readings(), {}},
        {caf::actor_cast<caf::actor>(actors->calls()), call_readings(), {}},
        {caf::actor_cast<caf::actor>(stores.dial), store_readings(), {}},
        {caf::actor_cast<caf::actor>(actors->archive()), recording_readings(), {}},
        {caf::actor_cast<caf::actor>(actors->collector()), collector_readings(), {}},
        {caf::actor_cast<caf::actor>(actors->twilio()),
         carrier_readings(),
         {{"provider", "twilio"}}},
        {caf::actor_cast<caf::actor>(actors->telnyx()),
         carrier_readings(),
         {{"provider", "telnyx"}}},
        {caf::actor_cast<caf::actor>(actors->bolna()),
         carrier_readings(),
         {{"provider", "bolna"}}},
        {caf::actor_cast<caf::actor>(actors->exotel()),
         carrier_readings(),
         {{"provider", "exotel"}}},
        {caf::actor_cast<caf::actor>(actors->browsers()), browser_readings(), {}},
    };
    options.records = stores.records;
    options.state_dir = chosen.node.state_dir;
    spawn<meter_actor, meter_state>(
        *system, {"meter", chosen.node.id, ""}, meter, std::move(options));
  }

  void leave() {
    caf::scoped_actor self{*system};
    self->request(member_of_node, caf::duration{3s}, leave_cluster{})
        .receive([](bool) {},
                 [](const caf::error& err) {
                   spdlog::warn("node: did not leave cleanly reason={}", to_string(err));
                 });
  }

  void wish_end() {
    if (drain_plan.on())
      drain_plan.hurry(boot_clock::now());
    else
      drain();
  }

  void drain() {
    if (!drain_plan.begin(boot_clock::now()))
      return;
    spdlog::info("node: draining node={}", chosen.node.id);
    notify_service_manager("STOPPING=1");
    caf::anon_send(member_of_node, drain_member{true});
  }

  void take_part() {
    if (drain_plan.call_off())
      caf::anon_send(member_of_node, drain_member{false});
  }

  std::uint64_t
  status_of(const caf::actor& whom, const char* key, std::uint64_t unknown) {
    auto out = unknown;
    caf::scoped_actor self{*system};
    self->request(whom, caf::duration{1s}, get_status{})
        .receive(
            [&](const status_report& report) { out = caf::get_or(report, key, out); },
            [](const caf::error&) {});
    return out;
  }

  bool may_end() {
    if (!drain_plan.on())
      return false;
    if (drain_plan.time_is_up(boot_clock::now()))
      return true;
    const auto member = caf::actor_cast<caf::actor>(member_of_node);
    const auto handed_over =
        status_of(member, "shards", 1) == 0 || status_of(member, "others_up", 1) == 0;
    const auto imports = caf::actor_cast<caf::actor>(actors->imports());
    return handed_over &&
           status_of(caf::actor_cast<caf::actor>(actors->calls()), "calls", 1) == 0 &&
           status_of(imports, "running", 1) == 0 && status_of(imports, "waiting", 1) == 0;
  }

  [[noreturn]] void stop(int exit_code) {
    // Past the deadline the process ends as it is; rows are safe at any point.
    std::thread{[limit = chosen.cluster.shutdown_deadline, exit_code] {
      std::this_thread::sleep_for(limit);
      _exit(exit_code);
    }}.detach();
    stopping = true;
    if (dog)
      dog->rest(); // actors end in their own time
    if (member_of_node)
      leave();
    if (doors)
      doors->stop();
    if (console)
      console->stop();
    listener.reset();
    if (actors)
      actors->stop();
    spdlog::info("node: stopped node={}", chosen.node.id);
    stop_logging();
    // Waiting for every actor to be gone would hang on a single forgotten handle.
    _exit(exit_code);
  }
};

node::node(settings chosen) : impl_{std::make_unique<impl>(std::move(chosen))} {}

node::~node() = default;

caf::error node::start() {
  return impl_->start();
}

void node::wish_end() {
  impl_->wish_end();
}

bool node::may_end() {
  return impl_->may_end();
}

void node::stop(int exit_code) {
  impl_->stop(exit_code);
}

int node::exit_code(const caf::error& reason) {
  const auto mendable = reason == errc::conflict || reason == errc::forbidden;
  return mendable ? exit_bad_config : 1;
}

std::string node::render(const caf::error& reason) const {
  const auto text = context_text(reason);
  return text.empty() ? to_string(reason) : text;
}

} // namespace caly
