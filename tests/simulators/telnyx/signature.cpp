#include "tests/simulators/telnyx/signature.hpp"

#include "runtime/base/text.hpp"

#include <array>
#include <memory>
#include <openssl/evp.h>
#include <stdexcept>

namespace caly::sim {

std::string telnyx_signature(std::string_view timestamp, std::string_view body) {
  std::array<unsigned char, 32> seed{};
  seed.fill(7);
  const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key{
      EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, seed.data(), seed.size()),
      &EVP_PKEY_free};
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context{EVP_MD_CTX_new(),
                                                                        &EVP_MD_CTX_free};
  const auto text = std::string{timestamp} + '|' + std::string{body};
  std::array<unsigned char, 64> signature{};
  std::size_t size = signature.size();
  if (!key || !context ||
      EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, key.get()) != 1 ||
      EVP_DigestSign(context.get(),
                     signature.data(),
                     &size,
                     reinterpret_cast<const unsigned char*>(text.data()),
                     text.size()) != 1)
    throw std::runtime_error{"telnyx_signature: OpenSSL cannot sign with Ed25519"};
  return to_base64({reinterpret_cast<const char*>(signature.data()), size});
}

} // namespace caly::sim
