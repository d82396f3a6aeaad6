#pragma once

#include "tests/simulators/base/options.hpp"
#include "tests/simulators/callee/persona.hpp"

#include <optional>
#include <string_view>

namespace caly::sim {

/// How a called number behaves; its last four digits choose (DESIGN.md §7).
enum class callee_kind {
  talks,
  busy,                  ///< 0002
  rings_out,             ///< 0003
  voicemail,             ///< 0004
  refused,               ///< 0005: the create-call gets a 400
  never_told,            ///< 0006: the call is placed, its create never answered
  create_fails,          ///< 0007: the create-call gets a 500, nothing is placed
  hangs_up_mid_sentence, ///< 0008
  silent,                ///< 0009
  never_hangs_up,        ///< 0010
  refuses_calls,         ///< 0011
  types_digits,          ///< 0012: answers questions by keys, over ConversationRelay
  menu,                  ///< 0013: "press one"
  picks_up_late,         ///< 0014: a voicemail until a message is being left
  screener,              ///< 0015: asks who calls before a person is put on
  switched_off,          ///< 0016: the operator's announcement
};

/// Everything about a callee that is drawn before its phone rings.
struct callee_plan {
  callee_kind kind = callee_kind::talks;
  double ring_s = 0;
  /// How long it stays on the line; nothing for 0010.
  std::optional<double> talk_s;
  const sim::persona* persona = nullptr;
};

/// The same seed and number always give the same plan.
callee_plan plan_callee(const sim_options& options, std::string_view number);

std::string_view to_string(callee_kind kind);

} // namespace caly::sim
