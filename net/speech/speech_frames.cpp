#include "net/speech/speech_frames.hpp"

#include <cstring>

namespace caly {

namespace {

constexpr std::size_t length_bytes = sizeof(std::uint32_t);
/// Kind and id.
constexpr std::size_t head_bytes = 1 + length_bytes;

void put(std::string& out, std::size_t number) {
  const auto value = static_cast<std::uint32_t>(number);
  char bytes[length_bytes];
  std::memcpy(bytes, &value, length_bytes);
  out.append(bytes, length_bytes);
}

/// Takes a number from the front; there are enough bytes.
std::uint32_t take(std::string_view& in) {
  std::uint32_t value = 0;
  std::memcpy(&value, in.data(), length_bytes);
  in.remove_prefix(length_bytes);
  return value;
}

/// Nothing when the bytes are no message.
std::optional<speech_frame> frame_of(std::string_view bytes) {
  if (bytes.size() < head_bytes)
    return std::nullopt;
  speech_frame frame;
  const auto kind = static_cast<std::uint8_t>(bytes.front());
  if (kind < static_cast<std::uint8_t>(speech_kind::say) ||
      kind > static_cast<std::uint8_t>(speech_kind::failed))
    return std::nullopt;
  frame.kind = static_cast<speech_kind>(kind);
  bytes.remove_prefix(1);
  frame.id = take(bytes);
  while (!bytes.empty()) {
    if (bytes.size() < length_bytes || frame.fields.size() == speech_reader::fields_max)
      return std::nullopt;
    const auto length = take(bytes);
    if (length > bytes.size())
      return std::nullopt;
    frame.fields.emplace_back(bytes.substr(0, length));
    bytes.remove_prefix(length);
  }
  return frame;
}

} // namespace

std::string to_bytes(const speech_frame& frame) {
  std::size_t length = head_bytes;
  for (const auto& each : frame.fields)
    length += length_bytes + each.size();
  std::string out;
  out.reserve(length_bytes + length);
  put(out, length);
  out += static_cast<char>(frame.kind);
  put(out, frame.id);
  for (const auto& each : frame.fields) {
    put(out, each.size());
    out += each;
  }
  return out;
}

std::optional<speech_frame> speech_reader::next() {
  if (broken_ || waiting_.size() < length_bytes)
    return std::nullopt;
  std::string_view rest{waiting_};
  const auto length = take(rest);
  if (length > frame_bytes_max) {
    broken_ = true;
    return std::nullopt;
  }
  if (rest.size() < length)
    return std::nullopt;
  auto frame = frame_of(rest.substr(0, length));
  broken_ = !frame;
  waiting_.erase(0, length_bytes + length);
  return frame;
}

} // namespace caly
