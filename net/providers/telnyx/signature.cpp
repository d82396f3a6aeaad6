#include "net/providers/telnyx/signature.hpp"

#include "runtime/base/text.hpp"

#include <charconv>
#include <cstdlib>
#include <sodium.h>
#include <string>

namespace caly::telnyx {

namespace {

const unsigned char* bytes_of(const std::string& text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

} // namespace

bool verify(std::string_view public_key,
            std::string_view timestamp,
            std::string_view body,
            std::string_view signature,
            std::int64_t now_s,
            std::int64_t age_max_s) {
  std::int64_t at_s = 0;
  const auto* end = timestamp.data() + timestamp.size();
  const auto [stop, failed] = std::from_chars(timestamp.data(), end, at_s);
  if (failed != std::errc{} || stop != end || std::abs(now_s - at_s) > age_max_s)
    return false;
  std::string key;
  std::string given;
  if (!from_base64(public_key, key) || key.size() != crypto_sign_PUBLICKEYBYTES ||
      !from_base64(signature, given) || given.size() != crypto_sign_BYTES)
    return false;
  const auto text = std::string{timestamp} + '|' + std::string{body};
  return crypto_sign_verify_detached(
             bytes_of(given), bytes_of(text), text.size(), bytes_of(key)) == 0;
}

} // namespace caly::telnyx
