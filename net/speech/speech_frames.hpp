#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace caly {

/// What the node and `caly_speech` say to each other.
enum class speech_kind : std::uint8_t {
  // to the program
  say = 1, ///< text, language (en, hi, hinglish), samples a second; answered `spoken`
  grammar, ///< name, JSGF; answered `ready`
  hear,    ///< name of a grammar, 16-bit samples at 16 kHz; answered `heard`
  // from the program
  spoken, ///< 16-bit samples, mono
  ready,  ///< nothing
  heard,  ///< words (none: nothing that the grammar knows), confidence 0 to 1,000
  failed, ///< why
};

/// One message. Samples are in the machine's own byte order: both ends run on one.
struct speech_frame {
  speech_kind kind = speech_kind::failed;
  std::uint32_t id = 0; ///< An answer has its question's.
  std::vector<std::string> fields;

  /// The field, or nothing where there are fewer.
  std::string_view field(std::size_t index) const {
    return index < fields.size() ? std::string_view{fields[index]} : std::string_view{};
  }
};

/// The message as it travels: its length, kind, id and fields, each with its length.
std::string to_bytes(const speech_frame& frame);

/// Puts messages together from a stream of bytes.
class speech_reader {
public:
  static constexpr std::size_t frame_bytes_max = 4 << 20;
  static constexpr std::size_t fields_max = 4;

  void feed(std::string_view bytes) { waiting_ += bytes; }

  /// The next message, once all of it is there.
  std::optional<speech_frame> next();

  /// What came is no message; nothing more is read.
  bool broken() const noexcept { return broken_; }

private:
  std::string waiting_;
  bool broken_ = false;
};

} // namespace caly
