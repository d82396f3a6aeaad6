#include "net/media/ws_frames.hpp"

#include "runtime/base/text.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <openssl/evp.h>
#include <sodium.h>
#include <stdexcept>

namespace caly {

namespace {

constexpr std::size_t control_bytes_max = 125;
constexpr unsigned last_bit = 0x80;
constexpr unsigned reserved_bits = 0x70;
constexpr unsigned mask_bit = 0x80;

using mask_key = std::array<char, 4>;

/// Masks must not be guessable; one draw from the kernel serves many frames.
mask_key make_mask() {
  thread_local std::array<mask_key, 256> pool;
  thread_local std::size_t left = 0;
  if (left == 0) {
    randombytes_buf(pool.data(), sizeof(pool));
    left = pool.size();
  }
  return pool[--left];
}

void apply_mask(char* data, std::size_t size, const mask_key& key) {
  std::array<char, 8> wide;
  std::memcpy(wide.data(), key.data(), 4);
  std::memcpy(wide.data() + 4, key.data(), 4);
  const auto word = std::bit_cast<std::uint64_t>(wide);
  std::size_t at = 0;
  for (; at + 8 <= size; at += 8) {
    std::uint64_t piece;
    std::memcpy(&piece, data + at, 8);
    piece ^= word;
    std::memcpy(data + at, &piece, 8);
  }
  for (; at < size; ++at)
    data[at] = static_cast<char>(data[at] ^ key[at % 4]);
}

std::uint64_t big_endian(const char* data, std::size_t bytes) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < bytes; ++i)
    value = value << 8 | static_cast<unsigned char>(data[i]);
  return value;
}

bool is_control(ws_opcode opcode) {
  return opcode >= ws_opcode::close;
}

bool is_known(unsigned opcode) {
  return opcode <= 2 || (opcode >= 8 && opcode <= 10);
}

} // namespace

ws_read read_frame(
    char* data, std::size_t size, ws_side side, std::size_t payload_max, ws_frame& out) {
  if (size < 2)
    return ws_read::need_more;
  const auto first = static_cast<unsigned char>(data[0]);
  const auto second = static_cast<unsigned char>(data[1]);
  const auto masked = (second & mask_bit) != 0;
  if ((first & reserved_bits) != 0 || !is_known(first & 0x0fU) ||
      masked != (side == ws_side::server))
    return ws_read::protocol_error;
  out.opcode = static_cast<ws_opcode>(first & 0x0fU);
  out.last = (first & last_bit) != 0;
  std::uint64_t length = second & 0x7fU;
  if (is_control(out.opcode) && (!out.last || length > control_bytes_max))
    return ws_read::protocol_error;
  std::size_t header = 2;
  if (length >= 126) {
    const std::size_t wide = length == 126 ? 2 : 8;
    if (size < header + wide)
      return ws_read::need_more;
    length = big_endian(data + header, wide);
    if (length < (wide == 2 ? 126U : 65'536U))
      return ws_read::protocol_error; // not the shortest form
    header += wide;
  }
  if (length > payload_max)
    return ws_read::too_big;
  mask_key key{};
  if (masked) {
    if (size < header + key.size())
      return ws_read::need_more;
    std::memcpy(key.data(), data + header, key.size());
    header += key.size();
  }
  if (size - header < length)
    return ws_read::need_more;
  if (masked)
    apply_mask(data + header, length, key);
  out.payload = {data + header, static_cast<std::size_t>(length)};
  out.size = header + static_cast<std::size_t>(length);
  return ws_read::frame;
}

void append_frame(std::string& out,
                  ws_side side,
                  ws_opcode opcode,
                  std::string_view payload) {
  const auto mask = side == ws_side::client ? mask_bit : 0U;
  out += static_cast<char>(last_bit | static_cast<unsigned>(opcode));
  if (payload.size() < 126) {
    out += static_cast<char>(mask | payload.size());
  } else {
    const auto bytes = payload.size() < 65'536 ? 2 : 8;
    out += static_cast<char>(mask | (bytes == 2 ? 126U : 127U));
    for (auto i = bytes - 1; i >= 0; --i)
      out += static_cast<char>(payload.size() >> (8 * i));
  }
  if (side == ws_side::server) {
    out += payload;
    return;
  }
  const auto key = make_mask();
  out.append(key.data(), key.size());
  const auto begin = out.size();
  out += payload;
  apply_mask(out.data() + begin, payload.size(), key);
}

void append_close(std::string& out, ws_side side, int code, std::string_view reason) {
  std::string payload;
  payload += static_cast<char>(code >> 8);
  payload += static_cast<char>(code);
  payload += reason.substr(0, control_bytes_max - 2);
  append_frame(out, side, ws_opcode::close, payload);
}

int close_code_of(std::string_view payload) {
  if (payload.empty())
    return 1005;
  if (payload.size() < 2)
    return 1002;
  const auto code = static_cast<int>(big_endian(payload.data(), 2));
  const auto assigned =
      code >= 1000 && code <= 1014 && code != 1004 && code != 1005 && code != 1006;
  return assigned || (code >= 3000 && code <= 4999) ? code : 1002;
}

bool is_utf8(std::string_view text) {
  const auto* at = reinterpret_cast<const unsigned char*>(text.data());
  const auto* const end = at + text.size();
  while (at < end) {
    std::uint64_t piece = 0;
    while (end - at >= 8) {
      std::memcpy(&piece, at, 8);
      if ((piece & 0x8080808080808080U) != 0)
        break;
      at += 8;
    }
    if (at == end)
      return true;
    const unsigned lead = *at++;
    if (lead < 0x80)
      continue;
    const int more = lead >= 0xf0 ? 3 : lead >= 0xe0 ? 2 : 1;
    if (lead < 0xc2 || lead > 0xf4 || end - at < more)
      return false;
    const unsigned second = *at;
    if ((lead == 0xe0 && second < 0xa0) || (lead == 0xed && second > 0x9f) ||
        (lead == 0xf0 && second < 0x90) || (lead == 0xf4 && second > 0x8f))
      return false;
    for (int i = 0; i < more; ++i)
      if ((*at++ & 0xc0) != 0x80)
        return false;
  }
  return true;
}

std::string accept_of(std::string_view key) {
  const auto text = std::string{key} + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  if (EVP_Digest(text.data(), text.size(), digest.data(), &size, EVP_sha1(), nullptr) !=
      1)
    throw std::runtime_error("SHA-1 is not available");
  return to_base64({reinterpret_cast<const char*>(digest.data()), size});
}

std::string make_ws_key() {
  std::array<char, 16> bytes;
  randombytes_buf(bytes.data(), bytes.size());
  return to_base64({bytes.data(), bytes.size()});
}

} // namespace caly
