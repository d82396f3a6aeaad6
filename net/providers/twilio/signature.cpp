#include "net/providers/twilio/signature.hpp"

#include "runtime/base/text.hpp"

#include <algorithm>
#include <array>
#include <memory>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <optional>
#include <stdexcept>

namespace caly::twilio {

namespace {

/// The URL with its default port spelt out, or without it when it is spelt out.
std::string other_spelling(std::string_view url) {
  const auto scheme = url.find("://");
  if (scheme == std::string_view::npos)
    return std::string{url};
  const auto secure = url.starts_with("https") || url.starts_with("wss");
  const std::string_view port = secure ? ":443" : ":80";
  const auto begin = scheme + 3;
  const auto end = std::min(url.find_first_of("/?", begin), url.size());
  const auto host = url.substr(begin, end - begin);
  std::string out{url.substr(0, begin)};
  if (host.ends_with(port))
    out += host.substr(0, host.size() - port.size());
  else
    out.append(host).append(port);
  return out.append(url.substr(end));
}

/// HMAC-SHA1 with one key; setting it up costs more than hashing a callback.
class keyed_hash {
public:
  explicit keyed_hash(std::string_view key) : key_{key} {
    const std::unique_ptr<EVP_MAC, decltype(&EVP_MAC_free)> algorithm{
        EVP_MAC_fetch(nullptr, "HMAC", nullptr), &EVP_MAC_free};
    context_.reset(algorithm ? EVP_MAC_CTX_new(algorithm.get()) : nullptr);
    char digest[] = "SHA1";
    const OSSL_PARAM params[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
        OSSL_PARAM_construct_end()};
    if (!context_ || EVP_MAC_init(context_.get(),
                                  reinterpret_cast<const unsigned char*>(key_.data()),
                                  key_.size(),
                                  params) != 1)
      throw std::runtime_error("HMAC-SHA1 is not available");
  }

  const std::string& key() const noexcept { return key_; }

  std::string of(std::string_view text) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    std::size_t size = 0;
    auto* context = context_.get();
    if (EVP_MAC_init(context, nullptr, 0, nullptr) != 1 ||
        EVP_MAC_update(context,
                       reinterpret_cast<const unsigned char*>(text.data()),
                       text.size()) != 1 ||
        EVP_MAC_final(context, digest.data(), &size, digest.size()) != 1)
      throw std::runtime_error("HMAC-SHA1 failed");
    return {reinterpret_cast<const char*>(digest.data()), size};
  }

private:
  std::string key_;
  std::unique_ptr<EVP_MAC_CTX, decltype(&EVP_MAC_CTX_free)> context_{nullptr,
                                                                     &EVP_MAC_CTX_free};
};

/// A thread signs with one token at a time.
keyed_hash& hash_of(std::string_view key) {
  thread_local std::optional<keyed_hash> kept;
  if (!kept || kept->key() != key)
    kept.emplace(key);
  return *kept;
}

/// What is signed behind the URL.
std::string signed_fields(const form_fields& fields) {
  std::vector<std::pair<std::string_view, std::string_view>> sorted(fields.begin(),
                                                                    fields.end());
  std::sort(sorted.begin(), sorted.end());
  sorted.erase(std::unique(sorted.begin(), sorted.end()), sorted.end());
  std::string text;
  text.reserve(512);
  for (const auto& [name, value] : sorted)
    text.append(name).append(value);
  return text;
}

std::string
sign(std::string_view auth_token, std::string_view url, std::string_view fields) {
  std::string text;
  text.reserve(url.size() + fields.size());
  text.append(url.substr(0, url.find('#'))).append(fields);
  return to_base64(hash_of(auth_token).of(text));
}

} // namespace

std::string
signature(std::string_view auth_token, std::string_view url, const form_fields& fields) {
  return sign(auth_token, url, signed_fields(fields));
}

bool verify(std::string_view auth_token,
            std::string_view url,
            const form_fields& fields,
            std::string_view given) {
  if (auth_token.empty() || given.empty())
    return false;
  const auto text = signed_fields(fields);
  return equal_constant_time(sign(auth_token, url, text), given) ||
         equal_constant_time(sign(auth_token, other_spelling(url), text), given);
}

} // namespace caly::twilio
