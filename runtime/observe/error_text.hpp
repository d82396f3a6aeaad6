#pragma once

#include <caf/error.hpp>

#include <string>

namespace caly {

/// An error for people, without an actor system at hand: `no_credit: balance 0`,
/// `request_timeout`, `user_shutdown`.
std::string describe(const caf::error& reason);

} // namespace caly
