#include "net/auth/verified_tokens.hpp"

#include <boost/test/unit_test.hpp>

namespace caly::test {

namespace {

using namespace std::chrono_literals;

const wall_time now{std::chrono::seconds{1'760'000'000}};

struct fixture {
  std::string token(std::chrono::seconds lives = 600s) {
    return signer.sign(token_kind::access, who, now, lives);
  }

  token_signer signer{{"caly-jwt-secret-which-is-32-bytes!"}, "caly", 5s};
  principal who{tenant_id::make(), user_id::make(), user_role::operator_};
  verified_tokens tokens{signer};
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(verified_tokens_suite, fixture)

BOOST_AUTO_TEST_CASE(a_good_token_is_remembered_and_answers_the_same) {
  const auto text = token();
  for (int i = 0; i < 3; ++i) {
    const auto found = tokens.verify(text, now + std::chrono::seconds{i});
    BOOST_REQUIRE(found.has_value());
    BOOST_TEST((found->tenant == who.tenant));
    BOOST_TEST((found->user == who.user));
    BOOST_TEST((found->role == who.role));
  }
  BOOST_TEST(tokens.size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_bad_token_never_enters) {
  auto text = token();
  BOOST_REQUIRE(tokens.verify(text, now));
  for (const std::size_t at : {std::size_t{0}, text.find('.') + 3, text.size() - 2}) {
    auto wrong = text;
    wrong[at] = wrong[at] == 'A' ? 'B' : 'A';
    BOOST_TEST(!tokens.verify(wrong, now));
  }
  BOOST_TEST(!tokens.verify(text + "A", now));
  BOOST_TEST(!tokens.verify(text.substr(0, text.size() - 1), now));
  BOOST_TEST(!tokens.verify("", now));
  BOOST_TEST(tokens.size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_remembered_token_expires_like_any_other) {
  const auto text = token(30s);
  BOOST_REQUIRE(tokens.verify(text, now));
  BOOST_TEST(tokens.verify(text, now + 29s).has_value());
  // Within the skew it is verified each time.
  BOOST_TEST(tokens.verify(text, now + 34s).has_value());
  BOOST_TEST(tokens.size() == 0u);
  BOOST_TEST(!tokens.verify(text, now + 35s));
}

BOOST_AUTO_TEST_CASE(a_clock_set_back_verifies_anew) {
  const auto text = token();
  BOOST_REQUIRE(tokens.verify(text, now));
  BOOST_TEST(!tokens.verify(text, now - 60s));
  BOOST_TEST(tokens.size() == 0u);
}

BOOST_AUTO_TEST_CASE(there_are_never_more_than_fit) {
  for (std::size_t i = 0; i < verified_tokens::tokens_max + 5; ++i)
    BOOST_REQUIRE(tokens.verify(token(), now));
  BOOST_TEST(tokens.size() == 5u);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caly::test
