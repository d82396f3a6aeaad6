#include "runtime/observe/last_words.hpp"

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdint>
#include <cstring>
#include <execinfo.h>
#include <string_view>
#include <sys/prctl.h>
#include <unistd.h>

namespace caly {

namespace {

constexpr std::array signals{SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT};
constexpr int frames_max = 64;

const char* program_name = "";
alignas(16) std::array<char, 64 * 1024> own_stack;

/// One line made without memory of the heap, which may be what is broken.
class last_line {
public:
  last_line& text(std::string_view part) {
    const auto size = std::min(part.size(), line_.size() - used_);
    std::memcpy(line_.data() + used_, part.data(), size);
    used_ += size;
    return *this;
  }

  last_line& number(std::uintptr_t value, unsigned base) {
    std::array<char, 2 * sizeof(value) + 8> digits{};
    auto at = digits.size();
    do
      digits.at(--at) = "0123456789abcdef"[value % base];
    while ((value /= base) != 0 && at > 0);
    return text({digits.data() + at, digits.size() - at});
  }

  void write() const {
    // There is nobody left to tell that it failed.
    [[maybe_unused]] const auto written = ::write(STDERR_FILENO, line_.data(), used_);
  }

private:
  std::array<char, 256> line_{};
  std::size_t used_ = 0;
};

std::string_view name_of(int number) {
  switch (number) {
  case SIGSEGV:
    return "SIGSEGV";
  case SIGBUS:
    return "SIGBUS";
  case SIGILL:
    return "SIGILL";
  case SIGFPE:
    return "SIGFPE";
  default:
    return "SIGABRT";
  }
}

extern "C" void say_last_words(int number, siginfo_t* info, void*) {
  std::array<char, 17> thread{}; // PR_GET_NAME writes up to 16 bytes
  prctl(PR_GET_NAME, thread.data());
  last_line{}
      .text(program_name)
      .text(": ended by ")
      .text(name_of(number))
      .text(" address=0x")
      .number(reinterpret_cast<std::uintptr_t>(info->si_addr), 16)
      .text(" pid=")
      .number(static_cast<std::uintptr_t>(getpid()), 10)
      .text(" thread=")
      .text(thread.data())
      .text("\n")
      .write();
  std::array<void*, frames_max> frames{};
  const auto count = backtrace(frames.data(), frames_max);
  backtrace_symbols_fd(frames.data(), count, STDERR_FILENO);
  raise(number); // SA_RESETHAND: now with its own effect, once this returns
}

} // namespace

void leave_last_words(const char* program) {
  program_name = program;
  // The first call loads a library, which must not happen in the handler.
  std::array<void*, 1> warm_up{};
  backtrace(warm_up.data(), 1);
  stack_t stack{};
  stack.ss_sp = own_stack.data();
  stack.ss_size = own_stack.size();
  sigaltstack(&stack, nullptr);

  struct sigaction action {};

  action.sa_sigaction = say_last_words;
  action.sa_flags = SA_SIGINFO | SA_ONSTACK | static_cast<int>(SA_RESETHAND);
  sigemptyset(&action.sa_mask);
  for (const auto number : signals)
    sigaction(number, &action, nullptr);
}

} // namespace caly
