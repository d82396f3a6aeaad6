#include "net/auth/hmac.hpp"

#include "runtime/base/text.hpp"

#include <array>
#include <openssl/evp.h>
#include <openssl/hmac.h>

namespace caly {

std::string hmac_sha256(std::string_view secret, std::string_view text) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  HMAC(EVP_sha256(),
       secret.data(),
       static_cast<int>(secret.size()),
       reinterpret_cast<const unsigned char*>(text.data()),
       text.size(),
       digest.data(),
       &size);
  return {reinterpret_cast<const char*>(digest.data()), size};
}

std::string hmac_sha256_hex(std::string_view secret, std::string_view text) {
  return to_hex(hmac_sha256(secret, text));
}

} // namespace caly
