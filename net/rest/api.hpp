#pragma once

#include "actors/api/call.hpp"
#include "actors/api/forecaster.hpp"
#include "actors/api/import_store.hpp"
#include "actors/api/imports.hpp"
#include "actors/api/records.hpp"
#include "actors/api/region.hpp"
#include "actors/api/single_calls.hpp"
#include "config/settings.hpp"
#include "net/auth/guard.hpp"
#include "net/auth/jwt.hpp"
#include "net/auth/password.hpp"
#include "net/auth/ws_tickets.hpp"
#include "net/events/call_ear.hpp"
#include "net/events/event_hub.hpp"
#include "net/http/answers.hpp"
#include "net/http/bridge.hpp"
#include "net/http/router.hpp"

#include <functional>
#include <string>
#include <vector>

namespace caly {

/// The actors behind the API. Empty handles answer `unavailable`.
struct api_actors {
  records_actor records;
  import_store_actor imports;
  import_runner_actor import_runner;
  region_actor region;
  single_calls_actor single_calls;
  calls_actor calls;
  forecaster_actor forecaster;
  records_actor progress; ///< of campaigns
};

/// What handlers need beside the request. All references outlive the API.
struct api_parts {
  actor_gateways& gateways;
  api_actors actors;
  const settings& config;
  const token_signer& signer;
  password_hasher& passwords;
  ws_tickets& tickets;
  request_limits& limits;
  event_hub& events;
  wall_clock clock;
  /// JSON array of the agent profiles that a new tenant starts with.
  std::string sector_agents = "[]";
  /// The text of /metrics.
  std::function<std::string()> metrics;
  /// Whether this node can serve; the JSON of its checks goes to `detail`.
  std::function<bool(std::string& detail)> ready;
  /// The address under which a stored recording plays for a short time, by its place, key
  /// and bytes; empty: not from here.
  std::function<std::string(
      const std::string& place, const std::string& key, std::uint64_t bytes)>
      recording_url{};
  call_ear_maker listen{};
  /// Opens a call from a browser to the agent of the path and answers; empty: not here.
  request_handler open_test_call{};
};

/// The REST resources. Handlers parse and check what came, ask actors and put the answer
/// into the envelope; they keep nothing.
class rest_api {
public:
  using arguments = std::vector<record_argument>;
  using on_record = std::function<void(const request_ptr&, record_answer)>;

  explicit rest_api(api_parts parts) : parts_{std::move(parts)} {}

  /// Adds all routes.
  void add_to(router& routes);

private:
  // -- asking; errors are answered unless `failed` takes them

  using on_error = std::function<void(const request_ptr&, const caf::error&)>;

  void run(const request_ptr& request,
           const tenant_id& tenant,
           std::string statement,
           arguments values,
           std::uint32_t limit,
           on_record then,
           on_error failed = nullptr);

  /// A statement that answers one row, given as the response.
  void row(const request_ptr& request,
           std::string statement,
           arguments values,
           unsigned status = 200);

  /// A statement that answers a list; the page of the query is added as last argument.
  /// `total` names the statement that counts, if there is one.
  void list(const request_ptr& request,
            std::string statement,
            arguments values,
            std::string total = {});

  template <class Result, class Handle, class Message>
  void ask(const request_ptr& request,
           const Handle& target,
           Message message,
           std::function<void(const request_ptr&, Result&)> then) {
    parts_.gateways.ask<Result>(
        target,
        parts_.config.net.request_timeout,
        std::move(message),
        request->poster(),
        [request, then = std::move(then)](caf::expected<Result> answer) {
          if (answer)
            then(request, *answer);
          else
            refuse(request, answer.error());
        });
  }

  /// What a password hasher calls: `then` runs on the connection's thread, errors are
  /// answered.
  template <class T, class Then>
  static std::function<void(caf::expected<T>)> back_to(const request_ptr& request,
                                                       Then then) {
    return [request, then = std::move(then)](caf::expected<T> result) {
      request->post([request, then, result = std::move(result)]() mutable {
        if (result)
          then(*result);
        else
          refuse(request, result.error());
      });
    };
  }

  /// Answers with the error; what is our own trouble is logged with the request's id.
  static void refuse(const request_ptr& request, const caf::error& reason);

  /// Tells the tenant's owner to look at its rows again.
  void wake(const http_request& request, const char* why);

  std::string now_text() const { return to_rfc3339(parts_.clock()); }

  // -- adding routes

  void
  get(router& routes, std::string pattern, route_policy policy, request_handler handler);
  /// A route with a JSON body; POSTs of signed-in users honour `Idempotency-Key`.
  void change(router& routes,
              http_method method,
              std::string pattern,
              route_policy policy,
              request_handler handler);
  request_handler once(std::string route, request_handler handler);
  void begin_once(const std::string& route,
                  const request_ptr& request,
                  const request_handler& handler);

  void add_system(router& routes);
  void add_sign_in(router& routes);
  void add_accounts(router& routes);
  void add_agents(router& routes);
  void add_numbers(router& routes);
  void add_contacts(router& routes);
  void add_imports(router& routes);
  void add_campaigns(router& routes);
  void add_forecasts(router& routes);
  void add_calls(router& routes);
  void add_call_actions(router& routes);
  void add_recordings(router& routes);
  void add_billing(router& routes);
  void add_events(router& routes);

  // -- sign-in

  void register_tenant(const request_ptr& request);
  void sign_in(const request_ptr& request);
  void check_password(const request_ptr& request,
                      std::string password,
                      std::optional<json> account);
  void give_tokens(const request_ptr& request, const json& account, unsigned status);
  void refresh(const request_ptr& request);
  bool may_sign_in(const request_ptr& request, const std::string& email);

  // -- uploads and calls

  void start_import(const request_ptr& request);
  void preview_import(const request_ptr& request);
  void send_errors(const request_ptr& request);
  void create_campaign(const request_ptr& request);
  void patch_campaign(const request_ptr& request);
  void campaign_document(const request_ptr& request,
                         const record_answer& answer,
                         unsigned status);
  void act_on_campaign(const request_ptr& request, const std::string& action);
  void simulate_campaign(const request_ptr& request);
  void place_call(const request_ptr& request);
  void hang_up(const request_ptr& request);
  /// `then` gets the actor that has the call's talk, on whatever node.
  void with_live_call(const request_ptr& request,
                      std::function<void(const request_ptr&, const call_actor&)> then);
  /// With the row of the call that the path names; refuses those of other tenants, of
  /// which other statements would find nothing, as of a silent call.
  void
  with_call(const request_ptr& request,
            std::function<void(const request_ptr&, const call_id&, const json&)> then);
  /// Answers what `statement` lists of that call.
  void list_of_call(const request_ptr& request,
                    const std::string& statement,
                    std::int64_t limit);
  template <class Message>
  void act_on_call(const request_ptr& request, const std::string& audit, Message message);
  void begin_transfer(const request_ptr& request, const transfer_call& order);
  void press_keys_of(const request_ptr& request);
  void show_recording(const request_ptr& request);
  void answer_recording(const request_ptr& request,
                        const call_id& id,
                        const record_answer& answer);
  void steer_recording_of(const request_ptr& request);
  void set_recording_policy(const request_ptr& request);

  api_parts parts_;
};

} // namespace caly
