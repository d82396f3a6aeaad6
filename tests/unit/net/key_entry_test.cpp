#include "net/media/key_entry.hpp"

#include <boost/test/unit_test.hpp>

using namespace std::chrono_literals;

namespace caly::test {

namespace {

constexpr key_entry::time_point start{1000s};

std::string taken(key_entry& keys, std::chrono::milliseconds at) {
  return keys.take(start + at).value_or("");
}

} // namespace

BOOST_AUTO_TEST_SUITE(key_entry_suite)

BOOST_AUTO_TEST_CASE(a_pause_ends_an_entry_that_is_read_back) {
  key_entry keys;
  keys.press('4', start);
  keys.press('5', start + 1900ms);
  BOOST_TEST(taken(keys, 3800ms) == "");
  const auto entry = taken(keys, 3900ms);
  BOOST_TEST(entry.starts_with("(The caller pressed the keys 4 5."));
  BOOST_TEST(entry.find("digit by digit") != std::string::npos);
  BOOST_TEST(taken(keys, 9000ms) == "");
}

BOOST_AUTO_TEST_CASE(a_hash_ends_it_at_once) {
  key_entry keys;
  for (const auto key : {'1', '2', '#'})
    keys.press(key, start);
  BOOST_TEST(taken(keys, 0ms).starts_with("(The caller pressed the keys 1 2."));
  keys.press('#', start);
  BOOST_TEST(taken(keys, 0ms) == "(The caller pressed the key #)");
}

BOOST_AUTO_TEST_CASE(a_choice_is_not_read_back) {
  key_entry keys;
  keys.press('1', start);
  BOOST_TEST(taken(keys, 2s) == "(The caller pressed the key 1)");
}

BOOST_AUTO_TEST_CASE(an_entry_is_bounded) {
  key_entry keys;
  for (std::size_t i = 0; i < key_entry::keys_max + 10; ++i)
    keys.press('7', start);
  const auto entry = taken(keys, 2s);
  BOOST_TEST(static_cast<std::size_t>(std::count(entry.begin(), entry.end(), '7')) ==
             key_entry::keys_max);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caly::test
