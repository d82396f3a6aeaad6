#include "tests/unit/actors/call_replays.hpp"

#include <boost/test/unit_test.hpp>

namespace caly::test {

namespace {

std::string text_of(const call_logs::divergence& at) {
  auto text = "event " + std::to_string(at.step) + ' ' + at.kind;
  for (const auto& each : at.differences)
    text += "\n  " + each.name + ": log " + each.logged + ", replay " + each.replayed;
  return text;
}

} // namespace

call_log_keeper_actor::behavior_type fake_log_keeper(call_log_keeper_actor::pointer,
                                                     std::vector<keep_call_log>* logs) {
  return {
      [=](const keep_call_log& log) { logs->push_back(log); },
      [](const call_logs_due&) {},
      [](const get_status&) { return status_report{}; },
  };
}

caf::expected<call_logs::replay_result>
replay_with(const std::string& log, const call_voices& voices, bool any_build) {
  const auto parsed = json::parse(log, call_logs::log_json_limits);
  if (!parsed)
    return parsed.error();
  return call_logs::replay(
      *parsed,
      {[voices](const json&) -> caf::expected<call_voices> { return voices; },
       any_build});
}

void check_replays(const std::vector<keep_call_log>& logs, const call_voices& voices) {
  for (const auto& each : logs) {
    const auto result = replay_with(each.log, voices);
    if (!result) {
      BOOST_ERROR(describe(result.error()));
      continue;
    }
    BOOST_CHECK_MESSAGE(!result->diverged,
                        text_of(result->diverged.value_or(call_logs::divergence{})));
    BOOST_TEST(result->steps.size() == each.events);
  }
}

} // namespace caly::test
