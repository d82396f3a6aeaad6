#include "net/media/recording/sound_facts.hpp"

#include <cstdlib>
#include <openssl/evp.h>

namespace caly::recording {

std::string sha256_of(std::span<const char> bytes) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  if (EVP_Digest(bytes.data(), bytes.size(), digest, &size, EVP_sha256(), nullptr) != 1)
    std::abort(); // no library without SHA-256
  return to_hex({reinterpret_cast<const char*>(digest), size});
}

} // namespace caly::recording
