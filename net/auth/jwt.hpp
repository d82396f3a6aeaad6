#pragma once

#include "net/http/request.hpp"
#include "runtime/base/clock.hpp"

#include <caf/expected.hpp>

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

namespace caly {

/// What a token is good for. Each kind has its own type, audience and key, so that none
/// passes for another.
enum class token_kind : std::uint8_t { access, websocket };

struct token_claims {
  principal who;
  std::string id; ///< unique per token
  wall_time expires;
};

/// Signs and verifies short-lived tokens: JWT, HS256, RFC 8725 to the letter.
///
/// Of headers it accepts exactly the bytes that it writes itself: with that `none`, other
/// algorithms, `crit`, `jku` and the like cannot even be expressed.
class token_signer {
public:
  static constexpr std::size_t token_bytes_max = 4096;

  /// `secrets` are at least 32 bytes each; the first signs, all verify, so that secrets
  /// can be exchanged without signing anybody out.
  token_signer(const std::vector<std::string>& secrets,
               std::string issuer,
               std::chrono::seconds skew = std::chrono::seconds{60});

  std::string sign(token_kind kind,
                   const principal& who,
                   wall_time now,
                   std::chrono::seconds lives) const;

  /// Errors: `errc::unauthorized` with the reason, for logs and tests.
  caf::expected<token_claims>
  verify(token_kind kind, std::string_view token, wall_time now) const;

private:
  struct key {
    std::string header; ///< encoded
    std::string secret;
  };

  const std::vector<key>& keys(token_kind kind) const;
  std::vector<key> access_;
  std::vector<key> websocket_;
  std::string issuer_;
  std::chrono::seconds skew_;
};

} // namespace caly
