#include "tests/simulators/base/faults.hpp"

#include <boost/test/unit_test.hpp>

using namespace caly;
using namespace caly::sim;

BOOST_AUTO_TEST_SUITE(faults_suite)

namespace {

std::string set(faults& wrong, const char* body) {
  return wrong.set(*json::parse(body));
}

} // namespace

BOOST_AUTO_TEST_CASE(nothing_goes_wrong_by_itself) {
  faults wrong{1};
  for (int i = 0; i < 1000; ++i)
    BOOST_CHECK(wrong.draw("twilio", true) == fault::none);
}

BOOST_AUTO_TEST_CASE(keeps_to_its_rate_and_provider) {
  faults wrong{1};
  BOOST_TEST(set(wrong, R"({"provider":"twilio","rate_500":0.3})").empty());
  int failed = 0;
  for (int i = 0; i < 10'000; ++i)
    failed += wrong.draw("twilio") == fault::server_error;
  BOOST_TEST((failed > 2800 && failed < 3200));
  BOOST_CHECK(wrong.draw("bolna") == fault::none);
}

BOOST_AUTO_TEST_CASE(loses_answers_of_creates_only) {
  faults wrong{1};
  BOOST_TEST(set(wrong, R"({"rate_accept_then_timeout":1})").empty());
  BOOST_CHECK(wrong.draw("twilio", true) == fault::accept_then_timeout);
  BOOST_CHECK(wrong.draw("twilio", false) == fault::none);
}

BOOST_AUTO_TEST_CASE(refuses_typing_errors_and_changes_nothing) {
  faults wrong{1};
  BOOST_TEST(!set(wrong, R"({"rate_500":1,"rate_50":1})").empty());
  BOOST_TEST(!set(wrong, R"({"rate_500":2})").empty());
  BOOST_TEST(!set(wrong, R"({"webhook":{"loose":1}})").empty());
  BOOST_CHECK(wrong.draw("twilio") == fault::none);
}

BOOST_AUTO_TEST_CASE(clear_ends_them_all) {
  faults wrong{1};
  set(wrong, R"({"rate_429":1})");
  set(wrong, R"({"provider":"bolna","rate_500":1})");
  wrong.clear();
  BOOST_CHECK(wrong.draw("twilio") == fault::none);
  BOOST_CHECK(wrong.draw("bolna") == fault::none);
}

BOOST_AUTO_TEST_SUITE_END()
