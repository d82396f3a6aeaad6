#include "net/http/client_address.hpp"

#include "runtime/base/text.hpp"

#include <arpa/inet.h>
#include <charconv>
#include <cstring>

namespace caly {

namespace {

using address_bytes = std::array<std::uint8_t, 16>;

/// IPv4 as IPv4-mapped IPv6, so that there is one kind of address.
std::optional<address_bytes> parse_address(std::string_view text) {
  if (text.size() > 45)
    return std::nullopt;
  const std::string copy{text};
  address_bytes bytes{};
  if (inet_pton(AF_INET6, copy.c_str(), bytes.data()) == 1)
    return bytes;
  bytes[10] = bytes[11] = 0xff;
  if (inet_pton(AF_INET, copy.c_str(), bytes.data() + 12) == 1)
    return bytes;
  return std::nullopt;
}

bool is_v4(const address_bytes& bytes) {
  static constexpr std::uint8_t mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
  return std::memcmp(bytes.data(), mapped, sizeof(mapped)) == 0;
}

} // namespace

address_ranges::address_ranges(const std::vector<std::string>& texts) {
  for (const std::string_view text : texts) {
    const auto slash = text.find('/');
    const auto base = parse_address(text.substr(0, slash));
    if (!base)
      continue;
    unsigned bits = is_v4(*base) ? 32 : 128;
    if (slash != std::string_view::npos) {
      const auto digits = text.substr(slash + 1);
      unsigned wanted = 0;
      const auto [end, failure] =
          std::from_chars(digits.data(), digits.data() + digits.size(), wanted);
      if (failure != std::errc{} || end != digits.data() + digits.size() || wanted > bits)
        continue;
      bits = wanted;
    }
    ranges_.push_back({*base, is_v4(*base) ? bits + 96 : bits});
  }
}

bool address_ranges::contain(std::string_view address) const {
  const auto bytes = parse_address(address);
  if (!bytes)
    return false;
  for (const auto& [base, bits] : ranges_) {
    const auto whole = bits / 8;
    const auto rest = bits % 8;
    if (std::memcmp(base.data(), bytes->data(), whole) != 0)
      continue;
    const auto mask = static_cast<std::uint8_t>(rest == 0 ? 0 : 0xff << (8 - rest));
    if (rest == 0 || ((base[whole] ^ (*bytes)[whole]) & mask) == 0)
      return true;
  }
  return false;
}

std::string client_address(std::string_view peer,
                           std::string_view forwarded_for,
                           const address_ranges& trusted) {
  std::string client{peer};
  if (forwarded_for.empty() || !trusted.contain(peer))
    return client;
  const auto hops = split(forwarded_for, ',');
  for (auto hop = hops.rbegin(); hop != hops.rend(); ++hop) {
    const auto address = trim(*hop);
    if (!parse_address(address))
      break;
    client = address;
    if (!trusted.contain(address))
      break;
  }
  return client;
}

bool is_loopback(std::string_view address) {
  static const address_ranges loopback{{"127.0.0.0/8", "::1"}};
  return loopback.contain(address);
}

std::string address_group(std::string_view address) {
  const auto bytes = parse_address(address);
  if (!bytes || is_v4(*bytes))
    return std::string{address};
  return to_hex({reinterpret_cast<const char*>(bytes->data()), 8});
}

} // namespace caly
