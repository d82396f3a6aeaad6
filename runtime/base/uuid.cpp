#include "runtime/base/uuid.hpp"

#include "runtime/base/uuid_source.hpp"

#include <chrono>
#include <cstring>
#include <stdexcept>
#include <sys/random.h>
#include <utility>

namespace caly {

namespace {

constexpr char hex_digits[] = "0123456789abcdef";

/// Random bytes for ids, drawn from the kernel in blocks.
std::uint64_t random_bits() {
  thread_local std::array<std::uint64_t, 64> pool;
  thread_local std::size_t left = 0;
  if (left == 0) {
    if (getrandom(pool.data(), sizeof(pool), 0) != static_cast<ssize_t>(sizeof(pool)))
      throw std::runtime_error("getrandom failed");
    left = pool.size();
  }
  return pool[--left];
}

thread_local std::function<uuid()> other_source;

int hex_value(char c) {
  if (c >= '0' && c <= '9')
    return c - '0';
  if (c >= 'a' && c <= 'f')
    return c - 'a' + 10;
  if (c >= 'A' && c <= 'F')
    return c - 'A' + 10;
  return -1;
}

} // namespace

scoped_uuid_source::scoped_uuid_source(std::function<uuid()> source) {
  other_source = std::move(source);
}

scoped_uuid_source::~scoped_uuid_source() {
  other_source = nullptr;
}

uuid make_uuid() {
  if (other_source)
    return other_source();
  using namespace std::chrono;
  thread_local std::uint64_t last_ms = 0;
  thread_local std::uint32_t sequence = 0;
  const auto now = static_cast<std::uint64_t>(
      duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count());
  // 26 bits of counter behind the clock keep the order within a millisecond.
  if (now > last_ms) {
    last_ms = now;
    sequence = static_cast<std::uint32_t>(random_bits() & 0xffffff);
  } else if (++sequence > 0x3ffffff) {
    ++last_ms;
    sequence = 0;
  }
  const auto low = random_bits();
  uuid id;
  for (int i = 0; i < 6; ++i)
    id.bytes[static_cast<std::size_t>(i)] =
        static_cast<std::uint8_t>(last_ms >> (8 * (5 - i)));
  id.bytes[6] = static_cast<std::uint8_t>(0x70 | ((sequence >> 22) & 0x0f));
  id.bytes[7] = static_cast<std::uint8_t>(sequence >> 14);
  id.bytes[8] = static_cast<std::uint8_t>(0x80 | ((sequence >> 8) & 0x3f));
  id.bytes[9] = static_cast<std::uint8_t>(sequence);
  std::memcpy(id.bytes.data() + 10, &low, 6);
  return id;
}

std::string to_hex(const uuid& id) {
  std::string text(32, '0');
  for (std::size_t i = 0; i < 16; ++i) {
    text[2 * i] = hex_digits[id.bytes[i] >> 4];
    text[2 * i + 1] = hex_digits[id.bytes[i] & 15];
  }
  return text;
}

std::string to_string(const uuid& id) {
  auto text = to_hex(id);
  for (const std::size_t at : {20u, 16u, 12u, 8u})
    text.insert(at, 1, '-');
  return text;
}

std::optional<uuid> parse_uuid(std::string_view text) {
  uuid id;
  std::size_t digits = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '-' && (i == 8 || i == 13 || i == 18 || i == 23))
      continue;
    const auto value = hex_value(text[i]);
    if (value < 0 || digits == 32)
      return std::nullopt;
    auto& byte = id.bytes[digits / 2];
    byte = static_cast<std::uint8_t>(byte << 4 | value);
    ++digits;
  }
  if (digits != 32)
    return std::nullopt;
  return id;
}

} // namespace caly
