#include "net/client/http_client.hpp"
#include "net/providers/bolna/carrier.hpp"
#include "net/providers/exotel/carrier.hpp"
#include "net/providers/telnyx/carrier.hpp"
#include "net/providers/twilio/carrier.hpp"
#include "runtime/base/error.hpp"
#include "tests/simulators/base/options.hpp"
#include "tests/simulators/sandbox.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>
#include <caf/scoped_actor.hpp>

#include <filesystem>
#include <fstream>
#include <functional>
#include <thread>
#include <unistd.h>

namespace caly::test {

namespace {

using namespace std::chrono_literals;

/// A carrier as it is made for an account at the sandbox.
struct kind_of_carrier {
  std::string name;
  std::function<carrier_actor(caf::actor_system&, const std::string& url, create_check)>
      make;
  bool knows_ended_calls = true; ///< tells them apart when they are hung up

  friend std::ostream& operator<<(std::ostream& out, const kind_of_carrier& x) {
    return out << x.name;
  }
};

http_requests_actor requests_of(caf::actor_system& sys) {
  return spawn<http_requests_actor, http_requests_state>(
      sys, {"http_requests", "", ""}, http_requests, std::make_shared<http_client>());
}

carrier_actor
make_twilio(caf::actor_system& sys, const std::string& url, create_check look) {
  twilio::carrier_options account;
  account.base_url = url;
  account.account_sid = "AC1";
  account.auth_token = "token";
  account.public_url = "http://127.0.0.1:1";
  account.create_timeout = 1'500ms;
  account.look_again = std::move(look);
  return spawn<calling_actor, twilio::carrier_state>(
      sys, {"provider", "twilio", ""}, twilio::carrier, account, requests_of(sys));
}

carrier_actor
make_telnyx(caf::actor_system& sys, const std::string& url, create_check look) {
  telnyx::carrier_options account;
  account.base_url = url;
  account.account_sid = "61bf923e-5e4d-4595-a110-56190ea18a1b";
  account.api_key = "key";
  account.application_id = "1293384261075731499";
  account.public_url = "http://127.0.0.1:1";
  account.create_timeout = 1'500ms;
  account.look_again = std::move(look);
  return spawn<calling_actor, telnyx::carrier_state>(
      sys, {"provider", "telnyx", ""}, telnyx::carrier, account, requests_of(sys));
}

carrier_actor
make_bolna(caf::actor_system& sys, const std::string& url, create_check look) {
  bolna::carrier_options account;
  account.base_url = url;
  account.api_key = "key";
  account.agent_id = "11111111-2222-4333-8444-555555555555";
  account.create_timeout = 1'500ms;
  account.look_again = std::move(look);
  return spawn<carrier_actor, bolna::carrier_state>(
      sys, {"provider", "bolna", ""}, bolna::carrier, account, requests_of(sys));
}

carrier_actor
make_exotel(caf::actor_system& sys, const std::string& url, create_check look) {
  exotel::carrier_options account;
  account.base_url = url;
  account.account_sid = "acme1";
  account.api_key = "key";
  account.api_token = "token";
  account.callback_url = "http://127.0.0.1:1/callback";
  account.reference_secret = "secret";
  account.stream_url = [](const auto&) { return "ws://127.0.0.1:1/stream"; };
  account.create_timeout = 1'500ms;
  account.look_again = std::move(look);
  return spawn<carrier_actor, exotel::carrier_state>(
      sys, {"provider", "exotel", ""}, exotel::carrier, account, requests_of(sys));
}

/// Whoever adds a carrier adds a line here.
const std::vector<kind_of_carrier> every_carrier{{"twilio", make_twilio},
                                                 {"telnyx", make_telnyx},
                                                 {"bolna", make_bolna, false},
                                                 {"exotel", make_exotel}};

/// A sandbox of its own for each test, and what it saw.
class provider_side {
public:
  provider_side() : history_{std::filesystem::temp_directory_path() / file_name()} {
    options_.history_path = history_;
    options_.instant = true;
    box_ = std::make_unique<sim::sandbox>(io_, options_);
    thread_ = std::thread{[this] { io_.run(); }};
  }

  ~provider_side() {
    io_.stop();
    thread_.join();
    std::filesystem::remove(history_);
  }

  std::string url() const { return "http://127.0.0.1:" + std::to_string(box_->port()); }

  /// How often a call was created for `call`, as the provider tells.
  std::size_t creates_of(const call_id& call) const {
    std::size_t found = 0;
    std::ifstream lines{history_};
    for (std::string line; std::getline(lines, line);)
      found += line.find(R"("kind":"call.create")") != std::string::npos &&
                       line.find(call.str()) != std::string::npos
                   ? 1
                   : 0;
    return found;
  }

private:
  static std::string file_name() {
    static int number = 0;
    return "caly-carriers-" + std::to_string(getpid()) + "-" + std::to_string(++number);
  }

  std::string history_;
  sim::sim_options options_;
  boost::asio::io_context io_;
  std::unique_ptr<sim::sandbox> box_;
  std::thread thread_;
};

struct fixture {
  caf::actor_system_config config;
  caf::actor_system sys{config};
  provider_side provider;
  caf::scoped_actor self{sys};
  std::vector<carrier_actor> made;

  ~fixture() {
    for (const auto& each : made)
      caf::anon_send_exit(each, caf::exit_reason::user_shutdown);
  }

  carrier_actor start(const kind_of_carrier& kind, create_check look = {}) {
    made.push_back(kind.make(sys, provider.url(), std::move(look)));
    return made.back();
  }

  /// The last four digits choose what happens (tests/simulators/README.md).
  static place_call order_to(const std::string& digits) {
    place_call order;
    order.tenant = tenant_id::make();
    order.call = call_id::make();
    order.to = "+91987654" + digits;
    order.from = "+918046000001";
    order.variables = "{}";
    order.not_after_ns = (boot_clock::now() + 10s).time_since_epoch().count();
    return order;
  }

