#pragma once

#include "storage/memory/dial_model.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace caly::test {

/// Safety: faults to the end, and nothing wrong may ever happen. Liveness: the faults
/// stop, and everything must come to its end in time.
enum class sim_mode : std::uint8_t { safety, liveness };

/// A mistake made on purpose, which the checks must find.
enum class planted : std::uint8_t {
  nothing,
  fence_unchecked,
  permit_released_on_take_over,
  sent_again,
  settled_twice,
  webhook_twice,
  hold_kept,
  fuse_ignored,
  cap_unchecked,
  given_up_at_once,
  row_forgotten,
};

/// All that makes one run what it is.
struct sim_run {
  std::uint32_t seed = 1;
  sim_mode mode = sim_mode::safety;
  planted mistake = planted::nothing;
};

const std::vector<planted>& all_planted();
std::string to_string(planted mistake);
std::string to_string(sim_mode mode);

/// What the command that repeats a run says behind `simulation --`.
std::string to_string(const sim_run& run);

/// What was asked for on the command line, behind `--`:
/// `--seed N` or `--seeds A..B`, `--mode safety|liveness`, `--plant MISTAKE`.
struct sim_request {
  std::uint32_t first = 1;
  std::uint32_t last = 0; ///< 0: nothing was asked for
  std::optional<sim_mode> mode;
  planted mistake = planted::nothing;

  /// Both modes take turns unless one was asked for.
  sim_run run_of(std::uint32_t seed) const;
};

/// Throws `std::invalid_argument` with what is wrong and what is possible.
sim_request read_request(int argc, char** argv);

/// The rules of the dial protocol that a mistake leaves out.
memory::left_out left_out_by(planted mistake);

} // namespace caly::test
