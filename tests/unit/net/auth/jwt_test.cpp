#include "net/auth/jwt.hpp"
#include "net/auth/ws_tickets.hpp"
#include "runtime/base/error.hpp"
#include "runtime/base/text.hpp"

#include <boost/test/unit_test.hpp>

#include <sodium.h>

namespace caly::test {

namespace {

using namespace std::chrono_literals;

const std::string secret = "caly-jwt-secret-which-is-32-bytes!";
const wall_time now{std::chrono::seconds{1'760'000'000}};

struct fixture {
  caf::error verify(std::string_view token, wall_time at = now) {
    const auto claims = signer.verify(token_kind::access, token, at);
    return claims ? caf::error{} : claims.error();
  }

  std::string token() { return signer.sign(token_kind::access, who, now, 600s); }

  /// A token of our own key with another header or payload, signed as we would.
  std::string forge(std::string_view header, std::string_view payload) {
    const auto mine = token();
    const auto head =
        header.empty() ? mine.substr(0, mine.find('.')) : to_base64url(header);
    auto text = head + '.' + to_base64url(payload);
    // The key of access tokens is derived from the secret.
    const auto key = mac(secret, "caly at+jwt");
    return text + '.' + to_base64url(mac(key, text));
  }

  static std::string mac(std::string_view key, std::string_view text) {
    crypto_auth_hmacsha256_state state;
    crypto_auth_hmacsha256_init(
        &state, reinterpret_cast<const unsigned char*>(key.data()), key.size());
    crypto_auth_hmacsha256_update(
        &state, reinterpret_cast<const unsigned char*>(text.data()), text.size());
    std::string out(crypto_auth_hmacsha256_BYTES, '\0');
    crypto_auth_hmacsha256_final(&state, reinterpret_cast<unsigned char*>(out.data()));
    return out;
  }

  std::string claims(std::string_view change = "", std::string_view with = "") {
    auto text = R"({"iss":"caly","aud":"caly-api","sub":")" + who.user.str() +
                R"(","tid":")" + who.tenant.str() +
                R"(","role":"viewer","nbf":1760000000,"exp":1760000600})";
    if (const auto at = text.find(change); !change.empty() && at != std::string::npos)
      text.replace(at, change.size(), with);
    return text;
  }

