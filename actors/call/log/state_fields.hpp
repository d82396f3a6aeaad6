#pragma once

#include "actors/call/call.hpp"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace caly::call_logs {

/// One number for each field of a call's state, and one for all of them. Two states with
/// the same digests are the same to whoever replays a call.
struct state_digest {
  std::uint64_t all = 0;
  std::vector<std::uint64_t> fields;
};

/// Writes the digest of `state` over `out`.
void take_digest(const call_state& state, state_digest& out);

/// The fields of `state` as people read them; of words only their digest. With `before`
/// only those whose digests differ.
std::vector<std::pair<std::string, std::string>>
fields_of(const call_state& state, const std::vector<std::uint64_t>& before = {});

/// `8f1d02c4a7b3e655`
std::string hex_of(std::uint64_t digest);

} // namespace caly::call_logs
