#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace caly {

struct slot_context {
  std::chrono::local_seconds now; ///< Where the caller is.
  /// The agent just asked for this: a bare answer counts ("Ravi", "five").
  bool asked = false;
  std::vector<std::string> choices = {};
};

/// The value of type `type` that an utterance holds, in one form: dates `2026-11-21`,
/// times `17:30`, phones E.164 with +91 for ten digits, numbers without separators, names
/// in title case, `yes`/`no`. Nothing when it holds none or the value cannot be right.
std::optional<std::string> find_slot_value(std::string_view type,
                                           std::string_view utterance,
                                           const slot_context& context);

/// A plain yes (true) or no (false) in any language; nothing for anything longer or
/// mixed.
std::optional<bool> find_yes_no(std::string_view utterance);

/// "My name is …", "mera naam … hai", "मेरा नाम … है".
std::optional<std::string> find_name(std::string_view utterance, bool asked);

} // namespace caly
