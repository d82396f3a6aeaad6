#pragma once

namespace caly {

/// From now on a process that a signal of a defect ends (SIGSEGV, SIGBUS, SIGILL, SIGFPE,
/// SIGABRT) first writes to standard error which signal it was, at which address, in
/// which thread, and the return addresses of that thread, each with its file and offset
/// as `addr2line -e FILE OFFSET` takes them. The signal then does what it would have
/// done, so the exit status and the core file stay as they are. `program` must live as
/// long as the process.
///
/// Threads started before this are covered too. A stack that has run over is written
/// about by the calling thread only, which gets a stack of its own for it.
void leave_last_words(const char* program);

} // namespace caly
