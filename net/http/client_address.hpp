#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace caly {

/// Addresses in CIDR form (`10.0.0.0/8`, `::1`), IPv4 and IPv6.
class address_ranges {
public:
  /// Entries that are no address are left out; the settings were checked before.
  explicit address_ranges(const std::vector<std::string>& texts = {});
  bool contain(std::string_view address) const;

private:
  struct range {
    std::array<std::uint8_t, 16> base;
    unsigned bits;
  };

  std::vector<range> ranges_;
};

/// Whose request this is: the peer, or, when the peer is a trusted proxy, the right-most
/// address of `X-Forwarded-For` that is not one.
std::string client_address(std::string_view peer,
                           std::string_view forwarded_for,
                           const address_ranges& trusted);

bool is_loopback(std::string_view address);

/// What limits count together: one IPv4 address, or the /64 of an IPv6 one.
std::string address_group(std::string_view address);

} // namespace caly
