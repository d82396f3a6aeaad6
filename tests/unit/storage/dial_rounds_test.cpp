#include "storage/stores/dial_batch.hpp"

#include <boost/test/unit_test.hpp>

#include <array>

namespace caly {

namespace {

using rounds = dial_rounds<int, std::string, int>;

void add(rounds& to, std::vector<int> keys, const std::string& request) {
  to.add(keys, request, pg::asker<int>{});
}

std::vector<std::vector<std::string>> taken(rounds& from) {
  std::vector<std::vector<std::string>> out;
  for (const auto& each : from.take()) {
    auto& names = out.emplace_back();
    for (const auto& entry : each->entries)
      names.push_back(entry.request);
  }
  return out;
}

} // namespace

BOOST_AUTO_TEST_SUITE(dial_rounds_of_a_batch)

BOOST_AUTO_TEST_CASE(what_is_about_different_calls_goes_together) {
  rounds all;
  add(all, {1}, "a");
  add(all, {2, 3}, "b");
  BOOST_CHECK((taken(all) == std::vector<std::vector<std::string>>{{"a", "b"}}));
}

BOOST_AUTO_TEST_CASE(a_call_named_again_waits_for_the_next_statement) {
  rounds all;
  add(all, {1}, "a");
  add(all, {1, 2}, "b");
  add(all, {2}, "c");
  add(all, {3}, "d");
  BOOST_CHECK(
      (taken(all) == std::vector<std::vector<std::string>>{{"a", "d"}, {"b"}, {"c"}}));
}

BOOST_AUTO_TEST_CASE(a_new_batch_knows_nothing_of_the_last) {
  rounds all;
  add(all, {1}, "a");
  taken(all);
  add(all, {1}, "b");
  BOOST_CHECK((taken(all) == std::vector<std::vector<std::string>>{{"b"}}));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caly
