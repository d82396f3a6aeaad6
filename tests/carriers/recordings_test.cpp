#include "actors/api/carrier_recordings.hpp"
#include "net/client/http_client.hpp"
#include "net/http/form.hpp"
#include "net/media/recording/wav.hpp"
#include "net/providers/twilio/recordings.hpp"
#include "runtime/base/error.hpp"
#include "runtime/base/json.hpp"
#include "tests/simulators/base/options.hpp"
#include "tests/simulators/sandbox.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/test/unit_test.hpp>
#include <caf/scoped_actor.hpp>

#include <filesystem>
#include <future>
#include <thread>
#include <unistd.h>

namespace caly::test {

namespace {

using namespace std::chrono_literals;

/// Twilio's recordings against the sandbox, whose time passes twenty times as fast.
struct fixture {
  boost::asio::io_context io;
  sim::sim_options sandbox_options = fast();
  sim::sandbox box{io, sandbox_options};
  std::thread thread{[this] { io.run(); }};
  std::filesystem::path folder = std::filesystem::temp_directory_path() /
                                 ("caly-carrier-recordings-" + std::to_string(getpid()));
  std::string file = (folder / "fetched").string();
  std::shared_ptr<http_client> client = std::make_shared<http_client>();
  caf::actor_system_config config;
  caf::actor_system sys{config};
  caf::scoped_actor self{sys};
  http_requests_actor http = spawn<http_requests_actor, http_requests_state>(
      sys, {"http_requests", "", ""}, http_requests, client);
  recording_carrier_actor carrier = make();

  fixture() { std::filesystem::create_directories(folder); }

  ~fixture() {
    caf::anon_send_exit(carrier, caf::exit_reason::user_shutdown);
    caf::anon_send_exit(http, caf::exit_reason::user_shutdown);
    io.stop();
    thread.join();
    std::filesystem::remove_all(folder);
  }

  static sim::sim_options fast() {
    sim::sim_options options;
    options.speed = 20;
    options.call_seconds = {200, 200};
    return options;
  }

  recording_carrier_actor make() {
    twilio::recordings_options account;
    account.base_url = "http://127.0.0.1:" + std::to_string(box.port());
    account.account_sid = "AC1";
    account.auth_token = "token";
    account.public_url = "http://127.0.0.1:1";
    return caf::actor_cast<recording_carrier_actor>(
        spawn<twilio::recordings_self_actor, twilio::recordings_state, caf::detached>(
            sys,
            {"recordings", "twilio", ""},
            twilio::recordings,
            account,
            http,
            client));
  }

  template <class Answer, class Ask>
  caf::expected<Answer> ask(Ask what) {
    caf::expected<Answer> out{caf::error{}};
    self->request(carrier, caf::duration{15s}, std::move(what))
        .receive([&](Answer& answer) { out = std::move(answer); },
                 [&](caf::error& problem) { out = std::move(problem); });
    return out;
  }

  /// Twilio's own API, as whoever has the account uses it.
  json rest(const std::string& method, const std::string& path, const form_fields& form) {
    http_call call;
    call.method = method;
    call.url = "http://127.0.0.1:" + std::to_string(box.port()) +
               "/2010-04-01/Accounts/AC1" + path;
    call.user = "AC1";
    call.password = "token";
    call.body = write_form(form);
    std::promise<http_answer> said;
    client->submit(std::move(call),
                   [&](http_answer answer) { said.set_value(std::move(answer)); });
    const auto read = json::parse(said.get_future().get().body);
    return read ? *read : json{};
  }

  /// Asks until it is so.
  template <class Condition>
  static bool comes_true(Condition is_so) {
    const auto end = std::chrono::steady_clock::now() + 20s;
    while (!is_so())
      if (std::chrono::steady_clock::now() > end)
        return false;
    return true;
  }

  /// A call that somebody answered.
  std::string talking() {
    const auto made = rest("POST",
                           "/Calls.json",
                           {{"To", "+919876541234"},
                            {"From", "+918046000001"},
                            {"Twiml", "<Response><Pause length=\"150\"/></Response>"}});
    const std::string sid{made["sid"].text_or("")};
    BOOST_TEST_REQUIRE(comes_true([&] {
      return rest("GET", "/Calls/" + sid + ".json", {})["status"].text_or("") ==
             "in-progress";
    }));
    return sid;
  }

