#pragma once

#include "net/rest/api.hpp"
#include "tests/support/actor_fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace caly::test {

/// What a fake actor was asked; shared with it.
struct rest_world {
  using statement = std::function<caf::expected<record_answer>(const run_record&)>;

  std::map<std::string, statement> statements;
  std::vector<run_record> asked;
  std::vector<begin_import> begun;
  std::vector<run_import> runs;
  std::vector<place_single_call> placed;
  std::vector<wake_tenant> woken;
  import_begun import{import_id::make(), "processing", true};
  std::vector<import_errors_text> error_pieces;
  std::vector<make_forecast> forecasts;
  errc forecast_failure = errc::none;
};

using world_ptr = std::shared_ptr<rest_world>;

inline records_actor::behavior_type fake_records(world_ptr world) {
  return {[world](const run_record& ask) -> caf::result<record_answer> {
            world->asked.push_back(ask);
            const auto known = world->statements.find(ask.statement);
            if (known == world->statements.end())
              return caf::make_error(errc::not_found, "no row");
            auto answer = known->second(ask);
            if (!answer)
              return std::move(answer.error());
            return std::move(*answer);
          },
          [](const get_status&) { return status_report{}; }};
}

inline import_store_actor::behavior_type fake_imports(world_ptr world) {
  return {[world](const begin_import& ask) {
            world->begun.push_back(ask);
            return world->import;
          },
          [](const save_import_rows&) -> std::uint64_t { return 0; },
          [](const finish_import&) { return true; },
          [](const get_status&) { return status_report{}; }};
}

inline import_runner_actor::behavior_type fake_runner(world_ptr world) {
  return {[world](const run_import& order) { world->runs.push_back(order); },
          [](const preview_file& ask) {
            return R"({"bytes":)" + std::to_string(ask.head.size()) + "}";
          },
          [world](const read_import_errors& ask) -> caf::result<import_errors_text> {
            const auto place = ask.cursor.empty() ? 0 : std::stoul(ask.cursor);
            if (place >= world->error_pieces.size())
              return caf::make_error(errc::not_found);
            return world->error_pieces[place];
          },
          [](const get_status&) { return status_report{}; }};
}

inline single_calls_actor::behavior_type fake_calls(world_ptr world) {
  return {[world](const place_single_call& ask) -> caf::result<call_id> {
            world->placed.push_back(ask);
            if (ask.to == "+910000000002")
              return caf::make_error(errc::no_credit, "The balance is 0.");
            return ask.call;
          },
          [](const get_status&) { return status_report{}; }};
}

inline forecaster_actor::behavior_type fake_forecaster(world_ptr world) {
  return {[world](const make_forecast& wish) -> caf::result<forecast_made> {
            world->forecasts.push_back(wish);
            if (world->forecast_failure != errc::none)
              return caf::make_error(world->forecast_failure, "Too many wait.");
            return forecast_made{R"({"runs":10})"};
          },
          [](const keep_forecast&) {},
          [](const get_status&) { return status_report{}; }};
}

inline region_actor::behavior_type fake_region(world_ptr world) {
  return {[](const own_shards&) {},
          [](const peer_changed&) {},
          [world](const wake_tenant& hint) { world->woken.push_back(hint); },
          [](const line_demand&) {},
          [](const line_limit&) {},
          [](const get_line_shares&) { return line_share_list{}; },
          [](const place_single_call& ask) { return ask.call; },
          [](const find_call&) -> caf::result<call_actor> {
            return caf::make_error(errc::not_found);
          },
          [](const get_status&) { return status_report{}; }};
}

struct rest_answer {
  unsigned status = 0;
  json body;
  http_response raw;

  std::string code() const { return std::string{body["error"]["code"].text_or("")}; }

  std::string header(std::string_view name) const {
    for (const auto& [known, value] : raw.headers)
      if (known == name)
        return value;
    return {};
  }

  /// The fields of the error, in the order of the answer.
  std::string fields() const {
    std::string all;
    for (const auto& each : body["error"]["field_errors"].items())
      all += (all.empty() ? "" : " ") + std::string{each["field"].text_or("")};
    return all;
  }
};

/// The whole API on fake actors and one thread: a request goes through the router and the
/// guard to its handler, and the test runs everybody until the answer is there.
struct rest_fixture : actor_fixture {
  rest_fixture() {
    api_actors actors;
    actors.records = sys.spawn(fake_records, world);
    actors.progress = actors.records;
    actors.imports = sys.spawn(fake_imports, world);
    actors.import_runner = sys.spawn(fake_runner, world);
    actors.region = sys.spawn(fake_region, world);
    actors.single_calls = sys.spawn(fake_calls, world);
    actors.forecaster = sys.spawn(fake_forecaster, world);
    config.auth.password_chars_min = 12;
    gateways.emplace(sys, 1);
    api.emplace(
        api_parts{*gateways,
                  std::move(actors),
                  config,
                  signer,
                  passwords,
                  tickets,
                  *limits,
                  events,
                  [this] { return now; },
                  R"([{"slug":"a"}])",
                  [] { return std::string{"metrics"}; },
                  nullptr,
                  [](const std::string& place, const std::string& key, std::uint64_t) {
                    return place == "here" ? "/play/" + key : std::string{};
                  }});
    api->add_to(routes);
    guard = make_guard(
        signer, [this] { return now; }, *limits);
    run();
  }

