#include "runtime/observe/last_words.hpp"

#include <boost/test/unit_test.hpp>

#include <array>
#include <csignal>
#include <cstdlib>
#include <string>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace caly::test {
namespace {

/// What a process says that ends itself by `number`, and its wait status.
struct ending {
  std::string words;
  int status = 0;
};

ending end_by(int number) {
  std::array<int, 2> pipe_ends{};
  BOOST_REQUIRE(pipe(pipe_ends.data()) == 0);
  const auto child = fork();
  BOOST_REQUIRE(child >= 0);
  if (child == 0) {
    const rlimit no_core{0, 0};
    setrlimit(RLIMIT_CORE, &no_core);
    dup2(pipe_ends[1], STDERR_FILENO);
    for (const auto each : {SIGSEGV, SIGABRT})
      std::signal(each, SIG_DFL); // the test framework's
    leave_last_words("tested");
    raise(number);
    _exit(0);
  }
  close(pipe_ends[1]);
  ending result;
  std::array<char, 4096> part{};
  for (;;) {
    const auto size = read(pipe_ends[0], part.data(), part.size());
    if (size <= 0)
      break;
    result.words.append(part.data(), static_cast<std::size_t>(size));
  }
  close(pipe_ends[0]);
  waitpid(child, &result.status, 0);
  return result;
}

BOOST_AUTO_TEST_SUITE(last_words_suite)

BOOST_AUTO_TEST_CASE(a_crash_says_what_it_was_and_where_and_still_is_one) {
  for (const auto& [number, name] :
       {std::pair{SIGSEGV, "SIGSEGV"}, std::pair{SIGABRT, "SIGABRT"}}) {
    const auto end = end_by(number);
    BOOST_TEST(
        end.words.starts_with(std::string{"tested: ended by "} + name + " address=0x"));
    BOOST_TEST(end.words.find("unit_runtime") != std::string::npos); // a frame of ours
    BOOST_TEST(WIFSIGNALED(end.status));
    BOOST_TEST(WTERMSIG(end.status) == number);
  }
}

BOOST_AUTO_TEST_CASE(a_signal_that_is_no_defect_passes_without_words) {
  const auto end = end_by(SIGTERM);
  BOOST_TEST(end.words.empty());
  BOOST_TEST(WTERMSIG(end.status) == SIGTERM);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace caly::test
