#include "net/auth/verified_tokens.hpp"

#include <algorithm>

namespace caly {

std::optional<principal> verified_tokens::verify(std::string_view token, wall_time now) {
  if (auto known = find(token, now))
    return known;
  const auto claims = signer_.verify(token_kind::access, token, now);
  if (!claims)
    return std::nullopt;
  keep(token, *claims, now);
  return claims->who;
}

std::size_t verified_tokens::size() const {
  const std::lock_guard guard{mutex_};
  return tokens_.size();
}

std::optional<principal> verified_tokens::find(std::string_view token, wall_time now) {
  const std::lock_guard guard{mutex_};
  const auto found = tokens_.find(token);
  if (found == tokens_.end())
    return std::nullopt;
  // Also when the clock was set back: a token may then not be valid yet.
  if (now < found->second.from || now >= found->second.until) {
    tokens_.erase(found);
    return std::nullopt;
  }
  return found->second.who;
}

void verified_tokens::keep(std::string_view token,
                           const token_claims& claims,
                           wall_time now) {
  const auto until = std::min<wall_time>(now + kept, claims.expires);
  if (until <= now)
    return;
  const std::lock_guard guard{mutex_};
  // Whoever still asks is back after one verification.
  if (tokens_.size() >= tokens_max)
    tokens_.clear();
  tokens_.insert_or_assign(std::string{token}, entry{claims.who, now, until});
}

} // namespace caly
