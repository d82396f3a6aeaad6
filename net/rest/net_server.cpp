#include "net/rest/net_server.hpp"

#include "net/http/static_files.hpp"
#include "runtime/observe/metrics.hpp"

#include <array>
#include <atomic>

namespace caly {

namespace {

/// Counts responses by route and status, and their times by route.
class http_metrics {
public:
  explicit http_metrics(std::size_t routes) : rows_(routes + 1) {}

  void count(const route* matched, unsigned status, std::chrono::nanoseconds took) {
    auto& row = rows_[matched == nullptr ? rows_.size() - 1 : matched->index];
    auto& slot = row.by_status[(status - 100) % row.by_status.size()];
    auto* counter = slot.load(std::memory_order_relaxed);
    if (counter == nullptr) {
      counter = &metrics().counter(
          "caly_http_requests_total",
          "Responses by route and status.",
          {{"route", name_of(matched)}, {"status", std::to_string(status)}});
      slot.store(counter, std::memory_order_relaxed);
    }
    counter->Increment();
    auto* times = row.times.load(std::memory_order_relaxed);
    if (times == nullptr) {
      times = &metrics().histogram("caly_http_request_seconds",
                                   "Time from a request's header to its response.",
                                   {{"route", name_of(matched)}});
      row.times.store(times, std::memory_order_relaxed);
    }
    times->Observe(std::chrono::duration<double>(took).count());
  }

private:
  static std::string name_of(const route* matched) {
    if (matched == nullptr)
      return "none";
    return std::string{to_string(matched->method)} + " " + matched->pattern;
  }

  struct row {
    std::array<std::atomic<metric_counter*>, 500> by_status{};
    std::atomic<metric_histogram*> times{nullptr};
  };

  std::vector<row> rows_;
};

} // namespace

struct net_server::parts {
  parts(caf::actor_system& system,
        event_hub& events,
        api_actors actors,
        net_options given)
      : sys{system},
        options{std::move(given)},
        signer{{options.config.auth.jwt_secret},
               options.config.auth.jwt_issuer,
               std::chrono::duration_cast<std::chrono::seconds>(
                   options.config.auth.clock_skew)},
        tickets{signer,
                std::chrono::duration_cast<std::chrono::seconds>(
                    options.config.auth.ws_ticket_ttl)},
        limits{options.config.limits},
        files{options.config.net.dashboard_dir, options.media_origin},
        gateways{system, options.gateways},
        api{{gateways,
             std::move(actors),
             options.config,
             signer,
             passwords,
             tickets,
             limits,
             events,
             options.clock,
             options.sector_agents,
             [&system] { return render_metrics(system); },
             options.ready,
             options.recording_url,
             options.listen,
             options.open_test_call}},
        passwords{{static_cast<unsigned>(options.config.auth.argon2_passes),
                   options.config.auth.argon2_memory,
                   static_cast<std::size_t>(options.config.auth.password_threads),
                   50}} {
    api.add_to(routes);
    for (const auto& add : options.more_routes)
      add(routes, gateways);
    counts = std::make_unique<http_metrics>(routes.routes().size());
    http_server_options http;
    http.net = options.config.net;
    http.state_dir = options.config.node.state_dir;
    http.loopback_is_unlimited = options.config.node.profile != "production";
    http.guard = make_guard(signer, options.clock, limits);
    http.fallback = [this](const request_ptr& request) { return files.serve(request); };
    http.observe = [this](const route* matched, unsigned status, auto took) {
      counts->count(matched, status, took);
    };
    http.on_thread = [this](auto& io) { return gateways.serve(io); };
    server = std::make_unique<http_server>(routes, std::move(http));
  }

  caf::actor_system& sys;
  const net_options options;
  token_signer signer;
  ws_tickets tickets;
  request_limits limits;
  static_files files;
  router routes;
  actor_gateways gateways;
  std::unique_ptr<http_metrics> counts;
  rest_api api;
  // Its threads call back into the API, so they end first.
  password_hasher passwords;
  std::unique_ptr<http_server> server;
};

net_server::net_server(caf::actor_system& sys,
                       event_hub& events,
                       api_actors actors,
                       net_options options)
    : parts_{
          std::make_unique<parts>(sys, events, std::move(actors), std::move(options))} {}

net_server::~net_server() {
  stop(std::chrono::milliseconds{0});
}

caf::error net_server::start() {
  return parts_->server->start();
}

std::uint16_t net_server::port() const noexcept {
  return parts_->server->port();
}

void net_server::stop(std::chrono::milliseconds grace) {
  parts_->server->stop(grace);
  parts_->gateways.stop();
}

const router& net_server::routes() const noexcept {
  return parts_->routes;
}

} // namespace caly
