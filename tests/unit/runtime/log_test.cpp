#include "runtime/base/error.hpp"
#include "runtime/base/json.hpp"
#include "runtime/observe/log.hpp"
#include "runtime/observe/log_fields.hpp"
#include "runtime/observe/outage_log.hpp"
#include "runtime/observe/redact.hpp"
#include "runtime/observe/spawn.hpp"
#include "tests/support/actor_fixture.hpp"

#include <boost/test/unit_test.hpp>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <random>
#include <string>
#include <vector>

namespace caly::test {
namespace {

using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(redact_suite)

void becomes(const std::string& text, const std::string& expected) {
  BOOST_TEST(redacted(text) == expected);
}

BOOST_AUTO_TEST_CASE(telephone_numbers_keep_country_and_last_four) {
  becomes("to=+919876543210", "to=+91******3210");
  becomes("whatsapp:+14155550123 says", "whatsapp:+14*****0123 says");
  becomes("To=%2B919876543210&x=1", "To=+91******3210&x=1");
  becomes("call +91 98765-43210 now", "call +91******3210 now");
  becomes("+919876543210 150000 rows", "+91******3210 150000 rows");
  becomes("+919876543210-+14155550123", "+91******3210-+14*****0123");
  becomes("+44 20 7946 0958", "+44******0958");
  becomes("9876543210", "98****3210");
  becomes("0091 9876543210", "0091 98****3210");
  becomes("(919876543210)", "(91******3210)");
}

BOOST_AUTO_TEST_CASE(other_numbers_stay) {
  for (const auto* text : {"rows=150000",
                           "2026-11-21T09:04:05.123Z",
                           "took_ns=1234567890",
                           "unix=1763715845123",
                           "call_0192f3a49876543210aabbccddeeff00",
                           "1 + 2 = 3",
                           "0.9876543210"})
    becomes(text, text);
}

BOOST_AUTO_TEST_CASE(keys_and_tokens_never_show) {
  becomes("Authorization: Bearer abc.DEF-123_x", "Authorization: Bearer [secret]");
  becomes("bearer 0123456789 end", "bearer [secret] end");
  becomes("key sk-proj-abcdefgh12345 used", "key [secret] used");
  becomes("sid AC0123456789abcdef0123456789abcdef.", "sid [secret].");
  becomes("jwt eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln", "jwt [secret]");
  becomes("auth_token=deadbeef12 next=1", "auth_token=[secret] next=1");
  becomes(R"({"password":"hunter2","a":1})", R"({"password":"[secret]","a":1})");
  becomes("/ws?ticket_token=abcdef&x=1", "/ws?ticket_token=[secret]&x=1");
}

BOOST_AUTO_TEST_CASE(mail_addresses_and_users_in_urls_are_masked) {
  becomes("user=asha.k+x@example.co.in failed", "user=a***@e***.in failed");
  becomes("<bo@x.io>.", "<b***@x***.io>.");
  becomes("postgresql://caly:hunter2@127.0.0.1:5432/caly",
          "postgresql://[secret]@127.0.0.1:5432/caly");
  becomes("a:17@n2 and @home", "a:17@n2 and @home");
}

BOOST_AUTO_TEST_CASE(terminal_escapes_are_gone) {
  becomes("a\x1b[31mb\r\nc\x7f", "a [31mb  c ");
  becomes("x\xc2\x9by", "x y");
  becomes("नमस्ते", "नमस्ते");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(outage_gate_suite)

BOOST_AUTO_TEST_CASE(one_line_an_area_and_interval_passes_and_knows_what_was_left_out) {
  outage_gate gate{5s};
  const outage_gate::time_point now{};
  BOOST_TEST(gate.pass("tenant", now).value_or(99) == 0u);
  BOOST_TEST(!gate.pass("tenant", now + 1s));
  BOOST_TEST(!gate.pass("tenant", now + 4999ms));
  BOOST_TEST(gate.pass("call", now + 1s).value_or(99) == 0u);
  BOOST_TEST(gate.pass("tenant", now + 5s).value_or(99) == 2u);
  BOOST_TEST(!gate.pass("tenant", now + 6s));
  BOOST_TEST(gate.close("tenant").value_or(99) == 1u);
  BOOST_TEST(!gate.close("tenant"));
  BOOST_TEST(gate.pass("tenant", now + 7s).value_or(99) == 0u);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(log_line_suite)

json line(std::string_view message, log_origin origin = {}) {
  if (origin.level.empty())
    origin.level = "info";
  auto parsed = json::parse(to_log_line(origin, message));
  BOOST_REQUIRE_MESSAGE(parsed, to_log_line(origin, message));
  return std::move(*parsed);
}

BOOST_AUTO_TEST_CASE(pairs_become_fields_and_the_rest_is_the_message) {
  const auto x =
      line("dial: placed attempt=call_01 took_ms=12 retried=false why=line is busy");
  BOOST_TEST(x["message"].text_or("") == "dial: placed");
  BOOST_TEST(x["area"].text_or("") == "dial");
  BOOST_TEST(x["attempt"].text_or("") == "call_01");
  BOOST_TEST(x["took_ms"].int_or(0) == 12);
  BOOST_CHECK(x["retried"].as_bool() == false);
  BOOST_TEST(x["why"].text_or("") == "line is busy");
}

BOOST_AUTO_TEST_CASE(an_equals_sign_within_text_is_no_field) {
  const auto x = line("sql: x=1 went through a==b and c = d");
  BOOST_TEST(x["message"].text_or("") == "sql:");
  BOOST_TEST(x["x"].text_or("") == "1 went through a==b and c = d");
}

BOOST_AUTO_TEST_CASE(its_own_names_cannot_be_forged) {
  const auto x = line("a: b level=fatal level=x message=hi");
  BOOST_TEST(x["level"].text_or("") == "info");
  BOOST_TEST(x["field_level"].text_or("") == "fatal");
  BOOST_TEST(x["field_message"].text_or("") == "hi");
}

BOOST_AUTO_TEST_CASE(a_message_cannot_begin_a_line_of_its_own) {
  const auto text = to_log_line({}, "a\n{\"level\":\"error\"}\"");
  BOOST_TEST(text.find('\n') == std::string::npos);
  BOOST_TEST(json::parse(text).engaged());
}

BOOST_AUTO_TEST_CASE(says_who_logged_and_on_whose_behalf) {
  log_origin origin;
  origin.level = "warn";
  origin.node = "n1";
  origin.actor = "/node/call:call_01";
  origin.tenant = "ten_01";
  origin.call = "call_01";
  origin.correlation_id = "req-7";
  auto x = line("call: slow", origin);
  BOOST_TEST(x["actor"].text_or("") == "/node/call:call_01");
  BOOST_TEST(x["tenant"].text_or("") == "ten_01");
  BOOST_TEST(x["call"].text_or("") == "call_01");
  BOOST_TEST(x["correlation_id"].text_or("") == "req-7");
  x = line("call: slow tenant=ten_02 call=call_02", origin);
  BOOST_TEST(x["tenant"].text_or("") == "ten_02");
  BOOST_TEST(x["call"].text_or("") == "call_02");
}

/// Texts of pieces that mean something to the redactor or to the line, in any order.
BOOST_AUTO_TEST_CASE(any_text_becomes_one_harmless_line) {
  const std::vector<std::string> pieces{
      "+",   "91", "9876543210", "%2B", "@",          "://",     ".",     "eyJ",
      "sk-", "AC", "token=",     "\"",  "password: ", "Bearer ", " key=", "=",
      " ",   "a",  "\x1b",       "\n",  "\xc2\x9b",   "\xff",    "-"};
  std::mt19937 dice{7};
  for (int round = 0; round < 3'000; ++round) {
    std::string text;
    for (auto i = dice() % 30; i > 0; --i)
      text += pieces[dice() % pieces.size()];
    const auto shown = to_log_line({}, text);
    BOOST_REQUIRE_MESSAGE(json::parse(shown), "round " << round);
    const auto clean = redacted(text);
    BOOST_REQUIRE(std::none_of(
        clean.begin(), clean.end(), [](char c) { return c >= 0 && c < ' '; }));
    BOOST_REQUIRE(clean.find("+919876543210") == std::string::npos);
  }
}

BOOST_AUTO_TEST_SUITE_END()

struct no_state {};

/// Logging into a folder of its own; the default logger comes back afterwards.
struct log_fixture {
  log_fixture() {
    std::filesystem::create_directories(folder);
    settings.file = folder / "caly.log";
    settings.node = "n1";
  }

  ~log_fixture() {
    stop_logging();
    set_log_level("info");
    std::filesystem::remove_all(folder);
  }

  std::string written() {
    stop_logging();
    std::ifstream in{settings.file};
    return {std::istreambuf_iterator<char>{in}, {}};
  }

  std::filesystem::path folder =
      std::filesystem::temp_directory_path() / ("caly-log-" + std::to_string(getpid()));
  log_options settings;
};

BOOST_FIXTURE_TEST_SUITE(log_suite, log_fixture)

BOOST_AUTO_TEST_CASE(writes_one_json_object_a_line_and_no_canary) {
  BOOST_REQUIRE(!start_logging(settings));
  const correlation_scope scope{"req-1"};
  spdlog::info("net: got to={} auth={}", "+919876543210", "Bearer canary-canary");
  spdlog::error("net: failed key=sk-canarycanary");
  const auto text = written();
  BOOST_TEST(text.find("9876543210") == std::string::npos);
  BOOST_TEST(text.find("canary") == std::string::npos);
  const auto first = json::parse(text.substr(0, text.find('\n')));
  BOOST_REQUIRE(first);
  BOOST_TEST((*first)["correlation_id"].text_or("") == "req-1");
  BOOST_TEST((*first)["node"].text_or("") == "n1");
  BOOST_TEST((*first)["to"].text_or("") == "+91******3210");
  BOOST_TEST(std::count(text.begin(), text.end(), '\n') == 2);
}

BOOST_AUTO_TEST_CASE(an_actor_for_a_call_names_it_and_the_wish_behind_it) {
  BOOST_REQUIRE(!start_logging(settings));
  {
    actor_fixture actors;
    const auto slow = [](self_ptr<caf::actor, no_state>) -> caf::behavior {
      spdlog::warn("call: slow");
      return {[](int) {}};
    };
    actors.stop(spawn<caf::actor, no_state>(
        actors.sys, actor_label{"call", "call_01", "ten_01", "req-7"}, slow));
  }
  const auto text = written();
  const auto x = json::parse(text.substr(0, text.find('\n')));
  BOOST_REQUIRE(x);
  BOOST_TEST((*x)["call"].text_or("") == "call_01");
  BOOST_TEST((*x)["tenant"].text_or("") == "ten_01");
  BOOST_TEST((*x)["correlation_id"].text_or("") == "req-7");
}

BOOST_AUTO_TEST_CASE(a_dependency_that_is_away_is_told_once_and_so_is_its_return) {
  BOOST_REQUIRE(!start_logging(settings));
  for (int i = 0; i < 20; ++i)
    warn_failed(caf::make_error(errc::unavailable), "roof: cannot look tenant={}", i);
  for (int i = 0; i < 3; ++i)
    warn_failed(caf::make_error(errc::conflict), "roof: not done tenant={}", i);
  log_back("roof: back again");
  log_back("roof: back again");
  log_back("cellar: back again");
  const auto lines = log_tail(100);
  BOOST_REQUIRE(lines.size() == 5u);
  BOOST_TEST(lines[0].find("\"tenant\":0") != std::string::npos);
  BOOST_TEST(lines[0].find("unavailable") != std::string::npos);
  BOOST_TEST(lines[3].find("\"tenant\":2") != std::string::npos);
  BOOST_TEST(lines[4].find("\"left_out\":19") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(the_level_changes_while_it_runs_for_all_or_for_one_area) {
  BOOST_REQUIRE(!start_logging(settings));
  spdlog::debug("dial: unseen");
  BOOST_CHECK(!set_log_level("debug", "dial"));
  spdlog::debug("dial: seen");
  spdlog::debug("net: unseen");
  BOOST_CHECK(!set_log_level("off"));
  spdlog::error("net: unseen");
  spdlog::debug("dial: seen");
  BOOST_TEST(log_levels().size() == 2u);
  BOOST_CHECK(!set_log_level("info", "dial"));
  const auto text = written();
  BOOST_TEST(std::count(text.begin(), text.end(), '\n') == 2);
  BOOST_TEST(text.find("unseen") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(refuses_levels_that_do_not_exist_and_files_it_cannot_open) {
  BOOST_CHECK(set_log_level("loud") == errc::invalid);
  settings.level = "loud";
  BOOST_CHECK(start_logging(settings) == errc::invalid);
  settings.level = "info";
  settings.file = "/proc/nowhere/caly.log";
  BOOST_CHECK(start_logging(settings) == errc::unavailable);
}

BOOST_AUTO_TEST_CASE(files_rotate_and_old_ones_go) {
  settings.file_bytes_max = 2'000;
  settings.files_max = 2;
  BOOST_REQUIRE(!start_logging(settings));
  for (int i = 0; i < 200; ++i)
    spdlog::info("test: line number={}", i);
  stop_logging();
  std::size_t files = 0;
  for (const auto& each : std::filesystem::directory_iterator{folder}) {
    BOOST_TEST(std::filesystem::file_size(each) <= 2'000u);
    ++files;
  }
  BOOST_TEST(files == 3u);
}

BOOST_AUTO_TEST_CASE(keeps_the_last_lines_at_hand) {
  BOOST_REQUIRE(!start_logging(settings));
  for (int i = 0; i < 600; ++i)
    spdlog::info("test: line number={}", i);
  const auto lines = log_tail(2);
  BOOST_REQUIRE(lines.size() == 2u);
  BOOST_TEST(lines[1].find("\"number\":599") != std::string::npos);
  BOOST_TEST(log_tail(10'000).size() == 500u);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace caly::test
