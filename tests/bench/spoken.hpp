#pragma once

#include "net/media/resampler.hpp"
#include "tests/bench/greetings.hpp"

#include <array>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <spawn.h>
#include <stdexcept>
#include <string>
#include <sys/wait.h>
#include <unistd.h>

extern char** environ;

namespace caly::bench {

inline constexpr unsigned line_hz = 8'000;

/// What espeak-ng writes to its standard output. Throws when it fails.
inline std::string run_espeak(const greeting& like, const std::string& text) {
  std::array<int, 2> out{};
  if (::pipe2(out.data(), O_CLOEXEC) != 0)
    throw std::runtime_error{"no pipe for espeak-ng"};
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, out[1], 1);
  const auto rate = std::to_string(like.words_a_minute);
  const auto pitch = std::to_string(like.pitch);
  const std::array<const char*, 11> arguments{"espeak-ng",
                                              "--stdout",
                                              "-v",
                                              like.voice.c_str(),
                                              "-s",
                                              rate.c_str(),
                                              "-p",
                                              pitch.c_str(),
                                              "--",
                                              text.c_str(),
                                              nullptr};
  pid_t child = 0;
  const auto failed = ::posix_spawnp(&child,
                                     "espeak-ng",
                                     &actions,
                                     nullptr,
                                     const_cast<char* const*>(arguments.data()),
                                     environ);
  posix_spawn_file_actions_destroy(&actions);
  ::close(out[1]);
  std::string wav;
  std::array<char, 65'536> block{};
  for (ssize_t got = 0;
       failed == 0 && (got = ::read(out[0], block.data(), block.size())) > 0;)
    wav.append(block.data(), static_cast<std::size_t>(got));
  ::close(out[0]);
  int status = 1;
  if (failed == 0)
    ::waitpid(child, &status, 0);
  if (status != 0)
    throw std::runtime_error{"espeak-ng does not speak (apt install espeak-ng)"};
  return wav;
}

/// `text` as a telephone line carries it, without the silence around it.
inline pcm_samples speak(const greeting& like, const std::string& text) {
  constexpr std::size_t header_bytes = 44;
  const auto wav = run_espeak(like, text);
  std::uint32_t rate = 0;
  std::memcpy(&rate, wav.data() + 24, sizeof rate);
  pcm_samples wide((wav.size() - header_bytes) / 2);
  std::memcpy(wide.data(), wav.data() + header_bytes, wide.size() * 2);
  pcm_samples out;
  resampler{rate, line_hz}.run(wide, out);
  // Silence around it is the table's affair.
  const auto audible = [](int x) { return std::abs(x) > 300; };
  const auto first = std::find_if(out.begin(), out.end(), audible);
  const auto last = std::find_if(out.rbegin(), out.rend(), audible).base();
  return first < last ? pcm_samples{first, last} : pcm_samples{};
}

} // namespace caly::bench
