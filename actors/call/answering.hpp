#pragma once

#include "actors/call/call.hpp"

namespace caly {

/// Whether the carrier says that no person picked up.
bool is_machine(const std::string& answered_by);

/// The carrier knows of a machine: the agent leaves its message there, or the call ends.
void on_machine(call_self* self);

/// The line told who picked up, or knows better: goes to the timeline and the row, and
/// ends the call where its plan has nothing else to do.
void on_answered(call_self* self, const answered& verdict);

} // namespace caly