  void hang_up(const std::string& call) {
    rest("POST", "/Calls/" + call + ".json", {{"Status", "completed"}});
  }

  std::string begin(const std::string& call) {
    const auto begun = ask<std::string>(
        begin_carrier_recording{tenant_id::make(), call_id::make(), call});
    BOOST_TEST_REQUIRE(!!begun);
    return *begun;
  }

  std::vector<carrier_recording_entry> list(const std::string& call) {
    const auto found = ask<carrier_recording_list>(list_carrier_recordings{call});
    BOOST_TEST_REQUIRE(!!found);
    return found->entries;
  }

  /// Three simulated seconds: shorter recordings are none.
  void let_run(const std::string& call) {
    const auto end = std::chrono::steady_clock::now() + 150ms;
    comes_true([&] {
      list(call);
      return std::chrono::steady_clock::now() > end;
    });
  }

  bool is_completed(const std::string& call) {
    return comes_true([&] {
      const auto found = list(call);
      return found.size() == 1 && found[0].status == "completed";
    });
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(carrier_recordings, fixture)

BOOST_AUTO_TEST_CASE(a_call_is_recorded_on_two_channels_fetched_and_deleted) {
  const auto call = talking();
  const auto recording = begin(call);
  const auto running = list(call);
  BOOST_TEST_REQUIRE(running.size() == 1u);
  BOOST_TEST(running[0].id == recording);
  BOOST_TEST(running[0].status == "running");
  BOOST_TEST(*ask<bool>(steer_carrier_recording{call, true}));
  BOOST_TEST(*ask<bool>(steer_carrier_recording{call, false}));
  let_run(call);
  hang_up(call);
  BOOST_TEST_REQUIRE(is_completed(call));
  const auto bytes =
      ask<std::uint64_t>(fetch_carrier_recording{recording, file, 9 << 20});
  BOOST_TEST_REQUIRE(!!bytes);
  BOOST_TEST(*bytes == std::filesystem::file_size(file));
  const auto sound = recording::look_at_wav(file);
  BOOST_TEST_REQUIRE(!!sound);
  BOOST_TEST(sound->ms > 0);
  BOOST_TEST(*ask<bool>(remove_carrier_recording{call, recording, true}));
  BOOST_TEST(list(call).empty());
  BOOST_TEST(*ask<bool>(remove_carrier_recording{call, recording, true}));
  const auto gone =
      ask<std::uint64_t>(fetch_carrier_recording{recording, file + "-again", 9 << 20});
  BOOST_CHECK(gone.error() == errc::not_found);
  BOOST_TEST(!std::filesystem::exists(file + "-again"));
}

BOOST_AUTO_TEST_CASE(more_than_the_call_can_have_lasted_is_not_read) {
  const auto call = talking();
  const auto recording = begin(call);
  let_run(call);
  hang_up(call);
  BOOST_TEST_REQUIRE(is_completed(call));
  const auto read = ask<std::uint64_t>(fetch_carrier_recording{recording, file, 1000});
  BOOST_CHECK(read.error() == errc::too_large);
  BOOST_TEST(!std::filesystem::exists(file));
}

BOOST_AUTO_TEST_CASE(one_that_runs_is_deleted_at_once) {
  const auto call = talking();
  const auto recording = begin(call);
  BOOST_TEST(*ask<bool>(remove_carrier_recording{call, recording, false}));
  BOOST_TEST(list(call).empty());
}

BOOST_AUTO_TEST_CASE(what_cannot_be_recorded_is_refused) {
  const auto nobody = ask<std::string>(
      begin_carrier_recording{tenant_id::make(), call_id::make(), "CA0"});
  BOOST_CHECK(nobody.error() == errc::refused);
  BOOST_TEST(list("CA0").empty());
  BOOST_CHECK(ask<bool>(steer_carrier_recording{"CA0", true}).error() == errc::refused);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caly::test
