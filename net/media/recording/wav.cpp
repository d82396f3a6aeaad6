#include "net/media/recording/wav.hpp"

#include "net/media/recording/durable_file.hpp"
#include "net/media/recording/sound_facts.hpp"
#include "runtime/base/error.hpp"

#include <algorithm>
#include <cstdlib>
#include <fcntl.h>
#include <optional>
#include <string_view>
#include <sys/mman.h>
#include <sys/stat.h>

namespace caly::recording {

namespace {

constexpr std::uint32_t pcm = 1;
constexpr std::uint32_t mulaw = 7;
constexpr std::size_t chunks_max = 64; ///< before the sound

/// A file that is read through memory.
class mapped_bytes {
public:
  static caf::expected<mapped_bytes> open(const std::filesystem::path& path) {
    mapped_bytes out;
    out.file_ = file_handle{::open(path.c_str(), O_RDONLY | O_CLOEXEC)};

    struct stat facts {};

    if (!out.file_ || fstat(out.file_.get(), &facts) != 0)
      return unavailable("open", path);
    const auto size = static_cast<std::size_t>(facts.st_size);
    if (size == 0)
      return out;
    auto* at = mmap(nullptr, size, PROT_READ, MAP_PRIVATE, out.file_.get(), 0);
    if (at == MAP_FAILED)
      return unavailable("map", path);
    out.bytes_ = {static_cast<const char*>(at), size};
    return out;
  }

  mapped_bytes(mapped_bytes&& other) noexcept
      : file_{std::move(other.file_)}, bytes_{std::exchange(other.bytes_, {})} {}

  mapped_bytes& operator=(mapped_bytes&&) = delete;

  ~mapped_bytes() {
    if (!bytes_.empty())
      munmap(const_cast<char*>(bytes_.data()), bytes_.size());
  }

  std::string_view bytes() const { return bytes_; }

private:
  mapped_bytes() = default;

  file_handle file_;
  std::string_view bytes_;
};

/// Little-endian; what is past the end is 0.
std::uint32_t number(std::string_view bytes, std::size_t at, std::size_t size) {
  std::uint32_t out = 0;
  for (std::size_t i = 0; i < size && at + i < bytes.size(); ++i)
    out |= std::uint32_t{static_cast<unsigned char>(bytes[at + i])} << (8 * i);
  return out;
}

struct sound {
  std::uint32_t form = 0;
  std::uint32_t rate = 0;
  std::string_view samples;

  std::size_t frame_bytes() const { return form == pcm ? 4 : 2; }

  std::size_t length() const { return samples.size() / frame_bytes(); }

  int loudness(std::size_t at, std::size_t channel) const {
    if (form == mulaw)
      return mulaw_loudness(samples[2 * at + channel]);
    const auto value =
        static_cast<std::int16_t>(number(samples, 4 * at + 2 * channel, 2));
    return std::min(std::abs(int{value}), 32'767);
  }
};

caf::error wrong(std::string what) {
  return caf::make_error(errc::invalid, std::move(what));
}

/// What is wrong with the format, if anything is.
caf::error read_format(std::string_view chunk, sound& out) {
  out.form = number(chunk, 0, 2);
  out.rate = number(chunk, 4, 4);
  const auto bits = number(chunk, 14, 2);
  const bool known = (out.form == pcm && bits == 16) || (out.form == mulaw && bits == 8);
  if (!known)
    return wrong("neither PCM of 16 bit nor u-law");
  if (number(chunk, 2, 2) != 2)
    return wrong("not two channels");
  if (out.rate < 8'000 || out.rate > 48'000)
    return wrong("sampled at neither 8 to 48 kHz");
  return {};
}

caf::expected<sound> read_sound(std::string_view file) {
  if (file.size() < 12 || !file.starts_with("RIFF") || file.substr(8, 4) != "WAVE")
    return wrong("no RIFF/WAVE file");
  sound out;
  std::size_t at = 12;
  for (std::size_t i = 0; i < chunks_max && at + 8 <= file.size(); ++i) {
    const auto name = file.substr(at, 4);
    const std::size_t size = number(file, at + 4, 4);
    const auto rest = file.substr(at + 8);
    if (size > rest.size())
      return wrong("cut off");
    if (name == "fmt ")
      if (auto problem = read_format(rest.substr(0, size), out))
        return problem;
    if (name == "data" && out.form == 0)
      return wrong("sound without a format");
    if (name == "data") {
      out.samples = rest.substr(0, size - size % out.frame_bytes());
      return out;
    }
    at += 8 + size + size % 2;
  }
  return wrong("without any sound");
}

} // namespace

caf::expected<mixed_tape> look_at_wav(const std::filesystem::path& wav) {
  const auto file = mapped_bytes::open(wav);
  if (!file)
    return file.error();
  const auto found = read_sound(file->bytes());
  if (!found)
    return found.error();
  mixed_tape out;
  out.ms = static_cast<std::int64_t>(found->length() * 1000 / found->rate);
  out.bytes = static_cast<std::int64_t>(file->bytes().size());
  out.sha256 = sha256_of(file->bytes());
  out.peaks = peaks_of(found->length(), [&](std::size_t at, std::size_t channel) {
    return found->loudness(at, channel);
  });
  return out;
}

} // namespace caly::recording
