#include "net/auth/secrets.hpp"

#include "runtime/base/text.hpp"

#include <sodium.h>

namespace caly {

std::string make_secret() {
  std::string bytes(32, '\0');
  randombytes_buf(bytes.data(), bytes.size());
  return to_base64url(bytes);
}

std::string fingerprint(std::string_view secret) {
  std::string hash(crypto_hash_sha256_BYTES, '\0');
  crypto_hash_sha256(reinterpret_cast<unsigned char*>(hash.data()),
                     reinterpret_cast<const unsigned char*>(secret.data()),
                     secret.size());
  return to_hex(hash);
}

} // namespace caly
