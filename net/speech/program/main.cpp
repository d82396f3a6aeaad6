/// `caly_speech MODEL`: understands and speaks one sentence at a time for the node that
/// started it, over its standard input and output (`speech_frames`). Ends with its input.

#include "net/speech/program/recogniser.hpp"
#include "net/speech/program/synthesiser.hpp"
#include "net/speech/speech_frames.hpp"

#include <array>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <exception>
#include <fcntl.h>
#include <optional>
#include <stdexcept>
#include <sys/prctl.h>
#include <unistd.h>

namespace caly {

namespace {

std::string_view as_bytes(const pcm_samples& samples) {
  return {reinterpret_cast<const char*>(samples.data()),
          samples.size() * sizeof(samples.front())};
}

pcm_samples as_samples(std::string_view bytes) {
  pcm_samples samples(bytes.size() / sizeof(std::int16_t));
  std::memcpy(samples.data(), bytes.data(), samples.size() * sizeof(std::int16_t));
  return samples;
}

unsigned rate_of(std::string_view text) {
  unsigned rate = 0;
  std::from_chars(text.data(), text.data() + text.size(), rate);
  if (rate < 8'000 || rate > 48'000)
    throw std::runtime_error{"a rate from 8000 to 48000 is needed"};
  return rate;
}

/// Both libraries start when they are first needed: a process that only speaks needs no
/// model.
class speech_program {
public:
  explicit speech_program(std::string model) : model_{std::move(model)} {}

  speech_frame answer(const speech_frame& asked) {
    try {
      return {kind_of(asked), asked.id, fields_of(asked)};
    } catch (const std::exception& failure) {
      return {speech_kind::failed, asked.id, {failure.what()}};
    }
  }

private:
  static speech_kind kind_of(const speech_frame& asked) {
    switch (asked.kind) {
    case speech_kind::say:
      return speech_kind::spoken;
    case speech_kind::grammar:
      return speech_kind::ready;
    case speech_kind::hear:
      return speech_kind::heard;
    default:
      throw std::runtime_error{"not a question"};
    }
  }

  std::vector<std::string> fields_of(const speech_frame& asked) {
    const std::string first{asked.field(0)};
    if (asked.kind == speech_kind::say) {
      const auto samples =
          voice().say(first, std::string{asked.field(1)}, rate_of(asked.field(2)));
      return {std::string{as_bytes(samples)}};
    }
    if (asked.kind == speech_kind::grammar) {
      ear().learn(first, std::string{asked.field(1)});
      return {};
    }
    const auto heard = ear().hear(first, as_samples(asked.field(1)));
    return {heard.words, std::to_string(heard.confidence)};
  }

  synthesiser& voice() {
    if (!voice_)
      voice_.emplace();
    return *voice_;
  }

  recogniser& ear() {
    if (!ear_)
      ear_.emplace(model_);
    return *ear_;
  }

  std::string model_;
  std::optional<synthesiser> voice_;
  std::optional<recogniser> ear_;
};

bool write_all(int file, std::string_view bytes) {
  while (!bytes.empty()) {
    const auto count = ::write(file, bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR)
      continue;
    if (count <= 0)
      return false;
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  return true;
}

int serve(const std::string& model) {
  // What a library prints must not get between the answers.
  const int answers = ::fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
  if (answers < 0 || ::dup2(STDERR_FILENO, STDOUT_FILENO) < 0)
    return 1;
  speech_program program{model};
  speech_reader reader;
  std::array<char, 65536> block{};
  for (;;) {
    while (const auto asked = reader.next())
      if (!write_all(answers, to_bytes(program.answer(*asked))))
        return 1;
    if (reader.broken()) {
      std::fputs("caly_speech: what came is no question\n", stderr);
      return 1;
    }
    const auto count = ::read(STDIN_FILENO, block.data(), block.size());
    if (count < 0 && errno == EINTR)
      continue;
    if (count <= 0)
      return count < 0;
    reader.feed({block.data(), static_cast<std::size_t>(count)});
  }
}

} // namespace

} // namespace caly

int main(int count, char** arguments) {
  if (count != 2) {
    std::fputs("usage: caly_speech FOLDER-OF-POCKETSPHINX'S-ENGLISH-MODEL\n"
               "Started by calyd; speaks frames over its standard input and output.\n",
               stderr);
    return 2;
  }
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  return caly::serve(arguments[1]);
}
