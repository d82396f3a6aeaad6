#pragma once

#include "actors/call/call_self.hpp"
#include "actors/call/log/log_reader.hpp"

#include <caf/expected.hpp>

#include <map>

namespace caly::call_logs {

/// A step as the log tells it.
struct logged_step {
  std::int64_t at_ms = 0;
  std::string kind;
  const json* payload = nullptr; ///< into the log; null: nothing to know
  std::uint64_t request = 0;
  std::vector<std::int64_t> boot_ns;
  std::vector<std::string> effects;
  std::uint64_t digest = 0;
  std::map<std::string, std::string> fields; ///< all, as far as the log told them
};

/// A log that was read: what the actor started from. The log outlives it.
struct logged_call {
  tenant_id tenant;
  call_id call;
  std::string node;
  std::string correlation_id;
  std::int64_t began_at_ms = 0;
  std::string provider;
  carrier_traits carrier;
  bool transfers = false;
  call_options options;
  const json* voices = nullptr;
  call_start start;
  const std::vector<json>* steps = nullptr;
  std::uint64_t left_out = 0;
};

/// Errors: `invalid`, with what is wrong and where.
caf::expected<logged_call>
read_call(const json& log, bool any_build, const actor_source& actors);

/// The step behind `before`, which is empty for the first one. Errors: `invalid`.
caf::expected<logged_step> read_step(const json& from, const logged_step& before);

} // namespace caly::call_logs
