#pragma once

#include <caf/fwd.hpp>

#include <cstdint>
#include <string>

namespace caly {

/// The C++ type of a message's first element, in one word, so that a history costs no
/// strings while messages flow. Zero is a message without content.
using message_type = std::uintptr_t;

message_type message_type_of(const caf::mailbox_element& x) noexcept;

/// `acquire_slot`, `reply u32`, `exit`; namespaces of this project are left out.
std::string to_string_of(message_type type);

} // namespace caly