  ~rest_fixture() {
    gateways->stop();
    run();
  }

  /// A statement that answers this JSON.
  void answer(const std::string& statement, std::string json_text) {
    world->statements[statement] = [json_text](const run_record&) {
      return record_answer{json_text, "", false, 1};
    };
  }

  void fail(const std::string& statement, errc code, std::string text = "") {
    world->statements[statement] =
        [=](const run_record&) -> caf::expected<record_answer> {
      return caf::make_error(code, text);
    };
  }

  std::string token_of(user_role role) {
    return signer.sign(
        token_kind::access, {tenant, user, role}, now, std::chrono::minutes{10});
  }

  using header_pairs = std::vector<std::pair<std::string, std::string>>;

  std::shared_ptr<http_request>
  make_request(http_method method, const std::string& target, header_pairs headers) {
    auto request = std::make_shared<http_request>(
        [queue = queue](std::function<void()> work) { queue->push(std::move(work)); },
        [queue = queue, slot = slot](http_response response) {
          queue->push([slot, box = std::make_shared<http_response>(std::move(response))] {
            *slot = std::move(*box);
          });
        });
    request->method = method;
    request->target = target;
    request->path = target.substr(0, target.find('?'));
    request->correlation_id = "test";
    request->remote_ip = "10.0.0.1";
    for (const auto& [name, value] : headers)
      request->headers.add(name, value);
    return request;
  }

  /// Sends a request as a user of `role`; `none` sends no token.
  rest_answer call(http_method method,
                   const std::string& target,
                   std::string body = {},
                   user_role role = user_role::owner,
                   header_pairs headers = {},
                   std::unique_ptr<upload_form> form = nullptr) {
    if (role != user_role::none)
      headers.emplace_back("Authorization", "Bearer " + token_of(role));
    auto request = make_request(method, target, std::move(headers));
    request->body = std::move(body);
    request->form = std::move(form);
    return deliver(std::move(request));
  }

  rest_answer deliver(std::shared_ptr<http_request> request) {
    slot->reset();
    auto match = routes.find(request->method, request->path);
    BOOST_REQUIRE_MESSAGE(match.found != nullptr, "no route for " + request->path);
    request->matched = match.found;
    request->params = std::move(match.params);
    if (auto stopped = guard(*request))
      request->respond(std::move(*stopped));
    else
      match.found->handler(request);
    request.reset();
    while (!slot->has_value()) {
      run();
      if (!queue->run_one())
        BOOST_REQUIRE_MESSAGE(queue->wait(), "no answer");
    }
    rest_answer made;
    made.raw = std::move(**slot);
    made.status = made.raw.status;
    if (auto parsed = json::parse(made.raw.body))
      made.body = std::move(*parsed);
    run();
    return made;
  }

  rest_answer get(const std::string& target, user_role role = user_role::owner) {
    return call(http_method::get, target, {}, role);
  }

  rest_answer
  post(const std::string& target, std::string body = "{}", header_pairs headers = {}) {
    return call(http_method::post, target, std::move(body), user_role::owner, headers);
  }

  /// Work that wants the connection's thread; password threads add to it too.
  struct work_queue {
    void push(std::function<void()> work) {
      {
        std::lock_guard lock{mutex};
        items.push_back(std::move(work));
      }
      came.notify_one();
    }

    bool run_one() {
      std::function<void()> next;
      {
        std::lock_guard lock{mutex};
        if (items.empty())
          return false;
        next = std::move(items.front());
        items.pop_front();
      }
      next();
      return true;
    }

    /// Waits for a password thread; false when nothing comes.
    bool wait() {
      std::unique_lock lock{mutex};
      return came.wait_for(
          lock, std::chrono::seconds{20}, [this] { return !items.empty(); });
    }

    std::mutex mutex;
    std::condition_variable came;
    std::deque<std::function<void()>> items;
  };

  world_ptr world = std::make_shared<rest_world>();
  settings config;
  wall_time now{std::chrono::seconds{1'760'000'000}};
  tenant_id tenant = tenant_id::make();
  user_id user = user_id::make();
  std::shared_ptr<work_queue> queue = std::make_shared<work_queue>();
  std::shared_ptr<std::optional<http_response>> slot =
      std::make_shared<std::optional<http_response>>();
  token_signer signer{{"caly-jwt-secret-which-is-32-bytes!"}, "caly"};
  ws_tickets tickets{signer};
  std::unique_ptr<request_limits> limits = [] {
    limit_settings generous;
    generous.requests_burst = 100'000;
    generous.requests_per_minute = 100'000;
    generous.logins_per_minute_per_account = 1000;
    generous.logins_per_minute_per_ip = 1000;
    generous.imports_per_hour = 1000;
    return std::make_unique<request_limits>(generous);
  }();
  event_hub events{[this] { return now; }};
  router routes;
  request_guard guard;
  std::optional<actor_gateways> gateways;
  std::optional<rest_api> api;
  password_hasher passwords{
      {.passes = 1, .memory_bytes = 8192, .threads = 1, .waiting_max = 10}};
};

} // namespace caly::test
