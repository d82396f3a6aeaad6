#include "tests/simulators/callee/callee.hpp"

#include "tests/simulators/base/dice.hpp"

#include <array>
#include <utility>

namespace caly::sim {

namespace {

constexpr std::array<std::pair<std::string_view, callee_kind>, 15> chosen_by_digits{{
    {"0002", callee_kind::busy},
    {"0003", callee_kind::rings_out},
    {"0004", callee_kind::voicemail},
    {"0005", callee_kind::refused},
    {"0006", callee_kind::never_told},
    {"0007", callee_kind::create_fails},
    {"0008", callee_kind::hangs_up_mid_sentence},
    {"0009", callee_kind::silent},
    {"0010", callee_kind::never_hangs_up},
    {"0011", callee_kind::refuses_calls},
    {"0012", callee_kind::types_digits},
    {"0013", callee_kind::menu},
    {"0014", callee_kind::picks_up_late},
    {"0015", callee_kind::screener},
    {"0016", callee_kind::switched_off},
}};

callee_kind kind_of(std::string_view number) {
  for (const auto& [digits, kind] : chosen_by_digits)
    if (number.ends_with(digits))
      return kind;
  return callee_kind::talks;
}

} // namespace

callee_plan plan_callee(const sim_options& options, std::string_view number) {
  dice roll{options.seed, number};
  callee_plan plan;
  plan.kind = kind_of(number);
  plan.ring_s = roll.between(options.ring_seconds.min, options.ring_seconds.max);
  plan.talk_s = roll.between(options.call_seconds.min, options.call_seconds.max);
  plan.persona = &personas()[roll.index(personas().size())];
  if (plan.kind == callee_kind::never_hangs_up)
    plan.talk_s.reset();
  if (plan.kind == callee_kind::refuses_calls)
    plan.persona = &refusing_persona();
  return plan;
}

std::string_view to_string(callee_kind kind) {
  switch (kind) {
  case callee_kind::busy:
    return "busy";
  case callee_kind::rings_out:
    return "rings_out";
  case callee_kind::voicemail:
    return "voicemail";
  case callee_kind::refused:
    return "refused";
  case callee_kind::never_told:
    return "never_told";
  case callee_kind::create_fails:
    return "create_fails";
  case callee_kind::hangs_up_mid_sentence:
    return "hangs_up_mid_sentence";
  case callee_kind::silent:
    return "silent";
  case callee_kind::never_hangs_up:
    return "never_hangs_up";
  case callee_kind::refuses_calls:
    return "refuses_calls";
  case callee_kind::types_digits:
    return "types_digits";
  case callee_kind::menu:
    return "menu";
  case callee_kind::picks_up_late:
    return "picks_up_late";
  case callee_kind::screener:
    return "screener";
  case callee_kind::switched_off:
    return "switched_off";
  case callee_kind::talks:
    break;
  }
  return "talks";
}

} // namespace caly::sim
