#pragma once

#include "tests/bench/peers/common/base64.hpp"

#include <cstdint>
#include <cstring>
#include <openssl/sha.h>
#include <string>
#include <string_view>
#include <strings.h>

/// RFC 6455 framing over bytes, and look-ups in JSON and headers by plain search.
namespace caly::peers {

struct websocket_frame {
  int opcode = 0;
  char* data = nullptr;
  std::size_t size = 0;
};

inline void mask(char* data, std::size_t size, std::uint32_t key) {
  const auto wide = key | static_cast<std::uint64_t>(key) << 32;
  std::size_t i = 0;
  for (; i + 8 <= size; i += 8) {
    std::uint64_t word;
    std::memcpy(&word, data + i, 8);
    word ^= wide;
    std::memcpy(data + i, &word, 8);
  }
  for (; i < size; ++i)
    data[i] = static_cast<char>(data[i] ^ static_cast<char>(key >> 8 * (i & 3)));
}

/// Room that `write_frame` may need before the payload.
constexpr std::size_t header_bytes_max = 8;

/// Puts the header right before `size` bytes at `payload` (and masks them for a client);
/// answers the start of the frame. Frames are below 64 KiB.
inline char*
write_frame(char* payload, std::size_t size, bool as_client, int opcode = 1) {
  constexpr std::uint32_t key = 0x5ad3c197;
  char* at = payload;
  if (as_client) {
    mask(payload, size, key);
    at -= 4;
    std::memcpy(at, &key, 4);
  }
  const auto flag = static_cast<char>(as_client ? 0x80 : 0);
  if (size < 126) {
    *--at = static_cast<char>(size | static_cast<std::uint8_t>(flag));
  } else {
    *--at = static_cast<char>(size);
    *--at = static_cast<char>(size >> 8);
    *--at = static_cast<char>(126 | static_cast<std::uint8_t>(flag));
  }
  *--at = static_cast<char>(0x80 | opcode);
  return at;
}

/// Reads one frame, unmasked in place; answers its bytes, 0 when it is not complete.
inline std::size_t read_frame(char* data, std::size_t size, websocket_frame& frame) {
  if (size < 2)
    return 0;
  const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(data[i]); };
  frame.opcode = byte(0) & 15;
  std::size_t length = byte(1) & 0x7F;
  std::size_t header = 2;
  if (length >= 126) {
    const std::size_t wide = length == 126 ? 2 : 8;
    header += wide;
    if (size < header)
      return 0;
    length = 0;
    for (std::size_t i = 2; i < header; ++i)
      length = length << 8 | byte(i);
  }
  const bool masked = (byte(1) & 0x80) != 0;
  header += masked ? 4 : 0;
  if (size < header + length)
    return 0;
  frame.data = data + header;
  frame.size = length;
  if (masked) {
    std::uint32_t key;
    std::memcpy(&key, frame.data - 4, 4);
    mask(frame.data, length, key);
  }
  return header + length;
}

inline std::string upgrade_request(const std::string& path) {
  return "GET " + path +
         " HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
         "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
         "Authorization: Bearer bench\r\n\r\n";
}

/// The 101 answer to an upgrade request; empty when it has no key.
inline std::string upgrade_answer(const std::string& head) {
  constexpr std::string_view name = "sec-websocket-key:";
  const char* at = strcasestr(head.c_str(), name.data());
  if (at == nullptr)
    return {};
  at += name.size();
  at += std::strspn(at, " ");
  const auto text =
      std::string{at, std::strcspn(at, "\r")} + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  std::uint8_t hash[SHA_DIGEST_LENGTH];
  SHA1(reinterpret_cast<const std::uint8_t*>(text.data()), text.size(), hash);
  char key[32];
  return "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade"
         "\r\nSec-WebSocket-Accept: " +
         std::string{key, to_base64(key, hash, sizeof hash)} + "\r\n\r\n";
}

/// The value of `"name":"…"`, found by search; empty when it is not there.
inline std::string_view string_member(std::string_view json,
                                      std::string_view quoted_name) {
  auto at = json.find(quoted_name);
  if (at == json.npos)
    return {};
  at = json.find('"', at + quoted_name.size());
  if (at == json.npos)
    return {};
  const auto end = json.find('"', at + 1);
  return end == json.npos ? std::string_view{} : json.substr(at + 1, end - at - 1);
}

} // namespace caly::peers
