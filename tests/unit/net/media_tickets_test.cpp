#include "net/webhooks/media_tickets.hpp"

#include <boost/test/unit_test.hpp>

namespace caly::test {

namespace {

using namespace std::chrono_literals;

struct tickets_fixture {
  media_tickets tickets{"secret", 60s};

  std::string issue(std::int64_t now_s) const {
    return tickets.issue({tenant_id::make(), call_id::make()}, now_s);
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(media_tickets_suite, tickets_fixture)

BOOST_AUTO_TEST_CASE(a_ticket_is_taken_once_until_its_last_second) {
  const auto ticket = issue(1'000);
  BOOST_TEST(tickets.redeem(ticket, 1'000).has_value());
  BOOST_TEST(tickets.redeem(issue(1'060), 1'060).has_value());
  BOOST_TEST(!tickets.redeem(ticket, 1'060));
  BOOST_TEST(!tickets.redeem(ticket, 1'061));
}

// Or a node would grow with every call until there were a hundred thousand.
BOOST_AUTO_TEST_CASE(a_used_ticket_is_forgotten_when_it_has_expired) {
  const auto ticket = issue(1'000);
  BOOST_TEST(tickets.redeem(ticket, 1'000).has_value());
  BOOST_TEST(tickets.redeem(issue(1'061), 1'061).has_value());
  // Seen by a clock that ran back; the rows of the call refuse it all the same.
  BOOST_TEST(tickets.redeem(ticket, 1'000).has_value());
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caly::test
