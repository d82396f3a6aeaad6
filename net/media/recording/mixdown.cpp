#include "net/media/recording/mixdown.hpp"

#include "net/media/recording/durable_file.hpp"
#include "net/media/recording/sound_facts.hpp"
#include "runtime/base/error.hpp"

#include <algorithm>
#include <fcntl.h>
#include <span>
#include <sys/mman.h>
#include <unistd.h>

namespace caly::recording {

namespace {

constexpr char silence = static_cast<char>(0xff); // µ-law zero
constexpr std::uint32_t samples_per_ms = 8;
/// Longer than any call may be; a damaged time must not ask for the whole disk.
constexpr std::uint32_t ms_max = 5 * 60 * 60 * 1000;

template <class Number>
void put(std::string& out, Number value) {
  for (std::size_t i = 0; i < sizeof(Number); ++i)
    out += static_cast<char>(value >> (8 * i) & 0xff);
}

/// A file that is written through memory. Its room is taken first: a full disk is an
/// error then, and no signal later.
class mapped_file {
public:
  static caf::expected<mapped_file> make(const std::filesystem::path& path,
                                         std::size_t bytes) {
    mapped_file out;
    out.file_ = file_handle::create(path);
    if (!out.file_)
      return unavailable("create", path);
    if (const auto full =
            posix_fallocate(out.file_.get(), 0, static_cast<off_t>(bytes))) {
      errno = full;
      return unavailable("take room for", path);
    }
    auto* at =
        mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, out.file_.get(), 0);
    if (at == MAP_FAILED)
      return unavailable("map", path);
    out.bytes_ = {static_cast<char*>(at), bytes};
    return out;
  }

  mapped_file(mapped_file&& other) noexcept
      : file_{std::move(other.file_)}, bytes_{std::exchange(other.bytes_, {})} {}

  mapped_file& operator=(mapped_file&&) = delete;

  ~mapped_file() {
    if (!bytes_.empty())
      munmap(bytes_.data(), bytes_.size());
  }

  std::span<char> bytes() const { return bytes_; }

  int descriptor() const { return file_.get(); }

private:
  mapped_file() = default;

  file_handle file_;
  std::span<char> bytes_;
};

/// How long the recording is: a first walk over the tape.
struct extent {
  std::uint32_t caller_end = 0;
  std::uint32_t agent_end = 0;
  std::uint32_t told_end = 0;

  std::uint32_t ms() const {
    const auto heard = std::max(caller_end, told_end);
    // A carrier that never sent the caller's audio has no clock of its own.
    return std::min(heard > 0 ? heard : agent_end, ms_max);
  }
};

std::uint32_t end_of(const tape_entry& entry) {
  return entry.ms + static_cast<std::uint32_t>(entry.bytes.size() / samples_per_ms);
}

caf::expected<extent> measure(const std::filesystem::path& tape) {
  auto reader = tape_reader::open(tape);
  if (!reader)
    return std::move(reader.error());
  extent out;
  std::vector<tape_entry> entries;
  while (reader->next(entries))
    for (const auto& each : entries) {
      if (each.kind == entry_kind::caller)
        out.caller_end = std::max(out.caller_end, end_of(each));
      else if (each.kind == entry_kind::agent)
        out.agent_end = std::max(out.agent_end, end_of(each));
      else if (each.kind == entry_kind::end)
        out.told_end = each.ms;
    }
  return out;
}

/// The two channels, sample by sample.
class stereo {
public:
  explicit stereo(std::span<char> samples) : samples_{samples} {
    std::ranges::fill(samples_, silence);
  }

  void put(std::size_t channel, std::uint32_t ms, std::string_view bytes) {
    auto at = std::size_t{ms} * samples_per_ms;
    for (const auto each : bytes) {
      if (at >= length())
        return;
      samples_[2 * at++ + channel] = each;
    }
  }

  void silence_from(std::size_t channel, std::uint32_t ms) {
    for (auto at = std::size_t{ms} * samples_per_ms; at < length(); ++at)
      samples_[2 * at + channel] = silence;
  }

  std::string peaks() const {
    return peaks_of(length(), [this](std::size_t at, std::size_t channel) {
      return mulaw_loudness(samples_[2 * at + channel]);
    });
  }

private:
  std::size_t length() const { return samples_.size() / 2; }

  std::span<char> samples_;
};

/// Plays the tape again, in its order.
bool play(const std::filesystem::path& tape, stereo& out) {
  auto reader = tape_reader::open(tape);
  std::vector<tape_entry> entries;
  while (reader && reader->next(entries))
    for (const auto& each : entries) {
      if (each.kind == entry_kind::caller)
        out.put(0, each.ms, each.bytes);
      else if (each.kind == entry_kind::agent)
        out.put(1, each.ms, each.bytes);
      else if (each.kind == entry_kind::cut)
        out.silence_from(1, each.ms);
    }
  return reader && reader->torn();
}

} // namespace

std::string wav_head(std::uint32_t samples) {
  constexpr std::uint16_t mulaw = 7;
  constexpr std::uint32_t rate = 8000;
  const auto data = samples * 2;
  std::string out = "RIFF";
  put<std::uint32_t>(out, static_cast<std::uint32_t>(wav_head_bytes) - 8 + data);
  out += "WAVEfmt ";
  put<std::uint32_t>(out, 18);
  put(out, mulaw);
  put<std::uint16_t>(out, 2);
  put(out, rate);
  put(out, rate * 2);
  put<std::uint16_t>(out, 2);
  put<std::uint16_t>(out, 8);
  put<std::uint16_t>(out, 0); // no more of the format
  out += "fact";
  put<std::uint32_t>(out, 4);
  put(out, samples);
  out += "data";
  put(out, data);
  return out;
}

caf::expected<mixed_tape> mix_down(const std::filesystem::path& tape,
                                   const std::filesystem::path& wav) {
  auto reader = tape_reader::open(tape);
  if (!reader)
    return std::move(reader.error());
  const auto length = measure(tape);
  if (!length)
    return length.error();
  const auto samples = length->ms() * samples_per_ms;
  auto unfinished = wav;
  unfinished += ".part";
  mixed_tape out;
  out.label = reader->label();
  out.ms = length->ms();
  {
    auto made = mapped_file::make(unfinished, wav_head_bytes + std::size_t{samples} * 2);
    if (!made) {
      forget_file(unfinished);
      return std::move(made.error());
    }
    const auto bytes = made->bytes();
    std::ranges::copy(wav_head(samples), bytes.begin());
    stereo channels{bytes.subspan(wav_head_bytes)};
    out.torn = play(tape, channels);
    out.peaks = channels.peaks();
    out.bytes = static_cast<std::int64_t>(bytes.size());
    out.sha256 = sha256_of(bytes);
    if (msync(bytes.data(), bytes.size(), MS_SYNC) != 0 || fsync(made->descriptor()) != 0)
      return unavailable("sync", unfinished);
  }
  if (auto failure = publish_file(unfinished, wav))
    return failure;
  return out;
}

} // namespace caly::recording