  template <class Answer, class Ask>
  caf::expected<Answer> ask(const carrier_actor& whom, Ask what) {
    caf::expected<Answer> out{caf::error{}};
    self->request(whom, caf::duration{15s}, std::move(what))
        .receive([&](Answer& answer) { out = std::move(answer); },
                 [&](caf::error& problem) { out = std::move(problem); });
    return out;
  }

  placed_call place(const carrier_actor& whom, const place_call& order) {
    return ask<placed_call>(whom, order).value();
  }

  static look_up_call about(const place_call& order, std::string provider_call_id) {
    look_up_call wanted;
    wanted.tenant = order.tenant;
    wanted.call.id = order.call;
    wanted.call.to = order.to;
    wanted.call.from = order.from;
    wanted.call.provider_call_id = std::move(provider_call_id);
    wanted.call.sending_at_ms = to_unix_ms(std::chrono::system_clock::now()) - 1'000;
    return wanted;
  }
};

} // namespace

/// What tenants and calls rely on, of every carrier against its own sandbox.
BOOST_FIXTURE_TEST_SUITE(carriers, fixture)

BOOST_DATA_TEST_CASE_F(fixture,
                       a_call_is_placed_once_and_found_again_by_its_id,
                       boost::unit_test::data::make(every_carrier),
                       kind) {
  const auto carrier = start(kind);
  const auto order = order_to("1234");
  const auto placed = place(carrier, order);
  BOOST_TEST((placed.result == create_result::placed));
  BOOST_TEST(!placed.provider_call_id.empty());
  BOOST_TEST(provider.creates_of(order.call) == 1u);
  const auto found = ask<looked_up_call>(carrier, about(order, placed.provider_call_id));
  BOOST_REQUIRE(found);
  BOOST_TEST(found->found);
  BOOST_TEST(found->provider_call_id == placed.provider_call_id);
}

BOOST_DATA_TEST_CASE_F(fixture,
                       a_definite_no_is_refused,
                       boost::unit_test::data::make(every_carrier),
                       kind) {
  const auto refused = place(start(kind), order_to("0005"));
  BOOST_TEST((refused.result == create_result::refused));
  BOOST_TEST(!refused.reason.empty());
}

BOOST_DATA_TEST_CASE_F(fixture,
                       what_may_have_happened_is_unknown_and_sent_once,
                       boost::unit_test::data::make(every_carrier),
                       kind) {
  const auto carrier = start(kind);
  for (const auto* digits : {"0006", "0007"}) {
    const auto order = order_to(digits);
    BOOST_TEST((place(carrier, order).result == create_result::unknown), digits);
    BOOST_TEST(provider.creates_of(order.call) == 1u, digits);
  }
}

BOOST_DATA_TEST_CASE_F(fixture,
                       a_call_whose_answer_was_lost_is_found_without_its_id,
                       boost::unit_test::data::make(every_carrier),
                       kind) {
  const auto carrier = start(kind);
  const auto order = order_to("0006");
  BOOST_TEST((place(carrier, order).result == create_result::unknown));
  auto wanted = about(order, {});
  wanted.call.sending_at_ms -= 3'000;
  const auto found = ask<looked_up_call>(carrier, wanted);
  BOOST_REQUIRE(found);
  BOOST_TEST(found->found);
  BOOST_TEST(!found->provider_call_id.empty());
}

BOOST_DATA_TEST_CASE_F(fixture,
                       what_never_happened_is_not_found,
                       boost::unit_test::data::make(every_carrier),
                       kind) {
  const auto carrier = start(kind);
  const auto order = order_to("1234");
  const auto by_number = ask<looked_up_call>(carrier, about(order, {}));
  BOOST_REQUIRE(by_number);
  BOOST_TEST(!by_number->found);
  const auto by_id = ask<looked_up_call>(carrier, about(order, "no-such-call"));
  BOOST_REQUIRE(by_id);
  BOOST_TEST(!by_id->found);
}

BOOST_DATA_TEST_CASE_F(fixture,
                       after_the_fuse_nothing_leaves,
                       boost::unit_test::data::make(every_carrier),
                       kind) {
  auto order = order_to("1234");
  order.not_after_ns = (boot_clock::now() - 1ms).time_since_epoch().count();
  BOOST_TEST((place(start(kind), order).result == create_result::throttled));
  BOOST_TEST(provider.creates_of(order.call) == 0u);
}

BOOST_DATA_TEST_CASE_F(fixture,
                       what_the_row_does_not_want_any_more_never_leaves_whole,
                       boost::unit_test::data::make(every_carrier),
                       kind) {
  const auto order = order_to("1234");
  const auto carrier = start(kind, [](const tenant_id&, const call_id&) {
    return http_check{[](const auto& answer) { answer(false); }};
  });
  BOOST_TEST((place(carrier, order).result == create_result::throttled));
  BOOST_TEST(provider.creates_of(order.call) == 0u);
}

BOOST_DATA_TEST_CASE_F(fixture,
                       an_ended_call_counts_as_hung_up,
                       boost::unit_test::data::make(every_carrier),
                       kind) {
  const auto carrier = start(kind);
  const auto order = order_to("0002");
  const auto placed = place(carrier, order);
  BOOST_REQUIRE((placed.result == create_result::placed));
  const auto ended =
      ask<bool>(carrier, hang_up_call{order.tenant, order.call, placed.provider_call_id});
  if (kind.knows_ended_calls)
    BOOST_TEST((ended && *ended));
  else
    BOOST_TEST((!ended && ended.error() == errc::unavailable));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caly::test
