#include "tests/unit/net/rest/rest_fixture.hpp"

#include <boost/test/unit_test.hpp>

namespace caly::test {

namespace {

/// Idempotency rows as the database keeps them.
struct fixture : rest_fixture {
  struct row {
    std::string hash, made;
    std::optional<std::string> status, body;
    bool runs = true;
  };

  fixture() {
    world->statements["idempotency.begin"] = [this](const run_record& ask) {
      auto& values = ask.arguments;
      const auto [found, is_new] = rows.try_emplace(*values[0] + "|" + *values[1],
                                                    row{*values[2], *values[3], {}, {}});
      auto& known = found->second;
      json_writer out;
      out.begin_object();
      if (is_new || !std::exchange(known.runs, true))
        out.field("state", "new").field("made", known.made);
      else if (known.hash != *values[2])
        out.field("state", "mismatch");
      else if (!known.status)
        out.field("state", "running");
      else
        out.field("state", "done")
            .raw_field("status", *known.status)
            .field("body", *known.body);
      return record_answer{out.end_object().str(), "", false, 1};
    };
    world->statements["idempotency.finish"] = [this](const run_record& ask) {
      auto& known = rows[*ask.arguments[0] + "|" + *ask.arguments[1]];
      known.status = ask.arguments[2];
      known.body = ask.arguments[3];
      return record_answer{"{}", "", false, 1};
    };
    world->statements["idempotency.ended"] = [this](const run_record& ask) {
      rows[*ask.arguments[0] + "|" + *ask.arguments[1]].runs = false;
      return record_answer{"{}", "", false, 1};
    };
    world->statements["billing.topup"] = [this](const run_record&) {
      return record_answer{
          R"({"balance_micros":)" + std::to_string(++topups) + "}", "", false, 1};
    };
  }

  rest_answer topup(const std::string& key, int amount = 5) {
    return post("/api/billing/topup",
                R"({"amount_micros":)" + std::to_string(amount) + R"(,"reference":"r"})",
                {{"Idempotency-Key", key}});
  }

  std::map<std::string, row> rows;
  int topups = 0;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(idempotency, fixture)

BOOST_AUTO_TEST_CASE(gives_the_first_answer_again_without_doing_anything) {
  const auto first = topup("k1");
  const auto second = topup("\"k1\"");
  BOOST_TEST(first.status == 200u);
  BOOST_TEST(second.raw.body == first.raw.body);
  BOOST_TEST(first.header("Idempotent-Replayed") == "");
  BOOST_TEST(second.header("Idempotent-Replayed") == "true");
  BOOST_TEST(topups == 1);
  BOOST_TEST(topup("k2").status == 200u);
  BOOST_TEST(topups == 2);
}

BOOST_AUTO_TEST_CASE(refuses_another_request_under_a_used_key) {
  topup("k1");
  BOOST_TEST(topup("k1", 6).status == 422u);
  BOOST_TEST(topups == 1);
}

BOOST_AUTO_TEST_CASE(says_that_the_first_request_still_runs) {
  topup("k1");
  rows.begin()->second.status.reset();
  BOOST_TEST(topup("k1").status == 409u);
  BOOST_TEST(topups == 1);
}

BOOST_AUTO_TEST_CASE(runs_again_after_answers_that_may_be_different_next_time) {
  const auto works = world->statements["billing.topup"];
  fail("billing.topup", errc::unavailable);
  BOOST_TEST(topup("k1").status == 503u);
  world->statements["billing.topup"] = works;
  BOOST_TEST(topup("k1").status == 200u);
}

BOOST_AUTO_TEST_CASE(makes_what_the_first_try_made) {
  const auto agent = agent_id::make().str();
  const auto call = [&](const std::string& key) {
    post("/api/phone/calls",
         R"({"to":"+919810000001","agent_id":")" + agent + "\"}",
         {{"Idempotency-Key", key}});
    return world->placed.back().call.str();
  };
  const auto first = call("k1");
  rows.begin()->second.runs = false; // its answer was lost with its node
  BOOST_TEST(call("k1") == first);
  BOOST_TEST(world->placed.size() == 2u);
  BOOST_TEST(call("k2") != first);
}

BOOST_AUTO_TEST_CASE(keeps_the_keys_of_users_apart) {
  topup("k1");
  user = user_id::make();
  BOOST_TEST(topup("k1").header("Idempotent-Replayed") == "");
  BOOST_TEST(topups == 2);
}

BOOST_AUTO_TEST_CASE(refuses_keys_that_are_none) {
  BOOST_TEST(topup(std::string(201, 'k')).status == 422u);
  BOOST_TEST(topup("a b").status == 422u);
  BOOST_TEST(topups == 0);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caly::test
