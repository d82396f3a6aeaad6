#include "cluster/client/commands.hpp"
#include "cluster/client/console_client.hpp"
#include "cluster/client/progress.hpp"

#include <boost/test/unit_test.hpp>

#include <filesystem>
#include <fstream>
#include <stdlib.h>

namespace caly::test {
namespace {

using namespace client;
using namespace std::chrono_literals;

json parsed(std::string_view text) {
  auto value = json::parse(text);
  BOOST_REQUIRE(value);
  return std::move(*value);
}

const std::vector<out_column> two_columns{
    {"NAME", "name", out_column::kind::text},
    {"DONE", "counts.done", out_column::kind::number}};

BOOST_AUTO_TEST_SUITE(client_suite)

BOOST_AUTO_TEST_CASE(tables_align_by_characters_and_put_numbers_right) {
  const auto text = render_rows({parsed(R"({"name":"दीवाली","counts":{"done":7}})"),
                                 parsed(R"({"name":"x","counts":{"done":123}})")},
                                two_columns,
                                out_format::table);
  BOOST_TEST(text == "NAME    DONE\nदीवाली     7\nx        123\n");
}

BOOST_AUTO_TEST_CASE(csv_quotes_what_needs_it_and_leaves_nothing_empty_as_null) {
  const auto text = render_rows(
      {parsed(R"({"name":"a,\"b\"","counts":{}})")}, two_columns, out_format::csv);
  BOOST_TEST(text == "name,counts.done\n\"a,\"\"b\"\"\",\n");
}

BOOST_AUTO_TEST_CASE(json_and_ids_are_the_rows_as_they_came) {
  const std::vector<json> rows{parsed(R"({"id":"cmp_1","extra":1.50})")};
  BOOST_TEST(render_rows(rows, two_columns, out_format::json) ==
             "[{\"id\":\"cmp_1\",\"extra\":1.50}]\n");
  BOOST_TEST(render_rows({}, two_columns, out_format::json) == "[]\n");
  BOOST_TEST(render_rows(rows, two_columns, out_format::id) == "cmp_1\n");
}

BOOST_AUTO_TEST_CASE(what_a_terminal_would_act_on_is_not_printed) {
  const auto text =
      render_rows({parsed(R"({"name":"a\u001b[2Jb"})")}, two_columns, out_format::table);
  BOOST_TEST(text.find('\x1b') == std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_forecast_is_a_table_and_what_one_should_know) {
  const auto text = forecast_table(parsed(
      R"({"ends_at":{"p50":"2026-11-21T11:00:00.000Z","p90":null},)"
      R"("duration_s":{"p50":3661,"p90":null},"calls":{"p50":200,"p90":220},)"
      R"("answered":{"p50":80,"p90":90},"talked_s":{"p50":4000,"p90":4100},)"
      R"("charged_micros":{"p50":1500000,"p90":2000000},"ends_as":"no_credit",)"
      R"("credit":{"suffices":false,"balance_micros":1500000,)"
      R"("needed_micros":{"p50":9000000},"runs_out_at":"2026-11-21T10:30:00.000Z"},)"
      R"("limited_by":[{"what":"campaign_lines","share":0.964}],)"
      R"("rows":{"to_call":100,"skipped":[{"reason":"do_not_call","rows":2}],)"
      R"("waiting":[]},"assumptions":{"source":"agent","calls":60,"talk_s":41.5,)"
      R"("outcomes":{"completed":0.4}}})"));
  BOOST_TEST(text ==
             "                           EXPECTED  9 OF 10 TIMES AT MOST\n"
             "ends at    2026-11-21T11:00:00.000Z                      -\n"
             "takes                       1:01:01                      -\n"
             "calls                           200                    220\n"
             "answered                         80                     90\n"
             "talk time                   1:06:40                1:08:20\n"
             "credits                        1.50                   2.00\n"
             "ends as: no_credit\n"
             "credit: of 9.00 needed there are 1.50; calls stop at "
             "2026-11-21T10:30:00.000Z\n"
             "limited by: campaign_lines 96 %\n"
             "people to call: 100\n"
             "not called: do_not_call 2\n"
             "based on: from the last 60 calls with this agent: 40 % of the calls are "
             "answered, talks last 41.5 s\n");
}

BOOST_AUTO_TEST_CASE(what_happened_stands_beside_what_was_predicted) {
  const auto text = beside_table(
      parsed(R"({"predicted":{"calls":{"p50":200},"charged_micros":{"p50":1500000}},)"
             R"("happened":{"ended_at":null,"calls":190,"charged_micros":1600000}})"));
  BOOST_TEST(text.find("calls            200       190\n") != std::string::npos, text);
  BOOST_TEST(text.find("credits         1.50      1.60\n") != std::string::npos, text);
  BOOST_TEST(text.find("ends at            -         -\n") != std::string::npos, text);
}

BOOST_AUTO_TEST_CASE(credits_keep_every_micro) {
  BOOST_TEST(credits_text(0) == "0.00");
  BOOST_TEST(credits_text(12'500'000) == "12.50");
  BOOST_TEST(credits_text(1) == "0.000001");
  BOOST_TEST(credits_text(-250'000) == "-0.25");
}

BOOST_AUTO_TEST_CASE(errors_of_the_api_become_exit_codes_with_their_fields) {
  const auto wrong =
      api_failure(422,
                  parsed(R"({"code":"invalid","message":"no",)"
                         R"("field_errors":[{"field":"name","message":"is missing"}]})"));
  BOOST_TEST((wrong.exit == exit_code::usage));
  BOOST_TEST(wrong.message == "no\n  name: is missing");
  BOOST_TEST((api_failure(401, {}).exit == exit_code::auth));
  BOOST_TEST((api_failure(403, {}).exit == exit_code::permission));
  BOOST_TEST((api_failure(404, {}).exit == exit_code::not_found));
  BOOST_TEST((api_failure(409, {}).exit == exit_code::conflict));
  BOOST_TEST((api_failure(503, {}).exit == exit_code::unavailable));
  BOOST_TEST(api_failure(429, parsed(R"({"retry_after":7})")).hint == "try again in 7 s");
}

BOOST_AUTO_TEST_CASE(a_mapping_is_pairs_of_field_and_column) {
  BOOST_TEST(*mapping_text({"phone=Mobile No", "name=A=B"}) ==
             R"({"phone":"Mobile No","name":"A=B"})");
  BOOST_TEST(mapping_text({})->empty());
  for (const auto* wrong : {"phone", "=x", "phone="})
    BOOST_TEST((mapping_text({wrong}).error().exit == exit_code::usage), wrong);
}

BOOST_AUTO_TEST_CASE(an_agent_is_picked_by_id_name_or_a_part_that_fits_only_one) {
  const std::vector<json> agents{
      parsed(R"({"id":"agt_1","slug":"re.lead","name":"Lead"})"),
      parsed(R"({"id":"agt_2","slug":"re.visit","name":"Lead visit"})")};
  BOOST_TEST((*pick_agent(agents, "lead"))["id"].text_or("") == "agt_1");
  BOOST_TEST((*pick_agent(agents, "agt_2"))["id"].text_or("") == "agt_2");
  BOOST_TEST((*pick_agent(agents, "VISIT"))["id"].text_or("") == "agt_2");
  BOOST_TEST((pick_agent(agents, "lea").error().exit == exit_code::usage));
  BOOST_TEST((pick_agent(agents, "dentist").error().exit == exit_code::not_found));
}

BOOST_AUTO_TEST_CASE(the_bar_is_as_wide_as_asked_and_shows_every_state_in_its_share) {
  const auto counts = parsed(R"({"done":5,"exhausted":2,"dialing":1,"pending":2})");
  BOOST_TEST(progress_bar(counts, 10) == "█████▓▓▶··");
  for (const std::size_t width : {1u, 7u, 40u})
    BOOST_TEST(text_width(progress_bar(counts, width)) == width);
  BOOST_TEST(progress_bar(parsed("{}"), 3) == "   ");
}

BOOST_AUTO_TEST_CASE(the_progress_line_shows_what_fits_the_screen) {
  const auto progress = parsed(R"({"rows":10,"live":1,"eta_s":75,"waiting_for":"retry",)"
                               R"("counts":{"done":5,"pending":5}})");
  BOOST_TEST(progress_line(progress, 42s, 30) == "█████····· 5/10  50%  live 1");
  const auto wide = progress_line(progress, 42s, 90);
  BOOST_TEST(wide.find("  0:42  eta 1:15  waits for retry") != std::string::npos);
  for (const std::size_t width : {20u, 40u, 60u, 80u})
    BOOST_TEST(text_width(progress_line(progress, 42s, width)) < width);
  BOOST_TEST(clock_text(3'723s) == "1:02:03");
}

BOOST_AUTO_TEST_CASE(a_campaign_that_uses_all_its_lines_waits_for_nothing) {
  const auto busy = parsed(R"({"live":8,"waiting_for":"campaign_at_capacity"})");
  BOOST_TEST(progress_line(busy, 1s, 200).find("waits") == std::string::npos);
  const auto stuck = parsed(R"({"live":0,"waiting_for":"system_at_capacity"})");
  BOOST_TEST(progress_line(stuck, 1s, 200).find("waits for system") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(the_format_goes_before_the_pipe_and_yields_to_a_chosen_one) {
  BOOST_TEST(with_format("ps | grep call", "json") == "ps  -o json | grep call");
  BOOST_TEST(with_format("ps", "csv") == "ps -o csv");
  BOOST_TEST(with_format("ps", "table") == "ps");
  BOOST_TEST(with_format("ps -o wide", "json") == "ps -o wide");
  BOOST_TEST(with_format("elevate P --reason \"a | b\"", "json") ==
             "elevate P --reason \"a | b\" -o json");
}

BOOST_AUTO_TEST_CASE(failures_name_their_code_and_the_next_step) {
  const failure reason{exit_code::conflict, "conflict", "not a draft", "pause it first"};
  BOOST_TEST(render_failure(reason, false) ==
             "error[conflict]: not a draft\nhint: pause it first\n");
  BOOST_TEST(render_failure(reason, true).find("\x1b[31m") == 0u);
}

BOOST_AUTO_TEST_CASE(a_state_folder_tells_everything_and_a_missing_one_how_to_start) {
  char name[] = "/tmp/caly_client_XXXXXX";
  BOOST_REQUIRE(mkdtemp(name) != nullptr);
  const std::filesystem::path folder{name};
  BOOST_REQUIRE(write_private_file(
      folder / "endpoints.json",
      R"({"api":["http://127.0.0.1:1"],"console":["127.0.0.1:2"],"admin_token":"t",)"
      R"("demo":{"email":"a@b.example","password":"p"}})"));
  target_options target;
  target.state_dir = folder;
  const auto found = find_endpoints(target);
  BOOST_REQUIRE(found);
  BOOST_TEST(found->apis.at(0) == "http://127.0.0.1:1");
  BOOST_TEST(found->consoles.at(0) == "127.0.0.1:2");
  BOOST_TEST(found->console_token == "t");
  BOOST_TEST(found->password == "p");
  const auto rights = std::filesystem::status(folder / "endpoints.json").permissions();
  BOOST_TEST((rights == (std::filesystem::perms::owner_read |
                         std::filesystem::perms::owner_write)));
  std::filesystem::remove_all(folder);
  const auto none = find_endpoints(target);
  BOOST_REQUIRE(!none);
  BOOST_TEST(none.error().hint.find("scripts/run") == 0u);
}

BOOST_AUTO_TEST_CASE(a_cluster_that_was_started_here_is_found_unless_another_is_meant) {
  char name[] = "/tmp/caly_client_XXXXXX";
  BOOST_REQUIRE(mkdtemp(name) != nullptr);
  const std::filesystem::path folder{name};
  BOOST_REQUIRE(write_private_file(folder / ".state" / "endpoints.json",
                                   R"({"api":["http://127.0.0.1:1"]})"));
  const auto before = std::filesystem::current_path();
  setenv("XDG_CONFIG_HOME", folder.c_str(), 1);
  std::filesystem::current_path(folder);
  const auto here = find_endpoints({});
  BOOST_REQUIRE(here);
  BOOST_TEST(here->apis == std::vector<std::string>{"http://127.0.0.1:1"});
  target_options other;
  other.api = "http://127.0.0.1:9";
  BOOST_TEST(find_endpoints(other)->apis == std::vector<std::string>{other.api});
  BOOST_REQUIRE(write_private_file(config_folder() / "session.json", "{}"));
  BOOST_TEST(find_endpoints({})->apis.empty());
  std::filesystem::current_path(before);
  unsetenv("XDG_CONFIG_HOME");
  std::filesystem::remove_all(folder);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace caly::test
