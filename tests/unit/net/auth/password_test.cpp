#include "net/auth/guard.hpp"
#include "net/auth/password.hpp"
#include "runtime/base/error.hpp"

#include <boost/test/unit_test.hpp>

#include <future>

namespace caly::test {

namespace {

using namespace std::chrono_literals;

/// Cheap enough for a test; the stored hash tells its own cost.
constexpr password_options cheap{
    .passes = 1, .memory_bytes = 8192, .threads = 1, .waiting_max = 2};

bool verify(password_hasher& hasher,
            const std::string& password,
            std::optional<std::string> stored) {
  std::promise<bool> said;
  hasher.verify(password, std::move(stored), [&](caf::expected<bool> same) {
    said.set_value(same && *same);
  });
  return said.get_future().get();
}

std::string hash(password_hasher& hasher, const std::string& password) {
  std::promise<std::string> made;
  hasher.hash(password, [&](caf::expected<std::string> x) { made.set_value(*x); });
  return made.get_future().get();
}

} // namespace

BOOST_AUTO_TEST_SUITE(passwords)

BOOST_AUTO_TEST_CASE(knows_a_password_again) {
  password_hasher hasher{cheap};
  const auto stored = hash(hasher, "correct horse battery staple");
  BOOST_TEST(stored.starts_with("$argon2id$v=19$"));
  BOOST_TEST(stored != hash(hasher, "correct horse battery staple"));
  BOOST_TEST(verify(hasher, "correct horse battery staple", stored));
  BOOST_TEST(!verify(hasher, "correct horse battery stable", stored));
  BOOST_TEST(!verify(hasher, "correct horse battery staple", std::nullopt));
}

BOOST_AUTO_TEST_CASE(verifies_hashes_of_other_parameters) {
  // RFC 9106 parameters of another library, in its order.
  password_hasher hasher{cheap};
  BOOST_TEST(verify(hasher,
                    "correct horse battery staple",
                    "$argon2id$v=19$m=19456,t=2,p=1$Y2FseXNhbHQxNmJ5dGVzIQ$"
                    "4IkA0wZEOjvZt2pA2Bc0g3Erh6Ch4cGnvAVKVzQf5ak"));
}

BOOST_AUTO_TEST_CASE(says_so_when_too_many_wait) {
  std::promise<void> go;
  auto gate = go.get_future().share();
  password_hasher hasher{cheap};
  std::promise<void> busy;
  hasher.verify("a", std::nullopt, [&](const caf::expected<bool>&) {
    busy.set_value();
    gate.wait();
  });
  busy.get_future().wait();
  int answered = 0;
  bool overloaded = false;
  for (int i = 0; i < 3; ++i)
    hasher.verify("a", std::nullopt, [&](const caf::expected<bool>& same) {
      if (!same)
        overloaded = same.error() == errc::overloaded;
      ++answered;
    });
  // Only the refused one was answered, at once.
  BOOST_TEST(answered == 1);
  BOOST_TEST(overloaded);
  go.set_value();
}

BOOST_AUTO_TEST_CASE(refuses_weak_choices) {
  BOOST_TEST(weakness_of("short", "a@b.test", 12) != "");
  BOOST_TEST(weakness_of("aaaaaaaaaaaaaa", "a@b.test", 12) != "");
  BOOST_TEST(weakness_of("Password1234", "a@b.test", 12) != "");
  BOOST_TEST(weakness_of("Someone@b.test", "someone@b.test", 12) != "");
  BOOST_TEST(weakness_of(std::string(1025, 'x') + "y", "a@b.test", 12) != "");
  BOOST_TEST(weakness_of("correct horse battery staple", "a@b.test", 12) == "");
}

BOOST_AUTO_TEST_CASE(slows_down_guessing_by_account_and_by_address) {
  limit_settings settings;
  settings.logins_per_minute_per_account = 2;
  settings.logins_per_minute_per_ip = 3;
  request_limits limits{settings};
  const auto now = std::chrono::steady_clock::time_point{1h};
  BOOST_TEST(limits.login("A@b.test", "10.0.0.1", now).wait.count() == 0);
  BOOST_TEST(limits.login("a@B.test", "10.0.0.2", now).wait.count() == 0);
  BOOST_TEST(limits.login("a@b.test", "10.0.0.3", now).wait.count() > 0);
  BOOST_TEST(limits.login("b@b.test", "10.0.0.1", now).wait.count() == 0);
  BOOST_TEST(limits.login("c@b.test", "10.0.0.1", now).wait.count() == 0);
  BOOST_TEST(limits.login("d@b.test", "10.0.0.1", now).wait.count() > 0);
  BOOST_TEST(limits.login("a@b.test", "10.0.0.3", now + 31s).wait.count() == 0);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caly::test
