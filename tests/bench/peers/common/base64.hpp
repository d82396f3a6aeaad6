#pragma once

#include <array>
#include <cstdint>
#include <cstring>
#include <string_view>

/// Base64 by tables, without checks: both ends of a measurement are ours.
namespace caly::peers {

struct base64_tables {
  std::array<std::array<char, 2>, 4096> encode;
  std::array<std::uint8_t, 256> decode{};

  base64_tables() {
    constexpr std::string_view letters =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (std::size_t i = 0; i < encode.size(); ++i)
      encode[i] = {letters[i >> 6], letters[i & 63]};
    for (std::size_t i = 0; i < letters.size(); ++i)
      decode[static_cast<std::uint8_t>(letters[i])] = static_cast<std::uint8_t>(i);
  }
};

inline const base64_tables& tables() {
  static const base64_tables all;
  return all;
}

/// Writes `(size + 2) / 3 * 4` characters; answers how many.
inline std::size_t to_base64(char* out, const std::uint8_t* in, std::size_t size) {
  const auto& table = tables().encode;
  const char* const begin = out;
  for (; size >= 3; size -= 3, in += 3, out += 4) {
    const std::uint32_t bits = in[0] << 16 | in[1] << 8 | in[2];
    std::memcpy(out, table[bits >> 12].data(), 2);
    std::memcpy(out + 2, table[bits & 4095].data(), 2);
  }
  if (size > 0) {
    const std::uint32_t bits = in[0] << 16 | (size > 1 ? in[1] << 8 : 0);
    std::memcpy(out, table[bits >> 12].data(), 2);
    std::memcpy(out + 2, table[bits & 4095].data(), 2);
    out[3] = '=';
    if (size == 1)
      out[2] = '=';
    out += 4;
  }
  return static_cast<std::size_t>(out - begin);
}

/// Answers the number of bytes written.
inline std::size_t from_base64(std::uint8_t* out, std::string_view in) {
  const auto& table = tables().decode;
  const auto* const begin = out;
  const auto bits_of = [&](char c) {
    return static_cast<std::uint32_t>(table[static_cast<std::uint8_t>(c)]);
  };
  for (; in.size() >= 4; in.remove_prefix(4)) {
    const auto bits = bits_of(in[0]) << 18 | bits_of(in[1]) << 12 | bits_of(in[2]) << 6 |
                      bits_of(in[3]);
    *out++ = static_cast<std::uint8_t>(bits >> 16);
    if (in[2] == '=')
      break;
    *out++ = static_cast<std::uint8_t>(bits >> 8);
    if (in[3] == '=')
      break;
    *out++ = static_cast<std::uint8_t>(bits);
  }
  return static_cast<std::size_t>(out - begin);
}

} // namespace caly::peers
