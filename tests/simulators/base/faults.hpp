#pragma once

#include "runtime/base/json.hpp"
#include "tests/simulators/base/dice.hpp"

#include <map>
#include <string>
#include <string_view>

namespace caly::sim {

/// What may go wrong on the way to one provider. Rates are probabilities from 0 to 1.
struct fault_plan {
  double latency_ms = 0;
  double rate_429 = 0;
  double rate_500 = 0;
  double rate_reset = 0;
  double rate_accept_then_timeout = 0; ///< Calls only: placed, but never answered.
  double rate_malformed = 0;           ///< OpenAI only: the text is no JSON.
  double rate_refusal = 0;             ///< OpenAI only: a refusal in place of text.
  double rate_cut = 0;                 ///< A streamed answer or socket breaks midway.
  double webhook_lose = 0;
  double webhook_duplicate = 0;
  double webhook_reorder = 0;
  double webhook_delay_ms_max = 0;
};

/// What happens to one request.
enum class fault { none, too_many, server_error, reset, accept_then_timeout };

/// The faults in force, set through the admin port.
class faults {
public:
  explicit faults(std::uint64_t seed) : dice_{seed, "faults"} {}

  /// Sets the named members of `{latency_ms, rate_…, webhook: {…}, provider?}`. Without
  /// `provider` it applies to all of them. Answers every mistake as one text, or "".
  std::string set(const json& body);
  void clear();

  /// `openai/realtime` is a part of `openai` and has its faults, or its own.
  const fault_plan& plan(std::string_view provider) const;
  /// Draws the fault of one request; `creates_call` lets it be accepted and then lost.
  fault draw(std::string_view provider, bool creates_call = false);

  bool chance(double probability) { return probability > 0 && dice_.chance(probability); }

  double between(double min, double max) { return dice_.between(min, max); }

  void describe(json_writer& out) const;

private:
  fault_plan all_;
  std::map<std::string, fault_plan, std::less<>> by_provider_;
  dice dice_;
};

} // namespace caly::sim
