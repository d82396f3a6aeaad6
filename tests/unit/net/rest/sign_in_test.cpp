#include "net/auth/secrets.hpp"
#include "tests/unit/net/rest/rest_fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <future>

namespace caly::test {

namespace {

const std::string password = "correct horse battery staple";
const std::string credentials =
    R"({"email":"asha@clinic.test","password":"correct horse battery staple"})";

struct fixture : rest_fixture {
  fixture() { answer("refresh.issue", R"({"family":"x"})"); }

  std::string account(const std::string& more = "") {
    return R"({"user":{"id":")" + user.str() +
           R"(","email":"asha@clinic.test","role":"owner","tenant_id":")" + tenant.str() +
           R"("},"tenant":{"id":")" + tenant.str() + R"(","name":"Clinic"})" + more + "}";
  }

  rest_answer open(const std::string& path, std::string body, header_pairs headers = {}) {
    return call(http_method::post,
                "/api/auth/" + path,
                std::move(body),
                user_role::none,
                std::move(headers));
  }

  const run_record& asked(std::string_view statement) {
    for (auto it = world->asked.rbegin(); it != world->asked.rend(); ++it)
      if (it->statement == statement)
        return *it;
    BOOST_FAIL("never asked " << statement);
    return world->asked.front();
  }

  std::string hash_of(const std::string& text) {
    std::promise<std::string> made;
    passwords.hash(text, [&](caf::expected<std::string> x) { made.set_value(*x); });
    return made.get_future().get();
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(signing_in, fixture)

BOOST_AUTO_TEST_CASE(registers_a_tenant_and_signs_its_owner_in) {
  answer("tenants.register", account());
  const auto got = open("register",
                        R"({"email":"asha@clinic.test","password":")" + password +
                            R"(","tenant_name":"Clinic"})");
  BOOST_REQUIRE(got.status == 201u);
  const auto claims =
      signer.verify(token_kind::access, got.body["data"]["token"].text_or(""), now);
  BOOST_REQUIRE(claims);
  BOOST_TEST((claims->who.tenant == tenant));
  BOOST_TEST((claims->who.role == user_role::owner));
  BOOST_TEST(got.body["data"]["tenant"]["name"].text_or("") == "Clinic");
  const auto& registered = asked("tenants.register");
  BOOST_TEST(registered.arguments[2]->starts_with("$argon2id$"));
  BOOST_TEST(registered.arguments[6].value() == R"([{"slug":"a"}])");
  // Only the fingerprint of the refresh token is kept.
  const auto secret = got.body["data"]["refresh_token"].text_or("");
  BOOST_TEST(asked("refresh.issue").arguments[1].value() == fingerprint(secret));
}

BOOST_AUTO_TEST_CASE(registers_under_the_same_ids_when_the_answer_was_lost) {
  answer("tenants.register", account());
  const auto body = R"({"email":"asha@clinic.test","password":")" + password +
                    R"(","tenant_name":"Clinic"})";
  open("register", body, {{"Idempotency-Key", "k1"}});
  const auto first = asked("tenants.register");
  open("register", body, {{"Idempotency-Key", "k1"}});
  BOOST_TEST((asked("tenants.register").tenant == first.tenant));
  BOOST_TEST((asked("tenants.register").arguments[0] == first.arguments[0]));
  open("register", body, {{"Idempotency-Key", "k2"}});
  BOOST_TEST((asked("tenants.register").tenant != first.tenant));
}

BOOST_AUTO_TEST_CASE(names_everything_wrong_with_a_registration) {
  const auto got =
      open("register", R"({"email":"asha","password":"short","role":"owner"})");
  BOOST_TEST(got.status == 422u);
  BOOST_TEST(got.fields() == "email tenant_name password role");
  BOOST_TEST(world->asked.empty());
}

BOOST_AUTO_TEST_CASE(says_that_an_address_is_taken) {
  fail("tenants.register", errc::conflict, "This e-mail address is in use.");
  const auto got = open("register",
                        R"({"email":"asha@clinic.test","password":")" + password +
                            R"(","tenant_name":"Clinic"})");
  BOOST_TEST(got.status == 409u);
}

BOOST_AUTO_TEST_CASE(signs_in_with_the_right_password_only) {
  const auto hash = hash_of(password);
  answer("users.find_login",
         account(R"(,"password_hash":")" + hash + R"(","is_active":true)"));
  const auto got = open("login", credentials);
  BOOST_TEST(got.status == 200u);
  BOOST_TEST(got.raw.body.find("argon2id") == std::string::npos);
  const auto wrong =
      open("login", R"({"email":"asha@clinic.test","password":"wrong horse battery"})");
  BOOST_TEST(wrong.status == 401u);
  answer("users.find_login",
         account(R"(,"password_hash":")" + hash + R"(","is_active":false)"));
  const auto asleep = open("login", credentials);
  BOOST_TEST(asleep.status == 401u);
  world->statements.erase("users.find_login");
  const auto unknown = open("login", credentials);
  // Nothing tells an unknown address from a wrong password.
  BOOST_TEST(unknown.status == 401u);
  BOOST_TEST(unknown.body["error"].dump() == wrong.body["error"].dump());
  BOOST_TEST(unknown.body["error"].dump() == asleep.body["error"].dump());
}

BOOST_AUTO_TEST_CASE(rotates_refresh_tokens_and_ends_sessions_that_reuse_one) {
  answer("refresh.rotate", R"({"status":"rotated","family":"f",)" + account().substr(1));
  const auto got = open("refresh", R"({"refresh_token":"old"})");
  BOOST_TEST(got.status == 200u);
  const auto& ask = asked("refresh.rotate");
  BOOST_TEST(ask.arguments[0].value() == fingerprint("old"));
  BOOST_TEST(ask.arguments[1].value() ==
             fingerprint(got.body["data"]["refresh_token"].text_or("")));
  BOOST_TEST(signer.verify(token_kind::access, got.body["data"]["token"].text_or(""), now)
                 .engaged());
  for (const auto* status : {"reused", "revoked", "expired", "unknown", "inactive"}) {
    answer("refresh.rotate",
           std::string{R"({"status":")"} + status + R"(","user":null,"tenant":null})");
    BOOST_TEST(open("refresh", R"({"refresh_token":"old"})").status == 401u, status);
  }
  answer("refresh.rotate", R"({"status":"reused"})");
  BOOST_TEST(open("refresh", R"({"refresh_token":"old"})").code() ==
             "refresh_token_reused");
}

BOOST_AUTO_TEST_CASE(signs_out) {
  answer("refresh.revoke", R"({"revoked":1})");
  BOOST_TEST(open("logout", R"({"refresh_token":"mine"})").status == 200u);
  BOOST_TEST(asked("refresh.revoke").arguments[0].value() == fingerprint("mine"));
}

BOOST_AUTO_TEST_CASE(does_not_know_users_that_are_gone) {
  const auto got = get("/api/auth/me");
  BOOST_TEST(got.status == 401u);
}

BOOST_AUTO_TEST_CASE(gives_away_no_role_above_ones_own) {
  answer("users.create", "{}");
  const auto add = [&](const char* role) {
    return call(http_method::post,
                "/api/users",
                R"({"email":"b@clinic.test","password":")" + password + R"(","role":")" +
                    role + "\"}",
                user_role::admin);
  };
  BOOST_TEST(add("owner").fields() == "role");
  BOOST_TEST(add("root").fields() == "role");
  BOOST_TEST(add("admin").status == 201u);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caly::test
