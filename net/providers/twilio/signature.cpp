#include "net/providers/twilio/signature.hpp"

#include "runtime/base/text.hpp"

#include <algorithm>
#include <array>
#include <openssl/evp.h>
#include <openssl/hmac.h>

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

} // namespace

std::string
signature(std::string_view auth_token, std::string_view url, form_fields fields) {
  std::sort(fields.begin(), fields.end());
  fields.erase(std::unique(fields.begin(), fields.end()), fields.end());
  std::string text{url.substr(0, url.find('#'))};
  for (const auto& [name, value] : fields)
    text.append(name).append(value);
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  HMAC(EVP_sha1(),
       auth_token.data(),
       static_cast<int>(auth_token.size()),
       reinterpret_cast<const unsigned char*>(text.data()),
       text.size(),
       digest.data(),
       &size);
  return to_base64({reinterpret_cast<const char*>(digest.data()), size});
}

bool verify(std::string_view auth_token,
            std::string_view url,
            const form_fields& fields,
            std::string_view given) {
  if (auth_token.empty() || given.empty())
    return false;
  return equal_constant_time(signature(auth_token, url, fields), given) ||
         equal_constant_time(signature(auth_token, other_spelling(url), fields), given);
}

} // namespace caly::twilio
