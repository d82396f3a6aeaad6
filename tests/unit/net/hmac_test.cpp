#include "net/auth/hmac.hpp"

#include <boost/test/unit_test.hpp>

namespace caly::test {

BOOST_AUTO_TEST_SUITE(hmac)

// RFC 4231, test case 2.
BOOST_AUTO_TEST_CASE(the_standards_vector) {
  BOOST_TEST(hmac_sha256_hex("Jefe", "what do ya want for nothing?") ==
             "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caly::test
