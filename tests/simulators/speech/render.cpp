#include "tests/simulators/speech/render.hpp"

#include "tests/simulators/base/dice.hpp"
#include "tests/simulators/speech/mulaw.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <numbers>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

extern char** environ;

namespace caly::sim {

namespace {

constexpr int line_hz = 8000;
constexpr std::size_t text_bytes_max = 2000;
constexpr std::size_t wav_bytes_max = 32 * 1024 * 1024;
constexpr std::size_t pause_frames_max = 12;
constexpr std::size_t riff_header_bytes = 44;
constexpr char mulaw_negative_zero = 0x7F;

/// What espeak-ng writes to its standard output; empty when it fails.
std::string run_espeak(std::string text, const char* voice_name) {
  if (text.size() > text_bytes_max)
    text.resize(text_bytes_max);
  std::array<int, 2> out{};
  if (::pipe2(out.data(), O_CLOEXEC) != 0)
    return {};
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, out[1], 1);
  posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
  // "--" ends the options: a text may start with a dash.
  const std::array<const char*, 9> arguments{"espeak-ng",
                                             "--stdout",
                                             "-v",
                                             voice_name,
                                             "-s",
                                             "190",
                                             "--",
                                             text.c_str(),
                                             nullptr};
  pid_t child = 0;
  const auto spawned = ::posix_spawnp(&child,
                                      "espeak-ng",
                                      &actions,
                                      nullptr,
                                      const_cast<char* const*>(arguments.data()),
                                      environ);
  posix_spawn_file_actions_destroy(&actions);
  ::close(out[1]);
  std::string wav;
  std::array<char, 65536> block{};
  while (spawned == 0 && wav.size() < wav_bytes_max) {
    const auto count = ::read(out[0], block.data(), block.size());
    if (count < 0 && errno == EINTR)
      continue;
    if (count <= 0)
      break;
    wav.append(block.data(), static_cast<std::size_t>(count));
  }
  ::close(out[0]);
  if (spawned != 0)
    return {};
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? wav : std::string{};
}

/// The 16-bit mono samples of a WAV whose header may lie about its length.
samples wav_samples(const std::string& wav, int& rate_hz) {
  if (wav.size() <= riff_header_bytes || !wav.starts_with("RIFF"))
    return {};
  std::uint32_t rate = 0;
  std::memcpy(&rate, wav.data() + 24, sizeof rate);
  rate_hz = static_cast<int>(rate);
  if (rate_hz < 4000 || rate_hz > 96000)
    return {};
  samples pcm((wav.size() - riff_header_bytes) / 2);
  std::memcpy(pcm.data(), wav.data() + riff_header_bytes, pcm.size() * 2);
  return pcm;
}

/// Cuts silence at both ends and long pauses within, so that a listener never takes one
/// utterance for two.
std::string tighten(std::string_view mulaw) {
  std::string out;
  std::string pause;
  for (; !mulaw.empty(); mulaw.remove_prefix(std::min(frame_bytes, mulaw.size()))) {
    std::string frame{mulaw.substr(0, frame_bytes)};
    frame.resize(frame_bytes, mulaw_silence);
    // Both codes of zero sound alike, and who decodes and encodes gets the positive one.
    std::replace(frame.begin(), frame.end(), mulaw_negative_zero, mulaw_silence);
    if (!is_voiced(frame)) {
      if (!out.empty() && pause.size() < pause_frames_max * frame_bytes)
        pause += frame;
      continue;
    }
    out += pause;
    pause.clear();
    out += frame;
  }
  return out;
}

void add_sine(std::string& out, double hz, double seconds, double amplitude) {
  const auto count = static_cast<std::size_t>(seconds * line_hz);
  for (std::size_t n = 0; n < count; ++n) {
    const double angle = 2 * std::numbers::pi * hz * static_cast<double>(n) / line_hz;
    out += static_cast<char>(
        to_mulaw(static_cast<std::int16_t>(amplitude * std::sin(angle))));
  }
}

} // namespace

bool espeak_is_installed() {
  const char* path = std::getenv("PATH");
  std::string_view rest = path != nullptr ? path : "";
  while (!rest.empty()) {
    const auto colon = rest.find(':');
    const auto folder = std::string{rest.substr(0, colon)};
    if (::access((folder + "/espeak-ng").c_str(), X_OK) == 0)
      return true;
    rest = colon == std::string_view::npos ? "" : rest.substr(colon + 1);
  }
  return false;
}

std::string render_with_espeak(std::string_view text, voice speaks) {
  int rate_hz = 0;
  const auto wav = run_espeak(std::string{text}, speaks == voice::hindi ? "hi" : "en");
  const auto pcm = wav_samples(wav, rate_hz);
  if (pcm.empty())
    return {};
  return tighten(encode_mulaw(resample(pcm, rate_hz, line_hz)));
}

std::string render_tones(std::string_view text) {
  dice roll{0, text};
  const auto tones = std::clamp<std::size_t>(text.size() / 6, 3, 60);
  std::string out;
  for (std::size_t i = 0; i < tones; ++i) {
    // Loudness differs too: that is how transcoded audio is recognised.
    const auto hz = roll.between(200, 1200);
    const auto seconds = 0.1 + 0.02 * static_cast<double>(roll.index(6));
    add_sine(out, hz, seconds, roll.between(1000, 12000));
  }
  return tighten(out);
}

std::string render_sine(double hz, double seconds) {
  std::string out;
  add_sine(out, hz, seconds, 8000);
  return tighten(out);
}

} // namespace caly::sim