  token_signer signer{{secret}, "caly"};
  principal who{tenant_id::make(), user_id::make(), user_role::operator_};
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(jwt, fixture)

BOOST_AUTO_TEST_CASE(gives_back_who_it_was_signed_for) {
  const auto claims = signer.verify(token_kind::access, token(), now + 599s);
  BOOST_REQUIRE(claims);
  BOOST_TEST((claims->who.tenant == who.tenant));
  BOOST_TEST((claims->who.user == who.user));
  BOOST_TEST((claims->who.role == user_role::operator_));
}

BOOST_AUTO_TEST_CASE(ends_after_its_time_and_a_minute_of_skew) {
  BOOST_TEST(!verify(token(), now + 659s));
  BOOST_TEST((verify(token(), now + 660s) == errc::unauthorized));
  BOOST_TEST(!verify(token(), now - 60s));
  BOOST_TEST((verify(token(), now - 61s) == errc::unauthorized));
}

BOOST_AUTO_TEST_CASE(refuses_any_changed_character) {
  const auto good = token();
  for (std::size_t i = 0; i < good.size(); ++i) {
    auto bad = good;
    bad[i] = bad[i] == 'A' ? 'B' : 'A';
    if (bad != good)
      BOOST_REQUIRE_MESSAGE(verify(bad) == errc::unauthorized, "position " << i);
  }
}

BOOST_AUTO_TEST_CASE(proves_that_the_forging_helper_signs_like_the_signer) {
  BOOST_TEST(!verify(forge("", claims())));
}

BOOST_AUTO_TEST_CASE(refuses_headers_that_choose_their_own_rules) {
  for (const auto* header :
       {R"({"alg":"none"})",
        R"({"alg":"None","typ":"at+jwt"})",
        R"({"alg":"HS256"})",
        R"({"alg":"HS256","typ":"JWT"})",
        R"({"alg":"HS512","typ":"at+jwt"})",
        R"({"alg":"RS256","typ":"at+jwt"})",
        R"({"alg":"HS256","typ":"at+jwt","kid":"../../dev/null"})",
        R"({"alg":"HS256","typ":"at+jwt","crit":["exp"]})",
        R"({"alg":"HS256","typ":"at+jwt","jku":"https://evil.test"})",
        R"({"alg":"none","alg":"HS256","typ":"at+jwt"})",
        "{}",
        ""})
    BOOST_TEST(
        (verify(forge(header[0] == '\0' ? "x" : header, claims())) == errc::unauthorized),
        header);
  // Without any signature.
  const auto bare =
      to_base64url(R"({"alg":"none"})") + "." + to_base64url(claims()) + ".";
  BOOST_TEST((verify(bare) == errc::unauthorized));
}

BOOST_AUTO_TEST_CASE(checks_every_claim) {
  BOOST_TEST((verify(forge("", claims(R"("iss":"caly")", R"("iss":"else")"))) ==
              errc::unauthorized));
  BOOST_TEST((verify(forge("", claims("caly-api", "caly-ws"))) == errc::unauthorized));
  BOOST_TEST((verify(forge("", claims(R"("aud":"caly-api")", R"("aud":["caly-api"])"))) ==
              errc::unauthorized));
  BOOST_TEST((verify(forge("", claims(R"("exp":1760000600)", R"("exp":"never")"))) ==
              errc::unauthorized));
  BOOST_TEST(
      (verify(forge("", claims(R"(,"exp":1760000600)", ""))) == errc::unauthorized));
  BOOST_TEST((verify(forge("", claims(R"("nbf":1760000000)", R"("nbf":1760000100)"))) ==
              errc::unauthorized));
  BOOST_TEST((verify(forge("", claims("viewer", "root"))) == errc::unauthorized));
  BOOST_TEST((verify(forge("", claims("ten_", "usr_"))) == errc::unauthorized));
  // Two roles in one payload: whoever reads it, the last or the first, must not win.
  BOOST_TEST(
      (verify(forge("",
                    claims(R"("role":"viewer")", R"("role":"viewer","role":"owner")"))) ==
       errc::unauthorized));
}

BOOST_AUTO_TEST_CASE(refuses_what_is_no_token) {
  for (const std::string& text : {std::string{},
                                  std::string{"a"},
                                  std::string{"a.b"},
                                  std::string{"a.b.c.d"},
                                  std::string{"..."},
                                  token() + "=",
                                  token() + "." + token(),
                                  " " + token(),
                                  std::string(5000, 'a')})
    BOOST_TEST((verify(text) == errc::unauthorized), text);
}

BOOST_AUTO_TEST_CASE(keeps_kinds_of_tokens_apart) {
  const auto ticket = signer.sign(token_kind::websocket, who, now, 30s);
  BOOST_TEST((verify(ticket) == errc::unauthorized));
  BOOST_TEST(!signer.verify(token_kind::websocket, token(), now));
  BOOST_TEST(signer.verify(token_kind::websocket, ticket, now).engaged());
}

BOOST_AUTO_TEST_CASE(accepts_the_old_secret_while_secrets_are_exchanged) {
  const token_signer newer{{"another-secret-of-more-than-32-bytes", secret}, "caly"};
  BOOST_TEST(newer.verify(token_kind::access, token(), now).engaged());
  BOOST_TEST(
      (verify(newer.sign(token_kind::access, who, now, 600s)) == errc::unauthorized));
}

BOOST_AUTO_TEST_CASE(does_not_start_with_a_weak_secret) {
  BOOST_CHECK_THROW((token_signer{{"short"}, "caly"}), std::invalid_argument);
  BOOST_CHECK_THROW((token_signer{{}, "caly"}), std::invalid_argument);
}

BOOST_AUTO_TEST_CASE(takes_a_websocket_ticket_once) {
  ws_tickets tickets{signer};
  const auto ticket = tickets.issue(who, now);
  const auto first = tickets.redeem(ticket, now + 5s);
  BOOST_REQUIRE(first);
  BOOST_TEST((first->tenant == who.tenant));
  BOOST_TEST((tickets.redeem(ticket, now + 6s).error() == errc::unauthorized));
  const auto late = tickets.issue(who, now);
  BOOST_TEST((tickets.redeem(late, now + 91s).error() == errc::unauthorized));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caly::test
