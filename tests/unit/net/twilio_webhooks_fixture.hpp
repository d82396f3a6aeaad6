#pragma once

#include "net/providers/twilio/codec.hpp"
#include "net/webhooks/twilio.hpp"
#include "runtime/base/error.hpp"
#include "tests/support/actor_fixture.hpp"

namespace caly::test {

inline const tenant_id tenant = tenant_id::make();
inline const call_id call = call_id::make();
inline const std::string query = "?tenant=" + tenant.str() + "&call=" + call.str();
inline const std::string token = "0123456789abcdef0123456789abcdef";

struct webhook_answer {
  unsigned status = 0;
  std::string body;

  bool says(const std::string& text) const {
    return body.find(text) != std::string::npos;
  }
};

/// The callbacks with everything behind them answering at once.
struct twilio_webhooks_fixture : actor_fixture {
  std::vector<record_progress> events;
  std::vector<open_call> opened;
  std::vector<call_progressed> hints;
  std::vector<hang_up_call> hang_ups;
  std::optional<errc> store_error;
  progress_effect effect = progress_effect::applied;
  std::string number = "null";
  std::string row = "null"; ///< of the call with the carrier's id
  std::string talk = "null";
  std::string open_transfer = "null";
  std::string transfer = "null";
  std::vector<std::string> steps;
  std::string talked_s;    ///< of the last step
  std::string state_after; ///< of every step; empty: the step is taken
  std::vector<std::string> asked;

  caf::actor store = sys.spawn([this]() -> caf::behavior {
    return {[this](const record_progress& x) -> caf::result<progress_answer> {
              if (store_error)
                return caf::make_error(*store_error);
              events.push_back(x);
              return progress_answer{effect};
            },
            [this](const open_call& x) -> caf::result<reserved_call> {
              if (store_error)
                return caf::make_error(*store_error);
              opened.push_back(x);
              return x.call;
            }};
  });
  caf::actor records = sys.spawn([this]() -> caf::behavior {
    return {[this](const run_record& ask) {
      asked.push_back(ask.statement);
      record_answer found;
      found.json = ask.statement == "numbers.find"     ? number
                   : ask.statement == "calls.talk"     ? talk
                   : ask.statement == "transfers.open" ? open_transfer
                   : ask.statement == "transfers.get"  ? transfer
                   : ask.statement == "transfers.step" ? take_step(ask)
                                                       : row;
      return found;
    }};
  });
  std::vector<call_id> sought; ///< calls whose actor was wanted, on whatever node
  caf::actor talking = sys.spawn([this]() -> caf::behavior {
    return {[this](const call_progressed& x) { hints.push_back(x); },
            [this](const choose_voice&) {
              return voice_choice{brain, "en"};
            }};
  });
  brain_kind brain = brain_kind::realtime;
  caf::actor calls = sys.spawn([this]() -> caf::behavior {
    return {[this](const call_progressed& x) { hints.push_back(x); },
            [this](const find_call& x) {
              BOOST_TEST(x.start);
              sought.push_back(x.call);
              return caf::actor_cast<call_actor>(talking);
            }};
  });
  caf::actor carrier = sys.spawn([this]() -> caf::behavior {
    return {[this](const hang_up_call& x) {
      hang_ups.push_back(x);
      return true;
    }};
  });
  actor_gateways gateways{sys, 1};
  media_tickets tickets{"secret", std::chrono::seconds{60}};
  std::unique_ptr<twilio_webhooks> webhooks;
  router routes;

  twilio_webhooks_fixture() {
    twilio_webhook_parts parts{
        .gateways = gateways,
        .store = caf::actor_cast<dial_store_actor>(store),
        .records = caf::actor_cast<records_actor>(records),
        .calls = caf::actor_cast<calls_actor>(calls),
        .carrier = caf::actor_cast<carrier_actor>(carrier),
        .tickets = tickets,
        .auth_token = token,
        .public_url = "https://voice.example",
        .clock = [] { return wall_time{std::chrono::seconds{9}}; }};
    webhooks = std::make_unique<twilio_webhooks>(std::move(parts));
    webhooks->add_to(routes);
  }

  std::string take_step(const run_record& ask) {
    steps.push_back(ask.arguments.at(2).value_or(""));
    talked_s = ask.arguments.at(5).value_or("");
    return R"({"state":")" + (state_after.empty() ? steps.back() : state_after) + "\"}";
  }

  webhook_answer send(const std::string& target,
                      const twilio::form_fields& fields,
                      const std::string& signature) {
    webhook_answer got;
    auto request =
        std::make_shared<http_request>([](std::function<void()> work) { work(); },
                                       [&](http_response response) {
                                         got.status = response.status;
                                         got.body = response.body;
                                       });
    request->method = http_method::post;
    request->target = target;
    request->path = target.substr(0, target.find('?'));
    request->body = twilio::write_form(fields);
    if (!signature.empty())
      request->headers.add("X-Twilio-Signature", signature);
    const auto found = routes.find(http_method::post, request->path);
    BOOST_REQUIRE(found.found != nullptr);
    found.found->handler(request);
    run();
    return got;
  }

  webhook_answer post(const std::string& target, const twilio::form_fields& fields) {
    return send(target,
                fields,
                twilio::signature(token, "https://voice.example" + target, fields));
  }
};

} // namespace caly::test
