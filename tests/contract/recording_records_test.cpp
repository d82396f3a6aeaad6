#include "tests/contract/stores_fixture.hpp"

namespace caly::test {

namespace {

/// A call that lives, and its recording.
struct fixture : stores_fixture {
  call_id call = reserve();

  call_id reserve() {
    const auto campaign = add_campaign(import_people(1));
    run("campaigns.start", {campaign.str(), "usr_x", now_text()});
    const auto id = call_id::make();
    BOOST_REQUIRE(ask<reservation>(stores.dial,
                                   reserve_calls{tenant, campaign, own_shard(), {id}}));
    return id;
  }

  std::string state(const std::string& statement, arguments with) {
    with.insert(with.begin(), {call.str(), "1"});
    return std::string{run(statement, std::move(with))["state"].text_or("")};
  }

  std::string begin() { return state("recordings.begin", {"n1"}); }

  std::string mixed() {
    return state("recordings.mixed",
                 {"n1", "ten/call.wav", "320058", "20000", "ab", "PEAKS"});
  }

  std::string stored(const std::string& place = "s3") {
    return state("recordings.stored", {place});
  }

  std::string failed() { return state("recordings.failed", {"n1", "disk_full"}); }

  std::int64_t erase() {
    return run("recordings.erase", {call.str(), std::nullopt, "usr_x"})["parts"].int_or(
        -1);
  }

  json part() { return run("recordings.of_call", {call.str()}).items().at(0); }

  /// What a node has to delete `days` from now: `call part place`.
  std::size_t due(const std::string& node, int days = 0) {
    const auto later = to_rfc3339(wall_time{std::chrono::milliseconds{now_ms.load()}} +
                                  std::chrono::hours{24 * days});
    by_admin("update recordings set created_at = '" + now_text() + "'");
    return run_as({}, "recordings.due", {node, "90", later}).items().size();
  }

  std::string events() {
    std::string out;
    const auto lines = run("calls.events", {call.str()}, 100);
    for (const auto& each : lines.items())
      if (const auto kind = each["kind"].text_or(""); kind.starts_with("recording_"))
        out += std::string{kind} + ' ';
    return out;
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(recording_records, fixture)

BOOST_AUTO_TEST_CASE(a_recording_becomes_ready_and_says_so_once) {
  BOOST_TEST(begin() == "recording");
  BOOST_TEST(begin() == "recording");
  BOOST_TEST(mixed() == "storing");
  BOOST_TEST(stored() == "ready");
  BOOST_TEST(stored() == "ready");
  BOOST_TEST(mixed() == "ready");
  BOOST_TEST(failed() == "ready");
  const auto row = part();
  BOOST_TEST(row["ms"].int_or(0) == 20000);
  BOOST_TEST(row["peaks"].text_or("") == "PEAKS");
  BOOST_TEST(row["place"].text_or("") == "s3");
  BOOST_TEST(events() == "recording_ready ");
}

BOOST_AUTO_TEST_CASE(one_whose_beginning_got_lost_is_made_at_its_end) {
  BOOST_TEST(mixed() == "storing");
  BOOST_TEST(part()["node"].text_or("") == "n1");
}

BOOST_AUTO_TEST_CASE(a_failure_is_in_the_timeline) {
  begin();
  BOOST_TEST(failed() == "failed");
  BOOST_TEST(part()["error"].text_or("") == "disk_full");
  BOOST_TEST(mixed() == "failed");
  BOOST_TEST(events() == "recording_failed ");
}

BOOST_AUTO_TEST_CASE(an_erased_one_is_deleted_by_who_has_it) {
  mixed();
  stored("n1");
  BOOST_TEST(due("n1") == 0u);
  BOOST_TEST(erase() == 1);
  BOOST_TEST(erase() == 0);
  BOOST_TEST(part()["state"].text_or("") == "erasing");
  BOOST_TEST(part()["peaks"].is_null());
  BOOST_TEST(due("n2") == 0u);
  BOOST_TEST(due("n1") == 1u);
  BOOST_TEST(state("recordings.erased", {}) == "erased");
  BOOST_TEST(part()["key"].is_null());
  BOOST_TEST(due("n1") == 0u);
  BOOST_TEST(events() == "recording_ready recording_erased ");
}

BOOST_AUTO_TEST_CASE(what_s3_has_any_node_deletes) {
  mixed();
  stored("s3");
  erase();
  BOOST_TEST(due("n1") == 1u);
  BOOST_TEST(due("n2") == 1u);
}

BOOST_AUTO_TEST_CASE(one_that_is_erased_while_it_is_stored_is_not_ready_any_more) {
  mixed();
  BOOST_TEST(erase() == 1);
  BOOST_TEST(mixed() == "erasing");
  BOOST_TEST(due("n2") == 0u);
  BOOST_TEST(due("n1") == 1u);
  // It was on its way to the store: whoever may delete there has to.
  BOOST_TEST(stored("s3") == "erasing");
  BOOST_TEST(due("n2") == 1u);
  BOOST_TEST(events().empty());
}

BOOST_AUTO_TEST_CASE(it_is_kept_as_long_as_the_setting_or_the_tenant_says) {
  mixed();
  stored();
  BOOST_TEST(due("n1", 89) == 0u);
  BOOST_TEST(run("recordings.policy")["keep_days"].is_null());
  run("recordings.set_policy", {"on", "120", "usr_x"});
  BOOST_TEST(due("n1", 91) == 0u);
  run("recordings.set_policy", {"on", std::nullopt, "usr_x"});
  BOOST_TEST(due("n1", 91) == 1u);
  BOOST_TEST(part()["state"].text_or("") == "erasing");
}

BOOST_AUTO_TEST_CASE(a_tenants_wish_stands_on_the_call_sheet) {
  const auto wish = [&] {
    return ask<call_sheet>(stores.calls, load_call{tenant, call})->recording;
  };
  BOOST_TEST(run("recordings.policy")["calls"].text_or("") == "agent");
  BOOST_TEST(wish() == "agent");
  run("recordings.set_policy", {"off", std::nullopt, "usr_x"});
  BOOST_TEST(wish() == "off");
}

BOOST_AUTO_TEST_CASE(another_tenant_finds_and_erases_nothing) {
  mixed();
  stored();
  const auto other = add_tenant("other@example.com");
  BOOST_TEST(run_as(other, "recordings.of_call", {call.str()}).items().empty());
  const auto refused = [&](const std::string& statement, arguments with) {
    const auto answer = try_run(other, statement, std::move(with));
    return !answer && answer.error() == errc::not_found;
  };
  BOOST_TEST(refused("recordings.erase", {call.str(), std::nullopt, "usr_x"}));
  BOOST_TEST(refused("recordings.begin", {call.str(), "2", "n1"}));
  BOOST_TEST(refused("recordings.erased", {call.str(), "1"}));
  BOOST_TEST(part()["state"].text_or("") == "ready");
}

BOOST_AUTO_TEST_CASE(a_persons_recordings_go_together) {
  mixed();
  stored();
  const auto person =
      std::string{run("calls.get", {call.str()})["contact_id"].text_or("")};
  BOOST_TEST(
      run("recordings.erase", {std::nullopt, person, "usr_x"})["parts"].int_or(0) == 1);
  BOOST_TEST(part()["state"].text_or("") == "erasing");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caly::test
