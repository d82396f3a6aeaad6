#pragma once

#include "runtime/base/json.hpp"
#include "tests/simulators/base/history.hpp"

#include <cstdint>
#include <map>
#include <string>

namespace caly::sim {

/// How many calls are live right now, and how many there were, over all providers.
class call_board {
public:
  void began(const call_facts& facts);

  void answered() { ++answered_total_; }

  void ended(const call_facts& facts, std::string_view status);

  void describe(json_writer& out) const;

private:
  struct gauge {
    std::int64_t live = 0;
    std::int64_t live_max = 0;
  };

  static void raise(gauge& gauge);

  gauge all_;
  std::map<std::string, gauge> by_tenant_;
  std::map<std::string, std::int64_t> live_by_number_;
  std::map<std::string, std::int64_t, std::less<>> ended_by_status_;
  std::int64_t created_total_ = 0;
  std::int64_t answered_total_ = 0;
};

} // namespace caly::sim
