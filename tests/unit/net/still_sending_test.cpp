#include "net/client/still_sending.hpp"
#include "runtime/base/error.hpp"
#include "tests/support/actor_fixture.hpp"

namespace caly::test {

namespace {

using namespace std::chrono_literals;

struct fixture : actor_fixture {
  std::string row;
  bool away = false;
  std::vector<run_record> asked;
  caf::actor records = sys.spawn([this]() -> caf::behavior {
    return {[this](const run_record& ask) -> caf::result<record_answer> {
      asked.push_back(ask);
      if (away)
        return caf::make_error(errc::unavailable);
      record_answer answer;
      answer.json = row;
      return answer;
    }};
  });
  const tenant_id tenant = tenant_id::make();
  const call_id call = call_id::make();

  /// What the last look says.
  std::string look() {
    std::string said = "nothing";
    const auto check = still_sending(sys, caf::actor_cast<records_actor>(records), 500ms);
    check(tenant, call)([&](bool yes) { said = yes ? "yes" : "no"; });
    run();
    return said;
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(still_sending_suite, fixture)

BOOST_AUTO_TEST_CASE(only_a_row_that_says_sending_lets_a_create_out) {
  row = R"({"sending":true})";
  BOOST_TEST(look() == "yes");
  BOOST_REQUIRE(asked.size() == 1u);
  BOOST_TEST((asked[0].tenant == tenant));
  BOOST_TEST(asked[0].arguments.at(0).value_or("") == call.str());
  for (const auto* other : {R"({"sending":false})", "null", "", "{}"}) {
    row = other;
    BOOST_TEST(look() == "no", other);
  }
}

BOOST_AUTO_TEST_CASE(rows_that_do_not_answer_are_a_no) {
  away = true;
  BOOST_TEST(look() == "no");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caly::test
