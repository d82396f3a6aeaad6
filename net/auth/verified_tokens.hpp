#pragma once

#include "net/auth/jwt.hpp"

#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace caly {

/// Access tokens that were verified lately, so that a client that asks often is not
/// verified each time. Only good tokens enter, whole, and for `kept` or until they
/// expire, whichever comes first. Any thread.
class verified_tokens {
public:
  static constexpr std::size_t tokens_max = 10'000;
  static constexpr std::chrono::seconds kept{60};

  /// `signer` outlives this.
  explicit verified_tokens(const token_signer& signer) : signer_{signer} {}

  /// Who sent `token`; nothing when it is not valid.
  std::optional<principal> verify(std::string_view token, wall_time now);

  std::size_t size() const;

private:
  struct text_hash {
    using is_transparent = void;

    std::size_t operator()(std::string_view text) const noexcept {
      return std::hash<std::string_view>{}(text);
    }
  };

  struct entry {
    principal who;
    wall_time from;
    wall_time until;
  };

  std::optional<principal> find(std::string_view token, wall_time now);
  void keep(std::string_view token, const token_claims& claims, wall_time now);

  const token_signer& signer_;
  mutable std::mutex mutex_;
  std::unordered_map<std::string, entry, text_hash, std::equal_to<>> tokens_;
};

} // namespace caly
